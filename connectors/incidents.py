"""Records of an incident, as every source of incidents gives them.

All times are aware UTC datetimes. All text is other people's: nothing here is safe to put into
Markdown or HTML as it is.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import NewType

from connectors.errors import PayloadError
from connectors.follow_up import FollowUp
from connectors.log_entry_kinds import ChannelKind, EntryKind

IncidentId = NewType("IncidentId", str)
"""A source's own id of an incident; :func:`incident_id` makes one from text."""

NO_INCIDENT = IncidentId("")
"""What stands for an incident's id where there is no incident."""

INCIDENT_ID = "[A-Za-z0-9_-]{1,80}"
"""What an incident's id may be, whoever gave it: addresses and names of jobs carry it as it is.

A source may be stricter with its own. A document that a person wrote may name any.
"""


def incident_id(text: str) -> IncidentId:
    """Give ``text`` as an incident's id. Raises ``PayloadError`` where it cannot be one."""
    if not re.fullmatch(INCIDENT_ID, text):
        raise PayloadError(
            f"{text!r} is not an incident's id.", "Give the id as in the incident's address."
        )
    return IncidentId(text)


class IncidentStatus(Enum):
    """Where an incident stands."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class AgentKind(Enum):
    """Who or what acted."""

    __hash__ = object.__hash__  # as that of EntryKind

    PERSON = "person"
    BOT = "bot"
    SERVICE = "service"
    INTEGRATION = "integration"
    POLICY = "escalation policy"
    WORKFLOW = "workflow"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reference:
    """Something the source names: a service, a team, a policy, another incident."""

    id: str
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """Whoever did something. A deleted person keeps the name that the source remembers.

    ``has_generic_name``: it is that of a way in (``Events API``), not of what came by it.
    """

    kind: AgentKind
    id: str
    name: str
    url: str | None = None
    has_generic_name: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image that came with an alert or a log entry; ``url`` is unchecked text."""

    url: str
    text: str = ""
    is_image: bool = False
    is_runbook: bool = False
    is_button: bool = False
    """Whether it acts, or leads to a form that does: it mutes a monitor, or takes an alert."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose value went from ``old`` to ``new``; or a sentence, ``told``, that says so."""

    name: str
    old: str | None
    new: str | None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """The way by which a log entry came about.

    ``word`` is the source's own for the ``kind``, an open set. ``duration`` is that of a snooze,
    ``until`` its end; ``notification`` by what a page went out, a ``Medium`` or the source's word,
    ``failure`` what kept it from getting through; ``client`` names the monitor that sent an event.
    """

    kind: ChannelKind = ChannelKind.OTHER
    word: str = ""
    summary: str | None = None
    details: str | None = None
    duration: timedelta | None = None
    notification: str | None = None
    client: str | None = None
    client_url: str | None = None
    severity: str | None = None
    source: str | None = None
    until: datetime | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of an incident's log. ``word`` is the source's own for its kind, to be shown."""

    id: str
    kind: EntryKind
    summary: str
    created_at: datetime
    agent: Agent | None = None
    channel: Channel = Channel()
    service: Reference | None = None
    url: str | None = None
    note: str | None = None
    message: str | None = None
    user: Agent | None = None
    assignees: tuple[Agent, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    links: tuple[Link, ...] = ()
    linked: Reference | None = None
    word: str = ""
    note_id: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of an incident.

    ``key`` tells alerts of one cause together (PagerDuty's ``alert_key``); ``details`` is the
    body's text, flattened to ``name: value`` lines, and ``words`` what of it people are to read:
    what the summary does not say. ``entry`` is the id of the log entry that tells of it.
    """

    id: str
    summary: str
    created_at: datetime
    status: str = ""
    resolved_at: datetime | None = None
    severity: str | None = None
    key: str | None = None
    service: Reference | None = None
    url: str | None = None
    suppressed: bool = False
    client: str | None = None
    client_url: str | None = None
    details: str = ""
    words: str = ""
    links: tuple[Link, ...] = ()
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote to the incident. ``channel`` is the way it came, where told.

    ``written_on`` is another incident, which was merged into this one later.
    """

    id: str
    content: str
    created_at: datetime
    author: Agent | None = None
    channel: str | None = None
    written_on: Reference | None = None


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """A change (a deploy, say) that the source relates to the incident, and why it does."""

    id: str
    summary: str
    created_at: datetime
    source: str | None = None
    services: tuple[Reference, ...] = ()
    links: tuple[Link, ...] = ()
    url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field of the incident, its value as text ("" when unset)."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody asked to help; ``state`` is a ``ResponderAnswer``, or the source's word."""

    who: Agent
    state: str
    requested_by: Agent | None = None
    requested_at: datetime | None = None
    message: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """The incident itself, without its parts.

    ``incident_type`` is None for an incident of the usual type; ``description`` is what was
    written on opening it.
    """

    id: IncidentId
    number: int
    title: str
    status: IncidentStatus
    url: str
    created_at: datetime
    resolved_at: datetime | None = None
    reopened_at: datetime | None = None
    updated_at: datetime | None = None
    last_status_change_at: datetime | None = None
    last_status_change_by: Agent | None = None
    service: Reference | None = None
    impacted_services: tuple[Reference, ...] = ()
    teams: tuple[Reference, ...] = ()
    escalation_policy: Reference | None = None
    priority: str | None = None
    urgency: str | None = None
    incident_type: str | None = None
    alert_count: int | None = None
    merged_into: Reference | None = None
    conference_number: str | None = None
    conference_url: str | None = None
    responders: tuple[Responder, ...] = ()
    description: str | None = None


LOG_ENTRIES, ALERTS, NOTES = "log entries", "alerts", "notes"
"""What a record's missing parts are called, where it matters which are missing."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that the source would not give, or some of it, and the reason, as a sentence.

    ``for_now`` tells that it may be had at another look: the source failed, it did not refuse.
    """

    part: str
    reason: str
    partly: bool = False
    for_now: bool = False


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident with all its parts, oldest first; ``missing`` names those left out.

    ``hidden`` has a word for each secret that was hidden in them.
    """

    incident: Incident
    log_entries: tuple[LogEntry, ...] = ()
    alerts: tuple[Alert, ...] = ()
    notes: tuple[Note, ...] = ()
    change_events: tuple[ChangeEvent, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    business_services: tuple[Reference, ...] = ()
    subscribers: int | None = None
    merged_incidents: tuple[Reference, ...] = ()
    follow_up: FollowUp = field(default_factory=FollowUp)
    missing: tuple[Missing, ...] = ()
    hidden: tuple[str, ...] = ()
    commander: Agent | None = None
