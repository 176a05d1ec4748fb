"""Which log entry tells of which note, and which tell of notes that were deleted.

A source has its notes twice: as notes, and as log entries that say there is a note. A note has at
most one such entry and an entry at most one note: two notes with the same words are two. An entry
without its note, where all the notes are known, tells of one that was deleted since: such words
were taken back by people, and are told nowhere.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.incidents import NOTES, Agent, AgentKind, IncidentRecord, LogEntry, Note
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean

SAME_NOTE = timedelta(minutes=5)
"""A note and its log entry differ in time, but by less than this."""

SAME_MOMENT = timedelta(seconds=2)
"""A note that was edited is known by its author and its moment."""

RESOLUTION_PREFIX = re.compile(r"\s*resolution note\s*:\s*", re.IGNORECASE)
"""How the note of a resolution begins, which its log entry may leave out."""

_PROGRAMS = frozenset({AgentKind.OTHER, AgentKind.INTEGRATION})
_START = 40
_CUT = ("…", "...")


@dataclass(frozen=True, slots=True)
class NotedLog:
    """The log without what was deleted, oldest first, and the entries of the notes.

    ``entry_of`` has a note's log entry by the note's place in the record; ``alone`` are entries
    whose notes could not be read.
    """

    entries: tuple[LogEntry, ...]
    entry_of: dict[int, LogEntry]
    alone: tuple[LogEntry, ...]


def noted_log(record: IncidentRecord) -> NotedLog:
    """Tell which entry is which note's, and leave out those whose notes were deleted.

    Nothing counts as deleted where the notes were not read whole.
    """
    entries = sorted(record.log_entries, key=lambda entry: entry.created_at)
    annotations = [entry for entry in entries if entry.kind is EntryKind.ANNOTATE]
    found = _pairs(record.notes, annotations)
    paired = set(found.values())
    alone = tuple(one for at, one in enumerate(annotations) if at not in paired)
    whole = all(one.part != NOTES for one in record.missing)
    deleted = {entry.id for entry in alone} if whole else frozenset()
    return NotedLog(
        tuple(_without(entries, deleted)),
        {at: annotations[number] for at, number in found.items()},
        () if whole else alone,
    )


def entry_words(entry: LogEntry) -> str:
    """Give what a log entry says was written."""
    return entry.note or entry.channel.summary or entry.channel.details or ""


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts are one, or one the beginning of the other, as logs cut long ones."""
    ours, theirs = _words(one), _words(other)
    return ours == theirs or _is_cut(one, other) or _is_cut(other, one)


def _words(text: str) -> str:
    return _plain(text).rstrip("….")


def _plain(text: str) -> str:
    prefix = RESOLUTION_PREFIX.match(text)
    return clean(text[prefix.end() :] if prefix else text).lower()


def _is_cut(short: str, whole: str) -> bool:
    """Tell whether a text is the beginning of another: a long one, or one that says it was cut."""
    begins = _words(short)
    if not begins or not _words(whole).startswith(begins):
        return False
    return len(begins) >= _START or clean(short).endswith(_CUT)


def _without(entries: Sequence[LogEntry], deleted: AbstractSet[str]) -> Iterator[LogEntry]:
    """Leave out entries of deleted notes, and their words where another entry repeats them."""
    gone = [entry for entry in entries if entry.id in deleted]
    for entry in entries:
        if entry.kind is EntryKind.ANNOTATE and entry.id in deleted:
            continue
        repeats = entry.note and any(
            abs(one.created_at - entry.created_at) <= SAME_NOTE
            and same_words(entry_words(one), entry.note)
            for one in gone
        )
        yield replace(entry, note=None) if repeats else entry


@dataclass(frozen=True, slots=True)
class _Said:
    """What a note and its log entry have in common."""

    id: str
    at: datetime
    author: Agent | None
    text: str
    words: str


_Pair = tuple[bool, timedelta, int, int]
"""Whether nothing tells that one person wrote both, how far apart they are, and their places."""


