"""The page of a review: where it stands, what is still amiss, and the next step."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from connectors.incidents import IncidentId
from worker.document.front_matter import DocumentError
from worker.document.lint.review import FINAL, IN_REVIEW, STATUSES, names_in, review_of
from worker.jobs.edits.review_document import ReviewChange
from worker.jobs.edits.save_edit import UnknownBase, UnusableEdit
from worker.web.page_data import IncidentInPath, PageData
from worker.web.page_templates import Form, PageTemplates, unknown
from worker.web.visitors.access import Access, person_of
from worker.web.visitors.origins import Forbidden

_LONGEST_WORDS = 2_000
_STEPS = {
    "draft": (IN_REVIEW, "Ask for its review"),
    IN_REVIEW: (FINAL, "Make it final"),
}
"""What follows a status, and by which words."""


def review_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the routes of a review."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    def shown(
        request: Request, incident: IncidentId, problem: str = "", status: int = 200
    ) -> Response:
        view = data.document(incident)
        if view is None or not view.name:
            raise unknown(incident)
        review = review_of(view.text)
        return pages.answer(
            request,
            "review",
            status,
            incident=incident,
            title=view.status.title or incident,
            problem=problem,
            review=review,
            findings=data.lint(incident),
            next_step=_STEPS.get(review.status, ("", "")),
            backward=_before(review.status),
            by_me=review.approved_by(person_of(request).name),
        )

    @router.get("/postmortems/{incident}/review")
    def review(request: Request, incident: IncidentInPath) -> Response:
        return shown(request, incident)

    @router.post("/postmortems/{incident}/review")
    def change(request: Request, incident: IncidentInPath, fields: Form) -> Response:
        access.check_form(request, fields.get("form_key", ""))
        try:
            data.change_review(incident, _change(fields), person_of(request))
        except (UnknownBase, UnusableEdit, DocumentError) as why:
            stale = isinstance(why, UnknownBase)
            status = HTTPStatus.CONFLICT if stale else HTTPStatus.UNPROCESSABLE_ENTITY
            return shown(request, incident, str(why), status)
        place = f"/postmortems/{incident}/review"
        return RedirectResponse(place, HTTPStatus.SEE_OTHER)

    return router


def _before(status: str) -> Sequence[str]:
    """Give the steps to which a document can go back, the nearest first; of no step, any."""
    known = STATUSES.index(status) if status in STATUSES else len(STATUSES)
    return STATUSES[:known][::-1]


def _change(fields: dict[str, str]) -> ReviewChange:
    """Read what a form of the page asks for. Raises ``Forbidden`` for what no form of it asks."""
    seen = fields.get("seen", "")
    match fields.get("do", ""):
        case "people":
            owner = " ".join(fields.get("owner", "").split())[:_LONGEST_WORDS]
            reviewers = names_in(fields.get("reviewers", "")[:_LONGEST_WORDS])
            return ReviewChange({"owner": owner, "reviewers": reviewers})
        case "approve":
            return ReviewChange(approve=True, seen=seen)
        case "take back":
            return ReviewChange(approve=False)
        case status if status in STATUSES:
            return ReviewChange({"status": status}, seen=seen)
    raise Forbidden("This form says nothing that a review knows. Reload the page.")
