"""The part of the API that lists: documents as the page lists them, and their action items."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from connectors.incidents import IncidentId
from worker.jobs.documents.document_status import DocumentStatus
from worker.web.lists.listing_pages import Narrowing, Words
from worker.web.lists.postmortem_list import (
    SORT_PATTERN,
    ItemQuery,
    ItemState,
    ListedItem,
    items,
    narrowed,
)
from worker.web.page_data import PageData
from worker.web.problem_details import ApiModel

_MOST = 500
Limit = Annotated[int, Query(ge=1, le=_MOST)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


class Documents(ApiModel):
    """A part of the documents, the latest first; ``total`` counts all.

    Before them come the incidents whose draft failed: their ``document`` is empty.
    """

    total: int
    documents: Sequence[DocumentStatus]


class ListedActionItem(ApiModel):
    """An action item and its postmortem; ``overdue_days`` is 0 where it is not overdue."""

    incident: IncidentId
    document: str
    title: str
    task: str
    owner: str
    priority: str
    deadline: str
    overdue_days: int
    ticket: str
    url: str
    status: str
    done: bool


class ListedActionItems(ApiModel):
    """A part of the action items; ``total`` counts all that were asked for."""

    total: int
    items: Sequence[ListedActionItem]


def add_list_routes(router: APIRouter, data: PageData, today: Callable[[], date]) -> None:
    """Add the routes. ``today`` is the day by which deadlines are judged."""

    @router.get("/documents", summary="List the documents")
    def documents(
        asked: Annotated[Narrowing, Depends()],
        limit: Limit = 100,
        offset: Offset = 0,
        sort: Annotated[str, Query(pattern=SORT_PATTERN)] = "",
    ) -> Documents:
        if sort or any(asked.by_name.values()):
            found = narrowed(data.listed(), asked.query(data, sort or "-started").query, today())
            every: Sequence[DocumentStatus] = [one.status for one in found]
        else:
            every = data.documents()
        return Documents(total=len(every), documents=every[offset : offset + limit])

    @router.get("/actions", summary="List action items, the longest overdue first")
    def actions(
        limit: Limit = 100,
        offset: Offset = 0,
        state: ItemState = ItemState.OPEN,
        owner: Words = "",
        service: Words = "",
    ) -> ListedActionItems:
        found = items(data.listed(), ItemQuery(state, owner, service), today())
        told = [_item(one) for one in found[offset : offset + limit]]
        return ListedActionItems(total=len(found), items=told)


def _item(one: ListedItem) -> ListedActionItem:
    status = one.document.status
    return ListedActionItem(
        incident=status.incident,
        document=status.document,
        title=status.title,
        overdue_days=one.overdue_days,
        **asdict(one.item),
    )
