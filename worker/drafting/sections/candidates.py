"""Which sentence of people's stands where: each in one place beside the timeline, with its source.

Notes, status updates and the description of an incident that was opened by hand are read sentence
by sentence. What tells a cause or an impact is a candidate there; what is left of a note with a
step in it stands under the steps, of a resolution note under the fixes, of an update where it is
told who was notified. The same words said again are told once.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from connectors.incidents import LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean, joined_lines
from worker.content.draft_content import Point
from worker.content.inline_markdown import Markdown, at_start, say
from worker.drafting.history.agents import is_person, name
from worker.drafting.history.alerts import name_of_report, reported
from worker.drafting.history.note_entries import root_cause, without_root_cause
from worker.drafting.history.notes import NoteKind, without_actions
from worker.drafting.history.sentence_themes import (
    Sentence,
    Theme,
    is_listed,
    sentences,
)
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import quoted

_HIT = (Theme.USERS, Theme.EXTENT)
_CANDIDATES = frozenset({Theme.CAUSE, Theme.BUSINESS, *_HIT})
"""What is taken out of its note or update, to stand where it tells something."""

_FEW_WORDS = 3
"""Shorter sentences ("Fixed it.") may be said again."""

_CAUSE_FIELD = re.compile(
    r"\b(?:root[ _-]?cause|rca|cause|(?:grund)?ursache|causa)\b|\u6839\u672c\u539f\u56e0",
    re.IGNORECASE,
)
_NO_CAUSE_FIELD = re.compile(
    r"\b(?:category|type|class|url|link|doc|document|owner|team|status|known|found|identified|date"
    r"|time|id|ticket)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w:.#-])\d[\d.,]*(?:\s?(?:%|k\b)|(?![\w:-]))")
"""How many or how much: no time of day, and no part of a name."""
_LABEL = re.compile(r"\W*[A-Za-z][A-Za-z -]{0,24}:\s")
_NOT_KNOWN = re.compile(
    r"\W*(?:(?:we|i|it|are|still|yet|currently|is|to be|being|be|under|not|as yet|could"
    r"|can(?:no|['\u2019])?t|do|don['\u2019]t) )*"
    r"(?:unknown|unclear|unsure|sure|know|tba|n/?a|none|null|nil|no idea|pending|open|analy\w*"
    r"|looking into (?:it|this)|determined|confirmed|defined|known|clear|identified|found|true"
    r"|false|to follow|will (?:follow|be added)|yes|no|\?+|-+"
    r"|(?:noch )?(?:un(?:klar|bekannt)|offen)|wird (?:noch )?(?:untersucht|gekl\u00e4rt)|inconnue?"
    r"|\u00e0 d\u00e9terminer|desconocid[ao]|por determinar|\u4e0d\u660e|\u672a\u77e5"
    r"|(?:\u8c03\u67e5|\u8abf\u67fb)\u4e2d"
    r"|(?:tb[cd]|investigat(?:ing|ed|e|ion))(?: (?:by|with|after|until|in) .{1,60})?"
    r"|(?:pending|awaiting|waiting for)(?: the)?"
    r" (?:vendor|rca|root cause|analysis|investigation)\b.*)"
    r"(?: (?:yet|now|still|later|so far|at (?:this|the) (?:time|moment|point)))*\W*",
    re.IGNORECASE,
)
"""What people write where they have no cause to tell yet."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of somebody's, and where they come from: a note, an update, a field.

    ``key`` names the source and the sentence; ``by`` says whose words they are.
    """

    key: str
    text: str
    by: str
    at: datetime | None = None

    def told(self, clock: LocalTime) -> Markdown:
        """Quote it with its source."""
        return say("{text} ({source})", text=quoted(self.text), source=self.source(clock))

    def source(self, clock: LocalTime) -> str:
        """Say where it comes from."""
        return f"{self.by}, {clock.short(self.at)}" if self.at else self.by

    def point(self, clock: LocalTime) -> Point:
        """Tell it as a candidate in a list."""
        text = say("Candidate: {told}", told=self.told(clock))
        return Point(f"said:{self.key}", at_start(text))


@dataclass(frozen=True, slots=True)
class PeopleSaid:
    """What people said, by where it stands.

    ``stated`` name the cause as one, the surest first; ``causes`` are candidates, the latest
    first. ``rest`` is what is left of each note and update, by its key or id.
    """

    stated: tuple[Said, ...]
    causes: tuple[Said, ...]
    impact: tuple[Said, ...]
    users: tuple[Said, ...]
    business: tuple[Said, ...]
    steps: frozenset[str]
    rest: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Source:
    key: str
    text: str
    by: str
    at: datetime
    is_resolution: bool = False
    is_update: bool = False

    def sentences(self) -> tuple[Sentence, ...]:
        """Read it, without what it calls the root cause."""
        return tuple(sentences(_parted(self.text)[1]))


@dataclass(slots=True)
class _Sorting:
    """The sentences by what they tell, while they are read."""

    by_theme: dict[Theme, list[Said]] = field(default_factory=dict)
    parts: list[Said] = field(default_factory=list)
    steps: set[str] = field(default_factory=set)
    rest: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def read(self, source: _Source, each: Sequence[Sentence], taken: Collection[Sentence]) -> None:
        left: list[str] = []
        told = [(number, one) for number, one in enumerate(each) if self._is_new(one)]
        for number, one in told:
            said = Said(f"{source.key}:{number}", one.text, source.by, source.at)
            is_fix = source.is_resolution and one.theme is not Theme.CAUSE
            is_told = one.theme is not None and one in taken and not is_fix
            if one.theme is not None and is_told and not _is_unknown(one):
                self.by_theme.setdefault(one.theme, []).append(said)
                continue
            left.append(one.text)
            if one.theme is Theme.STEP:
                self.steps.add(source.key)
            if one.cause:
                self.parts.append(Said(said.key, one.cause, source.by, source.at))
        self.rest[source.key] = "\n".join(left)

    def of(self, *themes: Theme) -> list[Said]:
        found = [one for theme in themes for one in self.by_theme.get(theme, ())]
        return sorted(found, key=lambda one: str(one.at))

    def part_causes(self) -> list[Said]:
        return sorted(self.parts, key=lambda one: str(one.at), reverse=True)

    def _is_new(self, one: Sentence) -> bool:
        words = one.words
        if len(words.split()) < _FEW_WORDS:
            return bool(words)
        is_new = words not in self.seen
        self.seen.add(words)
        return is_new


def people_said(story: Story, *, has_impact: bool) -> PeopleSaid:
    """Read all that people wrote, and say what of it stands where.

    ``has_impact`` says that the summary tells the impact without them, by a field.
    """
    sources = sorted(_sources(story), key=lambda one: (not one.is_resolution, one.at))
    described = list(_description(story))
    stated = list(_distinct((*_fields(story), *_stated(sources))))
    sorting = _Sorting()
    fields = (one.value for one in story.record.custom_fields)
    for known in (*fields, *(one.text for one in (*described, *stated))):
        sorting.seen |= {one.words for one in sentences(known)}
    read = [(source, source.sentences()) for source in sources]
    taken = {one for _, each in read for one in each if one.theme in _CANDIDATES}
    is_told = has_impact or bool(described)
    if not is_told and not any(one.theme in _HIT for one in taken):
        taken |= _first_outage(read)
    for source, each in read:
        sorting.read(source, each, taken)
    hit = sorting.of(*_HIT, Theme.OUTAGE)
    best = None if has_impact else max(hit, key=_tells_most, default=None)
    if best and described and (_has_number(described[0]) or not _has_number(best)):
        best = None
    return PeopleSaid(
        tuple(stated),
        tuple(sorting.of(Theme.CAUSE)[::-1] or ([] if stated else sorting.part_causes())),
        (*([best] if best else []), *described, *_without(sorting.of(Theme.EXTENT), best)),
        tuple(_without(sorting.of(Theme.USERS), best)),
        tuple(sorting.of(Theme.BUSINESS)),
        frozenset(sorting.steps),
        sorting.rest,
    )


def _without(each: Iterable[Said], best: Said | None) -> Iterator[Said]:
    return (one for one in each if one is not best)


def _first_outage(read: Iterable[tuple[_Source, Sequence[Sentence]]]) -> set[Sentence]:
    """Give the first sentence of a status update that tells what did not work."""
    for source, each in read:
        for one in each:
            if source.is_update and one.theme is Theme.OUTAGE:
                return {one}
    return set()


def _tells_most(one: Said) -> tuple[bool, datetime | None]:
    return _has_number(one), one.at


def _has_number(one: Said) -> bool:
    return _NUMBER.search(one.text) is not None


def _sources(story: Story) -> Iterator[_Source]:
    for note in story.written_notes:
        is_resolution = note.kind is NoteKind.RESOLUTION
        by = f"{note.kind.value} of {name(note.author)}"
        text = without_actions(note.text, story.action_marks)
        yield _Source(note.key, text, by, note.at, is_resolution)
    if (text := reported(story.detection, story.alerts)) and not story.description:
        yield _Source("mail", text, name_of_report(story.detection), story.start)
    for update in status_updates(story):
        by = f"status update of {name(update.agent)}" if update.agent else "status update"
        yield _Source(update.id, update_words(update), by, update.created_at, is_update=True)


def _fields(story: Story) -> Iterator[Said]:
    for one in story.record.custom_fields:
        called = f"{one.name.replace('_', ' ')} {one.label}"
        if _CAUSE_FIELD.search(called) and not _NO_CAUSE_FIELD.search(called):
            yield Said(f"field:{one.name}", one.value, f'the field "{clean(one.label)}"')


def _stated(sources: Sequence[_Source]) -> Iterator[Said]:
    """Give what notes and updates call the root cause, the latest first."""
    for source in sorted(sources, key=lambda one: one.at, reverse=True):
        if text := _parted(source.text)[0]:
            yield Said(f"{source.key}:cause", text, source.by, source.at)


def _parted(text: str) -> tuple[str, str]:
    """Give what a text calls the root cause, as far as it goes on telling that, and the rest."""
    first, *lines = list(joined_lines(root_cause(text))) or [""]
    listed = list(takewhile(is_listed, lines))
    told = list(sentences("\n".join((first, *listed))))
    end = next((at for at, one in enumerate(told) if at and _is_other(one)), len(told))
    stated = "\n".join(one.text for one in told[:end])
    others = (*(one.text for one in told[end:]), *lines[len(listed) :])
    return stated, "\n".join((without_root_cause(text), *others))


def _is_unknown(one: Sentence) -> bool:
    """Tell whether it names a cause that is not known yet: ``RCA: TBD``."""
    said = _LABEL.sub("", clean(one.text), count=1).casefold().strip(" .")
    return one.theme is Theme.CAUSE and _NOT_KNOWN.fullmatch(said) is not None


def _is_other(one: Sentence) -> bool:
    return one.theme not in {None, Theme.CAUSE} or _LABEL.match(one.text) is not None


def _distinct(each: Iterable[Said]) -> Iterator[Said]:
    """Leave out what is no statement, and what was said before."""
    seen: set[str] = set()
    for one in each:
        words = clean(one.text).casefold().strip(" .")
        if words and words not in seen and not _NOT_KNOWN.fullmatch(words):
            seen.add(words)
            yield one


def _description(story: Story) -> Iterator[Said]:
    """Give what was written beside the title on opening the incident."""
    first = story.detection
    if story.description:
        by = f" by {name(first.agent)}" if first and is_person(first.agent) else ""
        at = first.created_at if first else story.start
        yield Said("description", story.description, f"description{by}", at)


def status_updates(story: Story) -> list[LogEntry]:
    """Give the status updates, oldest first."""
    return [entry for entry in story.entries if entry.kind is EntryKind.STATUS_UPDATE]


def update_words(update: LogEntry) -> str:
    """Give what a status update said, "" where the log does not tell."""
    return update.message or update.note or update.channel.summary or ""
