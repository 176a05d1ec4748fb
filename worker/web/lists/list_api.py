"""The part of the API that lists: documents as the page lists them, and their action items."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from worker.jobs.status_report import DocumentStatus
from worker.web.lists.listing_pages import Words, wanted
from worker.web.lists.postmortem_list import (
    SORT_PATTERN,
    ItemQuery,
    ItemState,
    ListedItem,
    items,
    narrowed,
)
from worker.web.page_data import PageData

_MOST = 500
Limit = Annotated[int, Query(ge=1, le=_MOST)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


class Answer(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(frozen=True)


class Documents(Answer):
    """A part of the documents, the latest first; ``total`` counts all.

    Before them come the incidents whose draft failed: their ``document`` is empty.
    """

    total: int
    documents: Sequence[DocumentStatus]


class ListedActionItem(Answer):
    """An action item and its postmortem; ``overdue_days`` is 0 where it is not overdue."""

    incident: str
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


class ListedActionItems(Answer):
    """A part of the action items; ``total`` counts all that were asked for."""

    total: int
    items: Sequence[ListedActionItem]


def add_list_routes(router: APIRouter, data: PageData, today: Callable[[], date]) -> None:
    """Add the routes. ``today`` is the day by which deadlines are judged."""

    @router.get("/documents", summary="List the documents")
    def documents(
        limit: Limit = 100,
        offset: Offset = 0,
        q: Words = "",
        status: Words = "",
        service: Words = "",
        team: Words = "",
        severity: Words = "",
        owner: Words = "",
        sort: Annotated[str, Query(pattern=SORT_PATTERN)] = "",
    ) -> Documents:
        parts = {"status": status, "service": service, "team": team, "severity": severity}
        query = {**parts, "owner": owner}
        every = data.documents()
        if q.strip() or sort or any(query.values()):
            asked = wanted(data, q, {**query, "sort": sort or "-started"})
            every = [one.status for one in narrowed(data.listed(), asked, today())]
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
