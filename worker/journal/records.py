"""What the journal gives and takes besides tickets and intents."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from connectors.incidents import IncidentId


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
    merged_into: str = ""
    title: str = ""
    url: str = ""
    number: int | None = None
    summary: str = ""
    made: bool = False
    base: str | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """What is remembered of an incident's last pull.

    ``updated`` is the source's own word for its last change then; ``drafted`` tells that a document
    was written for it.
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
class Entry:
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
