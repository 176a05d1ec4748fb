"""A template: filling it, and what the new file is called."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from config.template_names import Column, Names, Slot
from worker.content.draft_content import Content, DraftEntry, DraftRow, own_keys
from worker.content.inline_markdown import in_cell
from worker.content.placeholders import is_bracketed, is_placeholder
from worker.document.merge.merge import merge_parts, targets_of
from worker.document.merge.merge_head import head_units, with_front_matter
from worker.document.merge.merge_values import (
    ACTION_ITEMS,
    HEAD_PROMPT,
    TIMELINE,
    TIMELINE_HEADER,
    TITLE,
    Unit,
    Units,
    Written,
    fixed_of,
    points_of,
)
from worker.document.outline import Outline, outline

_PROMPT = re.compile(r"\\?\[[^\[\]]*\]")
_ZONE = re.compile(r"\([^()\[\]]*\)(?=\s*$)")
_NO_TIME = re.compile(r"[ymdhs:\-/. ?]*", re.IGNORECASE)


def fill(template: str, content: Content, names: Names) -> Written:
    """Give the document that the program would write: the template with what is known put in.

    Prompts stay where nothing is known. The text opens with a front matter; it may be the
    template's own with what is missing added. Raises ``DocumentError`` where that is broken.
    """
    found = outline(template, names)
    asked = prompts_of(found)
    header = _header(asked)
    shown = _with_zone(asked, content.timezone)
    fresh = _fresh(shown, content)
    prompts = {
        place: tuple({**dict.fromkeys(many), **dict.fromkeys(asked[place])})
        for place, many in shown.items()
    }
    prompts.update(_below(found, shown))
    woven = merge_parts(targets_of(found, header), asked, fresh, prompts, names)
    text = found.blocks.source.apply(woven.edits)
    units = {place: units for place, units in woven.units.items() if place in fresh}
    return Written(
        with_front_matter(text, content),
        {**head_units(content), **units},
        prompts,
    )


def prompts_of(found: Outline) -> Units:
    """Give what a template asks for, place by place, and the places it has at all."""
    asked: dict[str, tuple[Unit, ...]] = {}
    if found.title is not None and _PROMPT.search(found.title.text):
        asked[TITLE] = (Unit("prompt", (found.title.text,), prompt=True),)
    for slot, bullet in found.bullets.items():
        asked[slot.value] = (Unit("prompt", (bullet.text,), prompt=True),)
        points = (point.text for point in bullet.points)
        asked[points_of(slot)] = _numbered((text,) for text in points if is_bracketed(text))
    timeline = found.timeline(())
    if timeline is not None:
        header, table = timeline.table.header, timeline.table
        asked[TIMELINE_HEADER] = (
            Unit("", (header.text(timeline.time), header.text(timeline.event))),
        )
        rows = ((row.text(timeline.time), row.text(timeline.event)) for row in table.rows)
        asked[TIMELINE] = _numbered(cells for cells in rows if _asks(cells))
    for actions in found.actions[:1]:
        rows4 = (
            tuple("" if at is None else row.text(at) for at in actions.columns)
            for row in actions.table.rows
            if is_placeholder(actions.text(row, Column.TASK))
        )
        asked[ACTION_ITEMS] = _numbered(rows4)
    return asked


def _below(found: Outline, asked: Units) -> Iterator[tuple[str, tuple[Unit, ...]]]:
    """Give the prompts of each list, with the label's own, and what the template says in it."""
    for slot, bullet in found.bullets.items():
        head, points = asked[slot.value][0], bullet.points
        if _PROMPT.search(head.cells[0]):
            moved = replace(head, key=HEAD_PROMPT)
            yield points_of(slot), (moved, *asked[points_of(slot)])
        fixed = (point.text for point in points if not is_bracketed(point.text))
        yield fixed_of(slot), tuple(Unit("", (text,)) for text in fixed)


def _asks(cells: Iterable[str]) -> bool:
    """Tell whether a timeline row says nothing yet: placeholders and time formats alone."""
    return all(is_bracketed(cell) or _NO_TIME.fullmatch(cell) for cell in cells)


def _numbered(many: Iterable[tuple[str, ...]]) -> tuple[Unit, ...]:
    return tuple(
        Unit(f"prompt:{number}", cells, prompt=True) for number, cells in enumerate(many, 1)
    )


def _header(asked: Units) -> tuple[str, ...]:
    return asked[TIMELINE_HEADER][0].cells if TIMELINE_HEADER in asked else ()