def _pairs(notes: Sequence[Note], entries: Sequence[LogEntry]) -> dict[int, int]:
    """Give the entry of each note that has one, surest first: by id, words, beginning, moment."""
    ours = [_said(one.id, one.created_at, one.author, one.content) for one in notes]
    theirs = [
        _said(one.note_id or "", one.created_at, one.agent, entry_words(one)) for one in entries
    ]
    by_id = {one.id: number for number, one in enumerate(theirs) if one.id}
    found = {at: by_id[one.id] for at, one in enumerate(ours) if one.id in by_id}
    for alike in (_by_words, _by_beginning, _by_moment):
        left = {at: one for at, one in enumerate(ours) if at not in found}
        taken = set(found.values())
        free = {number: one for number, one in enumerate(theirs) if number not in taken}
        for _, _, at, number in sorted(_candidates(left, free, alike)):
            if at not in found and number not in taken:
                found[at] = number
                taken.add(number)
    return found


def _said(id_: str, at: datetime, author: Agent | None, text: str) -> _Said:
    return _Said(id_, at, author, text, _plain(text))


def _candidates(
    left: Mapping[int, _Said], free: Mapping[int, _Said], alike: Callable[[_Said, _Said], bool]
) -> Iterator[_Pair]:
    """Give what may be one: near in time, and not of two people. Entries come oldest first."""
    numbers = list(free)
    times = [one.at for one in free.values()]
    for at, one in left.items():
        first = bisect_left(times, one.at - SAME_NOTE)
        for place in range(first, bisect_right(times, one.at + SAME_NOTE)):
            other = free[numbers[place]]
            if alike(one, other) and not _wrote_apart(one.author, other.author):
                alone = one.author is None or other.author is None
                yield alone, abs(one.at - other.at), at, numbers[place]


def _by_words(note: _Said, entry: _Said) -> bool:
    return note.words == entry.words


def _by_beginning(note: _Said, entry: _Said) -> bool:
    return same_words(note.text, entry.text)


def _by_moment(note: _Said, entry: _Said) -> bool:
    return abs(note.at - entry.at) <= SAME_MOMENT


def _wrote_apart(one: Agent | None, other: Agent | None) -> bool:
    """Tell whether two did not write one note; a program may write what a person says."""
    used = {one and one.kind, other and other.kind}
    through = AgentKind.PERSON in used and not used.isdisjoint(_PROGRAMS)
    return not through and are_two(one, other)


def are_two(one: Agent | None, other: Agent | None) -> bool:
    """Tell whether two are known to be different; a name alone is enough where an id lacks."""
    if one is None or other is None:
        return False
    if one.id and other.id:
        return one.id != other.id
    return clean(one.name) != clean(other.name)


_ROOT_CAUSE = re.compile(
    r"^[^\w\n]*(?:(?:(?:suspected|probable|likely) )?root[ -]?cause|(?:grund)?ursache|hauptursache"
    r"|cause (?:racine|profonde)|causa (?:ra[i\u00ed]z|radice)|grondoorzaak|grundorsak"
    r"|\u6839\u672c\u539f\u56e0|\u6839\u56e0)"  # Japanese and Chinese
    r"(?:\W*[:=\uff1a]|\s+[-\u2013\u2014])\W*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_PARAGRAPH = re.compile(r"\n\s*\n")


def root_cause(text: str) -> str:
    """Give what a text names as the root cause, up to the end of its paragraph, or ""."""
    found = _ROOT_CAUSE.search(text)
    return _PARAGRAPH.split(text[found.end() :], maxsplit=1)[0].strip() if found else ""


def without_root_cause(text: str) -> str:
    """Give a text without what it names as the root cause."""
    found = _ROOT_CAUSE.search(text)
    if not found:
        return text
    behind = _PARAGRAPH.split(text[found.end() :], maxsplit=1)[1:]
    return "\n\n".join((text[: found.start()], *behind))


_STILL_TO_DO = re.compile(
    r"^[^\w\n]*(?:next steps?|to[ -]?dos?|long[ -]term fix(?:es)?|follow[ -]?ups?)[ \t]*:[^\n]*"
    r"(?:\n[ \t]*(?:[-*+\u2022]|\d{1,2}[.)])[ \t][^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)


def without_next_steps(text: str) -> str:
    """Give a text without the lines, with the lists below them, that say what is still to do."""
    return _STILL_TO_DO.sub("", text)
