"""Putting a picture beside a document while it is written: by its button, by paste, or by drop."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from connectors.errors import NotFound, PostmortemError
from worker.jobs.edits.save_edit import EditTooLong, UnusableEdit, as_shown
from worker.web.editing.editor_view import EditorView, LongForm, editor_in, section_in
from worker.web.page_data import IncidentInPath, PageData
from worker.web.page_templates import PageTemplates
from worker.web.problem_details import problem
from worker.web.visitors.access import Access, person_of
from worker.web.visitors.sent_words import picture_of

_ADDED = (
    "The picture is kept beside the document, and stands at the end. Nothing else is saved yet."
)


def picture_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the route that takes pictures.

    A script is told the Markdown that shows it; without one the editor is shown again, with that
    behind all that was written.
    """
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.post("/postmortems/{incident}/edit/pictures")
    async def put(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        by_script = "json" in request.headers.get("accept", "")
        text, base = as_shown(fields.get("text", "")), fields.get("base", "")
        told, status = _ADDED, 200
        try:
            if not (picture := picture_of(request)):
                raise UnusableEdit("There is no picture in it.", "Choose one first.")
            by = person_of(request)
            added = await run_in_threadpool(data.add_picture, incident, picture, by)
            if by_script:
                return JSONResponse({"name": added.name, "markdown": added.markdown})
            text = f"{text.rstrip()}\n\n{added.markdown}\n"
        except PostmortemError as why:
            told, status = str(why), _status_of(why)
            if by_script:
                return problem(status, told)
        editor = EditorView(pages, request, incident, editor_in(fields))
        section = section_in(fields)
        return editor.show(text, base, told, status, section=section, is_part=True)

    return router


def _status_of(why: PostmortemError) -> int:
    match why:
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case EditTooLong():
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case UnusableEdit():
            return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.SERVICE_UNAVAILABLE
