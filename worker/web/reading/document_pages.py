"""The page of a postmortem, with its chart, its journal and what the facts say otherwise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from starlette.responses import PlainTextResponse, Response

from connectors.errors import NotFound
from connectors.incidents import IncidentId
from worker.document.front_matter import DocumentError
from worker.document.section_text import sections
from worker.document.take_suggestion import SuggestionPlace
from worker.jobs.results import SuggestedText
from worker.web.page_data import DocumentView, IncidentInPath, JobInQuery, PageData, line
from worker.web.page_templates import PageTemplates, unknown
from worker.web.reading.document_head import head_of
from worker.web.reading.markdown_to_html import PICTURES, headings_of, is_picture, with_beside
from worker.web.visitors.access import Access

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For a picture that is opened by itself: an SVG may hold a script, which then does not run."""


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion by its number on the page, and where it stands: in the document, or above."""

    number: int
    one: SuggestedText
    place: SuggestionPlace | None
    is_beside: bool = False


def document_routes(
    data: PageData, access: Access, pages: PageTemplates, today: Callable[[], date]
) -> APIRouter:
    """Give the routes of a postmortem. ``today`` is the day by which deadlines are judged."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/postmortems/{incident}")
    def document(
        request: Request,
        incident: IncidentInPath,
        job: JobInQuery = None,
        saved: Annotated[int | None, Query(ge=0, le=10**6)] = None,
    ) -> Response:
        view, journal = _known(data, incident), data.journal(incident)
        notes = data.notes(view)
        told, times = head_of(view, notes, journal)
        html, suggested = _with_suggestions(pages, request, view, notes.places)
        return pages.answer(
            request,
            "document",
            line=line(view.status, today()),
            name=view.name,
            told=view.told,
            html=Markup(html),  # noqa: S704 - it passed the allow-list of markdown_to_html
            suggested=suggested,
            sections=_contents(html, view.text),
            head=told,
            times=times,
            others=pages.other_writers(request, incident),
            journal=journal,
            job=data.job(job) if job else None,
            saved=saved,
        )

    @router.get("/postmortems/{incident}/markdown")
    def markdown(incident: IncidentInPath) -> Response:
        view = _known(data, incident)
        named = {"Content-Disposition": f'inline; filename="{PurePosixPath(view.name).name}"'}
        return PlainTextResponse(view.text, headers=named if view.name.isascii() else None)

    @router.get("/postmortems/{incident}/{attachment}")
    def attachment(incident: IncidentInPath, attachment: str) -> Response:
        content = data.attachment(incident, attachment) if is_picture(attachment) else None
        if content is None:
            raise NotFound(f"There is no picture {attachment} beside this postmortem.")
        kind = PICTURES[PurePosixPath(attachment).suffix.lower()]
        return Response(content, 200, {"Content-Security-Policy": PICTURE_POLICY}, kind)

    return router


def _with_suggestions(
    pages: PageTemplates,
    request: Request,
    view: DocumentView,
    places: Sequence[SuggestionPlace | None],
) -> tuple[str, list[ShownSuggestion]]:
    """Give a document's HTML with each suggestion at its place, and all of them, in their order."""
    told = view.last_result.suggestions if view.last_result else ()
    shown = [
        ShownSuggestion(number, one, place)
        for number, (one, place) in enumerate(zip(told, places, strict=True), 1)
    ]
    beside: dict[int, str] = {}
    for one in shown:
        if one.place and not one.place.in_head:
            html = pages.part(request, "suggestion", one, view.status.incident)
            beside[one.place.line] = beside.get(one.place.line, "") + html
    html, filled = with_beside(view.text, f"/postmortems/{view.status.incident}", beside)
    return html, [
        replace(
            one, is_beside=bool(one.place and one.place.line in filled and not one.place.in_head)
        )
        for one in shown
    ]


def _contents(html: str, text: str) -> list[tuple[str, str]]:
    """Give the sections as they are edited: none where the page does not show just those."""
    shown = headings_of(html)
    try:
        return shown if len(shown) == len(sections(text)) else []
    except DocumentError:
        return []  # what is the matter with it is among its problems


def _known(data: PageData, incident: IncidentId) -> DocumentView:
    view = data.document(incident)
    if view is None:
        raise unknown(incident)
    return view
