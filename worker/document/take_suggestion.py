"""Puts what the facts say in the place of what a person wrote, where a person says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.template_names import Names
from worker.content.yaml_values import unbracketed
from worker.document import front_matter
from worker.document.front_matter import DocumentError
from worker.document.merge.merge import MergeTargets, targets_of
from worker.document.merge.merge_targets import EntryCells
from worker.document.merge.merge_values import (
    place_names,
    shown,
    shown_value,
    value_shown,
)
from worker.document.outline import outline
from worker.document.text_edits import Edit, SourceText


@dataclass(frozen=True, slots=True)
class SuggestionPlace:
    """Where a suggestion belongs: to a line (from 0), or to the front matter (``in_head``)."""

    line: int = 0
    in_head: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    line: int
    edits: list[Edit]


def take_suggestion(text: str, names: Names, place: str, people: str, fresh: str) -> str:
    """Give the text with ``fresh`` in the place that says ``people``.

    Raises ``DocumentError`` where no such place says that any more.
    """
    found = _Body.of(text, names).find(place, people, fresh)
    edits = found.edits if found else _in_head(text, place, people, fresh)
    if not edits:
        raise DocumentError(
            f"{place} does not say “{people}” any more, so nothing was written.",
            "Re-sync, and look at what is suggested then.",
        )
    return SourceText.of(text).apply(edits)


def says(text: str, names: Names, place: str, words: str) -> bool:
    """Tell whether such a place says the words by now."""
    return places_of(text, names, [(place, words, words)])[0] is not None


def places_of(
    text: str, names: Names, told: Sequence[tuple[str, str, str]]
) -> list[SuggestionPlace | None]:
    """Give where each suggestion's place stands, None where nothing says either any more.

    Suggestions are told by place, people's words and the facts'. Raises ``DocumentError`` for a
    broken front matter.
    """
    if not told:
        return []
    body = _Body.of(text, names)
    return [_place(text, body, *one) for one in told]


def _place(text: str, body: "_Body", place: str, people: str, fresh: str) -> SuggestionPlace | None:
    for words in dict.fromkeys((people, fresh)):
        if found := body.find(place, words, words):
            return SuggestionPlace(found.line)
        if _said_in_head(text, place) == words:
            return SuggestionPlace(in_head=True)
    return None


@dataclass(frozen=True, slots=True)
class _Body:
    """What stands behind the front matter, and what its readers call each place."""

    source: SourceText
    targets: MergeTargets
    keys: Mapping[str, str]

    @classmethod
    def of(cls, text: str, names: Names) -> "_Body":
        found = outline(text, names)
        return cls(found.blocks.source, targets_of(found, ()), place_names(names))

    def find(self, place: str, people: str, fresh: str) -> _Found | None:
        """Find the place that says ``people``, and the edits that let it say ``fresh``."""
        keys = (key for key, name in self.keys.items() if name == place)
        found = (one for key in keys for one in self._standing(key, people, fresh))
        return next(found, None)

    def _standing(self, key: str, people: str, fresh: str) -> Iterator[_Found]:
        if (target := self.targets.texts.get(key)) is not None and target.text == people:
            edit = target.put(fresh)
            yield _Found(self.source.number(edit.place.start), [edit])
        if (entries := self.targets.lists.get(key)) is None:
            return
        for at, cells in enumerate(entries.entries):
            if _says(cells, people):
                said = _cells(fresh, len(cells))
                yield _Found(entries.line(at), entries.change(at, said) if said else [])


def _says(cells: EntryCells, words: str) -> bool:
    """Tell whether an entry says these words, where its table has the columns for them."""
    if shown(cells) == words:
        return True
    said = zip(_cells(words, len(cells)), cells, strict=False)
    there = tuple(one for one, cell in said if cell is not None)
    return bool(there) and shown(cells) == shown(there)


def _cells(words: str, number: int) -> tuple[str, ...]:
    """Give the cells that are shown as these words, none where there are fewer."""
    said = tuple(words.split(" | ", number - 1))
    return said if len(said) == number else ()


def _in_head(text: str, place: str, people: str, fresh: str) -> list[Edit]:
    if _said_in_head(text, place) != people:
        return []
    return front_matter.set_values(text, {place: value_shown(place, fresh)})


def _said_in_head(text: str, place: str) -> str | None:
    found = (front_matter.values(text) or {}).get(place)
    # as a merge reads them
    return None if found is None else shown_value(place, tuple(map(unbracketed, found)))
