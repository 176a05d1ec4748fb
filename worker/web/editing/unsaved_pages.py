"""What becomes of words that are not saved yet: seen as a page, kept as a draft, forgotten."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from worker.jobs.edits.save_edit import as_shown
from worker.web.editing.editor_view import EditorView, LongForm, section_in, whole_text
from worker.web.markdown_to_html import to_html
from worker.web.page_data import IncidentInPath, PageData
from worker.web.pages import Form, PageTemplates
from worker.web.visitors.access import Access


def unsaved_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of what is not saved yet."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.post("/postmortems/{incident}/edit/preview")
    async def preview(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        text, base = as_shown(fields.get("text", "")), fields.get("base", "")
        html = await run_in_threadpool(to_html, text, f"/postmortems/{incident}")
        editor = EditorView(pages, request, incident)
        return editor.show(text, base, section=section_in(fields), html=html, is_part=True)

    @router.post("/postmortems/{incident}/edit/draft")
    async def keep(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        text, base = await whole_text(data, fields), fields.get("base", "")
        await run_in_threadpool(data.keep_draft, access.writer(request), incident, text, base)
        pages.note_writer(request, incident)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.post("/postmortems/{incident}/edit/forget")
    def forget(request: Request, incident: IncidentInPath, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        data.forget_draft(access.writer(request), incident)
        pages.note_writer(request, incident, leaves=True)
        return RedirectResponse(f"/postmortems/{incident}/edit", HTTPStatus.SEE_OTHER)

    return router
