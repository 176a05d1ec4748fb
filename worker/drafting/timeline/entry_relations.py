"""What the log's entries mean for each other: who was assigned by which, what waited for whom."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.incidents import Agent, LogEntry, Responder
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean
from worker.drafting.history.agents import (
    REQUESTS,
    asked_with,
    asks_policy,
    is_person,
    names,
    raises_urgency,
    timed_out,
)
from worker.drafting.history.alerts import opening_alert, reported
from worker.drafting.history.notes import NoteKind, WrittenNote
from worker.drafting.history.story import Story
from worker.drafting.policy import Handling, Rules, Topic, Weight, topic
from worker.drafting.text.wording import quoted, titled
from worker.drafting.timeline.entry_wording import Known, snooze_end

SAME_ACT = timedelta(seconds=5)
"""Entries that one act brings about are no further apart."""

_CAUSES = frozenset({EntryKind.TRIGGER, EntryKind.ESCALATE, EntryKind.DELEGATE})
_RESTARTS_WAITING = frozenset(
    {
        EntryKind.TRIGGER,
        EntryKind.ESCALATE,
        EntryKind.DELEGATE,
        EntryKind.UNACKNOWLEDGE,
        EntryKind.ASSIGN,
        EntryKind.REOPEN,
    }
)
_CALLS = frozenset({EntryKind.ESCALATE, EntryKind.ASSIGN})
_SETTLES = frozenset({EntryKind.RESOLVE, EntryKind.REOPEN})
_OF_LAPSES = frozenset(
    {EntryKind.ACKNOWLEDGE, EntryKind.UNACKNOWLEDGE, EntryKind.SNOOZE, EntryKind.DELEGATE}
    | {EntryKind.URGENCY_CHANGE, *_CALLS, *_SETTLES, *REQUESTS}
)
"""What an acknowledgement's end can be told from."""
HANDED_OVER = "it had been handed over"
SNOOZE_ENDED = "the snooze had ended"
URGENCY_RAISED = "the urgency had been raised"
POLICY_ASKED = "a time ran out after a policy had been asked to help"
WHILE_SNOOZED = "a time ran out while it was snoozed"
_TIMED_OUT = "the acknowledgement had timed out"
_SNOOZE_TOLERANCE = timedelta(minutes=2)
_SHORTEST_WAIT = timedelta(seconds=20)


def key_of(entry: LogEntry) -> str:
    """Give the key of a log entry's row."""
    return f"log:{entry.id}"


def reopening_key(number: int) -> str:
    """Give the key of the row of a reopening that no log entry tells of."""
    return f"reopened:{number}"


@dataclass(frozen=True, slots=True)
class EntryRelations:
    """What is known of each entry besides itself, by the key of its row.

    ``assigned`` holds the assignments that a trigger, an escalation or a reopening brought about,
    which are told with it; ``with_cause`` holds their own keys. ``turns`` are the keys of the
    acknowledgement that ended each wait and of the first escalation, ``snooze_ends`` those of
    entries that read like a lapsed acknowledgement and are the end of a snooze. ``lapses`` say of
    what a time brought about what had become of the acknowledgement before it, if there was one.
    """

    story: Story
    detection: LogEntry | None
    assigned: Mapping[str, tuple[LogEntry, ...]]
    with_cause: frozenset[str]
    waited: Mapping[str, timedelta]
    turns: frozenset[str]
    snooze_ends: frozenset[str]
    lapses: Mapping[str, str]
    resolution_notes: Mapping[str, WrittenNote]

    def known(self, entry: LogEntry) -> Known:
        """Give what is known of an entry besides itself."""
        key = key_of(entry)
        note = self.resolution_notes.get(key)
        asked = asked_with(entry, without_own_answers(self.story.incident.responders))
        return Known(
            asked or (*names(entry.assignees), *self.assigned_by(key)),
            quoted(note.text) if note else self._text(entry),
            self.waited.get(key),
            self._resolver(entry),
            self.lapses.get(key, ""),
            quoted(self._description(entry)) if entry is self.detection else "",
        )

    def _description(self, opened: LogEntry) -> str:
        story = self.story
        alert = opening_alert(opened, story.alerts)
        return story.description or reported(opened, story.alerts) or (alert.words if alert else "")

    def assigned_by(self, key: str) -> list[str]:
        """Name whom the act with this key was assigned to."""
        return names(agent for entry in self.assigned.get(key, ()) for agent in entry.assignees)

    def weight(self, entry: LogEntry, usual: Weight) -> Weight:
        """Tell how late an entry's row may be folded."""
        return Weight.TURN if key_of(entry) in self.turns else usual

    def _resolver(self, entry: LogEntry) -> Agent | None:
        last = self.story.open_periods[-1].resolution
        return self.story.incident.last_status_change_by if entry is last else None

    def _text(self, entry: LogEntry) -> str:
        if entry.kind is not EntryKind.TRIGGER:
            return ""
        title = self.story.incident.title
        return titled(entry.channel.summary or title, title) or "an incident"


