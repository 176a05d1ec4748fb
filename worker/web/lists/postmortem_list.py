"""The list of postmortems and that of action items: what is asked for by an address, and shown.

An address is a saved view: everything that narrows or orders a list is in it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from worker.content.word_search import folded as fold
from worker.drafting.text.wording import duration
from worker.jobs.documents.document_status import ItemStatus, ListedDocument, is_overdue
from worker.web.lists.made_once import MadeOnce

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list is narrowed down to; "" narrows nothing.

    ``sort`` names a column of :data:`SORTS`, with ``-`` before it turned round. ``names`` are the
    documents that hold the searched words, None where none are searched.
    """

    status: str = ""
    service: str = ""
    team: str = ""
    severity: str = ""
    owner: str = ""
    sort: str = "-started"
    names: frozenset[str] | None = None


Key = Callable[[ListedDocument, date], tuple[object, ...]]

SORTS: Mapping[str, Key] = {
    "started": lambda one, _: (one.started or one.status.document,),
    "title": lambda one, _: (fold(one.status.title),),
    "status": lambda one, _: (fold(one.status.status),),
    "open": lambda one, _: (one.open_items,),
    "overdue": lambda one, today: (one.overdue(today),),
}
SORT_PATTERN = f"^-?({'|'.join(SORTS)})$"


@MadeOnce
def narrowed(
    documents: Sequence[ListedDocument], query: ListQuery, today: date
) -> list[ListedDocument]:
    """Give the documents that a query asks for, in its order; equals stay as they were."""
    found = [one for one in documents if _is_wanted(one, query)]
    key = SORTS[query.sort.removeprefix("-")]
    return sorted(found, key=lambda one: key(one, today), reverse=query.sort.startswith("-"))


def _is_wanted(one: ListedDocument, query: ListQuery) -> bool:
    said = (
        (query.status, (one.status.status,)),
        (query.severity, (one.severity,)),
        (query.owner, (one.owner,)),
        (query.service, one.services),
        (query.team, one.teams),
    )
    if any(wanted and fold(wanted) not in map(fold, has) for wanted, has in said):
        return False
    return query.names is None or one.status.document in query.names


class ItemState(StrEnum):
    """Which action items a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An action item, where it stands, and for how many days it is overdue (0: it is not)."""

    item: ItemStatus
    document: ListedDocument
    overdue_days: int = 0


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """What the list of action items is narrowed down to; "" narrows nothing."""

    state: ItemState = ItemState.OPEN
    owner: str = ""
    service: str = ""


@MadeOnce
def items(documents: Sequence[ListedDocument], query: ItemQuery, today: date) -> list[ListedItem]:
    """Give action items, the longest overdue first, then by deadline; those without come last."""
    found = [
        ListedItem(item, one, _overdue_days(item, today))
        for one in documents
        for item in one.status.items
        if _is_item_wanted(item, one, query, today)
    ]
    return sorted(found, key=lambda one: (-one.overdue_days, _deadline(one.item)))


def _is_item_wanted(
    item: ItemStatus, document: ListedDocument, query: ItemQuery, today: date
) -> bool:
    if query.owner and fold(query.owner) != fold(item.owner):
        return False
    if query.service and fold(query.service) not in map(fold, document.services):
        return False
    match query.state:
        case ItemState.OPEN:
            return not item.done
        case ItemState.OVERDUE:
            return is_overdue(item, today)
        case ItemState.DONE:
            return item.done
        case ItemState.ALL:
            return True


def _overdue_days(item: ItemStatus, today: date) -> int:
    return (today - date.fromisoformat(item.deadline)).days if is_overdue(item, today) else 0


def _deadline(item: ItemStatus) -> str:
    try:
        return date.fromisoformat(item.deadline).isoformat()
    except ValueError:
        return "9999"


@dataclass(frozen=True, slots=True)
class NarrowingChoices:
    """What a filter can be set to, as far as it occurs."""

    statuses: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    item_owners: tuple[str, ...] = field(default=())


@MadeOnce
def choices(documents: Sequence[ListedDocument]) -> NarrowingChoices:
    """Collect from documents what a filter can be set to."""
    return NarrowingChoices(
        _each(one.status.status for one in documents),
        _each(one.severity for one in documents),
        _each(name for one in documents for name in one.services),
        _each(name for one in documents for name in one.teams),
        _each(one.owner for one in documents),
        _each(item.owner for one in documents for item in one.status.items),
    )


def _each(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in words if one}, key=fold))


def took(one: ListedDocument) -> str:
    """Word how long an incident lasted, "" where that is not known."""
    if not (one.started and one.ended):
        return ""
    return duration(datetime.fromisoformat(one.ended) - datetime.fromisoformat(one.started))


def document_rows(documents: Iterable[ListedDocument], today: date) -> Iterator[Sequence[str]]:
    """Give the list as a table, its header first."""
    yield (
        *("incident", "title", "status", "started", "severity", "services", "teams", "owner"),
        *("open_prompts", "items", "open", "overdue", "url", "document"),
    )
    for one in documents:
        status = one.status
        counts = (status.prompts, len(status.items), one.open_items, one.overdue(today))
        yield (
            *(status.incident, status.title, status.status, one.started, one.severity),
            *("; ".join(one.services), "; ".join(one.teams), one.owner),
            *map(str, counts),
            *(status.url, status.document),
        )


def item_rows(found: Iterable[ListedItem]) -> Iterator[Sequence[str]]:
    """Give the action items as a table, its header first."""
    yield (
        *("incident", "title", "task", "owner", "priority", "deadline", "overdue_days"),
        *("ticket", "status", "done", "url"),
    )
    for one in found:
        item, status = one.item, one.document.status
        yield (
            *(status.incident, status.title, item.task, item.owner, item.priority, item.deadline),
            *(str(one.overdue_days), item.ticket, item.status, str(item.done).lower(), item.url),
        )
