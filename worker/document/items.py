"""Records of an action item as a document has it, and of changes to it."""

import textwrap
from dataclasses import dataclass
from datetime import date

from worker.content.dates import deadline
from worker.document.tickets import TicketCell

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where an action item stands: line ``line`` (from 0), characters ``start`` to ``end``."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ActionItem:
    """An action item as people wrote it.

    ``ordinal`` counts from 0 and holds for this very text. ``task`` is plain text, ``source`` the
    row as it is written. ``owner`` and ``priority`` are None where nobody said. ``deadline`` is
    None where there is none or it cannot be read; ``deadline_text`` is what is written there.
    ``checked`` is that of a check box, None for a table's row.
    """

    ordinal: int
    task: str
    source: str = ""
    owner: str | None = None
    priority: str | None = None
    deadline_text: str = ""
    deadline: date | None = None
    ticket: TicketCell | None = None
    status_text: str = ""
    checked: bool | None = None
    place: ItemPlace = ItemPlace(0, 0, 0)


@dataclass(frozen=True, slots=True)
class ActionTable:
    """All action items of a document, and sentences about what in them cannot be used."""

    items: tuple[ActionItem, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellEdit:
    """What an action item is to say, as plain text; None leaves a cell as it is."""

    ordinal: int
    ticket: TicketCell | None = None
    status: str | None = None
    task: str | None = None
    owner: str | None = None
    priority: str | None = None
    deadline: str | None = None


def shortened(text: str) -> str:
    """Give text short enough to name a row by."""
    return textwrap.shorten(text, _SHOWN, placeholder="\u2026")


def due(text: str, where: str) -> tuple[date | None, list[str]]:
    """Read a deadline that may be absent; where it cannot be used, a sentence says so."""
    if not text:
        return None, []
    day, wrong = deadline(text)
    if day is not None:
        return day, []
    return None, [f"{where} has the deadline '{shortened(text)}', and {wrong}. Use YYYY-MM-DD."]