def has_own_answer(responder: Responder) -> bool:
    """Tell whether somebody's answer to a request has a time, and thus a row, of its own."""
    asked, answered = responder.requested_at, responder.answered_at
    return answered is not None and (asked is None or answered > asked)


def without_own_answers(responders: Iterable[Responder]) -> tuple[Responder, ...]:
    """Leave out answers that have rows of their own, so that they are not told twice."""
    return tuple(replace(one, state="") if has_own_answer(one) else one for one in responders)


def relations(story: Story, rules: Rules) -> EntryRelations:
    """Put the entries of a story in relation; only what is kept can tell of its assignments."""
    detection = story.detection
    kept = {about for about, rule in rules.items() if rule.handling is Handling.KEEP}
    assigned = _assignments(story, sorted(_causes(story, detection, kept)))
    return EntryRelations(
        story,
        detection,
        assigned,
        frozenset(key_of(entry) for each in assigned.values() for entry in each),
        dict(_waits(story)),
        frozenset(_turns(story)),
        frozenset(map(key_of, snooze_ends(story.entries))),
        dict(lapses(story)),
        _resolution_notes(story),
    )


def _assignments(
    story: Story, causes: Sequence[tuple[datetime, str]]
) -> dict[str, tuple[LogEntry, ...]]:
    """Tell which assignments each act brought about, by the key of the act's row."""
    times = [at for at, _ in causes]
    found: defaultdict[str, tuple[LogEntry, ...]] = defaultdict(tuple)
    for entry in story.entries:
        if entry.kind is not EntryKind.ASSIGN or not causes:
            continue
        near = bisect_left(times, entry.created_at)
        around = [causes[at] for at in (near - 1, near) if 0 <= at < len(causes)]
        at, key = min(around, key=lambda cause: abs(cause[0] - entry.created_at))
        if abs(at - entry.created_at) <= SAME_ACT:
            found[key] += (entry,)
    return dict(found)


def _causes(
    story: Story, detection: LogEntry | None, kept: AbstractSet[Topic]
) -> Iterator[tuple[datetime, str]]:
    for entry in story.entries:
        if entry.kind in _CAUSES & kept and (
            entry.kind is not EntryKind.TRIGGER or entry is detection
        ):
            yield entry.created_at, key_of(entry)
    for number, period in enumerate(story.open_periods[1:], 1):
        if period.reopening is None or period.reopening.kind is not EntryKind.REOPEN:
            yield period.began, reopening_key(number)
        elif topic(period.reopening) in kept:
            yield period.began, key_of(period.reopening)


def _waits(story: Story) -> Iterator[tuple[str, timedelta]]:
    """Tell how long nobody had acknowledged before each escalation, and before each first one."""
    since: datetime | None = story.start
    for entry in story.entries:
        if entry.kind in _CALLS:
            waited = entry.created_at - since if since else timedelta()
            if waited >= _SHORTEST_WAIT:
                yield key_of(entry), waited
        if entry.kind is EntryKind.ACKNOWLEDGE:
            since = None  # nobody waits, until the log tells that it lapsed
        elif entry.kind in _RESTARTS_WAITING or (since is None and raises_urgency(entry)):
            since = entry.created_at
    for period in story.open_periods:
        shows_it = period.reopening is period.acknowledgement  # when it was is not known besides
        guessed = shows_it and period.began != story.incident.reopened_at
        if period.acknowledgement is not None and not guessed:
            waited = period.acknowledgement.created_at - period.began
            yield key_of(period.acknowledgement), max(waited, timedelta())


