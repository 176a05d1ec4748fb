"""What the list of documents shows: how far each has come, and what is overdue."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from worker.jobs.document_status import DocumentStatus, ItemStatus

PER_PAGE = 50

_DATED = re.compile(r"(?:.*/)?(\d{4}-\d{2}-\d{2})-")


class Show(StrEnum):
    """Which documents the list shows."""

    ALL = "all"
    UNFINISHED = "unfinished"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One action item, and whether its deadline has passed while it is not done."""

    item: ItemStatus
    overdue: bool


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One document in the list; ``day`` is that of the incident's start, if the name tells it."""

    document: DocumentStatus
    day: date | None
    items: tuple[ItemLine, ...]

    @property
    def done(self) -> int:
        """How many action items are done."""
        return sum(line.item.done for line in self.items)

    @property
    def overdue(self) -> int:
        """How many action items are overdue."""
        return sum(line.overdue for line in self.items)

    @property
    def unfinished(self) -> bool:
        """Whether people still have to write, or to agree that it is final."""
        return self.document.prompts > 0 or self.document.status != "final"


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the list, and the numbers above it, which count all documents."""

    lines: tuple[DocumentLine, ...]
    show: Show
    page: int
    pages: int
    shown: int
    documents: int
    unfinished: int
    open_items: int
    overdue_items: int


def line(document: DocumentStatus, today: date) -> DocumentLine:
    """Give the line of one document."""
    return DocumentLine(
        document,
        _day(document.document),
        tuple(ItemLine(item, is_overdue(item, today)) for item in document.items),
    )


def overview(documents: Iterable[DocumentStatus], today: date, show: Show, page: int) -> Overview:
    """Give page ``page`` (from 1) of the documents that ``show`` asks for, in their order."""
    lines = [line(document, today) for document in documents]
    shown = [one for one in lines if _is_shown(one, show)]
    pages = max(1, -(-len(shown) // PER_PAGE))
    page = min(page, pages)
    return Overview(
        lines=tuple(shown[(page - 1) * PER_PAGE : page * PER_PAGE]),
        show=show,
        page=page,
        pages=pages,
        shown=len(shown),
        documents=len(lines),
        unfinished=sum(one.unfinished for one in lines),
        open_items=sum(len(one.items) - one.done for one in lines),
        overdue_items=sum(one.overdue for one in lines),
    )


def is_overdue(item: ItemStatus, today: date) -> bool:
    """Tell whether the deadline has passed; one that is no date never passes."""
    try:
        return not item.done and date.fromisoformat(item.deadline) < today
    except ValueError:
        return False


def _is_shown(one: DocumentLine, show: Show) -> bool:
    match show:
        case Show.ALL:
            return True
        case Show.UNFINISHED:
            return one.unfinished
        case Show.OPEN:
            return one.done < len(one.items)
        case Show.OVERDUE:
            return one.overdue > 0


def _day(name: str) -> date | None:
    dated = _DATED.match(name)
    try:
        return date.fromisoformat(dated[1]) if dated else None
    except ValueError:
        return None
