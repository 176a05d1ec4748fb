"""Turning templates into answers."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from worker.web.access import COOKIE, Access


class Pages:
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


@cache
def part(name: str) -> bytes:
    """Give a file that the pages need."""
    return files("worker.web.templates").joinpath(name).read_bytes()


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
