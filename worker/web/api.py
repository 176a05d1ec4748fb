"""The JSON API, described by its own OpenAPI document at `/api/openapi.json`."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response, Security
from fastapi.openapi.utils import get_openapi
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel, ConfigDict

from connectors.errors import NotFound
from worker.jobs.document_status import DocumentStatus, JournalEntry, SkippedIncident
from worker.jobs.states import JobState
from worker.web.access import COOKIE, Access
from worker.web.library import DocumentView, Library
from worker.web.paths import Incident, Job

_MOST = 500


class Answer(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(frozen=True)


class Problem(Answer):
    """What went wrong, as a sentence."""

    detail: str


class Documents(Answer):
    """A part of the documents, the latest first; ``total`` counts all."""

    total: int
    documents: Sequence[DocumentStatus]


class Asked(Answer):
    """A job that was asked for; ``url`` tells where it stands."""

    job: str
    url: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No token, or another one."},
    403: {"model": Problem, "description": "The request was sent by another site's page."},
    422: {"model": Problem, "description": "A value is not of the form it must have."},
    503: {"model": Problem, "description": "The documents or the queue cannot be reached."},
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such thing."}
}


def api(library: Library, access: Access) -> APIRouter:
    """Give the API's routes."""
    router = APIRouter(
        prefix="/api",
        dependencies=[Depends(access.admit), *(_schemes() if access.token else [])],
        responses=_PROBLEMS,
    )

    @router.get("/documents", summary="List the documents")
    def documents(
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> Documents:
        every = library.documents()
        return Documents(total=len(every), documents=every[offset : offset + limit])

    @router.get("/documents/{incident}", summary="Get a document", responses=_UNKNOWN)
    def document(incident: Incident) -> DocumentView:
        return _known(library, incident)

    @router.get(
        "/documents/{incident}/journal",
        summary="List what was written for an incident, and why",
        responses=_UNKNOWN,
    )
    def journal(incident: Incident) -> Sequence[JournalEntry]:
        _known(library, incident)
        return library.journal(incident)

    @router.post(
        "/documents/{incident}/sync",
        summary="Re-sync this incident now",
        description="Also drafts the incident where there is no document yet.",
        status_code=202,
    )
    def sync(incident: Incident, response: Response) -> Asked:
        job = library.request_sync(incident)
        asked = Asked(job=job, url=f"/api/jobs/{job}")
        response.headers["Location"] = asked.url
        return asked

    @router.get("/parked", summary="List the jobs that were given up")
    def parked() -> Sequence[JobState]:
        return library.parked()

    @router.get("/skipped", summary="List the latest incidents that got no draft, and why")
    def skipped() -> Sequence[SkippedIncident]:
        return library.skipped()

    @router.get("/jobs/{job}", summary="Tell where a job stands", responses=_UNKNOWN)
    def job_state(job: Job) -> JobState:
        state = library.job(job)
        if state is None:
            raise NotFound(f"There is no job {job}.", "An ended job is forgotten in time.")
        return state

    @router.get("/openapi.json", include_in_schema=False)
    def description(request: Request) -> dict[str, Any]:
        return get_openapi(
            title="Postmortems",
            version="1",
            description="The documents, their action items, and the jobs that keep them in step.",
            routes=request.app.routes,
        )

    return router


def _schemes() -> Sequence[Dependency]:
    """Name the ways to show the token, for the description; the check itself is elsewhere."""
    bearer = HTTPBearer(auto_error=False, description="The value of POSTMORTEM_TOKEN.")
    cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="As signing in gives it.")
    return [Security(bearer), Security(cookie)]


def _known(library: Library, incident: str) -> DocumentView:
    view = library.document(incident)
    if view is None:
        raise NotFound(f"There is no postmortem for the incident {incident}.")
    return view
