"""What all pages have in common: templates, small forms, and how what is unknown is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import jinja2
import structlog
from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from config.page_users import Role
from connectors.errors import NotFound
from connectors.incidents import IncidentId
from worker.journal.sqlite_files import JournalError
from worker.journal.web_memory import Writing
from worker.web.assets import asset
from worker.web.limits.request_limits import BodiesTooMany, BodyTooLarge, read_body
from worker.web.visitors.access import Access, person_of
from worker.web.visitors.origins import Forbidden
from worker.web.visitors.sent_words import words_of

_log = structlog.get_logger(__name__)


class Writers(Protocol):
    """Who is writing in which document just now; see ``WebWriters``. May raise ``JournalError``."""

    def note(self, incident: IncidentId, writer: str, name: str) -> None:
        """Note that somebody writes there."""

    def leave(self, incident: IncidentId, writer: str) -> None:
        """Note that they have saved it, or given it up."""

    def others(self, incident: IncidentId, writer: str) -> Sequence[Writing]:
        """Give who else writes there, the first to begin first."""


class PageTemplates:
    """Fills the templates; every one knows whether somebody is signed in."""

    def __init__(self, access: Access, writers: Writers) -> None:
        self._access = access
        self._writers = writers

    def note_writer(self, request: Request, incident: IncidentId, *, leaves: bool = False) -> None:
        """Note that who sent an admitted request writes there, or has done so."""
        writer = self._access.writer(request)
        try:
            if leaves:
                self._writers.leave(incident, writer)
            else:
                self._writers.note(incident, writer, person_of(request).name)
        except JournalError as error:
            _not_told(error)

    def other_writers(self, request: Request, incident: IncidentId) -> Sequence[Writing]:
        """Give who else writes there just now."""
        try:
            return self._writers.others(incident, self._access.writer(request))
        except JournalError as error:
            _not_told(error)
            return ()

    def answer(
        self, request: Request, template: str, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Fill ``template.html``."""
        text = (
            _environment()
            .get_template(f"{template}.html")
            .render(
                form_key=self._access.form_key(request),
                person=person_of(request).name,
                may_write=person_of(request).role.may(Role.WRITE),
                may_operate=person_of(request).role.may(Role.OPERATE),
                signed_in=self._access.has_tokens and bool(self._access.cookie_of(request)),
                unsaved=words_of(request),
                **values,
            )
        )
        return HTMLResponse(text, status)

    def part(self, request: Request, macro: str, *values: object) -> str:
        """Fill a part of a page, with the form's key behind ``values`` if one may write."""
        may_write = person_of(request).role.may(Role.WRITE)
        form_key = self._access.form_key(request) if may_write else ""
        parts = _environment().get_template("parts.html").module
        return str(getattr(parts, macro)(*values, form_key))

    def message(self, request: Request, status: int, heading: str, sentence: str) -> HTMLResponse:
        """Give a page that says one thing."""
        return self.answer(request, "message", status, heading=heading, sentence=sentence)

    def ask_for_token(
        self, request: Request, problem: str = "", target: str = "", status: int = 401
    ) -> HTMLResponse:
        """Give the page that asks for the token.

        A cookie that is kept to this site does not come with a click on a link elsewhere, in a chat
        say; so such a visitor is first sent here again by a page of our own, with which it comes.
        """
        if not self._access.has_tokens:
            sentence = "Come by the address at which people sign in: this is the one behind it."
            return self.message(request, status, "Sign in", sentence)
        wanted = way_back(target or f"{request.url.path}?{request.url.query}".rstrip("?"))
        if request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET":
            return self.answer(request, "again", next=wanted)
        return self.answer(request, "login", status, problem=problem, next=wanted)


def _not_told(error: JournalError) -> None:
    """Let no page fail, least of all one that holds unsaved words, for what only helps."""
    _log.info("Who is writing cannot be told.", why=str(error))


def way_back(target: str) -> str:
    """Keep a way back on this site: two slashes, forward or backward, begin another site's.

    Browsers leave out tabs and line ends before they look at an address.
    """
    leads_elsewhere = target.startswith(("//", "/\\", "/log")) or not target.isprintable()
    return target if target.startswith("/") and not leads_elsewhere else "/"


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
    environment.globals |= {"address": _address, "asset": asset}
    return environment


def _address(asked: Mapping[str, str], **changed: str) -> str:
    """Give the query of an address with some of it changed; what is empty is left out."""
    return urlencode({name: value for name, value in {**asked, **changed}.items() if value})


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


_LONGEST_FORM = 8192
"""Bytes."""


async def form(request: Request) -> dict[str, str]:
    """Read a small form; a name that comes twice has its last value. Raises ``Forbidden``."""
    try:
        raw = await read_body(request, limit=_LONGEST_FORM)
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=20)
    except (BodiesTooMany, BodyTooLarge, ValueError, TimeoutError):
        raise Forbidden("This form cannot be read. Go back, reload the page and try again.") from (
            None
        )
    return {name: values[-1] for name, values in fields.items()}


Form = Annotated[dict[str, str], Depends(form)]


def unknown(incident: IncidentId) -> NotFound:
    """Say that there is no such postmortem, and how one comes."""
    return NotFound(
        f"There is no postmortem for the incident {incident}.",
        f"One is written when the incident is resolved, or with `postmortem draft {incident}`.",
    )
