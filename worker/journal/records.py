"""What the journal gives and takes, and how that stands in the tables."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NewType

from connectors.incidents import NO_INCIDENT, IncidentId
from connectors.tickets import Mark, TicketId, TicketKey
from worker.tracking.tracked_tickets import Intent, TrackedTicket, Values


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document as it was last seen in the store.

    ``incident`` is "" where the file is no postmortem; ``settled`` is True once a sync has dealt
    with exactly this fingerprint; ``seen_at`` is when the fingerprint was first met.
    """

    name: str
    fingerprint: str
    incident: IncidentId
    seen_at: datetime
    settled: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class KnownIncident:
    """What is remembered of an incident.

    ``updated`` is the source's own word for its last change when it was last pulled, ``summary`` a
    line of plain text about what happened. ``made`` tells that this very memory saw the document
    being made, so that it knows of every create. ``base`` is the text that the program last wrote,
    ``proposed`` the one it was about to write, both as ``Written.to_json`` gives them.
    """

    incident: IncidentId
    updated: str = ""
    merged_into: IncidentId = NO_INCIDENT
    title: str = ""
    url: str = ""
    number: int | None = None
    summary: str = ""
    made: bool = False
    base: str | None = None
    proposed: str | None = None


OPEN = "open "
"""What the word for an incident's last change begins with, where it was open when it was pulled."""


@dataclass(frozen=True, slots=True)
class Pull:
    """What is remembered of an incident's last pull.

    ``updated`` is the source's own word for its last change then, none where some of it could not
    be read for now; ``drafted`` tells that a document was written for it.
    """

    updated: str
    drafted: bool


Claim = NewType("Claim", str)
"""What tells the holder of an incident's lock from those before."""

NO_CLAIM = Claim("")
"""The claim that goes with a lock which cannot be lost while its holder lives."""


@dataclass(frozen=True, slots=True)
class Skip:
    """An incident that got no draft, and why.

    ``updated`` is the source's own word for its last change then, ``rule`` tells the configured
    filter from others.
    """

    incident: IncidentId
    title: str
    url: str
    reason: str
    updated: str
    rule: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """One write that was done: when, by which trigger, to what, from and to which value, why."""

    at: datetime
    incident: IncidentId
    trigger: str
    action: str
    subject: str
    reason: str
    ticket: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class KnownResult:
    """What an incident's last job told, and when the next try is, None where none is planned.

    ``suggestions`` are each a place, what people wrote there, and what the facts say. ``facts`` are
    those of the sentences that came with reading the incident, ``tickets`` those that came with
    its tickets: a job that leaves that half out does not know better.
    """

    incident: IncidentId
    at: datetime
    trigger: str
    warnings: tuple[str, ...] = ()
    suggestions: tuple[tuple[str, str, str], ...] = ()
    failures: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    next_try: datetime | None = None

    @property
    def tells(self) -> bool:
        """Whether there is anything in it that somebody should know."""
        return bool(self.warnings or self.suggestions or self.failures)


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is known of an incident, whether it has a document or not.

    ``resolved`` is None while it is open, ``open_seconds`` how long it was open in all, as its
    document has it; None where that cannot be told. ``service`` is the id of its own service;
    ``services`` and ``teams`` are names. ``left_out`` is why the settings give it no document, ""
    where they do. Without ``log_read`` nobody knows whether it was acknowledged.
    """

    incident: IncidentId
    number: int
    title: str
    url: str
    updated: str
    started: datetime
    acknowledged: datetime | None = None
    resolved: datetime | None = None
    open_seconds: float | None = None
    urgency: str = ""
    priority: str = ""
    service: str = ""
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    merged: bool = False
    left_out: str = ""
    log_read: bool = False


class TicketState(StrEnum):
    """What a ticket's status and resolution say of its work."""

    OPEN = "open"
    DONE = "done"
    WONT_DO = "won't do"


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What is known of a ticket.

    ``closed`` is when it was closed, as the tracker says (``is_told``); else its last change when
    it was first read as closed.
    """

    id: TicketId
    created: datetime
    state: TicketState
    due: date | None = None
    closed: datetime | None = None
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A ticket that some document's action item has; its row's ``deadline`` goes before its own.

    ``others`` are the other incidents whose documents name it, where that was looked up.
    """

    facts: TicketFacts
    incident: IncidentId
    key: str
    url: str
    task: str
    deadline: date | None
    others: tuple[IncidentId, ...] = ()


def result_row(one: KnownResult) -> dict[str, object]:
    """Give a result's row."""
    return {
        "at": one.at.isoformat(),
        "trigger": one.trigger,
        "warnings": json.dumps(one.warnings),
        "suggestions": json.dumps(one.suggestions),
        "failures": json.dumps(one.failures),
        "facts": json.dumps(one.facts),
        "tickets": json.dumps(one.tickets),
        "next_try": one.next_try and one.next_try.isoformat(),
    }


def result_record(row: Mapping[Any, Any]) -> KnownResult:
    """Give a result as it was remembered."""
    lists = {
        name: tuple(json.loads(row[name])) for name in ("warnings", "failures", "facts", "tickets")
    }
    return KnownResult(
        incident=row["incident"],
        at=_time(row["at"]),
        trigger=row["trigger"],
        suggestions=tuple(map(tuple, json.loads(row["suggestions"]))),
        next_try=_time(row["next_try"]) if row["next_try"] else None,
        **lists,
    )


def ticket_row(one: TrackedTicket) -> dict[str, object]:
    """Give a ticket's row."""
    return {
        "incident": one.incident,
        "key": one.key,
        "url": one.url,
        "mark": one.mark,
        "ordinal": one.ordinal,
        "row": json.dumps(asdict(one.row)),
        "remote": json.dumps(asdict(one.remote)) if one.remote else None,
        "status_cell": one.status_cell,
        "linked": one.linked,
        "available": one.available,
        "has_links": one.has_links,
        "done": one.done,
        "refused": json.dumps(dict(one.refused)),
        "labelled": one.labelled,
    }


def ticket_record(row: Mapping[Any, Any]) -> TrackedTicket:
    """Give a ticket as it was remembered."""
    return TrackedTicket(
        id=TicketId(row["id"]),
        key=TicketKey(row["key"]),
        url=row["url"],
        incident=row["incident"],
        ordinal=row["ordinal"],
        row=Values(**json.loads(row["row"])),
        remote=Values(**json.loads(row["remote"])) if row["remote"] else None,
        mark=Mark(row["mark"]) if row["mark"] else None,
        status_cell=row["status_cell"],
        linked=row["linked"],
        available=row["available"],
        has_links=row["has_links"],
        done=row["done"],
        refused=json.loads(row["refused"]),
        labelled=row["labelled"],
    )


def intent_record(row: Mapping[Any, Any]) -> Intent:
    """Give a create as it was written down."""
    since = row["unknown_since"]
    return Intent(
        mark=Mark(row["mark"]),
        incident=row["incident"],
        task=row["task"],
        ordinal=row["ordinal"],
        opened_at=_time(row["opened_at"]),
        unknown_since=_time(since) if since else None,
        failures=row["failures"],
        reason=row["reason"],
        words=row["words"],
        unlabelled_in=row["unlabelled_in"],
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
