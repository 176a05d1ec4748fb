"""Settling suggestions on the page: *Take it*, or *Keep mine*."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from worker.jobs.results import SuggestedText
from worker.web.editing.editor_view import LongForm
from worker.web.page_data import IncidentInPath, PageData
from worker.web.visitors.access import Access, person_of
from worker.web.visitors.origins import Forbidden


def suggestion_routes(data: PageData, access: Access) -> APIRouter:
    """Give the route by which a person settles what is suggested."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.post("/postmortems/{incident}/suggestions")
    def settle(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        one = SuggestedText(*(fields.get(name, "") for name in ("place", "people", "fresh")))
        chosen = fields.get("do", "")
        if chosen not in {"take", "keep"} or not one.place:
            raise Forbidden(
                "This form says neither what to take nor what to keep. Reload the page."
            )
        data.settle(incident, one, person_of(request), take=chosen == "take")
        return RedirectResponse(f"/postmortems/{incident}?saved=0", HTTPStatus.SEE_OTHER)

    return router
