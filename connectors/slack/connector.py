"""What Slack is to the program: where incidents are talked about, and drafts announced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from connectors.chat import ChannelRule
from connectors.connector import ChatConnector, SiteLogin, WebhookAccess
from connectors.errors import Finding, PostmortemError
from connectors.pacing.rate_limit import NewPace, NoPace, Pace
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import Offer, Question, Step
from connectors.slack import webhook
from connectors.slack.settings import SlackSettings
from connectors.tls import Authorities
from connectors.webhook_events import Challenge, WebhookEvent

if TYPE_CHECKING:
    from connectors.slack.client import Slack

STEPS = (
    Step(
        "token",
        (
            Question(
                "bot_token",
                "Bot token of an app of your own",
                "It begins with xoxb-; nothing for no announcements and no picked messages.",
                optional=True,
            ),
        ),
    ),
    Step(
        "channel",
        (Question("channel", "Channel that drafts are announced in", optional=True, offers=True),),
    ),
)


class SlackGuide:
    """A :class:`~connectors.setup_steps.Guide`."""

    def __init__(self, slack: "Slack", channel: str) -> None:
        self._slack, self._channel = slack, channel

    def prove(self, step: str) -> Finding:
        """Give what the check finds of the token, or of the channel."""
        try:
            found = list(self._slack.check())
        except PostmortemError as error:
            return Finding.of("Slack", error)
        if step == "token" or not self._channel:
            return found[0]
        return found[-1]  # it looks at the channel last

    def offers(self, field: str) -> Sequence[Offer]:  # noqa: ARG002 - there is one
        """List the channels that the app is in, by name."""
        known = (one for one in self._slack.listed_channels() if not one.is_archived)
        return [Offer(one.name, "" if one.reads else "the app is not in it") for one in known]

    def close(self) -> None:
        """Let go of connections."""
        self._slack.close()


@dataclass(frozen=True, slots=True)
class SlackConnector(ChatConnector):
    """Slack, as its settings describe it."""

    settings: SlackSettings

    name: ClassVar[str] = "Slack"
    group: ClassVar[type[ServiceSettings]] = SlackSettings
    setting: ClassVar[str] = SlackSettings.variable("bot_token")
    channel_setting: ClassVar[str] = SlackSettings.variable("channel")
    remedy: ClassVar[str] = f"Set {setting}."
    steps: ClassVar[tuple[Step, ...]] = STEPS

    @property
    def is_configured(self) -> bool:
        return self.settings.bot_token is not None

    @property
    def calls_per_minute(self) -> int:
        return self.settings.calls_per_minute

    @property
    def webhook(self) -> WebhookAccess:
        given, reactions = self.settings, frozenset(self.settings.pick)

        def read(
            headers: Mapping[str, str], body: bytes, secrets: Sequence[str]
        ) -> WebhookEvent | Challenge | None:
            return webhook.read(headers, body, secrets, datetime.now(UTC), reactions)

        secrets = tuple(secret.get_secret_value() for secret in given.signing_secrets)
        return WebhookAccess(read, secrets, given.variable("signing_secrets"))

    @property
    def announce_in(self) -> str:
        return self.settings.channel or ""

    @property
    def channels(self) -> tuple[ChannelRule, ...]:
        routes = [
            ChannelRule(one.channel, frozenset(one.services), frozenset(one.teams))
            for one in self.settings.routes
        ]
        others = [ChannelRule(self.announce_in)] if self.announce_in else []
        return (*routes, *others)

    def open(
        self, pace: Pace, authorities: Authorities, new_pace: NewPace | None = None
    ) -> "Slack":
        from connectors.slack.client import Slack  # noqa: PLC0415 - loads a client
        from connectors.slack.connection import WorkspaceAccess  # noqa: PLC0415 - as above
        from connectors.slack.reading import Picking  # noqa: PLC0415 - as above

        given = self.settings
        access = WorkspaceAccess(given.api_url, revealed(given.bot_token))
        return Slack(
            access,
            self.announce_in,
            picking=Picking(frozenset(given.pick), given.pins),
            patterns=given.channels,
            channels=[one.channel for one in given.routes],
            pace=pace,
            new_pace=new_pace,
            authorities=authorities,
        )

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> SlackGuide:  # noqa: ARG002 - has its own
        return SlackGuide(self.open(NoPace(), authorities), self.announce_in)
