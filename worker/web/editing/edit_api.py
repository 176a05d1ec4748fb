"""The part of the API by which people's programs write into documents.

A change is made from a text that was given before, named by its ``ETag`` (RFC 9110, 13.1.1), so
that nobody's words are written over: what others did meanwhile is joined with it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from config.template_names import Column
from connectors.incidents import IncidentId
from worker.document.lint.review import names_in
from worker.jobs.edits.add_picture import AddedPicture
from worker.jobs.edits.review_document import ReviewChange
from worker.jobs.edits.save_edit import EditTooLong, OpenedText, Saved
from worker.web.limits.request_limits import BodiesTooMany, BodyTooLarge, read_body
from worker.web.page_data import IncidentInPath, PageData
from worker.web.problem_details import ApiModel, Problem, described
from worker.web.visitors.access import person_of

LARGEST_BODY = 13_000_000
"""Bytes: a text of the longest kind, each character of it escaped."""
_LONGEST_WORDS = 2_000

Words = Annotated[str, Field(max_length=_LONGEST_WORDS, pattern=r"^[^\r\n]*$")]

Name = Annotated[str, Field(max_length=100)]


class Given(BaseModel):
    """What a request holds; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = TypeVar("Shape", bound=Given)


class NewText(Given):
    """A document's whole text."""

    text: str


class NewValues(Given):
    """What the front matter is to say; what is left out stays."""

    status: Literal["draft", "in review", "final"] | None = None
    owner: Words | None = None
    reviewers: Annotated[Sequence[Name], Field(max_length=20)] | None = None


class NewItem(Given):
    """An action item; ``deadline`` is a day."""

    task: Annotated[Words, Field(min_length=1)]
    owner: Words = ""
    priority: Words = ""
    deadline: date | None = None


class SavedDocument(ApiModel):
    """The document as it was saved; ``came_in`` names what others had changed in it meanwhile."""

    incident: IncidentId
    document: str
    text: str
    came_in: Sequence[str] = ()


class ConflictPlace(ApiModel):
    """A place that both changed: how it was, and what each made of it."""

    place: str
    base: str
    mine: str
    theirs: str


class ConflictProblem(Problem):
    """Both changed the same places, so nothing was written; ``mine`` and ``theirs`` are texts."""

    mine: str
    theirs: str
    conflicts: Sequence[ConflictPlace]


class NoCondition(Exception):
    """The request does not say which text it was made from."""


class NotThisShape(Exception):
    """The body is not what it must be; the text is a sentence."""


def tag(opened: OpenedText) -> str:
    """Give the ``ETag`` of a text."""
    return f'"{opened.digest}"'


ANSWERS: dict[int | str, dict[str, Any]] = {
    404: described("There is no such document."),
    412: described("The text that the change was made from is not known."),
    413: described("The text is too long."),
}
_CLASH: dict[int | str, dict[str, Any]] = {
    409: {"model": ConflictProblem, "description": "Both changed the same places."},
    428: described("The request has no If-Match."),
}


def add_edit_routes(router: APIRouter, data: PageData) -> None:
    """Add the routes that write."""
    _add_changes(router, data)
    _add_additions(router, data)


def _add_changes(router: APIRouter, data: PageData) -> None:
    """Add the routes that change what stands in a document."""

    @router.put(
        "/documents/{incident}",
        summary="Save a document's text",
        description="If-Match holds the ETag of the text that was edited.",
        responses=ANSWERS | _CLASH,
        openapi_extra=body_of(NewText),
    )
    async def put(
        request: Request,
        response: Response,
        incident: IncidentInPath,
        if_match: Annotated[str | None, Header()] = None,
    ) -> SavedDocument:
        base = base_of(if_match)
        if base is None:
            raise NoCondition
        given = await given_as(request, NewText)
        saved = await run_in_threadpool(data.save, incident, given.text, base, person_of(request))
        return saved_as(response, incident, saved)

    @router.patch(
        "/documents/{incident}",
        summary="Change a document's status, owner or reviewers",
        responses=ANSWERS,
        openapi_extra=body_of(NewValues),
    )
    async def patch(
        request: Request,
        response: Response,
        incident: IncidentInPath,
        if_match: Annotated[str | None, Header()] = None,
    ) -> SavedDocument:
        given = await given_as(request, NewValues)
        values = {
            key: value if isinstance(value, str) else names_in(",".join(value))
            for key, value in given.model_dump().items()
            if value is not None
        }
        change = ReviewChange(values, base=base_of(if_match) or "")
        by = person_of(request)
        saved = await run_in_threadpool(data.change_review, incident, change, by)
        return saved_as(response, incident, saved)


def _add_additions(router: APIRouter, data: PageData) -> None:
    """Add the routes that add to a document, and put files beside it."""

    @router.post(
        "/documents/{incident}/items",
        summary="Add an action item",
        status_code=HTTPStatus.CREATED,
        responses=ANSWERS,
        openapi_extra=body_of(NewItem),
    )
    async def add(request: Request, response: Response, incident: IncidentInPath) -> SavedDocument:
        given = await given_as(request, NewItem)
        cells: Mapping[Column, str] = {
            Column.TASK: given.task,
            Column.OWNER: given.owner,
            Column.PRIORITY: given.priority,
            Column.DEADLINE: given.deadline.isoformat() if given.deadline else "",
        }
        saved = await run_in_threadpool(data.add_item, incident, cells, person_of(request))
        return saved_as(response, incident, saved)

    @router.post(
        "/documents/{incident}/pictures",
        summary="Put a picture beside a document",
        description="PNG, JPEG, GIF or WebP. It is encoded anew, and shown once the text names it.",
        status_code=HTTPStatus.CREATED,
        responses=ANSWERS,
        openapi_extra=_PICTURE,
    )
    async def picture(request: Request, incident: IncidentInPath) -> AddedPicture:
        raw = await _body(request)
        return await run_in_threadpool(data.add_picture, incident, raw, person_of(request))


_PICTURE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def body_of(model: type[Given]) -> dict[str, Any]:
    """Describe a body of one kind for a route."""
    schema = model.model_json_schema()
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


async def given_as(request: Request, model: type[Shape]) -> Shape:
    """Read a body of one kind. Raises ``NotThisShape`` and ``EditTooLong``."""
    raw = await _body(request)
    try:
        return model.model_validate(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise NotThisShape(_why(error)) from error


async def _body(request: Request) -> bytes:
    try:
        return await read_body(request, LARGEST_BODY)
    except BodyTooLarge:
        raise EditTooLong("The request is longer than any that is taken.", "Send less.") from None
    except (BodiesTooMany, TimeoutError):
        raise NotThisShape("The request did not come in time. Send it again.") from None


def _why(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "The request's body is no JSON."
    found = error.errors(include_input=False, include_url=False)
    told = (f"{' '.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in found)
    return f"{'; '.join(told)}."


def base_of(if_match: str | None) -> str | None:
    """Give the digest that a condition names; one that is no tag of ours names no text."""
    if if_match is None:
        return None
    named = if_match.strip()
    return named[1:-1] if len(named) > 1 and named[0] == named[-1] == '"' else named or "-"


def saved_as(response: Response, incident: IncidentId, saved: Saved) -> SavedDocument:
    """Give what was saved, with its ``ETag``."""
    response.headers["ETag"] = tag(saved.opened)
    return SavedDocument(
        incident=incident,
        document=saved.opened.name,
        text=saved.opened.text,
        came_in=saved.came_in,
    )
