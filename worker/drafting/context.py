"""What the log's entries mean for each other: who was assigned by which, what waited for whom."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.incidents import Agent, LogEntry
from worker.content.clean_text import clean
from worker.drafting.entries import ESCALATE, TRIGGER, Known
from worker.drafting.openings import UNACKNOWLEDGE, says_reopened
from worker.drafting.people import names
from worker.drafting.remarks import Kind, Remark
from worker.drafting.responders import asked_with
from worker.drafting.rules import Handling, Rule, Weight
from worker.drafting.story import Story
from worker.drafting.wording import quoted

ASSIGN = "assign_log_entry"

SAME_ACT = timedelta(seconds=5)
"""Entries that one act brings about are no further apart."""

_CAUSES = frozenset({TRIGGER, ESCALATE, "delegate_log_entry"})
_RESTARTS_WAITING = frozenset({TRIGGER, ESCALATE, UNACKNOWLEDGE, ASSIGN})
_SNOOZE_SLACK = timedelta(minutes=2)
_SHORTEST_WAIT = timedelta(seconds=20)


def key_of(entry: LogEntry) -> str:
    """Give the key of a log entry's row."""
    return f"log:{entry.id}"


def reopening_key(number: int) -> str:
    """Give the key of the row of a reopening that no log entry tells of."""
    return f"reopened:{number}"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of each entry besides itself, by the key of its row.

    ``assigned`` holds the assignments that a trigger, an escalation or a reopening brought about,
    which are told with it; ``with_cause`` holds their own keys. ``turns`` are the keys of the
    acknowledgement that ended each wait and of the first escalation, ``snooze_ends`` those of
    entries that read like a lapsed acknowledgement and are the end of a snooze.
    """

    story: Story
    detection: LogEntry | None
    assigned: Mapping[str, tuple[LogEntry, ...]]
    with_cause: frozenset[str]
    waited: Mapping[str, timedelta]
    turns: frozenset[str]
    snooze_ends: frozenset[str]
    resolution_notes: Mapping[str, Remark]

    def known(self, entry: LogEntry) -> Known:
        """Give what is known of an entry besides itself."""
        key = key_of(entry)
        remark = self.resolution_notes.get(key)
        asked = asked_with(entry, self.story.incident.responders)
        return Known(
            asked or (*names(entry.assignees), *self.assigned_by(key)),
            quoted(remark.text) if remark else self._text(entry),
            self.waited.get(key),
            self._resolver(entry),
        )

    def assigned_by(self, key: str) -> list[str]:
        """Name whom the act with this key was assigned to."""
        return names(agent for entry in self.assigned.get(key, ()) for agent in entry.assignees)

    def weight(self, entry: LogEntry, usual: Weight) -> Weight:
        """Tell how late an entry's row may be folded."""
        return Weight.TURN if key_of(entry) in self.turns else usual

    def _resolver(self, entry: LogEntry) -> Agent | None:
        last = self.story.openings[-1].resolution
        return self.story.incident.last_status_change_by if entry is last else None

    def _text(self, entry: LogEntry) -> str:
        if entry.type != TRIGGER:
            return ""
        return quoted(entry.channel.summary or self.story.incident.title) or "an incident"


def context(story: Story, rules: Mapping[str, Rule]) -> Context:
    """Put the entries of a story in relation; only what is kept can tell of its assignments."""
    triggers = [entry for entry in story.entries if entry.type == TRIGGER]
    detection = triggers[0] if triggers else None
    kept = {type_ for type_, rule in rules.items() if rule.handling is Handling.KEEP}
    assigned = _assignments(story, sorted(_causes(story, detection, kept)))
    return Context(
        story,
        detection,
        assigned,
        frozenset(key_of(entry) for each in assigned.values() for entry in each),
        dict(_waits(story)),
        frozenset(_turns(story)),
        frozenset(map(key_of, snooze_ends(story.entries))),
        _resolution_notes(story),
    )


def _assignments(
    story: Story, causes: Sequence[tuple[datetime, str]]
) -> dict[str, tuple[LogEntry, ...]]:
    """Tell which assignments each act brought about, by the key of the act's row."""
    times = [at for at, _ in causes]
    found: defaultdict[str, tuple[LogEntry, ...]] = defaultdict(tuple)
    for entry in story.entries:
        if entry.type != ASSIGN or not causes:
            continue
        near = bisect_left(times, entry.created_at)
        around = [causes[at] for at in (near - 1, near) if 0 <= at < len(causes)]
        at, key = min(around, key=lambda cause: abs(cause[0] - entry.created_at))
        if abs(at - entry.created_at) <= SAME_ACT:
            found[key] += (entry,)
    return dict(found)


def _causes(
    story: Story, detection: LogEntry | None, kept: AbstractSet[str]
) -> Iterator[tuple[datetime, str]]:
    for entry in story.entries:
        if entry.type in _CAUSES & kept and (entry.type != TRIGGER or entry is detection):
            yield entry.created_at, key_of(entry)
    for number, opening in enumerate(story.openings[1:], 1):
        if opening.reopening is None or not says_reopened(opening.reopening):
            yield opening.began, reopening_key(number)
        elif opening.reopening.type in kept:
            yield opening.began, key_of(opening.reopening)


def _waits(story: Story) -> Iterator[tuple[str, timedelta]]:
    """Tell how long nobody had acknowledged before each escalation, and before each first one."""
    since = story.start
    for entry in story.entries:
        waited = entry.created_at - since
        if entry.type in {ESCALATE, ASSIGN} and waited >= _SHORTEST_WAIT:
            yield key_of(entry), waited
        if entry.type in _RESTARTS_WAITING or says_reopened(entry):
            since = entry.created_at
    for opening in story.openings:
        if opening.acknowledgement is not None:
            waited = opening.acknowledgement.created_at - opening.began
            yield key_of(opening.acknowledgement), max(waited, timedelta(seconds=1))


def _turns(story: Story) -> Iterator[str]:
    for opening in story.openings:
        if opening.acknowledgement is not None:
            yield key_of(opening.acknowledgement)
    for entry in story.entries:
        if entry.type == ESCALATE:
            yield key_of(entry)
            return


def snooze_ends(entries: Iterable[LogEntry]) -> Iterator[LogEntry]:
    """Give the lapses that are the end of a snooze: the log has one type of entry for both."""
    ends: list[datetime] = []
    for entry in entries:
        if entry.type == "snooze_log_entry" and entry.channel.duration:
            ends.append(entry.created_at + entry.channel.duration)
        elif entry.type == UNACKNOWLEDGE and any(
            abs(end - entry.created_at) <= _SNOOZE_SLACK for end in ends
        ):
            yield entry


def _resolution_notes(story: Story) -> dict[str, Remark]:
    """Give the note that each resolution was made with, by the key of the resolution's row."""
    notes: dict[str, Remark] = {}
    for remark in story.remarks:
        if remark.kind is Kind.RESOLUTION and remark.resolution is not None and clean(remark.text):
            notes.setdefault(key_of(remark.resolution), remark)
    return notes
