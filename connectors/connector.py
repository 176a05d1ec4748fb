"""What a connector says of itself, and what a source of incidents must do.

A connector is a folder here and one line in the registry. The program asks those in the registry
by what they say, and names none of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from connectors.chat import ChannelRule, Chat
from connectors.errors import Finding
from connectors.incidents import Incident, IncidentId, IncidentRecord, LogEntry, Reference
from connectors.log_entry_kinds import EntryKind
from connectors.masking import Masking
from connectors.pacing.rate_limit import NewPace, Pace
from connectors.pages import PagePublisher
from connectors.settings import ServiceSettings
from connectors.setup_steps import Guide, Step
from connectors.tickets import TicketTracker
from connectors.tls import Authorities
from connectors.webhook_events import ReadWebhook


@dataclass(frozen=True, slots=True)
class WebhookAccess:
    """How a service's webhooks are read. ``setting`` names where their ``secrets`` are set."""

    read: ReadWebhook
    secrets: tuple[str, ...]
    setting: str


@dataclass(frozen=True, slots=True)
class Destination:
    """Where tickets go that no route sends elsewhere."""

    project: str | None
    issue_type: str


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents are asked for; empty means all. Ids are the source's own."""

    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    urgency: str | None = None


EVERY_INCIDENT = IncidentFilter()


class NameKind(StrEnum):
    """What of a source's the settings name."""

    SERVICE = "service"
    TEAM = "team"
    PRIORITY = "priority"
    INCIDENT_TYPE = "incident type"


class IncidentSource(Protocol):
    """What a source of incidents must do. Every method may raise ``ConnectorError``."""

    def incident(self, incident: IncidentId) -> Incident:
        """Give the incident alone. Raises ``NotFound`` where there is none to see."""

    def record(self, incident: IncidentId) -> IncidentRecord:
        """Give the incident with all its parts; parts that are not to be had are in ``missing``."""

    def log(self, incident: IncidentId) -> Sequence[LogEntry]:
        """Give an incident's whole log alone, oldest first."""

    def resolved(
        self, since: datetime, until: datetime, only: IncidentFilter
    ) -> Iterable[Incident]:
        """Give each incident of the period that is resolved now, oldest first."""

    def listed(self, kind: NameKind) -> Iterable[Reference]:
        """Give each service, team, priority or type that can be seen, as they are wanted."""

    def check(self, wanted: IncidentFilter = EVERY_INCIDENT) -> Sequence[Finding]:
        """Prove the credentials and say what they cannot read; never raises.

        ``wanted`` are the incidents that get drafts, by ids or names: for them its webhook counts.
        """

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class SiteLogin:
    """Credentials of an account on a site, which other services there may take as well."""

    url: str
    email: str
    api_token: str = field(repr=False)


class PublishWhen(StrEnum):
    """Which documents get a page."""

    ALWAYS = "always"
    REVIEWED = "reviewed"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PublishRules:
    """Which documents get a page, and what becomes of one that somebody has edited."""

    when: PublishWhen = PublishWhen.NEVER
    overwrites_edits: bool = False
    notifies: bool = False


@dataclass(frozen=True, slots=True)
class Connector(ABC):
    """One service, with its settings. Makes no request before it is opened."""

    name: ClassVar[str]
    """What people call the service, as sentences have it."""
    group: ClassVar[type[ServiceSettings]]
    """Its settings. Their key is also the last part of its webhook's address."""
    setting: ClassVar[str]
    """The variable that must be set first for the service to be used."""
    remedy: ClassVar[str]
    """The sentence that says what to set where it is missing."""
    steps: ClassVar[tuple[Step, ...]] = ()
    """What `postmortem init` asks for; none where it is set up by hand."""

    settings: ServiceSettings

    @property
    @abstractmethod
    def is_configured(self) -> bool:
        """Whether the service can be asked. Its settings are complete, or there are none."""

    @property
    @abstractmethod
    def calls_per_minute(self) -> int:
        """How many requests all machines together may send it in a minute; 0 is no limit."""

    @property
    def address(self) -> str:
        """Where the service is, by which a database knows it again; "" where that is not told."""
        return ""

    @property
    def webhook(self) -> WebhookAccess | None:
        """How its webhooks are read, None where it sends none."""
        return None

    @property
    def login(self) -> SiteLogin | None:
        """The credentials that other services on the same site may take, None for none."""
        return None

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> Guide:
        """Give what proves the answers to ``steps``. Raises ``ConfigurationError``."""
        raise NotImplementedError(f"{self.name} is set up by hand")

    def shares(self, logins: Sequence[SiteLogin]) -> bool:  # noqa: ARG002 - as above
        """Tell whether it takes one of these ``logins``, so that credentials need not be asked."""
        return False


