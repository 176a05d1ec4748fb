"""Turning templates into answers."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from worker.web.access import COOKIE, Access


class PageTemplates:
    """Fills the templates; every one knows whether somebody is signed in."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def answer(
        self, request: Request, template: str, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Fill ``template.html``."""
        text = (
            _environment()
            .get_template(f"{template}.html")
            .render(
                form_key=self._access.form_key(request),
                signed_in=self._access.token is not None and COOKIE in request.cookies,
                **values,
            )
        )
        return HTMLResponse(text, status)

    def message(self, request: Request, status: int, heading: str, sentence: str) -> HTMLResponse:
        """Give a page that says one thing."""
        return self.answer(request, "message", status, heading=heading, sentence=sentence)

    def ask_for_token(self, request: Request, problem: str = "", target: str = "") -> HTMLResponse:
        """Give the page that asks for the token.

        A cookie that is kept to this site does not come with a click on a link elsewhere, in a chat
        say; so such a visitor is first sent here again by a page of our own, with which it comes.
        """
        wanted = way_back(target or f"{request.url.path}?{request.url.query}".rstrip("?"))
        if request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET":
            return self.answer(request, "again", next=wanted)
        return self.answer(request, "login", 401, problem=problem, next=wanted)


def way_back(target: str) -> str:
    """Keep a way back on this site: two slashes, forward or backward, begin another site's."""
    on_this_site = target.startswith("/") and not target.startswith(("//", "/\\", "/log"))
    return target if on_this_site else "/"


@cache
def part(name: str) -> bytes:
    """Give a file that the pages need."""
    return files("worker.web").joinpath("templates", name).read_bytes()


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("worker.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"web": is_web_address, "moment": moment}
    return environment


def is_web_address(url: str) -> bool:
    """Tell whether a link may lead there: other people's text can hold ``javascript:``."""
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False


def moment(at: str) -> str:
    """Write a time (ISO 8601) to the minute."""
    try:
        return datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return at
