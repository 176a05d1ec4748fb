"""What becomes of words that are not saved yet: seen as a page, kept as a draft, forgotten."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from worker.document.section_text import part_around
from worker.jobs.edits.save_edit import as_shown
from worker.web.editing.editor_view import (
    EditorView,
    LongForm,
    editor_in,
    section_in,
    whole_text,
)
from worker.web.page_data import IncidentInPath, PageData
from worker.web.page_templates import Form, PageTemplates
from worker.web.reading.markdown_to_html import to_html
from worker.web.visitors.access import Access

LONGEST_LOOK = 50_000
"""Characters of a longer text that are shown while it is written; *Preview* shows all of it."""
_LONGEST_NUMBER = 7


def unsaved_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of what is not saved yet."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.post("/postmortems/{incident}/edit/preview")
    async def preview(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        text, base = as_shown(fields.get("text", "")), fields.get("base", "")
        section, line = section_in(fields), _line_in(fields)
        editor = EditorView(pages, request, incident, editor_in(fields))

        def shown() -> Response:
            part = text if line is None else part_around(text, line, LONGEST_LOOK)
            html = to_html(part, f"/postmortems/{incident}")
            if line is not None:
                return editor.look(html, is_part=part != text)
            return editor.show(text, base, section=section, html=html, is_part=True)

        return await run_in_threadpool(shown)

    @router.post("/postmortems/{incident}/edit/draft")
    async def keep(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        text, base = await whole_text(data, fields), fields.get("base", "")
        writer, editor = access.writer(request), editor_in(fields)
        await run_in_threadpool(data.keep_draft, writer, incident, text, base, editor)
        await run_in_threadpool(pages.note_writer, request, incident)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.post("/postmortems/{incident}/edit/forget")
    def forget(request: Request, incident: IncidentInPath, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        data.forget_draft(access.writer(request), incident, editor_in(fields))
        pages.note_writer(request, incident, leaves=True)
        return RedirectResponse(f"/postmortems/{incident}/edit", HTTPStatus.SEE_OTHER)

    return router


def _line_in(fields: Mapping[str, str]) -> int | None:
    """Give the line (from 0) that a script says is written; None where the form has none."""
    given = fields.get("line", "")
    return int(given) if given.isdecimal() and len(given) <= _LONGEST_NUMBER else None
