"""The JSON API, described by its own OpenAPI document at `/api/openapi.json`."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyCookie, HTTPBearer

from config.page_users import Role
from connectors.errors import NotFound
from connectors.incidents import IncidentId
from worker.jobs.job_lifecycle import JobState
from worker.jobs.reports.figures import ReportBy
from worker.jobs.reports.journal_report import JournalEntry, SkippedIncident
from worker.jobs.reports.period import USUAL_PERIOD, NotAPeriod
from worker.jobs.reports.report_period import PeriodReport
from worker.jobs.reports.search_documents import FoundDocument
from worker.web.editing.edit_api import add_edit_routes, tag
from worker.web.lists.list_api import add_list_routes
from worker.web.page_data import DocumentView, IncidentInPath, JobInPath, PageData
from worker.web.problem_details import ApiModel, described, with_media_types
from worker.web.reviewing.review_api import add_review_routes
from worker.web.visitors.access import Access

_LONGEST = 100
_MOMENT = "A length of time before now (`90d`), or a day (`2026-09-01`): its beginning."


class RequestedJob(ApiModel):
    """A job that was asked for; ``url`` tells where it stands."""

    job: str
    url: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: described("The request cannot be understood."),
    401: described("No token, or another one."),
    403: described("Another site's page sent this, or it takes a role that this person has not."),
    422: described("A value is not of the form it must have."),
    429: described("Too many wrong tokens came from this address."),
    503: described("The documents or the queue cannot be reached."),
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: described("There is no such thing.")}


def api_routes(data: PageData, access: Access, today: Callable[[], date]) -> APIRouter:
    """Give the API's routes. ``today`` is the day by which deadlines are judged."""
    router = APIRouter(
        prefix="/api",
        dependencies=[Depends(access.admit), *(_schemes(access) if access.has_tokens else [])],
        responses=_PROBLEMS,
    )

    _add_document_routes(router, data, access)
    add_list_routes(router, data, today)
    _add_lists(router, data)
    add_edit_routes(router, data)
    add_review_routes(router, data, access)

    @router.get("/openapi.json", include_in_schema=False)
    def description(request: Request) -> dict[str, Any]:
        return with_media_types(
            get_openapi(
                title="Postmortems",
                version="1",
                description="The documents, their action items, and the jobs that keep them so.",
                routes=request.app.routes,
            )
        )

    return router


def _add_document_routes(router: APIRouter, data: PageData, access: Access) -> None:
    """Add the routes of one document, and of the job that brings it up to date."""

    @router.get("/documents/{incident}", summary="Get a document", responses=_UNKNOWN)
    def document(incident: IncidentInPath, response: Response) -> DocumentView:
        view = _known(data, incident)
        if view.name:
            response.headers["ETag"] = tag(data.give_out(view.name, view.text))
        return view

    @router.get(
        "/documents/{incident}/journal",
        summary="List what was written for an incident, and why",
        responses=_UNKNOWN,
    )
    def journal(incident: IncidentInPath) -> Sequence[JournalEntry]:
        _known(data, incident)
        return data.journal(incident)

    @router.post(
        "/documents/{incident}/sync",
        summary="Re-sync this incident now",
        description="Also drafts the incident where there is no document yet.",
        status_code=202,
        responses=_UNKNOWN,
    )
    def sync(request: Request, incident: IncidentInPath, response: Response) -> RequestedJob:
        if data.document(incident) is None:
            access.require(request, Role.OPERATE)
        job = data.request_sync(incident)
        asked = RequestedJob(job=job, url=f"/api/jobs/{job}")
        response.headers["Location"] = asked.url
        return asked

    @router.get("/jobs/{job}", summary="Tell where a job stands", responses=_UNKNOWN)
    def job_state(job: JobInPath) -> JobState:
        state = data.job(job)
        if state is None:
            raise NotFound(f"There is no job {job}.", "An ended job is forgotten in time.")
        return state


def _add_lists(router: APIRouter, data: PageData) -> None:
    """Add the routes that list what is no document by itself."""

    @router.get("/search", summary="Find the postmortems that hold all of these words, best first")
    def search(
        q: Annotated[str, Query(max_length=500, description="Words, in any order and any case.")],
    ) -> Sequence[FoundDocument]:
        return data.search(q).found

    @router.get("/report", summary="Count the figures of a period")
    def report(
        since: Annotated[str, Query(max_length=_LONGEST, description=_MOMENT)] = USUAL_PERIOD,
        until: Annotated[
            str, Query(max_length=_LONGEST, description=f"{_MOMENT} Not included; by default now.")
        ] = "",
        by: Annotated[
            ReportBy | None, Query(description="A group of figures for each of these.")
        ] = None,
    ) -> PeriodReport:
        try:
            return data.report(since, until, by)
        except NotAPeriod as error:
            why = str(error).removesuffix(".")
            told = {"type": "value_error", "loc": ("query", error.option), "msg": why}
            raise RequestValidationError([told]) from error

    @router.get("/parked", summary="List the jobs that were given up")
    def parked() -> Sequence[JobState]:
        return data.parked()

    @router.get("/skipped", summary="List the latest incidents that got no draft, and why")
    def skipped() -> Sequence[SkippedIncident]:
        return data.skipped()


def _schemes(access: Access) -> Sequence[Dependency]:
    """Name the ways to show the token, for the description; the check itself is elsewhere."""
    bearer = HTTPBearer(auto_error=False, description="The value of POSTMORTEM_TOKEN.")
    told = "As signing in gives it."
    cookie = APIKeyCookie(name=access.cookie, auto_error=False, description=told)
    return [Security(bearer), Security(cookie)]


def _known(data: PageData, incident: IncidentId) -> DocumentView:
    view = data.document(incident)
    if view is None:
        raise NotFound(f"There is no postmortem for the incident {incident}.")
    return view
