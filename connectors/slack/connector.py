"""What Slack is to the program: where incidents are talked about, and drafts announced."""

from dataclasses import dataclass
from typing import ClassVar

from connectors.chat import ChannelRule
from connectors.connector import ChatConnector
from connectors.pacing.rate_limit import Pace
from connectors.settings import ServiceSettings, revealed
from connectors.slack.client import Slack
from connectors.slack.connection import WorkspaceAccess
from connectors.slack.reading import Picking
from connectors.slack.settings import SlackSettings
from connectors.tls import Authorities


@dataclass(frozen=True, slots=True)
class SlackConnector(ChatConnector):
    """Slack, as its settings describe it."""

    settings: SlackSettings

    name: ClassVar[str] = "Slack"
    group: ClassVar[type[ServiceSettings]] = SlackSettings
    setting: ClassVar[str] = SlackSettings.variable("bot_token")
    channel_setting: ClassVar[str] = SlackSettings.variable("channel")
    remedy: ClassVar[str] = f"Set {setting}."

    @property
    def is_configured(self) -> bool:
        return self.settings.bot_token is not None

    @property
    def calls_per_minute(self) -> int:
        return self.settings.calls_per_minute

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

    def open(self, pace: Pace, authorities: Authorities) -> Slack:
        given = self.settings
        access = WorkspaceAccess(given.api_url, revealed(given.bot_token))
        return Slack(
            access,
            self.announce_in,
            picking=Picking(frozenset(given.pick), given.pins),
            patterns=given.channels,
            pace=pace,
            authorities=authorities,
        )
