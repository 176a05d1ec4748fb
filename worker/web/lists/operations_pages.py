"""What the program is at, what it left out and gave up, and what it wrote; and having it go on."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from config.page_users import Role
from worker.web.page_data import IncidentInPath, PageData
from worker.web.page_templates import Form, PageTemplates, unknown
from worker.web.visitors.access import Access

MOST_JOBS = 100
"""How many jobs a page shows; `postmortem status --jobs` lists all."""
LastWebhooks = Callable[[], Mapping[str, tuple[datetime, str]]]


def operation_routes(
    data: PageData, access: Access, pages: PageTemplates, webhooks: LastWebhooks
) -> APIRouter:
    """Give the pages that operators look at. ``webhooks`` are the last of each service."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/operations")
    def operations(
        request: Request, again: Annotated[int | None, Query(ge=0, le=10**6)] = None
    ) -> Response:
        jobs, parked, skipped = data.jobs_under_way(), data.parked(), data.skipped()
        return pages.answer(
            request,
            "operations",
            queue=data.queue(),
            webhooks=webhooks(),
            jobs=jobs[:MOST_JOBS],
            more_jobs=max(0, len(jobs) - MOST_JOBS),
            parked=parked[:MOST_JOBS],
            more_parked=max(0, len(parked) - MOST_JOBS),
            retried=again,
            skipped=skipped[:MOST_JOBS],
            failed_look=data.failed_look(data.documents()),
        )

    @router.get("/operations/check")
    def check(request: Request) -> Response:
        access.require(request, Role.OPERATE)
        return pages.answer(request, "check", found=data.check())

    @router.get("/operations/journal")
    def journal(
        request: Request, before: Annotated[int | None, Query(ge=1, le=2**62)] = None
    ) -> Response:
        entries = data.latest_entries(before)
        return pages.answer(request, "journal", entries=entries, before=before)

    @router.get("/skipped")
    def skipped(request: Request) -> Response:
        return pages.answer(request, "skipped", skipped=data.skipped())

    add_operations(router, data, access)
    return router


def add_operations(router: APIRouter, data: PageData, access: Access) -> None:
    """Add what operators can have done."""

    @router.post("/operations/retry")
    def retry(request: Request, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        access.require(request, Role.OPERATE)
        return RedirectResponse(f"/operations?again={data.retry_parked()}", 303)

    @router.post("/skipped/{incident}/draft")
    def draft(request: Request, incident: IncidentInPath, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        access.require(request, Role.OPERATE)
        if incident not in {one.incident for one in data.skipped()}:
            raise unknown(incident)
        return RedirectResponse(f"/?job={data.request_sync(incident)}", 303)
