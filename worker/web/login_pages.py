"""The pages on which people sign in and out."""

import math

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from worker.jobs.edits.save_edit import as_shown
from worker.web.editing.editor_view import EditorView, LongForm, section_in
from worker.web.page_data import IncidentInPath
from worker.web.page_templates import Form, PageTemplates, way_back
from worker.web.visitors.access import Access
from worker.web.visitors.sign_in import LIFETIME, TooManyAttempts


def sign_in_routes(access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes for signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def login(request: Request) -> Response:
        if not access.has_tokens:
            return RedirectResponse("/", 303)
        return pages.ask_for_token(request, target="/")

    @router.post("/login")
    async def log_in(request: Request, fields: Form) -> Response:
        access.origins.check(request)
        target = way_back(fields.get("next", "/"))
        try:
            cookie = await access.sign_in(request, fields.get("token", "").strip())
        except TooManyAttempts as error:
            answer: Response = pages.ask_for_token(request, str(error), target, 429)
            answer.headers["Retry-After"] = str(math.ceil(error.again_in))
            return answer
        if cookie is None:
            return pages.ask_for_token(request, "This is not the token.", target)
        return _with_cookie(RedirectResponse(target, 303), access, cookie)

    @router.post("/logout")
    async def log_out(request: Request, fields: Form) -> Response:
        await access.identify(request)
        access.check_form(request, fields.get("form_key", ""))
        await run_in_threadpool(access.sign_out, request)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(
            access.cookie, httponly=True, samesite="strict", secure=access.origins.secure
        )
        return answer

    _add_sign_in_while_writing(router, access, pages)
    return router


def _add_sign_in_while_writing(router: APIRouter, access: Access, pages: PageTemplates) -> None:
    """Add the route that signs in from the editor, and loses no word of what stands in it."""

    @router.post("/postmortems/{incident}/edit/signed-in")
    async def go_on_writing(
        request: Request, incident: IncidentInPath, fields: LongForm
    ) -> Response:
        """Sign in who was signed out while writing, and give the editor with their words."""
        access.origins.check(request)
        place = f"/postmortems/{incident}/edit"
        try:
            cookie = await access.sign_in(request, fields.get("token", "").strip())
        except TooManyAttempts as error:
            return pages.ask_for_token(request, str(error), place, 429)
        if cookie is None:
            return pages.ask_for_token(request, "This is not the token.", place)
        editor, section = EditorView(pages, request, incident), section_in(fields)
        told = "You are signed in. Nothing of this is saved yet."
        text, base = as_shown(fields.get("text", "")), fields.get("base", "")
        answer = editor.show(text, base, told, section=section, is_part=True)
        return _with_cookie(answer, access, cookie)


def _with_cookie(answer: Response, access: Access, cookie: str) -> Response:
    answer.set_cookie(
        access.cookie,
        cookie,
        max_age=LIFETIME,
        httponly=True,
        samesite="strict",
        secure=access.origins.secure,
    )
    return answer
