"""The form for a new action item; it becomes a row of the document, and that a ticket."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from config.page_users import Role
from config.template_names import Column
from connectors.errors import PostmortemError
from worker.jobs.edits.save_edit import Clash, UnknownBase, UnusableEdit
from worker.web.page_data import DocumentView, IncidentInPath, PageData
from worker.web.page_templates import Form, PageTemplates, unknown
from worker.web.visitors.access import Access, person_of
from worker.web.visitors.origins import Forbidden

_LONGEST = 2_000
_FIELDS = {
    "task": Column.TASK,
    "owner": Column.OWNER,
    "priority": Column.PRIORITY,
    "deadline": Column.DEADLINE,
}
_STATUSES: Mapping[type[Exception], int] = {
    Forbidden: HTTPStatus.FORBIDDEN,
    UnusableEdit: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownBase: HTTPStatus.CONFLICT,
    Clash: HTTPStatus.CONFLICT,
}
"""What else is the matter may be over in a moment."""


def item_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of the form."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    def shown(
        request: Request,
        view: DocumentView,
        given: Mapping[str, str],
        problem: str = "",
        status: int = 200,
    ) -> Response:
        return pages.answer(
            request,
            "item",
            status,
            incident=view.status.incident,
            title=view.status.title or view.status.incident,
            given={name: given.get(name, "") for name in _FIELDS},
            base=data.give_out(view.name, view.text).digest,
            owners=sorted({one.owner for one in view.status.items if one.owner}),
            priorities=sorted({one.priority for one in view.status.items if one.priority}),
            problem=problem,
        )

    @router.get("/postmortems/{incident}/items")
    def form(request: Request, incident: IncidentInPath) -> Response:
        access.require(request, Role.WRITE)
        return shown(request, _view(data, incident), {})

    @router.post("/postmortems/{incident}/items")
    async def add(request: Request, incident: IncidentInPath, fields: Form) -> Response:
        def done() -> Response:
            try:
                access.check_form(request, fields.get("form_key", ""))
                cells = _cells(fields)
                data.add_item(incident, cells, person_of(request), fields.get("base", ""))
            except (Forbidden, PostmortemError) as why:
                found = (status for kind, status in _STATUSES.items() if isinstance(why, kind))
                status = next(found, HTTPStatus.SERVICE_UNAVAILABLE)
                return shown(request, _view(data, incident), fields, str(why), status)
            place = f"/postmortems/{incident}?saved=0"
            return RedirectResponse(place, HTTPStatus.SEE_OTHER)

        return await run_in_threadpool(done)

    return router


def _view(data: PageData, incident: IncidentInPath) -> DocumentView:
    view = data.document(incident)
    if view is None or not view.name:
        raise unknown(incident)
    return view


def _cells(fields: Mapping[str, str]) -> Mapping[Column, str]:
    """Give the cells of the row. Raises ``UnusableEdit`` for a deadline that is no day."""
    cells = {column: fields.get(name, "")[:_LONGEST] for name, column in _FIELDS.items()}
    if deadline := cells[Column.DEADLINE].strip():
        try:
            date.fromisoformat(deadline)
        except ValueError:
            raise UnusableEdit(
                f"The deadline '{deadline}' is no day.", "Write it as YYYY-MM-DD."
            ) from None
    return cells
