"""What people wrote to the incident, each told once, and the action items among it.

The same words reach a draft as a note, as the log entry that says there is a note, and as the
resolution's note. They are one here: the note's text (it may have been edited since), the log
entry's link. An action item is written as ``ACTION: add an alert @ada by Friday``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from connectors.incidents import Agent, IncidentRecord, LogEntry, Note
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean, shorten
from worker.content.read_dates import read_date
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import LONGEST_QUOTE

SAME_NOTE = timedelta(minutes=5)
"""The same words within this are one note, though a note and its log entry differ in time."""

SAME_MOMENT = timedelta(seconds=2)
"""A note that was edited is known by its author and its moment."""

SAME_RESOLUTION = timedelta(minutes=2)
"""A resolution note was seen 0.3 s after its resolution, and 1 s before it."""

_START = 40
_RESOLUTION = re.compile(r"\s*resolution note\s*:\s*", re.IGNORECASE)
_ROOT_CAUSE = re.compile(
    r"^\W*(?:(?:suspected|probable|likely) )?root[ -]?cause"
    r"(?:\W*[:=]|\s+[-\u2013\u2014])\W*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_PARAGRAPH = re.compile(r"\n\s*\n")


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


def written_notes(record: IncidentRecord, entries: Sequence[LogEntry]) -> tuple[WrittenNote, ...]:
    """Give every note of the incident once, oldest first. ``entries`` are the log in order."""
    resolutions = [entry for entry in entries if entry.kind is EntryKind.RESOLVE]
    found = _Found()
    for note in sorted(record.notes, key=lambda one: one.created_at):
        found.add(_from_note(note))
    for entry in entries:
        if entry.kind is EntryKind.ANNOTATE:
            found.add(_from_entry(entry))
    for entry in resolutions:
        found.add(_from_resolution(entry))
    placed = (_with_resolution(note, resolutions) for note in found.each)
    return tuple(sorted(placed, key=lambda note: note.at))


def root_cause(text: str) -> str:
    """Give what a text names as the root cause, up to the end of its paragraph, or ""."""
    found = _ROOT_CAUSE.search(text)
    return _PARAGRAPH.split(text[found.end() :], maxsplit=1)[0].strip() if found else ""


class _Found:
    """Notes in the making; the same words said again join those that were there."""

    def __init__(self) -> None:
        self.each: list[WrittenNote] = []
        self._by_start: defaultdict[str, list[int]] = defaultdict(list)
        self._by_author: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, note: WrittenNote) -> None:
        words = _words(note.text)
        if not words:
            return
        at = self._alike(note, words)
        if at is not None:
            self.each[at] = _joined(self.each[at], note)
            return
        self._by_start[words[:_START]].append(len(self.each))
        if note.author:
            self._by_author[note.author.id].append(len(self.each))
        self.each.append(note)

    def _alike(self, note: WrittenNote, words: str) -> int | None:
        for at in self._by_start[words[:_START]]:
            known = self.each[at]
            if abs(known.at - note.at) <= SAME_NOTE and _same(_words(known.text), words):
                return at
        if note.entry is None or note.author is None:
            return None
        for at in self._by_author[note.author.id]:
            known = self.each[at]
            if known.entry is None and abs(known.at - note.at) <= SAME_MOMENT:
                return at
        return None


def _words(text: str) -> str:
    return clean(text).lower().rstrip("….")


def _same(ours: str, theirs: str) -> bool:
    """Tell whether two texts are one, or one the beginning of the other, as logs cut long ones."""
    return ours == theirs or (
        min(len(ours), len(theirs)) >= _START
        and (ours.startswith(theirs) or theirs.startswith(ours))
    )


def _from_note(note: Note) -> WrittenNote:
    kind, text = _told(note.content)
    return WrittenNote(
        f"note:{note.id}", note.created_at, note.author, text, kind, sources=(note.id,)
    )


def _from_entry(entry: LogEntry) -> WrittenNote:
    kind, text = _told(entry.note or entry.channel.summary or entry.channel.details or "")
    at, author = entry.created_at, entry.agent
    return WrittenNote(f"log:{entry.id}", at, author, text, kind, entry, sources=(entry.id,))


def _from_resolution(entry: LogEntry) -> WrittenNote:
    _, text = _told(entry.note or "")
    key, at = f"log:{entry.id}:note", entry.created_at
    return WrittenNote(key, at, entry.agent, text, NoteKind.RESOLUTION, entry, resolution=entry)


def _told(text: str) -> tuple[NoteKind, str]:
    prefix = _RESOLUTION.match(text)
    return (NoteKind.RESOLUTION, text[prefix.end() :]) if prefix else (NoteKind.NOTE, text)


def _joined(one: WrittenNote, other: WrittenNote) -> WrittenNote:
    return replace(
        one,
        author=one.author or other.author,
        kind=NoteKind.RESOLUTION
        if NoteKind.RESOLUTION in {one.kind, other.kind}
        else NoteKind.NOTE,
        entry=one.entry or other.entry,
        resolution=one.resolution or other.resolution,
        sources=(*one.sources, *other.sources),
    )


def _with_resolution(note: WrittenNote, resolutions: Iterable[LogEntry]) -> WrittenNote:
    """Tie a resolution note to the resolution that it was written with."""
    if note.kind is not NoteKind.RESOLUTION or note.resolution is not None:
        return note
    near = _near(note, resolutions)
    nearest = min(near, key=lambda entry: abs(entry.created_at - note.at), default=None)
    return replace(note, resolution=nearest)


def _near(note: WrittenNote, resolutions: Iterable[LogEntry]) -> Iterator[LogEntry]:
    for entry in resolutions:
        if abs(entry.created_at - note.at) <= SAME_RESOLUTION:
            yield entry


_MARK = re.compile(r"\W*?(?:(?i:action(?: items?)?|to-?do)|AI)\s*:\s*(?P<rest>.*)")
_ITEM = re.compile(r"(?:[-*+\u2022]|\d{1,2}[.)])\s+(?P<rest>\S.*)")
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
    written_notes: Iterable[WrittenNote], clock: LocalTime, people: Sequence[str] = ()
) -> Iterator[NotedAction]:
    """Find the action items in notes: lines that begin with ``ACTION:``, ``TODO:`` or ``AI:``.

    A mark alone on its line makes items of the list below it. The key is the note's with the
    item's number. ``people`` are names of several words that may follow an ``@``.
    """
    for note in written_notes:
        said_on = clock.day(note.at)
        for number, text in enumerate(_texts(note.text), 1):
            item = _item(f"{note.key}:{number}", text, said_on, people)
            if item.task:
                yield item


def is_action(text: str) -> bool:
    """Tell whether a note is nothing but action items."""
    first = next(filter(None, map(clean, text.splitlines())), "")
    return _MARK.match(first) is not None and any(
        _item("", told, date.min, ()).task for told in _texts(text)
    )


def _texts(text: str) -> Iterator[str]:
    listing = False
    for raw in text.splitlines():
        line = clean(raw)
        marked = _MARK.match(line)
        listed = _ITEM.match(line)
        if marked:
            listing = not marked["rest"]
            if marked["rest"]:
                yield marked["rest"]
        elif listing and listed:
            yield listed["rest"]
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
