"""Asking for a re-sync on the page: first what it would write, then the job."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from config.page_users import Role
from worker.web.page_data import IncidentInPath, PageData
from worker.web.page_templates import Form, PageTemplates, unknown
from worker.web.visitors.access import Access


def sync_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of a re-sync."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/postmortems/{incident}/plan")
    def plan(request: Request, incident: IncidentInPath) -> Response:
        access.require(request, Role.WRITE if data.document(incident) else Role.OPERATE)
        return pages.answer(request, "plan", incident=incident, plan=data.plan(incident))

    @router.post("/postmortems/{incident}/sync")
    def sync(request: Request, incident: IncidentInPath, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        documented = data.document(incident) is not None
        if not documented:
            access.require(request, Role.OPERATE)
        if not documented and incident not in {one.subject for one in data.parked()}:
            raise unknown(incident)
        job = data.request_sync(incident)
        return RedirectResponse(
            f"{f'/postmortems/{incident}' if documented else '/'}?job={job}", 303
        )

    return router
