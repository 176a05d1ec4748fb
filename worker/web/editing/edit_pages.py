"""The pages on which people write: the editor, and what is shown where two changed one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from config.page_users import Role
from connectors.errors import NotFound
from worker.document.front_matter import DocumentError
from worker.document.join.join import Conflict
from worker.document.unread.unfinished_text import open_prompts
from worker.jobs.edits.save_edit import Clash, EditTooLong, OpenedText, UnknownBase, UnusableEdit
from worker.store.document_store import DocumentBusy, StoreAway
from worker.web.editing.edit_api import LARGEST_BODY
from worker.web.page_data import IncidentInPath, PageData
from worker.web.pages import PageTemplates
from worker.web.request_limits import BodiesTooMany, BodyTooLarge, read_body
from worker.web.visitors.access import Access, Forbidden, person_of

_TRY_AGAIN = 3
"""Seconds after which an editor that holds the file has let go of it as a rule."""


async def _long_form(request: Request) -> dict[str, str]:
    """Read a form that may hold a document. Raises ``Forbidden`` and ``EditTooLong``."""
    try:
        raw = await read_body(request, LARGEST_BODY, seconds=60.0)
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=20)
    except BodyTooLarge:
        raise EditTooLong(
            "The text is longer than any that is taken, so nothing was written.",
            "Go back, and keep what it quotes in files of their own.",
        ) from None
    except (BodiesTooMany, ValueError, TimeoutError):
        raise Forbidden("This form cannot be read. Go back and save again.") from None
    return {name: values[-1] for name, values in fields.items()}


LongForm = Annotated[dict[str, str], Depends(_long_form)]


def edit_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of the editor."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/postmortems/{incident}/edit")
    def edit(request: Request, incident: IncidentInPath) -> Response:
        access.require(request, Role.WRITE)
        opened = data.opened(incident)
        if opened is None:
            raise NotFound(f"There is no postmortem for the incident {incident}.")
        return _Editor(pages, request, incident).show(opened.text, opened.digest)

    @router.post("/postmortems/{incident}/edit")
    async def save(request: Request, incident: IncidentInPath, fields: LongForm) -> Response:
        editor = _Editor(pages, request, incident)
        text, base = fields.get("text", ""), fields.get("base", "")
        try:
            access.check_form(request, fields.get("form_key", ""))
            saved = await run_in_threadpool(data.save, incident, text, base, person_of(request))
        except Clash as clash:
            return editor.clash(text, clash)
        except UnknownBase as why:
            return editor.anew(text, await run_in_threadpool(data.opened, incident), why)
        except tuple(_REFUSED) as why:
            return editor.show(text, base, str(why), _REFUSED[type(why)])
        place = f"/postmortems/{incident}?saved={len(saved.came_in)}"
        return RedirectResponse(place, HTTPStatus.SEE_OTHER)

    return router


_REFUSED: Mapping[type[Exception], int] = {
    Forbidden: HTTPStatus.FORBIDDEN,
    UnusableEdit: HTTPStatus.UNPROCESSABLE_ENTITY,
    EditTooLong: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    DocumentBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreAway: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""After these the editor is shown again with all that was written, and what the matter was."""


@dataclass(frozen=True, slots=True)
class _Editor:
    """Shows a text to whoever writes it; nothing of it is ever left out."""

    pages: PageTemplates
    request: Request
    incident: str

    def show(self, text: str, base: str, problem: str = "", status: int = 200) -> Response:
        answer = self.pages.answer(
            self.request,
            "edit",
            status,
            incident=self.incident,
            text=text,
            base=base,
            problem=problem,
            prompts=_prompts(text),
        )
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = str(_TRY_AGAIN)
        return answer

    def clash(self, sent: str, clash: Clash) -> Response:
        return self._both(
            HTTPStatus.CONFLICT, sent, clash, clash.mine_kept, clash.theirs.digest, clash.conflicts
        )

    def anew(self, sent: str, opened: OpenedText | None, why: UnknownBase) -> Response:
        """Show what was sent beside the document: what was changed in it cannot be told."""
        text, base = (opened.text, opened.digest) if opened else (sent, "")
        return self._both(HTTPStatus.PRECONDITION_FAILED, sent, why, text, base)

    def _both(
        self,
        status: int,
        sent: str,
        why: Exception,
        text: str,
        base: str,
        conflicts: tuple[Conflict, ...] = (),
    ) -> Response:
        return self.pages.answer(
            self.request,
            "conflict",
            status,
            incident=self.incident,
            conflicts=conflicts,
            problem=str(why),
            sent=sent,
            text=text,
            base=base,
        )


def _prompts(text: str) -> int:
    try:
        return open_prompts(text)
    except DocumentError:
        return 0  # a text in the making, whose front matter is told when it is saved
