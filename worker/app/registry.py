"""The services that the program can talk to. A new one is its folder, and one line here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from config.settings import Settings, load
from connectors.confluence.connector import ConfluenceConnector
from connectors.connector import (
    ChatConnector,
    Connector,
    PublisherConnector,
    ServiceWords,
    SiteLogin,
    SourceConnector,
    TrackerConnector,
    WebhookAccess,
)
from connectors.errors import ConfigurationError
from connectors.incidents import IncidentId
from connectors.jira.connector import JiraConnector
from connectors.pagerduty.connector import PagerDutyConnector
from connectors.slack.connector import SlackConnector

CONNECTORS: tuple[type[Connector], ...] = (
    PagerDutyConnector,
    JiraConnector,
    ConfluenceConnector,
    SlackConnector,
)

AnyConnector = TypeVar("AnyConnector", bound=Connector)


def load_settings(
    path: Path | None, environ: Mapping[str, str], *, file_too: bool = True
) -> Settings:
    """Read the program's settings, each service's among them; see :func:`config.settings.load`."""
    return load(path, environ, [kind.group for kind in CONNECTORS], file_too=file_too)


@dataclass(frozen=True, slots=True)
class Services:
    """Every service with its settings, configured or not, by what it is to the program."""

    sources: Sequence[SourceConnector]
    trackers: Sequence[TrackerConnector]
    publishers: Sequence[PublisherConnector]
    chats: Sequence[ChatConnector]

    @classmethod
    def under(cls, settings: Settings) -> "Services":
        """Give the services as the settings describe them."""
        every = [kind(settings.group(kind.group)) for kind in CONNECTORS]
        return cls(
            [one for one in every if isinstance(one, SourceConnector)],
            [one for one in every if isinstance(one, TrackerConnector)],
            [one for one in every if isinstance(one, PublisherConnector)],
            [one for one in every if isinstance(one, ChatConnector)],
        )

    @property
    def source(self) -> SourceConnector | None:
        """Where incidents come from, None where nothing is configured.

        Raises ``ConfigurationError`` where more than one service is.
        """
        return _configured(self.sources, "from which incidents come")

    @property
    def tracker(self) -> TrackerConnector | None:
        """Where tickets go, None where nothing is configured. Raises ``ConfigurationError``."""
        return _configured(self.trackers, "into which tickets go")

    @property
    def publisher(self) -> PublisherConnector | None:
        """Where documents are shown, None where nothing is configured.

        Raises ``ConfigurationError`` where more than one service is.
        """
        return _configured(self.publishers, "in which documents are shown")

    @property
    def chat(self) -> ChatConnector | None:
        """Where incidents are talked about, None where nothing is configured.

        Raises ``ConfigurationError`` where more than one service is.
        """
        return _configured(self.chats, "in which incidents are talked about")

    @property
    def logins(self) -> Sequence[SiteLogin]:
        """The credentials that services on the same site may share."""
        every: Sequence[Connector] = [*self.sources, *self.trackers]
        return [one.login for one in every if one.login is not None]

    @property
    def source_words(self) -> ServiceWords:
        """What sentences call the source."""
        return words_of([type(self.source)] if self.source else source_kinds())

    @property
    def tracker_words(self) -> ServiceWords:
        """What sentences call the tracker."""
        return words_of([type(self.tracker)] if self.tracker else tracker_kinds())

    @property
    def publisher_words(self) -> ServiceWords:
        """What sentences call the service in which documents are shown."""
        return words_of([type(self.publisher)] if self.publisher else publisher_kinds())

    @property
    def chat_words(self) -> ServiceWords:
        """What sentences call the chat."""
        return words_of([type(self.chat)] if self.chat else chat_kinds())

    @property
    def webhooks(self) -> Mapping[str, WebhookAccess]:
        """Who may send webhooks, by the last part of their address."""
        every: Sequence[Connector] = [*self.sources, *self.trackers, *self.chats]
        return {one.group.key: one.webhook for one in every if one.webhook is not None}


def incident_named(text: str) -> IncidentId | None:
    """Give the incident that a word names by its id or address, None where it names none."""
    named = (kind.incident_named(text) for kind in source_kinds())
    return next((one for one in named if one is not None), None)


def source_kinds() -> Sequence[type[SourceConnector]]:
    """Give the kinds of service that incidents may come from."""
    return [kind for kind in CONNECTORS if issubclass(kind, SourceConnector)]


def tracker_kinds() -> Sequence[type[TrackerConnector]]:
    """Give the kinds of service that tickets may go to."""
    return [kind for kind in CONNECTORS if issubclass(kind, TrackerConnector)]


def publisher_kinds() -> Sequence[type[PublisherConnector]]:
    """Give the kinds of service in which documents may be shown."""
    return [kind for kind in CONNECTORS if issubclass(kind, PublisherConnector)]


def chat_kinds() -> Sequence[type[ChatConnector]]:
    """Give the kinds of service in which incidents may be talked about."""
    return [kind for kind in CONNECTORS if issubclass(kind, ChatConnector)]


def named(kinds: Sequence[type[Connector]]) -> str:
    """Name services where any of them is meant."""
    return " or ".join(kind.name for kind in kinds)


def _configured(several: Sequence[AnyConnector], role: str) -> AnyConnector | None:
    found = [one for one in several if one.is_configured]
    if len(found) > 1:
        names = " and ".join(one.name for one in found)
        raise ConfigurationError(
            f"{names} are both configured, and only one service can be the one {role}.",
            "Keep the settings of one of them.",
        )
    return found[0] if found else None


def words_of(kinds: Sequence[type[Connector]]) -> ServiceWords:
    """Give what sentences call services where any of them is meant."""
    trackers = [kind for kind in kinds if issubclass(kind, TrackerConnector)]
    return ServiceWords(
        name=named(kinds),
        key=kinds[0].group.key if kinds else "",
        setting=" or ".join(kind.setting for kind in kinds),
        remedy=" ".join(kind.remedy for kind in kinds),
        project_setting=" or ".join(one.project_setting for one in trackers),
        type_setting=" or ".join(one.type_setting for one in trackers),
        channel_setting=" or ".join(
            kind.channel_setting for kind in kinds if issubclass(kind, ChatConnector)
        ),
    )
