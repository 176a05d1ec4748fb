"""What a team's own documents call the parts, laid over the built-in names."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from config.sections import COLUMNS, HEADINGS, LABELS, Names

_BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "headings": {key.value: name for key, name in HEADINGS.items()},
    "labels": {key.value: name for key, name in LABELS.items()},
    "columns": {key.value: name for key, name in COLUMNS.items()},
}


def _laid_over(value: object) -> object:
    """Complete a team's names by the built-in ones; every other value is left to be refused."""
    if not isinstance(value, Mapping):
        return value
    unknown = sorted(set(value) - set(_BUILT_IN))
    if unknown:
        known = ", ".join(field.name for field in fields(Names))
        raise ValueError(f"holds {unknown[0]!r}, which is not a setting. Valid here: {known}.")
    names: dict[str, object] = {}
    for table, built_in in _BUILT_IN.items():
        given = value.get(table, {})
        names[table] = {**built_in, **_flat(given)} if isinstance(given, Mapping) else given
    return names


def _flat(table: Mapping[str, object]) -> Mapping[str, object]:
    """Give ``{"summary.duration": …}`` for ``{"summary": {"duration": …}}``.

    TOML reads ``summary.duration = …`` as the second, unless the key is in quotes.
    """
    flat: dict[str, object] = {}
    for key, name in table.items():
        if isinstance(name, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in name.items()}
        else:
            flat[key] = name
    return flat


def _told_apart(names: Names) -> Names:
    """Refuse two parts of one name: the program could not tell which is which."""
    _distinct([("", part.value, name) for part, name in names.headings.items()])
    _distinct([(slot.section, slot.value, name) for slot, name in names.labels.items()])
    _distinct([("", part.value, name) for part, name in names.columns.items()])
    return names


def _distinct(parts: Iterable[tuple[str, str, str]]) -> None:
    """Look at ``(where, part, name)``: in one place, each part must have a name of its own."""
    taken: dict[tuple[str, str], str] = {}
    for where, part, name in parts:
        if not name.strip():
            raise ValueError(f"gives {part} an empty name. Give it one, or leave it out.")
        other = taken.setdefault((where, name.strip().casefold()), part)
        if other != part:
            raise ValueError(f"calls both {other} and {part} {name!r}. Give each its own name.")


DocumentNames = Annotated[Names, BeforeValidator(_laid_over), AfterValidator(_told_apart)]
