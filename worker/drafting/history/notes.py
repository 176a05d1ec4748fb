"""What people wrote to the incident, each told once, and what kind of note it is.

The same words reach a draft as a note, as the log entry that says there is a note, and as the
resolution's note. They are one here: the note's text (it may have been edited since), the log
entry's link.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from connectors.incident_kinds import EntryKind
from connectors.incidents import Agent, IncidentRecord, LogEntry, Note
from worker.content.clean_text import clean

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
