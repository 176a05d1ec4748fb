"""What a template or document asks for, and what a document's file is called."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from config.sections import Column, Names, Section, Slot
from worker.document.cells import Row
from worker.document.fill import prompts_of
from worker.document.inline import plain
from worker.document.markdown import parse
from worker.document.naming import label
from worker.document.outline import Outline, outline
from worker.document.written import ACTION_ITEMS, TIMELINE, TITLE

SLUG_LENGTH = 60
"""How many characters of a file's name the title may take."""

_OPEN_PROMPT = re.compile(r"(?<![!\]\w\\])\[(?![xX]\])[^\[\]^\s][^\[\]]*\](?![(\[:])")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "œ": "oe", "ł": "l"})
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_NO_ID = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class SlotFinding:
    """What becomes of one place of a template: a sentence, and its line (from 1) if it is there."""

    place: str
    filled: bool
    sentence: str
    line: int | None = None


def survey(template: str, names: Names) -> tuple[SlotFinding, ...]:
    """Say what in a template will be filled and what will not.

    First come the places that the program knows, in the built-in template's order, then bullets
    of the template that it does not know. Raises ``DocumentError`` for a broken front matter.
    """
    found = outline(template, names)
    title = found.title if TITLE in prompts_of(found) else None
    timeline = found.timeline(())
    task, headings = names.columns[Column.TASK], names.headings
    return (
        _finding(TITLE, title.line if title else None, "first heading with a [placeholder]"),
        *_slots(found, names),
        _finding(
            TIMELINE,
            timeline.table.header.line if timeline else None,
            f"table of two columns under a heading '{headings[Section.TIMELINE]}'",
        ),
        _finding(
            ACTION_ITEMS,
            found.actions[0].table.header.line if found.actions else None,
            f"table with a column '{task}' under a heading '{headings[Section.ACTION_ITEMS]}'",
        ),
        *_strangers(found),
    )


def _slots(found: Outline, names: Names) -> Iterator[SlotFinding]:
    for slot in Slot:
        bullet = found.bullets.get(slot)
        wanted = f"bullet with the label '{names.labels[slot]}:'"
        yield _finding(slot.value, bullet.item.line if bullet else None, wanted)


def _finding(place: str, line: int | None, wanted: str) -> SlotFinding:
    if line is None:
        return SlotFinding(place, False, f"{place} is not filled: there is no {wanted}.")
    return SlotFinding(place, True, f"{place} is filled on line {line + 1}.", line + 1)


def _strangers(found: Outline) -> Iterator[SlotFinding]:
    known = {bullet.item.line for bullet in found.bullets.values()}
    for item in found.blocks.all_items():
        named = label(item.text)
        if named is not None and item.line not in known:
            sentence = (
                f"'{named[0]}' on line {item.line + 1} is not filled: the program knows no bullet "
                "of that name. People may fill it, or [names] in the configuration may map it."
            )
            yield SlotFinding(named[0], False, sentence, item.line + 1)


def file_name(incident: str, title: str, starts_on: date) -> str:
    """Give a document's file name: ``YYYY-MM-DD-INCIDENT-slug.md``, ASCII, without any path."""
    words = title.translate(_LETTERS)
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = _NO_LETTER.sub("-", ascii_words).strip("-")
    if len(slug) > SLUG_LENGTH:
        whole = slug[: SLUG_LENGTH + 1].rpartition("-")[0]
        slug = whole or slug[:SLUG_LENGTH]
    parts = (starts_on.isoformat(), _NO_ID.sub("", incident) or "incident", slug)
    return "-".join(part for part in parts if part) + ".md"


def title(text: str) -> str:
    """Give a document's title as plain text: its first heading, "" if it has none.

    Raises ``DocumentError`` for a broken front matter.
    """
    headings = parse(text).headings
    first = next((one for one in headings if one.level == 1), headings[0] if headings else None)
    return plain(first.text) if first else ""


def open_prompts(text: str) -> int:
    """Count the places of a document that still ask for words: ``[…]`` that is no link.

    A bullet or a table row counts once. Raises ``DocumentError`` for a broken front matter.
    """
    blocks = parse(text)
    rows = (row for table in blocks.tables for row in table.rows)
    asking = [item for item in blocks.all_items() if _asks(item.text)]
    return len(asking) + sum(1 for row in rows if _row_asks(row))


def _row_asks(row: Row) -> bool:
    return any(_asks(cell.text) for cell in row.cells)


def _asks(words: str) -> bool:
    return _OPEN_PROMPT.search(words) is not None
