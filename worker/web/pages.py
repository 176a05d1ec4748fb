"""The web page: the list of postmortems, and each of them with its chart and its journal."""

from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from connectors.errors import NotFound
from worker.web.access import Access
from worker.web.headers import PICTURE_POLICY
from worker.web.library import DocumentView, Library
from worker.web.overview import Show, line, overview
from worker.web.paths import Incident, JobQuery
from worker.web.rendering import PICTURES, is_picture, to_html
from worker.web.signing_in import Form
from worker.web.templating import Pages

MOST_PARKED = 20
"""How many of the jobs that were given up the list shows; the API lists all."""


def pages(library: Library, access: Access, pages: Pages, today: Callable[[], date]) -> APIRouter:
    """Give the pages' routes. ``today`` is the day by which deadlines are judged."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/")
    def documents(
        request: Request,
        show: Show = Show.ALL,
        page: Annotated[int, Query(ge=1)] = 1,
        job: JobQuery = None,
    ) -> Response:
        parked = library.parked()
        return pages.answer(
            request,
            "documents",
            overview=overview(library.documents(), today(), show, page),
            parked=parked[:MOST_PARKED],
            more_parked=max(0, len(parked) - MOST_PARKED),
            job=library.job(job) if job else None,
        )

    @router.get("/skipped")
    def skipped(request: Request) -> Response:
        return pages.answer(request, "skipped", skipped=library.skipped())

    @router.get("/postmortems/{incident}")
    def document(request: Request, incident: Incident, job: JobQuery = None) -> Response:
        view = _known(library, incident)
        html = to_html(view.text, f"/postmortems/{incident}")
        return pages.answer(
            request,
            "document",
            line=line(view.status, today()),
            name=view.name,
            html=Markup(html),  # noqa: S704 - it passed the allow-list of worker.web.rendering
            journal=library.journal(incident),
            job=library.job(job) if job else None,
        )

    @router.get("/postmortems/{incident}/{attachment}")
    def attachment(incident: Incident, attachment: str) -> Response:
        content = library.attachment(incident, attachment) if is_picture(attachment) else None
        if content is None:
            raise NotFound(f"There is no picture {attachment} beside this postmortem.")
        kind = PICTURES[PurePosixPath(attachment).suffix.lower()]
        return Response(content, 200, {"Content-Security-Policy": PICTURE_POLICY}, kind)

    @router.post("/postmortems/{incident}/sync")
    def sync(request: Request, incident: Incident, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        documented = library.document(incident) is not None
        if not documented and incident not in {one.subject for one in library.parked()}:
            raise _unknown(incident)
        job = library.request_sync(incident)
        return RedirectResponse(
            f"{f'/postmortems/{incident}' if documented else '/'}?job={job}", 303
        )

    return router


def _known(library: Library, incident: str) -> DocumentView:
    view = library.document(incident)
    if view is None:
        raise _unknown(incident)
    return view


def _unknown(incident: str) -> NotFound:
    return NotFound(
        f"There is no postmortem for the incident {incident}.",
        f"One is written when the incident is resolved, or with `postmortem draft {incident}`.",
    )
