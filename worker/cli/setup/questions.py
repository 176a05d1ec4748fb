"""What `postmortem init` asks: each service step by step, then what is the program's own."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.connector import Connector, SourceConnector
from connectors.errors import ConfigurationError, ConnectorError, Finding, PostmortemError
from connectors.incidents import Reference
from connectors.masking import OwnCredentials
from connectors.settings import Place
from connectors.setup_steps import Offer, Question, Step
from worker.app import registry, setup_answers
from worker.app.setup_answers import SetupAnswers, every_variable
from worker.cli import screen
from worker.cli.setup.asking import NOTHING, Asker, NoAnswer

DOCUMENTS, ZONE, PUBLIC_URL = ("documents",), ("timezone",), ("public_url",)
_LOCAL_TIME = Path("/etc/localtime")


class EnvironmentRefused(PostmortemError):
    """What the environment gives is refused, and asking would not change it."""


@dataclass(slots=True)
class SetupQuestions:
    """Goes through them. ``services`` are those chosen, none for all."""

    asker: Asker
    answers: SetupAnswers
    services: tuple[Reference, ...] = ()
    _last: dict[Place, str] = field(default_factory=dict, repr=False)
    _at: str = ""

    def all(self) -> None:
        """Ask for everything that the environment leaves open.

        Raises ``ConfigurationError`` where nobody answers, ``EnvironmentRefused`` where what the
        environment gives is refused.
        """
        try:
            for kind in registry.CONNECTORS:
                if kind.steps:
                    self._service(kind)
                if issubclass(kind, SourceConnector):
                    self._choose_services()
            self.asker.say("\nThe postmortems", "bold")
            self._documents()
            self.own(ZONE, "Timezone of times in the documents", default=local_zone())
        except NoAnswer:
            raise ConfigurationError(
                f"There is no answer for {self._at}: the input has ended. Nothing was written.",
                f"Answer it, or set {self._at} and run `postmortem init --yes`.",
            ) from None

    def own(self, place: Place, asks: str, *, where: str = "", default: str = "") -> str:
        """Ask for a setting of the program's own, "" where it stays unset."""
        if place in self.answers.texts:
            return self.answers.texts[place]
        text = self.asker.ask(
            self._named(place, asks),
            where=where,
            default=self._last.get(place, default),
            optional=True,
            objection=lambda text: setup_answers.objection(place, text),
        )
        if text:
            self.keep(place, text)
        return text

    def secret(self, place: Place, asks: str, *, where: str = "") -> None:
        """Ask for a secret that may be left out."""
        text = self.asker.ask(
            self._named(place, asks),
            where=where,
            optional=True,
            secret=True,
            objection=lambda text: setup_answers.objection(place, text),
        )
        if text:
            self.keep(place, text)

    def keep(self, place: Place, text: str) -> None:
        """Keep an answer; a secret is shown nowhere from now on."""
        self.answers.texts[place] = text
        conceal(self.answers)

    def _service(self, kind: type[Connector]) -> None:
        self.asker.say(f"\n{kind.name}", "bold")
        for place in self.answers.given:
            if place[0] == kind.group.key:
                self.asker.say(f"  {every_variable()[place].name}: taken from the environment")
        for step in kind.steps:
            while not self._answered(kind, step):
                pass
            if not setup_answers.is_used(kind, self.answers):
                self.asker.say(f"  Without {kind.name}.", "dim")
                return

    def _answered(self, kind: type[Connector], step: Step) -> bool:
        """Ask the questions of a step, and prove the answers; one that fails is forgotten."""
        for question in setup_answers.asked(kind, step, self.answers):
            self._ask(kind, question)
        if not setup_answers.is_used(kind, self.answers):
            return True
        found = setup_answers.proved(kind, step, self.answers)
        places = [kind.group.place(one.field) for one in step.questions]
        return self._stands(found, places, setup_answers.variables_told(kind, step, self.answers))

    def _stands(self, found: Finding, places: list[Place], names: str) -> bool:
        """Tell what was proved. Raises ``EnvironmentRefused`` where nobody could answer anew."""
        if not found.problem:
            self.asker.say(f"  ✓ {found.subject}{found.detail and ': '}{found.detail}", "green")
            return True
        mine = [one for one in places if one not in self.answers.given]
        if not mine:
            raise EnvironmentRefused(f"{names}: {found.problem}", found.remedy)
        self.asker.say(f"  ✗ {found.subject}: {found.problem} {found.remedy}".rstrip(), "red")
        variables = every_variable()
        is_alone = len(mine) == 1  # then it is itself what was refused
        for one in mine:
            text = self.answers.texts.pop(one, "")
            if text and not (is_alone or variables[one].secret):
                self._last[one] = text
        return False

    def _ask(self, kind: type[Connector], question: Question) -> None:
        place = kind.group.place(question.field)
        usual = kind.group.model_fields[question.field].default
        default = self._last.get(place) or (usual if isinstance(usual, str) else "")
        asks = self._named(place, question.asks)

        def objection(text: str) -> str:
            return setup_answers.objection(place, text)

        if question.optional and not usual and place in self._last:
            self.asker.say(f"  Type {NOTHING} for nothing.", "dim")
        if question.offers:
            text = self.asker.choose(
                asks,
                self._offers(kind, question),
                default=default,
                optional=question.optional,
                objection=objection,
            )
        else:
            text = self.asker.ask(
                asks,
                where=question.where,
                default=default,
                optional=question.optional,
                secret=every_variable()[place].secret,
                objection=objection,
            )
        if text and text != usual:
            self.keep(place, text)

    def _offers(self, kind: type[Connector], question: Question) -> list[Offer]:
        try:
            with setup_answers.guided(kind, self.answers) as guide:
                return sorted(guide.offers(question.field), key=lambda one: one.value)
        except ConnectorError as error:
            self.asker.say(f"  They could not be listed: {error.what}", "yellow")
            return []

    def _choose_services(self) -> None:
        self._at = "[drafts] services"
        try:
            known = sorted(setup_answers.services(self.answers), key=lambda one: one.name)
        except PostmortemError as error:
            self.asker.say(f"  Its services could not be listed: {error}", "yellow")
            return
        if len(known) < 2:  # noqa: PLR2004 - of one there is no choice
            return
        self.asker.say("  Its services:")
        self.asker.list([Offer(one.name, "") for one in known])
        by_word = {str(at): one for at, one in enumerate(known, start=1)}
        by_word |= {word.casefold(): one for one in known for word in (one.name, one.id)}

        def objection(text: str) -> str:
            odd = [word for word in _words(text) if word not in by_word]
            return f"There is no service {odd[0]}." if odd else ""

        text = self.asker.ask(
            "Services whose incidents get a draft (numbers or names, with commas; nothing for all)",
            optional=True,
            objection=objection,
        )
        self.services = tuple(dict.fromkeys(by_word[word] for word in _words(text)))

    def _documents(self) -> None:
        where = "A folder, or a Git remote such as git+ssh://git@git.example.com/team/pm.git#main:folder"
        while True:
            self.own(DOCUMENTS, "Where postmortems are kept", where=where, default="postmortems")
            found = setup_answers.place_of_documents(self.answers)
            if self._stands(found, [DOCUMENTS], every_variable()[DOCUMENTS].name):
                return

    def _named(self, place: Place, asks: str) -> str:
        self._at = every_variable()[place].name
        return f"{asks} ({self._at})"


def _words(text: str) -> list[str]:
    return [word.strip().casefold() for word in text.split(",") if word.strip()]


def conceal(answers: SetupAnswers) -> None:
    """Hide the secrets among the answers in whatever is shown from now on."""
    secret = {place for place, one in every_variable().items() if one.secret}
    screen.conceal(OwnCredentials.of(answers.texts[at] for at in secret & answers.texts.keys()))


def local_zone() -> str:
    """Give the name of this machine's timezone, UTC where it has none."""
    named = os.environ.get("TZ", "").lstrip(":")
    with suppress(OSError):
        named = named or _LOCAL_TIME.resolve(strict=True).as_posix().partition("zoneinfo/")[2]
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo(named).key if "/" in named else "UTC"
        return "UTC" if zone.startswith("Etc/U") else zone  # of which there are several spellings
    return "UTC"
