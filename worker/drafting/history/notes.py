"""What people wrote to the incident, each note once, and the action items among it.

The same words reach a draft as a note, as the log entry that says there is a note, and with the
resolution. They are one here: the note's text (it may have been edited since), the log entry's
link. An action item is written as ``ACTION: add an alert @ada by Friday``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache

from config.template_names import ACTION_MARKS
from connectors.incidents import Agent, LogEntry, Note, Reference
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean, shorten
from worker.content.read_dates import read_date
from worker.drafting.history.agents import is_person
from worker.drafting.history.note_entries import (
    RESOLUTION_PREFIX,
    SAME_NOTE,
    NotedLog,
    are_two,
    entry_words,
    same_words,
)
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import LONGEST_QUOTE

SAME_RESOLUTION = timedelta(minutes=2)
"""A resolution note was seen 0.3 s after its resolution, and 1 s before it."""


class NoteKind(Enum):
    """What a note is for."""

    NOTE = "note"
    RESOLUTION = "resolution note"


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """Something that somebody wrote. ``text`` is without the source's own prefix.

    ``key`` stays the same from pull to pull; ``entry`` is its log entry, where there is one.
    ``resolution`` is the entry of the resolution that it was written with; ``sources`` are the
    ids of the notes and log entries that it was told by.
    """

    key: str
    at: datetime
    author: Agent | None
    text: str
    kind: NoteKind = NoteKind.NOTE
    entry: LogEntry | None = None
    resolution: LogEntry | None = None
    sources: tuple[str, ...] = ()
    written_on: Reference | None = None


def written_notes(notes: Sequence[Note], log: NotedLog) -> tuple[WrittenNote, ...]:
    """Give every note of the incident once, oldest first; ``log`` tells which has which entry."""
    found = [_from_note(note, log.entry_of.get(at)) for at, note in enumerate(notes)]
    found += map(_from_entry, log.alone)
    resolutions = [entry for entry in log.entries if entry.kind is EntryKind.RESOLVE]
    for entry in resolutions:
        _add_resolution(entry, found)
    placed = (_with_resolution(note, resolutions) for note in found if clean(note.text))
    return tuple(sorted(placed, key=lambda note: note.at))


def _from_note(note: Note, entry: LogEntry | None) -> WrittenNote:
    kind, text = _told(note.content)
    author = note.author
    if entry and (author is None or (not is_person(author) and is_person(entry.agent))):
        author = entry.agent
    sources = (note.id, entry.id) if entry else (note.id,)
    key, at = f"note:{note.id}", note.created_at
    return WrittenNote(key, at, author, text, kind, entry, None, sources, note.written_on)


def _from_entry(entry: LogEntry) -> WrittenNote:
    kind, text = _told(entry_words(entry))
    at, author = entry.created_at, entry.agent
    return WrittenNote(f"log:{entry.id}", at, author, text, kind, entry, sources=(entry.id,))


def _add_resolution(entry: LogEntry, found: list[WrittenNote]) -> None:
    """Add the words that a resolution carries, to the note that says the same where there is one.

    A note that says so of itself comes before another with the same words.
    """
    _, text = _told(entry.note or "")
    if not clean(text):
        return
    alike = [
        at
        for at, note in enumerate(found)
        if note.resolution is None
        and abs(note.at - entry.created_at) <= SAME_NOTE
        and same_words(note.text, text)
    ]
    if not alike:
        key, when = f"log:{entry.id}:note", entry.created_at
        kind, sources = NoteKind.RESOLUTION, (entry.id,)
        found.append(WrittenNote(key, when, entry.agent, text, kind, entry, entry, sources))
        return
    nearest = min(alike, key=lambda at: _likelihood(found[at], entry))
    one = found[nearest]
    found[nearest] = replace(
        one,
        author=one.author or entry.agent,
        kind=NoteKind.RESOLUTION,
        entry=one.entry or entry,
        resolution=entry,
        sources=(*one.sources, entry.id),
    )


def _likelihood(note: WrittenNote, entry: LogEntry) -> tuple[bool, timedelta]:
    return note.kind is not NoteKind.RESOLUTION, abs(note.at - entry.created_at)


def _told(text: str) -> tuple[NoteKind, str]:
    prefix = RESOLUTION_PREFIX.match(text)
    return (NoteKind.RESOLUTION, text[prefix.end() :]) if prefix else (NoteKind.NOTE, text)


def _with_resolution(note: WrittenNote, resolutions: Iterable[LogEntry]) -> WrittenNote:
    """Tie a resolution note to the resolution that it was written with."""
    if note.kind is not NoteKind.RESOLUTION or note.resolution is not None:
        return note
    near = _near(note, resolutions)
    nearest = min(near, key=lambda entry: abs(entry.created_at - note.at), default=None)
    return replace(note, resolution=nearest)


def _near(note: WrittenNote, resolutions: Iterable[LogEntry]) -> Iterator[LogEntry]:
    for entry in resolutions:
        apart = are_two(note.author, entry.agent)  # nobody's words are told as another's
        if abs(entry.created_at - note.at) <= SAME_RESOLUTION and not apart:
            yield entry


_ITEM = re.compile(r"(?:[-*+\u2022]|\d{1,2}[.)])\s+(?P<rest>\S.*)")
_DONE = re.compile(r"(?:[-*+\u2022]|\d{1,2}[.)])\s+\[[xX]\]\s")
"""A box that was ticked: it is told with the note, and nothing is left to do."""
_HANDLE = re.compile(r"(?<![\w@.])@(?P<name>[^\W_](?:[\w.+-]*\w)?(?:@[\w.-]*\w)?)")
_CAPITALISED = r"[^\W\d_a-z][\w'-]*"
_FULL_NAME = re.compile(
    rf"(?<![\w@.])@(?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,3}})"
    r"(?=\s*(?:$|[,;:()]|\.(?:\s|$)|by\b))"
)
"""A name of several words must be followed by what cannot belong to the task."""
_BY_DATE = tuple(
    re.compile(
        rf"\bby:?\s+(?P<date>[^,;()]+?(?:,\s[^,;()]+?){{{commas}}})"
        r"(?=\s*(?:[,;()]|$|@|\.(?:\s|$)))",
        re.IGNORECASE,
    )
    for commas in (2, 1, 0)
)
"""The longest first: what is left of ``Friday, April 4, 2025`` without a comma is another day."""


@dataclass(frozen=True, slots=True)
class NotedAction:
    """An action item; what the note does not tell is "" or None."""

    key: str
    task: str
    owner: str = ""
    deadline: date | None = None


def noted_actions(
    written_notes: Iterable[WrittenNote],
    clock: LocalTime,
    people: Sequence[str] = (),
    marks: tuple[str, ...] = ACTION_MARKS,
) -> Iterator[NotedAction]:
    """Find the action items in notes: lines or sentences that begin with a mark: ``ACTION: …``.

    Each goes on to the end of its line, or to the next mark in it. A mark alone on its line makes
    items of the list below it. The key is the note's with the item's number. ``people`` are names
    of several words that may follow an ``@``.
    """
    for note in written_notes:
        said_on = clock.day(note.at)
        for number, text in enumerate(_texts(note.text, marks), 1):
            item = _item(f"{note.key}:{number}", text, said_on, people)
            if item.task:
                yield item


def is_action(text: str, marks: tuple[str, ...] = ACTION_MARKS) -> bool:
    """Tell whether a note is nothing but action items."""
    first = next(filter(None, map(clean, text.splitlines())), "")
    before, marked = _parted(first, marks)
    if not marked or before or any(_DONE.match(clean(line)) for line in text.splitlines()):
        return False
    return any(map(_has_task, _texts(text, marks)))


def without_actions(text: str, marks: tuple[str, ...]) -> str:
    """Leave out the action items, which are rows of their own; what stands before one stays."""
    kept: list[str] = []
    listing = False
    for line in text.splitlines():
        before, marked = _parted(clean(line), marks)
        if marked and (not marked[-1] or any(map(_has_task, marked))):
            listing = not marked[-1]
            kept.append(before)
        elif not listing or not _ITEM.match(clean(line)) or _DONE.match(clean(line)):
            listing = listing and (not clean(line) or _DONE.match(clean(line)) is not None)
            kept.append(line)
    return "\n".join(kept)


def _has_task(text: str) -> bool:
    return bool(_item("", text, date.min, ()).task)


@lru_cache
def _marked(marks: tuple[str, ...]) -> re.Pattern[str]:
    """Match a mark and a colon that begin a line or sentence: ``FOLLOW-UP``, ``Follow ups``."""
    spelled = (
        r"[\s-]?".join(map(re.escape, re.split(r"[\s-]+", mark.strip(" :")))) for mark in marks
    )
    begins = (
        r"(?:^\W*?|(?<=[.!?\u2026])(?P<closed>[\"'\u201d\u2019)\]*_]*)\s+\W{0,3}?"
        r"|(?<=[\u3002\uff01\uff1f]))"
    )
    return re.compile(
        rf"{begins}(?:{'|'.join(spelled)})s?[*_]{{0,3}}\s*:[*_]{{0,3}}\s*", re.IGNORECASE
    )


def _parted(line: str, marks: tuple[str, ...]) -> tuple[str, list[str]]:
    """Give what stands before the first mark in a line, and what follows each."""
    found = list(_marked(marks).finditer(line))
    if not found:
        return line, []
    before = line[: max(found[0].start(), found[0].end("closed"))].rstrip()
    ends = [*(one.start() for one in found[1:]), len(line)]
    told = [line[one.end() : end].strip() for one, end in zip(found, ends, strict=True)]
    return before if re.search(r"[^\W\d_]", before) else "", told


def _texts(text: str, marks: tuple[str, ...]) -> Iterator[str]:
    listing = False
    for raw in text.splitlines():
        line = clean(raw)
        _, marked = _parted(line, marks)
        listed = _ITEM.match(line)
        if marked:
            listing = not marked[-1]
            yield from filter(None, marked)
        elif listing and listed:
            yield "" if _DONE.match(line) else listed["rest"]  # what comes behind keeps its key
        elif line:
            listing = False


def _item(key: str, text: str, said_on: date, people: Sequence[str]) -> NotedAction:
    owner = _owner(text, people)
    if owner:
        text = _without(text, owner)
    deadline = None
    for found in (found for pattern in _BY_DATE for found in pattern.finditer(text)):
        deadline, _ = read_date(found["date"], said_on)
        if deadline:
            text = _without(text, found)
            break
    task = shorten(clean(text).strip(" -:,;"), LONGEST_QUOTE)
    return NotedAction(key, task, owner["name"] if owner else "", deadline)


def _owner(text: str, people: Sequence[str]) -> re.Match[str] | None:
    """Find the owner behind the first ``@``: somebody known, a full name, or a handle."""
    known = "|".join(map(re.escape, sorted(people, key=len, reverse=True)))
    if known:
        found = re.search(rf"(?<![\w@.])@(?P<name>{known})(?!\w)", text, re.IGNORECASE)
        if found:
            return found
    return _FULL_NAME.search(text) or _HANDLE.search(text)


def _without(text: str, found: re.Match[str]) -> str:
    before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
    if before.endswith("(") and after.startswith(")"):
        before, after = before[:-1].rstrip(), after[1:].lstrip()
    gap = "" if not before or not after or after[0] in ".,;:!?)" else " "
    return f"{before}{gap}{after}"