def _with_zone(asked: Units, zone: str) -> Units:
    """Name the timezone where the template leaves room for it: ``Time (Timezone)``."""
    shown = dict(asked)
    for place in (Slot.DATE_TIME.value, TIMELINE_HEADER):
        for unit in asked.get(place, ()):
            text = _ZONE.sub(lambda _: f"({zone})", unit.cells[0])
            if place == TIMELINE_HEADER and f"({zone})" not in text:
                text = f"{text} ({zone})"
            shown[place] = (replace(unit, cells=(text, *unit.cells[1:])),)
    return shown


def _fresh(asked: Units, content: Content) -> Units:
    """Give what the program would write in each place that the template has."""
    fresh: dict[str, tuple[Unit, ...]] = {}
    if TITLE in asked:
        title = _PROMPT.sub(lambda _: _flat(content.title), asked[TITLE][0].cells[0], count=1)
        fresh[TITLE] = (Unit("", (title,)),)
    for slot in Slot:
        if slot.value in asked:
            entry = content.entries.get(slot, DraftEntry())
            if entry.told_in and entry.told_in.value not in asked:
                entry = replace(entry, text=entry.instead)
            filled = _Bullet(asked[slot.value][0], asked[points_of(slot)]).filled(entry)
            fresh[slot.value] = (
                _zoned(filled.head, asked, content) if slot is Slot.DATE_TIME else filled.head,
            )
            fresh[points_of(slot)] = filled.points
    if TIMELINE in asked:
        fresh[TIMELINE_HEADER] = asked[TIMELINE_HEADER]
        fresh[TIMELINE] = _rows(content.timeline) or asked[TIMELINE]
    if ACTION_ITEMS in asked:
        fresh[ACTION_ITEMS] = _rows(content.action_items) or asked[ACTION_ITEMS]
    return fresh


@dataclass(frozen=True, slots=True)
class _Bullet:
    """A labelled bullet: what stands behind the label and below it."""

    head: Unit
    points: tuple[Unit, ...]

    def filled(self, entry: DraftEntry) -> "_Bullet":
        """Put an entry in place of the prompts, or before them."""
        text = _flat(entry.text)
        points = _unique((point.key, (_flat(point.text),)) for point in entry.points)
        if not text and not points:
            return self
        asked = self.head.cells[0]
        if self._is_asked:
            moved = (replace(self.head, key=HEAD_PROMPT),)
            below = (*moved, *self.points) if entry.keep_prompt else ()
            return _Bullet(Unit("", (text,)), (*points, *below))
        head = f"{text} {asked}".strip() if entry.keep_prompt or not text else text
        below = self.points if entry.keep_prompt else ()
        return _Bullet(Unit("", (head,), prompt=not text and bool(asked)), (*points, *below))

    @property
    def _is_asked(self) -> bool:
        return bool(_PROMPT.search(self.head.cells[0]))


def _zoned(head: Unit, asked: Units, content: Content) -> Unit:
    """Name the timezone behind a date and time, where the template does and the text does not."""
    zone = _ZONE.search(asked[Slot.DATE_TIME.value][0].cells[0])
    if zone is None or content.timezone in head.cells[0]:
        return head
    return Unit(head.key, (f"{head.cells[0]} {zone.group()}",))


def _rows(rows: Iterable[DraftRow]) -> tuple[Unit, ...]:
    return _unique((row.key, tuple(in_cell(cell) for cell in row.cells)) for row in rows)


def _unique(many: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Unit, ...]:
    """Make units; where two sources give one key, the later ones are told apart by a number."""
    told = tuple(many)
    keys = own_keys(key for key, _ in told)
    return tuple(Unit(key, cells) for key, (_, cells) in zip(keys, told, strict=True))


def _flat(text: str) -> str:
    return " ".join(text.split())


SLUG_LENGTH = 60
"""How many characters of a file's name the title may take."""

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
    }
)
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_NO_ID = re.compile(r"[^A-Za-z0-9]+")


def file_name(incident: str, title: str, starts_on: date) -> str:
    """Give a document's file name: ``YYYY-MM-DD-INCIDENT-slug.md``, ASCII, without any path."""
    words = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    ascii_words = words.encode("ascii", "ignore").decode().lower()
    slug = _NO_LETTER.sub("-", ascii_words).strip("-")
    if len(slug) > SLUG_LENGTH:
        whole = slug[: SLUG_LENGTH + 1].rpartition("-")[0]
        slug = whole or slug[:SLUG_LENGTH]
    parts = (starts_on.isoformat(), _NO_ID.sub("", incident) or "incident", slug)
    return "-".join(part for part in parts if part) + ".md"
