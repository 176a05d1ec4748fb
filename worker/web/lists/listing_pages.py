"""The pages that list: postmortems, action items, and what the program is at; each as CSV too."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from worker.jobs.reports.figure_words import as_csv
from worker.web.lists.postmortem_list import (
    PER_PAGE,
    SORT_PATTERN,
    ItemQuery,
    ItemState,
    ListQuery,
    document_rows,
    item_rows,
    items,
    narrowed,
    took,
)
from worker.web.lists.postmortem_list import choices as every_choice
from worker.web.page_data import PageData
from worker.web.page_templates import PageTemplates
from worker.web.visitors.access import Access

Words = Annotated[str, Query(max_length=500)]
Sort = Annotated[str, Query(pattern=SORT_PATTERN)]
PageNumber = Annotated[int, Query(ge=1, le=10**6)]


class ListFormat(StrEnum):
    """How a list is given."""

    HTML = "html"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ListPart:
    """One page of a list: its rows, and the addresses of those before and behind it."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int
    before: str
    behind: str

    @classmethod
    def of(cls, rows: Sequence[Any], page: int, path: str, asked: Mapping[str, str]) -> "ListPart":
        """Cut a list. A page behind the last is the last."""
        pages = max(1, -(-len(rows) // PER_PAGE))
        page = min(page, pages)
        kept = {name: value for name, value in asked.items() if value}

        def at(number: int) -> str:
            return f"{path}?{urlencode({**kept, 'page': number})}" if 1 <= number <= pages else ""

        here = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        return cls(here, len(rows), page, pages, at(page - 1), at(page + 1))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address narrows the list of postmortems down to, on the page and by the API."""

    q: Words = ""
    status: Words = ""
    service: Words = ""
    team: Words = ""
    severity: Words = ""
    owner: Words = ""

    @property
    def by_name(self) -> Mapping[str, str]:
        """The parts as the address has them."""
        return asdict(self)

    def query(self, data: PageData, sort: str) -> "Narrowed":
        """Make a query of them; words are looked for in the documents' texts."""
        searched = data.search(self.q) if self.q.strip() else None
        names = None if searched is None else frozenset(one.document for one in searched.found)
        parts = (self.status, self.service, self.team, self.severity, self.owner)
        unread = searched.unread if searched else ()
        return Narrowed(ListQuery(*parts, sort, names), _not_searched(unread))


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A query, and what could not be searched for it, "" where all was."""

    query: ListQuery
    told: str


def _not_searched(unread: Sequence[str]) -> str:
    if not unread:
        return ""
    some = "A document" if len(unread) == 1 else f"{len(unread)} documents"
    return f"{some} could not be searched: {unread[0]}"


def list_routes(
    data: PageData, access: Access, pages: PageTemplates, today: Callable[[], date]
) -> APIRouter:
    """Give the routes. ``today`` is the day by which deadlines are judged."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])
    _add_postmortems(router, data, pages, today)
    _add_actions(router, data, pages, today)
    return router


def _add_postmortems(
    router: APIRouter, data: PageData, pages: PageTemplates, today: Callable[[], date]
) -> None:
    @router.get("/postmortems")
    def postmortems(
        request: Request,
        narrowing: Annotated[Narrowing, Depends()],
        sort: Sort = "-started",
        page: PageNumber = 1,
        shape: Annotated[ListFormat, Query(alias="format")] = ListFormat.HTML,
    ) -> Response:
        every = data.listed()
        wanted = narrowing.query(data, sort)
        found = narrowed(every, wanted.query, today())
        if shape is ListFormat.CSV:
            return csv_answer("postmortems.csv", document_rows(found, today()))
        asked = {**narrowing.by_name, "sort": sort}
        return pages.answer(
            request,
            "postmortems",
            part=ListPart.of(found, page, "/postmortems", asked),
            asked=asked,
            choices=every_choice(every),
            told=" ".join(filter(None, (data.told_of_lists(), wanted.told))),
            every=len(every),
            today=today(),
            took=took,
            csv=f"/postmortems?{urlencode({**_set(asked), 'format': 'csv'})}",
        )


def _add_actions(
    router: APIRouter, data: PageData, pages: PageTemplates, today: Callable[[], date]
) -> None:
    @router.get("/actions")
    def actions(
        request: Request,
        state: ItemState = ItemState.OPEN,
        owner: Words = "",
        service: Words = "",
        page: PageNumber = 1,
        shape: Annotated[ListFormat, Query(alias="format")] = ListFormat.HTML,
    ) -> Response:
        every = data.listed()
        found = items(every, ItemQuery(state, owner, service), today())
        if shape is ListFormat.CSV:
            return csv_answer("action-items.csv", item_rows(found))
        asked = {"state": state.value, "owner": owner, "service": service}
        return pages.answer(
            request,
            "actions",
            part=ListPart.of(found, page, "/actions", asked),
            asked=asked,
            states=[one.value for one in ItemState],
            choices=every_choice(every),
            told=data.told_of_lists(),
            csv=f"/actions?{urlencode({**_set(asked), 'format': 'csv'})}",
        )


def _set(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}


def csv_answer(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """Answer with a table as a file."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(rows), 200, headers, "text/csv; charset=utf-8")
