"""Puts what the facts say in the place of what a person wrote, where a person says so."""

from collections.abc import Iterator

from config.template_names import Names
from worker.document import front_matter
from worker.document.front_matter import DocumentError
from worker.document.merge.merge import MergeTargets, targets_of
from worker.document.merge.merge_values import place_names, shown
from worker.document.outline import outline
from worker.document.text_edits import Edit, SourceText


def take_suggestion(text: str, names: Names, place: str, people: str, fresh: str) -> str:
    """Give the text with ``fresh`` in the place that says ``people``.

    Raises ``DocumentError`` where no such place says that any more.
    """
    for edits in (
        _in_body(text, names, place, people, fresh),
        _in_head(text, place, people, fresh),
    ):
        if edits:
            return SourceText.of(text).apply(edits)
    raise DocumentError(
        f"{place} does not say “{people}” any more, so nothing was written.",
        "Re-sync, and look at what is suggested then.",
    )


def says(text: str, names: Names, place: str, words: str) -> bool:
    """Tell whether such a place says the words by now."""
    return bool(_in_body(text, names, place, words, words)) or _said_in_head(text, place) == words


def _in_body(text: str, names: Names, place: str, people: str, fresh: str) -> list[Edit]:
    found = outline(text, names)
    keys = [key for key, name in place_names(names).items() if name == place]
    targets = targets_of(found, ())
    return next(_edits(targets, keys, people, fresh), [])


def _edits(targets: MergeTargets, keys: list[str], people: str, fresh: str) -> Iterator[list[Edit]]:
    for key in keys:
        if (target := targets.texts.get(key)) is not None and target.text == people:
            yield [target.put(fresh)]
        if (entries := targets.lists.get(key)) is None:
            continue
        for at, cells in enumerate(entries.entries):
            said = tuple(fresh.split(" | ", len(cells) - 1))
            if shown(cells) == people and len(said) == len(cells):
                yield entries.change(at, said)


def _in_head(text: str, place: str, people: str, fresh: str) -> list[Edit]:
    if _said_in_head(text, place) != people:
        return []
    value = front_matter.value_of(place, (fresh,))
    listed = tuple(fresh.split(", ")) if isinstance(value, tuple) else value
    return front_matter.set_values(text, {place: listed})


def _said_in_head(text: str, place: str) -> str | None:
    found = (front_matter.values(text) or {}).get(place)
    return None if found is None else ", ".join(one.strip("<>") for one in found)
