"""The webhook at the end of `postmortem init`: asked for, made by the program, or by hand."""

from contextlib import suppress
from dataclasses import dataclass

from connectors.connector import Connector
from connectors.errors import ConnectorError, PostmortemError, Unreachable
from connectors.settings import Place
from connectors.setup_steps import NewSubscription, WebhookGuide
from worker.app import setup_answers
from worker.app.composition import webhook_address
from worker.app.registry import Services
from worker.app.setup_answers import SetupAnswers, every_variable
from worker.cli.setup.asking import NoAnswer
from worker.cli.setup.questions import PUBLIC_URL, SetupQuestions


@dataclass(slots=True)
class WebhookChoice:
    """What is to become of a source's webhook; ``made`` once there is a new subscription."""

    kind: type[Connector]
    answers: SetupAnswers
    service: str = ""
    wanted: bool = False
    made: NewSubscription | None = None
    told: str = ""

    @property
    def address(self) -> str:
        """Where webhooks are to arrive, "" while nobody has said how the program is reached."""
        if PUBLIC_URL not in self.answers.texts:
            return ""
        own: dict[Place, str] = {PUBLIC_URL: self.answers.texts[PUBLIC_URL]}
        connector = setup_answers.connector_of(self.kind, self.answers)
        return webhook_address(SetupAnswers(own).settings(), connector) or ""

    @property
    def secret(self) -> Place:
        """The place of the setting for its signing secret."""
        access = setup_answers.connector_of(self.kind, self.answers).webhook
        name = access.setting if access else ""
        return next(place for place, one in every_variable().items() if one.name == name)

    def ask(self, questions: SetupQuestions) -> None:
        """Ask how the program is reached, and whether it may make the subscription."""
        if self.secret in self.answers.texts:
            return
        asker = questions.asker
        asker.say(f"\n{self.kind.name}'s webhook, so that drafts follow at once", "bold")
        try:
            questions.own(
                PUBLIC_URL,
                "Address at which it can reach this program",
                where="Such as https://postmortems.example.com; nothing where it cannot (yet): "
                "then a schedule finds what was resolved, within minutes.",
            )
            if not self.address:
                return
            with setup_answers.guided(self.kind, self.answers) as guide:
                if isinstance(guide, WebhookGuide):
                    self._ask_about_one(questions, guide)
        except NoAnswer:
            return  # it can be made at any time
        except PostmortemError as error:
            asker.say(f"  {error}", "yellow")

    def _ask_about_one(self, questions: SetupQuestions, guide: WebhookGuide) -> None:
        with suppress(ConnectorError):
            if there := guide.subscriptions(self.address):
                ids = ", ".join(there)
                questions.secret(
                    self.secret,
                    f"Signing secret of the subscription {ids}, which sends there already",
                    where="It was shown once, when it was made; nothing where it is lost.",
                )
        if self.secret not in self.answers.texts:
            asks = f"Make the subscription to {self.address} now? The key must be able to write"
            self.wanted = questions.asker.agree(asks, default=True)

    def make(self) -> None:
        """Make the subscription where that was agreed; what is refused is told, and all goes on."""
        if not self.wanted:
            return
        try:
            with setup_answers.guided(self.kind, self.answers) as guide:
                if isinstance(guide, WebhookGuide):
                    self._subscribe(guide)
        except PostmortemError as error:
            self.told = str(error)

    def _subscribe(self, guide: WebhookGuide) -> None:
        before: set[str] = set()
        with suppress(ConnectorError):
            before = set(guide.subscriptions(self.address))
        try:
            self.made = guide.subscribe(self.address, self.service)
        except Unreachable as error:
            self.told = str(error)
            with suppress(ConnectorError):
                for one in set(guide.subscriptions(self.address)) - before:
                    guide.unsubscribe(one)  # its secret was in the answer that got lost
        else:
            self.answers.texts[self.secret] = self.made.secret

    def take_back(self) -> None:
        """Delete the subscription that was made: nobody will ever know its secret."""
        if self.made is None:
            return
        with suppress(PostmortemError), setup_answers.guided(self.kind, self.answers) as guide:
            if isinstance(guide, WebhookGuide):
                guide.unsubscribe(self.made.id)
        self.made = None

    def next_step(self) -> str:
        """Say what is still to be done for webhooks, "" for nothing."""
        if self.secret in self.answers.texts:
            return ""
        address = self.address or "https://YOUR-HOST/webhooks/" + self.kind.group.key
        with setup_answers.guided(self.kind, self.answers) as guide:
            by_hand = (
                guide.by_hand(address, self.service) if isinstance(guide, WebhookGuide) else ""
            )
        return f"For drafts at once, a webhook. {by_hand}" if by_hand else ""


def webhook_choice(answers: SetupAnswers, service: str) -> WebhookChoice | None:
    """Give what can be chosen for the source of incidents, None where it sends no webhooks."""
    for one in Services.under(SetupAnswers().settings()).sources:
        if one.webhook is not None and one.steps:
            return WebhookChoice(type(one), answers, service)
    return None
