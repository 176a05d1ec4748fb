"""A document's head: the facts of its front matter, and what became of its incident.

A key is a unit of the merge like any other: the program's until a person writes something else or
removes it. An incident that was merged into another keeps its document, and one line below its
title says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from config.template_names import Names
from worker.content.draft_content import Content
from worker.content.same_markdown import Spelling
from worker.content.yaml_values import unbracketed
from worker.document import front_matter
from worker.document.front_matter import FrontValue
from worker.document.merge.merge_values import (
    ADDED,
    FILLED,
    FRONT,
    REFRESHED,
    MergeChange,
    Suggestion,
    Unit,
    Units,
    Written,
    shown_value,
)
from worker.document.outline import outline
from worker.document.text_edits import BOM, Edit, Place, SourceText

_UNKNOWN = Unit("", ("",))


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text, and the base to remember once it is written.

    ``base`` never takes people's words for the program's.
    """

    text: str
    base: Written
    suggestions: tuple[Suggestion, ...]
    changes: tuple[MergeChange, ...]


@dataclass(frozen=True, slots=True)
class MergedHead:
    """The edits to make, the units to remember, what was done and what was left to people."""

    edits: tuple[Edit, ...]
    units: Units
    changes: tuple[MergeChange, ...]
    suggestions: tuple[Suggestion, ...]


def head_units(content: Content) -> dict[str, tuple[Unit, ...]]:
    """Give what the program writes into the front matter, but for whose it is and its status."""
    facts = {"url": (content.url,), **content.facts}
    return {FRONT + key: (Unit("", values),) for key, values in facts.items()}


def with_front_matter(text: str, content: Content) -> str:
    """Give a filled template its front matter; it may have one, whose own values stay."""
    values: dict[str, FrontValue] = {"incident": content.incident, "url": content.url}
    facts = {key: front_matter.value_of(key, told) for key, told in content.facts.items()}
    found = front_matter.values(text)
    if found is None:
        first = front_matter.new({**values, "status": front_matter.INITIAL_STATUS, **facts})
        source = SourceText.of(text)
        first = f"{first}\n".replace("\n", source.line_end(0))
        return first + text.removeprefix(BOM)
    wanted: dict[str, FrontValue] = {"status": front_matter.INITIAL_STATUS, **facts}
    lacking = {key: value for key, value in wanted.items() if not any(found.get(key, ()))}
    return SourceText.of(text).apply(front_matter.set_values(text, {**values, **lacking}))


def merge_head(people: str, base: Units | None, fresh: Units) -> MergedHead:
    """Bring fresh facts into the front matter that people have; none is made where there is none.

    Without a base nothing is added, and only blanks are filled. Raises ``DocumentError`` where
    the front matter is broken.
    """
    found = front_matter.values(people)
    merged = [
        _Key(place, base, fresh.get(place, (None,))[0]).merged(found)
        for place in dict.fromkeys((*fresh, *(base or ())))
        if place.startswith(FRONT)
    ]
    written = {
        one.key: front_matter.value_of(one.key, one.unit.cells) for one in merged if one.change
    }
    return MergedHead(
        tuple(front_matter.set_values(people, written)),
        {FRONT + one.key: (one.unit,) for one in merged},
        tuple(one.change for one in merged if one.change),
        tuple(one.suggestion for one in merged if one.suggestion),
    )


