"""The pages on which people write: the editor, and what is shown where two changed one place."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from config.page_users import Role
from connectors.errors import NotFound, PostmortemError
from worker.jobs.edits.save_edit import Clash, EditTooLong, UnknownBase, UnusableEdit, as_shown
from worker.web.editing.editor_view import (
    LONGEST_EDITOR,
    EditorView,
    LongForm,
    editor_in,
    section_in,
    whole_text,
)
from worker.web.page_data import IncidentInPath, PageData
from worker.web.page_templates import PageTemplates
from worker.web.visitors.access import Access, person_of
from worker.web.visitors.origins import Forbidden


def edit_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of the editor."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/postmortems/{incident}/edit")
    def edit(
        request: Request,
        incident: IncidentInPath,
        section: Annotated[int | None, Query(ge=0, le=10_000)] = None,
        draft: Annotated[str | None, Query(max_length=LONGEST_EDITOR)] = None,
    ) -> Response:
        access.require(request, Role.WRITE)
        opened = data.opened(incident)
        if opened is None:
            raise NotFound(f"There is no postmortem for the incident {incident}.")
        unsaved = data.drafts(access.writer(request), incident)
        chosen = next((one for one in unsaved if draft in (one.editor, "true")), None)
        if chosen is not None:
            editor = EditorView(pages, request, incident, chosen.editor)
            return editor.show(chosen.text, chosen.base)
        drafts = [one for one in unsaved if one.text != as_shown(opened.text)]
        editor = EditorView(pages, request, incident)
        return editor.show(opened.text, opened.digest, section=section, drafts=drafts)

    @router.post("/postmortems/{incident}/edit")
    async def save(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        writer, draft = access.writer(request), editor_in(fields)
        editor = EditorView(pages, request, incident, draft)
        text, base = fields.get("text", ""), fields.get("base", "")
        section = section_in(fields)
        try:
            access.check_form(request, fields.get("form_key", ""))
            text, section = await whole_text(data, fields), None
            saved = await run_in_threadpool(data.save, incident, text, base, person_of(request))
        except Clash as clash:
            await run_in_threadpool(data.keep_draft, writer, incident, text, base, draft)
            return await run_in_threadpool(editor.clash, text, clash)
        except UnknownBase as why:
            opened = await run_in_threadpool(data.opened, incident)
            return await run_in_threadpool(editor.anew, text, opened, why)
        except (Forbidden, PostmortemError) as why:
            # the editor again, with all that was written, and what the matter was
            status = _status_of(why)
            again = partial(editor.show, section=section, is_part=True)
            return await run_in_threadpool(again, text, base, str(why), status)
        await run_in_threadpool(data.forget_draft, writer, incident, draft)
        await run_in_threadpool(pages.note_writer, request, incident, leaves=True)
        place = f"/postmortems/{incident}?saved={len(saved.came_in)}"
        return RedirectResponse(place, HTTPStatus.SEE_OTHER)

    return router


_REFUSED: Mapping[type[Exception], int] = {
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    UnusableEdit: HTTPStatus.UNPROCESSABLE_ENTITY,
    EditTooLong: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
"""What else is the matter may be over in a moment."""


def _status_of(why: Exception) -> int:
    found = (status for kind, status in _REFUSED.items() if isinstance(why, kind))
    return next(found, HTTPStatus.SERVICE_UNAVAILABLE)