@dataclass(frozen=True, slots=True)
class SourceConnector(Connector):
    """A service that incidents come from."""

    example: ClassVar[str]
    """An incident's id as the service gives them."""

    @staticmethod
    @abstractmethod
    def incident_named(text: str) -> IncidentId | None:
        """Give the incident that a word names by its id or address, None where it names none."""

    @staticmethod
    @abstractmethod
    def entry_named(word: str) -> tuple[EntryKind, str]:
        """Tell what log entries of a type are about, and the type as entries have it."""

    @abstractmethod
    def open(
        self, pace: Pace, authorities: Authorities, webhook_url: str | None, masking: Masking
    ) -> IncidentSource:
        """Give the client, which trusts ``authorities`` and hides secrets by ``masking``.

        ``webhook_url`` is where webhooks should arrive, for its check.

        Raises ``ConfigurationError``.
        """


class Memory(Protocol):
    """What keeps, beyond a process, what a service told of itself; it may forget at any time."""

    def get(self, name: str, longest: float) -> str | None:
        """Give what is kept under a name, unless that is so many seconds ago."""

    def put(self, name: str, value: str) -> None:
        """Keep what was told just now."""

    def forget(self, beginning: str) -> None:
        """Forget all whose name begins so."""


@dataclass(frozen=True, slots=True)
class TrackerConnector(Connector):
    """A service that keeps tickets."""

    project_setting: ClassVar[str]
    """The variable that says into which project tickets go."""
    type_setting: ClassVar[str] = "the type"
    """The variable that says of which type tickets are, where one does."""

    @property
    @abstractmethod
    def destination(self) -> Destination:
        """Where tickets go that no route sends elsewhere."""

    @property
    @abstractmethod
    def index_lag(self) -> timedelta:
        """How long after a create a search may still miss the ticket."""

    @abstractmethod
    def open(self, pace: Pace, authorities: Authorities, memory: Memory) -> TicketTracker:
        """Give the client, which trusts ``authorities``. Raises ``ConfigurationError``.

        What seldom changes it may keep in ``memory``, for the next process not to ask again.
        """


@dataclass(frozen=True, slots=True)
class PublisherConnector(Connector):
    """A service that shows documents as pages."""

    @property
    @abstractmethod
    def rules(self) -> PublishRules:
        """Which documents get a page, and what becomes of one that somebody has edited."""

    @abstractmethod
    def open(
        self, pace: Pace, authorities: Authorities, logins: Sequence[SiteLogin]
    ) -> PagePublisher:
        """Give the client, which trusts ``authorities``.

        ``logins`` are other services' credentials, to be taken on the same site where it has none
        of its own. Raises ``ConfigurationError``.
        """


@dataclass(frozen=True, slots=True)
class ChatConnector(Connector):
    """A service in which incidents are talked about, and drafts announced."""

    channel_setting: ClassVar[str]
    """The variable that says where drafts are announced."""

    @property
    @abstractmethod
    def announce_in(self) -> str:
        """The channel for announcements, by its id or name; "" for none."""

    @property
    @abstractmethod
    def channels(self) -> tuple[ChannelRule, ...]:
        """Where incidents are told of: the first rule that an incident meets is its own."""

    @abstractmethod
    def open(self, pace: Pace, authorities: Authorities, new_pace: NewPace | None = None) -> Chat:
        """Give the client; ``new_pace`` paces single methods. Raises ``ConfigurationError``."""


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """What sentences call a service, or those that could be used where none is configured.

    ``key`` is the word for it in what programs read. ``setting`` names the variable that must be
    set first, ``project_setting`` and ``type_setting`` those that say where tickets go.
    """

    name: str
    key: str
    setting: str
    remedy: str = ""
    project_setting: str = ""
    type_setting: str = ""
    channel_setting: str = ""