@dataclass(frozen=True, slots=True)
class _MergedKey:
    key: str
    unit: Unit
    change: MergeChange | None = None
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    """One key: what the program wrote there last, and what it would write now (None: nothing)."""

    place: str
    base: Units | None
    now: Unit | None

    @property
    def key(self) -> str:
        return self.place.removeprefix(FRONT)

    @property
    def fresh(self) -> Unit:
        return self.now or _UNKNOWN

    @property
    def before(self) -> Unit | None:
        known = self.base.get(self.place) if self.base else None
        return known[0] if known else None

    def merged(self, found: Mapping[str, tuple[str, ...]] | None) -> _MergedKey:
        """Refresh what is the program's; where there is no such key, add what is new."""
        fresh, before = self.fresh, self.before
        if found is None or self.key not in found:
            new = found is not None and self.base is not None and before is None
            if not new or not any(fresh.cells):
                return _MergedKey(self.key, before or fresh)  # a person has removed it
            change = MergeChange(self.key, "", shown_value(self.key, fresh.cells), ADDED)
            return _MergedKey(self.key, fresh, change)
        theirs = tuple(map(unbracketed, found[self.key]))
        if _same(theirs, fresh.cells):
            return _MergedKey(self.key, fresh)
        ours = _same(theirs, before.cells) if before else not any(theirs)
        return self._refreshed(theirs) if ours else self._kept(theirs)

    def _refreshed(self, theirs: tuple[str, ...]) -> _MergedKey:
        reason = REFRESHED if any(theirs) else FILLED
        told = shown_value(self.key, theirs), shown_value(self.key, self.fresh.cells)
        return _MergedKey(self.key, self.fresh, MergeChange(self.key, *told, reason))

    def _kept(self, theirs: tuple[str, ...]) -> _MergedKey:
        before, fresh = self.before, self.fresh
        if not any(fresh.cells):
            return _MergedKey(self.key, before or fresh)
        is_new = before is not None and not _same(before.cells, fresh.cells)
        told = shown_value(self.key, theirs), shown_value(self.key, fresh.cells)
        suggestion = Suggestion(self.key, *told, is_new=is_new)
        return _MergedKey(self.key, before or fresh, suggestion=suggestion)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Compare values as Markdown shows them: pandoc respells a front matter's words as Markdown."""
    ours, theirs = [text for text in one if text], [text for text in other if text]
    return len(ours) == len(theirs) and all(map(Spelling().same, ours, theirs))


MERGED_INTO = "merged_into"
"""The key that names the incident which an incident was merged into."""
_LINE = "merged_line"
"""The place of the line that says so to readers."""


def mark_merged(people: str, base: Written | None, target: str, line: str, names: Names) -> Merged:
    """Say at a document's head that its incident was merged into another; the rest stays.

    The front matter names the ``target``, and ``line`` stands below the title: once. A person who
    removes or rewords it keeps it so. Raises ``DocumentError`` for a broken front matter.
    """
    known = dict(base.units) if base else {}
    place = FRONT + MERGED_INTO
    has_key = MERGED_INTO in (front_matter.values(people) or {})
    kept = {at: units for at, units in known.items() if at.startswith(FRONT)}
    # Without a memory the key itself tells that all this was said before.
    first = place not in known and not has_key
    head = merge_head(
        people, kept or ({} if first else None), {**kept, place: (Unit("", (target,)),)}
    )
    edits, changes = list(head.edits), list(head.changes)
    said = known.get(_LINE, ())
    if first:
        edits.append(_below_title(people, line, names))
        changes.append(MergeChange("head", "", line, ADDED))
    elif said and not said[0].says((line,)) and (old := _found(people, said[0].cells[0])):
        edits.append(Edit(old, line))
        changes.append(MergeChange("head", said[0].cells[0], line, REFRESHED))
    text = SourceText.of(people).apply(edits)
    units = {**known, **head.units, _LINE: (Unit("", (line,)),)}
    prompts = base.prompts if base else {}
    return Merged(text, Written(text, units, prompts), head.suggestions, tuple(changes))


def _below_title(people: str, line: str, names: Names) -> Edit:
    found = outline(people, names)
    title, source = found.title, found.blocks.source
    above = title.behind - 1 if title else max(front_matter.body_line(source) - 1, 0)
    follows = above + 1 < len(source.ends) and source.line(above + 1).strip()
    # without a blank line what follows would be of one paragraph with it, or make it a heading
    return source.insert_after(above, ["", line, ""] if follows else ["", line])


def _found(people: str, line: str) -> Place | None:
    source = SourceText.of(people)
    for number, (start, end) in enumerate(zip(source.starts, source.ends, strict=True)):
        if source.line(number).split() == line.split():
            return Place(start, end)
    return None
