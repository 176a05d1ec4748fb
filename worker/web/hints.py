"""What a webhook tells: a hint that something is worth looking at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from connectors.errors import PayloadError
from connectors.jira import webhook as jira
from connectors.pagerduty import webhook as pagerduty
from worker.web.paths import INCIDENT

_INCIDENT = re.compile(INCIDENT)


class HintKind(Enum):
    """What an event is a hint of."""

    RESOLVED = "resolved"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Hint:
    """One event that a job may have to follow.

    ``id`` stays the same when the event is delivered again. PagerDuty names the ``incident``; Jira
    the ticket by its ``ticket_id`` and ``ticket_key``, with the ``labels`` it has.
    """

    id: str
    source: str
    kind: HintKind
    event_type: str
    occurred_at: datetime
    incident: str | None = None
    ticket_id: str | None = None
    ticket_key: str | None = None
    labels: tuple[str, ...] = ()


def from_pagerduty(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Hint | None:
    """Read a delivery of PagerDuty's; None for an event that nothing has to follow.

    Raises ``SignatureError`` and ``PayloadError``.
    """
    event = pagerduty.read(headers, body, secrets)
    if event.kind is pagerduty.EventKind.IGNORED or event.incident is None:
        return None
    if not _INCIDENT.fullmatch(event.incident) or not _can_be_told_apart(event.id):
        raise PayloadError("PagerDuty sent ids that it does not give: event.id or event.data.id.")
    return Hint(
        id=event.id,
        source="pagerduty",
        kind=HintKind(event.kind.value),
        event_type=event.type,
        occurred_at=event.occurred_at,
        incident=event.incident,
    )


def _can_be_told_apart(event: str) -> bool:
    """Tell whether the id can be stored: JSON can hold halves of characters, which cannot."""
    try:
        return bool(event.strip().encode())
    except UnicodeEncodeError:
        return False


def from_jira(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Hint | None:
    """Read a delivery of Jira's; None for an event that nothing has to follow.

    Raises ``SignatureError`` and ``PayloadError``.
    """
    found = {name.lower(): value for name, value in headers.items()}
    jira.verify(body, found.get(jira.SIGNATURE_HEADER.lower()), secrets)
    event = jira.event(body, found.get(jira.IDENTIFIER_HEADER.lower()))
    if event is None:
        return None
    return Hint(
        id=event.identifier,
        source="jira",
        kind=HintKind.REFRESH,
        event_type=event.kind.value,
        occurred_at=event.at,
        ticket_id=event.ticket,
        ticket_key=event.key,
        labels=event.labels,
    )
