"""The part of the API for reviews, suggestions, and what a re-sync would write."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from config.page_users import Role
from connectors.errors import NotFound
from connectors.incidents import IncidentId
from worker.document.lint.findings import LintFinding
from worker.document.lint.review import Approval, review_of
from worker.jobs.edits.new_item import ItemChoices
from worker.jobs.edits.review_document import ReviewChange
from worker.jobs.edits.save_edit import UnknownBase
from worker.jobs.results import Deed, SuggestedText
from worker.web.editing.edit_api import (
    ANSWERS,
    Given,
    SavedDocument,
    base_of,
    body_of,
    given_as,
    saved_as,
    tag,
)
from worker.web.page_data import DocumentView, IncidentInPath, PageData
from worker.web.problem_details import ApiModel, described
from worker.web.visitors.access import Access, person_of

_LONGEST_PLACE = 10_000

_UNKNOWN: dict[int | str, dict[str, Any]] = {404: described("There is no such document.")}
IfMatch = Annotated[str | None, Header()]
Place = Annotated[str, Field(max_length=_LONGEST_PLACE)]


class Review(ApiModel):
    """Where a review stands; ``findings`` are what `postmortem lint` says of this document."""

    status: str
    owner: str
    reviewers: Sequence[str]
    approvals: Sequence[Approval]
    waits_for: Sequence[str]
    findings: Sequence[LintFinding]


class SettledSuggestion(Given):
    """What becomes of a suggestion, which is named by its three texts as they were told."""

    place: Annotated[Place, Field(min_length=1)]
    people: Place
    fresh: Place
    do: Literal["take", "keep"]


class SyncPlan(ApiModel):
    """What a re-sync would write now, each with its reason; ``diff`` is the document's."""

    incident: IncidentId
    skipped: str
    deeds: Sequence[Deed]
    warnings: Sequence[str]
    failures: Sequence[str]
    suggestions: Sequence[SuggestedText]
    diff: str


def add_review_routes(router: APIRouter, data: PageData, access: Access) -> None:
    """Add the routes of reviews, suggestions and plans."""
    _add_suggestion_routes(router, data)
    _add_looking_routes(router, data, access)

    @router.get(
        "/documents/{incident}/review", summary="Tell where a review stands", responses=_UNKNOWN
    )
    def review(incident: IncidentInPath, response: Response) -> Review:
        view = _document(data, incident)
        response.headers["ETag"] = tag(data.give_out(view.name, view.text))
        known = review_of(view.text)
        return Review(
            status=known.status,
            owner=known.owner,
            reviewers=known.reviewers,
            approvals=known.approvals,
            waits_for=known.waits_for,
            findings=data.lint(incident),
        )

    @router.post(
        "/documents/{incident}/approvals",
        summary="Approve a document, by the name of who is signed in",
        responses=ANSWERS,
    )
    def approve(
        request: Request, response: Response, incident: IncidentInPath, if_match: IfMatch = None
    ) -> SavedDocument:
        change = ReviewChange(approve=True, base=base_of(if_match) or "")
        return saved_as(
            response, incident, data.change_review(incident, change, person_of(request))
        )

    @router.delete(
        "/documents/{incident}/approvals", summary="Take one's approval back", responses=ANSWERS
    )
    def take_back(
        request: Request, response: Response, incident: IncidentInPath, if_match: IfMatch = None
    ) -> SavedDocument:
        change = ReviewChange(approve=False, base=base_of(if_match) or "")
        return saved_as(
            response, incident, data.change_review(incident, change, person_of(request))
        )


def _add_suggestion_routes(router: APIRouter, data: PageData) -> None:
    @router.get(
        "/documents/{incident}/suggestions",
        summary="List what the facts say otherwise than people",
        responses=_UNKNOWN,
    )
    def suggestions(incident: IncidentInPath, response: Response) -> Sequence[SuggestedText]:
        view = _document(data, incident)
        response.headers["ETag"] = tag(data.give_out(view.name, view.text))
        return view.last_result.suggestions if view.last_result else ()

    @router.post(
        "/documents/{incident}/suggestions",
        summary="Take what the facts say, or keep what people wrote",
        responses=ANSWERS,
        openapi_extra=body_of(SettledSuggestion),
    )
    async def settle(
        request: Request, response: Response, incident: IncidentInPath, if_match: IfMatch = None
    ) -> SavedDocument:
        given = await given_as(request, SettledSuggestion)
        one = SuggestedText(given.place, given.people, given.fresh)
        base, by = base_of(if_match), person_of(request)

        def done() -> SavedDocument:
            opened = data.opened(incident)
            if base is not None and opened is not None and opened.digest != base:
                raise UnknownBase("The document has changed meanwhile.", "Read it again.")
            data.settle(incident, one, by, take=given.do == "take")
            view = _document(data, incident)
            opened = data.give_out(view.name, view.text)
            response.headers["ETag"] = tag(opened)
            return SavedDocument(incident=incident, document=view.name, text=view.text)

        return await run_in_threadpool(done)


def _add_looking_routes(router: APIRouter, data: PageData, access: Access) -> None:
    @router.get(
        "/documents/{incident}/choices",
        summary="Tell who can own a new action item, and its project's priorities",
        description="Owners by the beginning of their names; priorities where that is left out.",
        responses=_UNKNOWN,
    )
    def choices(
        request: Request,
        incident: IncidentInPath,
        owner: Annotated[str, Query(max_length=100)] = "",
    ) -> ItemChoices:
        access.require(request, Role.WRITE)
        _document(data, incident)
        return data.item_choices(incident, owner.strip())

    @router.get(
        "/documents/{incident}/plan",
        summary="Tell what a re-sync would write now",
        description="It asks the services, so it may take some seconds.",
        responses=_UNKNOWN,
    )
    def plan(request: Request, incident: IncidentInPath) -> SyncPlan:
        access.require(request, Role.WRITE)
        if data.document(incident) is None:
            raise _no_document(incident)
        found = data.plan(incident)
        return SyncPlan(
            incident=incident,
            skipped=found.skipped or "",
            deeds=found.deeds,
            warnings=found.warnings,
            failures=found.failures,
            suggestions=found.suggestions,
            diff=found.diff or "",
        )


def _document(data: PageData, incident: IncidentId) -> DocumentView:
    view = data.document(incident)
    if view is None or not view.name:
        raise _no_document(incident)
    return view


def _no_document(incident: IncidentId) -> NotFound:
    return NotFound(f"There is no postmortem for the incident {incident}.")
