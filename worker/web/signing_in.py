"""The way in for people: a page that asks for the token, and the way out."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from worker.web import body as bodies
from worker.web.access import COOKIE, LIFETIME, Access, Forbidden
from worker.web.templating import Pages

_LONGEST_FORM = 8192


async def form(request: Request) -> dict[str, str]:
    """Read a small form; a name that comes twice has its last value. Raises ``Forbidden``."""
    try:
        raw = await bodies.read(request, limit=_LONGEST_FORM)
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=20)
    except (bodies.TooLarge, ValueError, TimeoutError):
        raise Forbidden("This form cannot be read. Go back, reload the page and try again.") from (
            None
        )
    return {name: values[-1] for name, values in fields.items()}


Form = Annotated[dict[str, str], Depends(form)]


def ask(request: Request, pages: Pages, problem: str = "", target: str = "") -> HTMLResponse:
    """Give the page that asks for the token.

    A cookie that is kept to this site does not come with a click on a link elsewhere, in a chat
    say; so such a visitor is first sent here again by a page of our own, with which it comes.
    """
    wanted = _local(target or f"{request.url.path}?{request.url.query}".rstrip("?"))
    if request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET":
        return pages.answer(request, "again", next=wanted)
    return pages.answer(request, "login", 401, problem=problem, next=wanted)


def signing_in(access: Access, pages: Pages) -> APIRouter:
    """Give the routes for signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def login(request: Request) -> Response:
        if access.token is None:
            return RedirectResponse("/", 303)
        return ask(request, pages, target="/")

    @router.post("/login")
    def log_in(request: Request, fields: Form) -> Response:
        access.check_origin(request)
        target = _local(fields.get("next", "/"))
        if not access.is_token(fields.get("token", "").strip()):
            return ask(request, pages, "This is not the token.", target)
        answer = RedirectResponse(target, 303)
        answer.set_cookie(
            COOKIE,
            access.new_session(),
            max_age=LIFETIME,
            httponly=True,
            samesite="strict",
            secure=access.secure(request),
        )
        return answer

    @router.post("/logout")
    def log_out(request: Request, fields: Form) -> Response:
        access.admit(request)
        access.check_form(request, fields.get("form_key", ""))
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    return router


def _local(target: str) -> str:
    """Keep a way back on this site: two slashes, forward or backward, begin another site's."""
    on_this_site = target.startswith("/") and not target.startswith(("//", "/\\", "/log"))
    return target if on_this_site else "/"
