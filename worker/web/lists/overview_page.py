"""The first page."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from worker.web.lists.overview import Show, drafts_left, overview, wanting
from worker.web.page_data import JobInQuery, PageData
from worker.web.pages import PageTemplates
from worker.web.visitors.access import Access

MOST_PARKED = 20
"""How many jobs that were given up the list shows, and failed drafts; the API lists all."""


def overview_routes(
    data: PageData, access: Access, pages: PageTemplates, today: Callable[[], date]
) -> APIRouter:
    """Give the first page's route. ``today`` is the day by which deadlines are judged."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/")
    def documents(
        request: Request,
        show: Show = Show.ALL,
        page: Annotated[int, Query(ge=1)] = 1,
        job: JobInQuery = None,
    ) -> Response:
        parked, (every, listed) = data.parked(), data.both()
        wants, given_up = wanting(every, today()), {one.subject for one in parked}
        failed = [one for one in wants.undrafted if one.incident not in given_up]
        return pages.answer(
            request,
            "documents",
            overview=overview(every, today(), show, page),
            failed_look=data.failed_look(every),
            parked=parked[:MOST_PARKED],
            more_parked=max(0, len(parked) - MOST_PARKED),
            undrafted=failed[:MOST_PARKED],
            more_undrafted=max(0, len(failed) - MOST_PARKED),
            causes=wants.causes[:MOST_PARKED],
            late=wants.late[:MOST_PARKED],
            suggested=wants.suggested[:MOST_PARKED],
            drafts=drafts_left(listed, today()),
            most=MOST_PARKED,
            job=data.job(job) if job else None,
        )

    return router
