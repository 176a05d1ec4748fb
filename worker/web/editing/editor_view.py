"""The editor as a page, and the form that it sends."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated

from fastapi import Depends, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from connectors.incidents import IncidentId
from worker.document.front_matter import DocumentError
from worker.document.join.join import Conflict
from worker.document.outline import title as title_of
from worker.document.section_text import SectionText, sections
from worker.document.unread.unfinished_text import open_prompts
from worker.jobs.edits.save_edit import Clash, EditTooLong, OpenedText, UnknownBase
from worker.journal.web_memory import WebDraft
from worker.web.editing.edit_api import LARGEST_BODY
from worker.web.limits.request_limits import BodiesTooMany, BodyTooLarge, read_body
from worker.web.page_data import PageData
from worker.web.page_templates import PageTemplates
from worker.web.visitors.origins import Forbidden
from worker.web.visitors.sent_words import fields_of

LONGEST_EDITOR = 64
"""Characters of the name of an opened editor."""
_LONGEST_NUMBER = 5
_TRY_AGAIN = 3
"""Seconds after which an editor that holds the file has let go of it as a rule."""


async def _long_form(request: Request) -> dict[str, str]:
    """Read a form that may hold a document. Raises ``Forbidden`` and ``EditTooLong``."""
    try:
        raw = await read_body(request, LARGEST_BODY, seconds=60.0)
        return fields_of(request, raw)
    except BodyTooLarge:
        raise EditTooLong(
            "The text is longer than any that is taken, so nothing was written.",
            "Go back, and keep what it quotes in files of their own.",
        ) from None
    except (BodiesTooMany, ValueError, TimeoutError):
        raise Forbidden("This form cannot be read. Go back and save again.") from None


LongForm = Annotated[dict[str, str], Depends(_long_form)]


def section_in(fields: Mapping[str, str]) -> int | None:
    """Give which section was edited, None where it was the whole. Raises ``Forbidden``."""
    given = fields.get("section", "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > _LONGEST_NUMBER:
        raise Forbidden("This form names no section. Go back and edit the whole document.")
    return int(given)


def editor_in(fields: Mapping[str, str]) -> str:
    """Give which opened editor a form comes from, "" where it does not say."""
    given = fields.get("draft", "")
    return given if len(given) <= LONGEST_EDITOR and given.isascii() else ""


async def whole_text(data: PageData, fields: Mapping[str, str]) -> str:
    """Give the whole text that a form means, also where it holds a section of it alone.

    Raises ``Forbidden`` as :func:`section_in` does, and ``UnknownBase``.
    """
    text, section = fields.get("text", ""), section_in(fields)
    if section is None:
        return text
    return await run_in_threadpool(data.with_section, fields.get("base", ""), section, text)


@dataclass(frozen=True, slots=True)
class EditorView:
    """Shows a text to whoever writes it; nothing of it is ever left out.

    ``draft`` names the editor by which its draft is kept; one that is opened gets a new name.
    """

    pages: PageTemplates
    request: Request
    incident: IncidentId
    draft: str = field(default_factory=partial(token_urlsafe, 9))

    def show(
        self,
        text: str,
        base: str,
        problem: str = "",
        status: int = 200,
        *,
        section: int | None = None,
        drafts: Sequence[WebDraft] = (),
        html: str | None = None,
        is_part: bool = False,
    ) -> Response:
        """Show the whole, or the ``section`` of it, which ``text`` is already with ``is_part``."""
        parts, heading = _sections(text), self._heading("" if is_part else text)
        title = ""
        if section is not None and is_part:
            title = parts[0].title if parts else ""
        elif section is not None and section < len(parts):
            part = parts[section]
            title, text = part.title, text[part.start : part.end]
        else:
            section = None
        self.pages.note_writer(self.request, self.incident)
        answer = self.pages.answer(
            self.request,
            "edit",
            status,
            incident=self.incident,
            heading=heading,
            others=self.pages.other_writers(self.request, self.incident),
            text=text,
            base=base,
            problem=problem,
            prompts=_prompts(text),
            section=section,
            section_title=title,
            sections=parts,
            draft=self.draft,
            drafts=drafts,
            html=None if html is None else Markup(html),  # noqa: S704 - it passed the allow-list
        )
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = str(_TRY_AGAIN)
        return answer

    def look(self, html: str, *, is_part: bool) -> Response:
        """Give the preview alone, for a script to put it beside what is written."""
        self.pages.note_writer(self.request, self.incident)
        return self.pages.answer(
            self.request,
            "look",
            others=self.pages.other_writers(self.request, self.incident),
            is_part=is_part,
            html=Markup(html),  # noqa: S704 - it passed the allow-list
        )

    def _heading(self, text: str) -> str:
        """Give the title of a whole document; of one that has none, the incident's id."""
        with suppress(DocumentError):  # a text in the making
            return title_of(text).removeprefix("Postmortem: ") or self.incident
        return self.incident

    def clash(self, sent: str, clash: Clash) -> Response:
        """Show what was sent beside what others made of the same places."""
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
            draft=self.draft,
            conflicts=conflicts,
            problem=str(why),
            sent=sent,
            text=text,
            base=base,
        )


def _sections(text: str) -> tuple[SectionText, ...]:
    try:
        return sections(text)
    except DocumentError:
        return ()


def _prompts(text: str) -> int:
    try:
        return open_prompts(text)
    except DocumentError:
        return 0  # a text in the making, whose front matter is told when it is saved
