"""In which state the incident was, and from when to when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from connectors.incidents import LogEntry
from worker.drafting.openings import ACKNOWLEDGE, UNACKNOWLEDGE, Opening
from worker.drafting.story import Story

_TAKEN_BACK = frozenset({UNACKNOWLEDGE, "escalate_log_entry", "delegate_log_entry"})
"""What ends an acknowledgement: the incident waits for somebody again."""


class State(Enum):
    """The states of an incident, as people read them."""

    OPEN = "open"
    """Nothing more is known, since the log could not be read."""
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of time in one state."""

    state: State
    begin: datetime
    end: datetime


def phases(story: Story, until: datetime) -> tuple[Phase, ...]:
    """Give the phases from the start to ``until``, without gaps."""
    known = bool(story.entries) or story.log_is_whole
    first = State.UNACKNOWLEDGED if known else State.OPEN
    changes = [
        change for opening in story.openings for change in _changes(opening, story.entries, first)
    ]
    ends = [*(at for at, _ in changes[1:]), until]
    found: list[Phase] = []
    for (begin, state), end in zip(changes, ends, strict=True):
        if end <= begin:
            continue
        if found and found[-1].state is state:
            found[-1] = Phase(state, found[-1].begin, end)
        else:
            found.append(Phase(state, begin, end))
    return tuple(found)


def _changes(
    opening: Opening, entries: tuple[LogEntry, ...], first: State
) -> Iterator[tuple[datetime, State]]:
    yield opening.began, first
    for entry in entries:
        if entry.created_at < opening.began:
            continue
        if opening.ended is not None and entry.created_at >= opening.ended:
            break
        if entry.type == ACKNOWLEDGE:
            yield entry.created_at, State.ACKNOWLEDGED
        elif entry.type in _TAKEN_BACK:
            yield entry.created_at, State.UNACKNOWLEDGED
    if opening.ended is not None:
        yield opening.ended, State.RESOLVED
