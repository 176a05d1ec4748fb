"""An action item as a document has it, and a change to it: the values alone.

What reads and writes them is :mod:`worker.document.action_section`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where an action item stands: line ``line`` (from 0), characters ``start`` to ``end``."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TicketCell:
    """A ticket as a row names it; ``url`` is None where only the key is there."""

    key: str
    url: str | None = None


class LeftOut(StrEnum):
    """Why an action item gets no new ticket, as half a sentence."""

    STRUCK_OUT = "is struck out"
    TICKED = "was ticked before it had a ticket"
    DONE = "was done, by its Status, before it had a ticket"
    COMPLETED = "was completed before it had a ticket"
    ELSEWHERE = "is tracked elsewhere"

    @property
    def shows(self) -> bool:
        """Whether the row itself says so, in a remark that the program writes."""
        return self in (LeftOut.COMPLETED, LeftOut.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """An action item as people wrote it.

    ``ordinal`` counts from 0 and holds for this very text. ``task`` is plain text, ``source`` the
    row as it is written. ``owner`` and ``priority`` are None where nobody said. ``deadline`` is
    None where there is none or it cannot be read; ``deadline_text`` is what is written there, and
    ``deadline_problem`` the sentence that it cannot be used, "" where it can.
    ``ticket`` is the one in its ticket's cell; ``mentions`` are those named elsewhere in it.
    ``checked`` is that of a check box, None for a table's row; ``struck`` tells that all of the
    task is struck out, ``wordless`` that it is a placeholder or a word for nothing, as only a row
    with a ticket may be. ``left_out`` says why no ticket is to be made for it, None where one may.
    """

    ordinal: int
    task: str
    source: str = ""
    owner: str | None = None
    priority: str | None = None
    deadline_text: str = ""
    deadline: date | None = None
    deadline_problem: str = ""
    ticket: TicketCell | None = None
    mentions: tuple[TicketCell, ...] = ()
    status_text: str = ""
    checked: bool | None = None
    left_out: LeftOut | None = None
    place: ItemPlace = ItemPlace(0, 0, 0)
    struck: bool = False
    wordless: bool = False


@dataclass(frozen=True, slots=True)
class ActionItems:
    """All action items of a document, and sentences about what in them cannot be used."""

    items: tuple[ActionItem, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellEdit:
    """What an action item is to say, as plain text; None leaves a cell as it is.

    ``unticks`` takes the mark out of a ticked box, where there is one.
    """

    ordinal: int
    ticket: TicketCell | None = None
    status: str | None = None
    task: str | None = None
    owner: str | None = None
    priority: str | None = None
    deadline: str | None = None
    unticks: bool = False
