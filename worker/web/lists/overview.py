"""The first page: what needs somebody, then the documents with how far they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from worker.jobs.documents.document_status import DocumentStatus, ListedDocument, is_overdue
from worker.web.lists.made_once import MadeOnce
from worker.web.needs import Cause, LateOwner, NeedKind, by_cause, late_owners, needs
from worker.web.page_data import DocumentLine, JobInQuery, PageData, line
from worker.web.page_templates import PageTemplates
from worker.web.visitors.access import Access

PER_PAGE = 20
MOST_PARKED = 20
"""How many jobs that were given up the list shows, and failed drafts; the API lists all."""


class Show(StrEnum):
    """Which documents the list shows."""

    ALL = "all"
    UNFINISHED = "unfinished"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the list, and the numbers above it, which count all documents."""

    lines: tuple[DocumentLine, ...]
    show: Show
    page: int
    pages: int
    shown: int
    documents: int
    unfinished: int
    open_items: int
    overdue_items: int


def overview(documents: Sequence[DocumentStatus], today: date, show: Show, page: int) -> Overview:
    """Give page ``page`` (from 1) of the documents that ``show`` asks for, in their order."""
    counts = counted(documents, today)
    shown = counts.shown[show]
    pages = max(1, -(-len(shown) // PER_PAGE))
    page = min(page, pages)
    return Overview(
        lines=tuple(line(one, today) for one in shown[(page - 1) * PER_PAGE : page * PER_PAGE]),
        show=show,
        page=page,
        pages=pages,
        shown=len(shown),
        documents=len(counts.shown[Show.ALL]),
        unfinished=len(counts.shown[Show.UNFINISHED]),
        open_items=counts.open_items,
        overdue_items=counts.overdue_items,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """The documents that each choice shows, and how many action items all of them have."""

    shown: Mapping[Show, Sequence[DocumentStatus]]
    open_items: int
    overdue_items: int


@MadeOnce
def counted(documents: Sequence[DocumentStatus], today: date) -> Counted:
    """Count the documents that there are, and their action items."""
    shown: dict[Show, list[DocumentStatus]] = {one: [] for one in Show}
    open_items = overdue_items = 0
    for one in documents:
        if not one.document:
            continue
        left = [item for item in one.items if not item.done]
        overdue = sum(is_overdue(item, today) for item in left)
        open_items, overdue_items = open_items + len(left), overdue_items + overdue
        belongs = (True, is_unfinished(one), bool(left), overdue > 0)
        for show, yes in zip(Show, belongs, strict=True):
            if yes:
                shown[show].append(one)
    return Counted(shown, open_items, overdue_items)


def is_unfinished(document: DocumentStatus) -> bool:
    """Tell whether people still have to write, or to agree that it is final."""
    return document.prompts > 0 or document.status != "final"


@dataclass(frozen=True, slots=True)
class Wanting:
    """What needs somebody, over all documents.

    ``undrafted`` are incidents without a document, for that failed. ``causes`` are why documents
    fail; what was given up or has no draft yet is told by itself. ``suggested`` are the documents
    of which the facts say otherwise.
    """

    undrafted: Sequence[DocumentStatus]
    causes: Sequence[Cause]
    late: Sequence[LateOwner]
    suggested: Sequence[DocumentStatus]


@MadeOnce
def wanting(documents: Sequence[DocumentStatus], today: date) -> Wanting:
    """Collect what needs somebody."""
    drafted = [one for one in documents if one.document]
    failing = (one for one in needs(drafted, (), today) if one.kind is NeedKind.FAILING)
    return Wanting(
        undrafted=[one for one in documents if not one.document],
        causes=by_cause(failing),
        late=late_owners(documents, today),
        suggested=[one for one in drafted if one.last_result and one.last_result.suggestions],
    )


@dataclass(frozen=True, slots=True)
class DraftsLeft:
    """Drafts that wait for somebody: past their review, the longest first, and nobody's."""

    past_review: Sequence[ListedDocument]
    unowned: Sequence[ListedDocument]


@MadeOnce
def drafts_left(listed: Sequence[ListedDocument], today: date) -> DraftsLeft:
    """Collect the drafts that wait, as the reminders do: one past its review is told once."""
    drafts = [one for one in listed if one.is_draft]
    past = [one for one in drafts if "" < one.review < today.isoformat()]
    late = {one.status.document for one in past}
    return DraftsLeft(
        past_review=sorted(past, key=lambda one: one.review),
        unowned=[one for one in drafts if not one.owner and one.status.document not in late],
    )


def overview_routes(
    data: PageData, access: Access, pages: PageTemplates, today: Callable[[], date]
) -> APIRouter:
    """Give the first page's route. ``today`` is the day by which deadlines are judged."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/")
    def documents(
        request: Request,
        show: Show = Show.ALL,
        page: Annotated[int, Query(ge=1)] = 1,
        job: JobInQuery = None,
    ) -> Response:
        parked, (every, listed) = data.parked(), data.both()
        wants, given_up = wanting(every, today()), {one.subject for one in parked}
        failed = [one for one in wants.undrafted if one.incident not in given_up]
        return pages.answer(
            request,
            "documents",
            overview=overview(every, today(), show, page),
            failed_look=data.failed_look(every),
            parked=parked[:MOST_PARKED],
            more_parked=max(0, len(parked) - MOST_PARKED),
            undrafted=failed[:MOST_PARKED],
            more_undrafted=max(0, len(failed) - MOST_PARKED),
            causes=wants.causes[:MOST_PARKED],
            late=wants.late[:MOST_PARKED],
            suggested=wants.suggested[:MOST_PARKED],
            drafts=drafts_left(listed, today()),
            most=MOST_PARKED,
            job=data.job(job) if job else None,
        )

    return router