def once_reopened(story: Story) -> frozenset[str]:
    """Give the entries of the second of a reopening that only what was open again can have."""
    found: list[str] = []
    for period in story.open_periods[1:]:
        if period.reopening is not None:
            shown = (at for at, one in enumerate(story.entries) if one is period.reopening)
            after = story.entries[next(shown, 0) :]
            found += (one.id for one in after if one.created_at == period.began)
    return frozenset(found)


def _turns(story: Story) -> Iterator[str]:
    for period in story.open_periods:
        if period.acknowledgement is not None:
            yield key_of(period.acknowledgement)
    for entry in story.entries:
        if entry.kind is EntryKind.ESCALATE:
            yield key_of(entry)
            return


def snooze_ends(entries: Iterable[LogEntry]) -> Iterator[LogEntry]:
    """Give the lapses that are the end of a snooze: the log has one type of entry for both."""
    ends: list[datetime] = []
    for entry in entries:
        if entry.kind is EntryKind.SNOOZE and (end := snooze_end(entry)) is not None:
            ends.append(end)
        elif entry.kind is EntryKind.UNACKNOWLEDGE and (
            "snooz" in f"{entry.word} {entry.summary}".lower()
            or any(abs(end - entry.created_at) <= _SNOOZE_TOLERANCE for end in ends)
        ):
            yield entry


def ended_early(lapse: LogEntry, entries: Iterable[LogEntry]) -> bool:
    """Tell whether a snooze ended when no snooze was to end: somebody ended it."""
    ends = (end for end in map(snooze_end, entries) if end is not None)
    return all(abs(end - lapse.created_at) > _SNOOZE_TOLERANCE for end in ends)


def lapses(story: Story) -> Iterator[tuple[str, str]]:
    """Tell of each escalation by time, after an acknowledgement, what had become of that.

    An escalation by itself shows that the acknowledgement had run out, also where the log has no
    entry of its own for it.
    """
    entries = [entry for entry in story.entries if entry.kind in _OF_LAPSES]  # few of a storm's
    ends = set(map(key_of, snooze_ends(entries)))
    became = ""
    snoozed: datetime | None = None
    for entry in entries:
        if entry.kind in _SETTLES:
            became = ""
        elif entry.kind is EntryKind.ACKNOWLEDGE:
            became, snoozed = _TIMED_OUT, None
        elif not became:
            continue
        elif entry.kind is EntryKind.SNOOZE:
            snoozed = snooze_end(entry)
        elif made := _what_became(entry, is_snooze_end=key_of(entry) in ends):
            became, snoozed = made, None
        elif entry.kind in _CALLS and timed_out(entry):
            goes_on = snoozed is not None and entry.created_at < snoozed - _SNOOZE_TOLERANCE
            yield key_of(entry), WHILE_SNOOZED if goes_on else became


def _what_became(entry: LogEntry, *, is_snooze_end: bool) -> str:
    """Tell what an entry makes of the acknowledgement before it, "" where it leaves it alone."""
    if entry.kind is EntryKind.UNACKNOWLEDGE:
        if is_snooze_end:
            return SNOOZE_ENDED
        return _TIMED_OUT if timed_out(entry) else "the acknowledgement had been taken back"
    by_hand = entry.kind in _CALLS and is_person(entry.agent) and not timed_out(entry)
    if by_hand or entry.kind is EntryKind.DELEGATE:
        return HANDED_OVER
    if asks_policy(entry):  # which escalates though the incident is acknowledged
        return POLICY_ASKED
    return URGENCY_RAISED if raises_urgency(entry) else ""


def _resolution_notes(story: Story) -> dict[str, WrittenNote]:
    """Give the note that each resolution was made with, by the key of the resolution's row."""
    notes: dict[str, WrittenNote] = {}
    for note in story.written_notes:
        if note.kind is NoteKind.RESOLUTION and note.resolution is not None and clean(note.text):
            notes.setdefault(key_of(note.resolution), note)
    return notes
