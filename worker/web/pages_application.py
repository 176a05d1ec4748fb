"""Pages and API, put together, and how they tell what went wrong.

What went wrong is told in a sentence: as a page to people, as JSON to programs.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute

from connectors.errors import NotFound, PostmortemError
from worker.jobs.edits.save_edit import Clash, EditTooLong, UnknownBase, UnusableEdit
from worker.log import Log
from worker.web.api import api_routes
from worker.web.assets import asset_routes
from worker.web.editing.edit_api import NoCondition, NotThisShape, tag
from worker.web.editing.edit_pages import edit_routes
from worker.web.editing.picture_pages import picture_routes
from worker.web.editing.suggestion_pages import suggestion_routes
from worker.web.editing.sync_pages import sync_routes
from worker.web.editing.unsaved_pages import unsaved_routes
from worker.web.insights import insight_routes
from worker.web.limits.request_limits import BodyRoom
from worker.web.lists.listing_pages import list_routes
from worker.web.lists.operations_pages import LastWebhooks, operation_routes
from worker.web.lists.overview import overview_routes
from worker.web.login_pages import sign_in_routes
from worker.web.page_data import PageData
from worker.web.page_templates import PageTemplates, Writers
from worker.web.problem_details import FAULT, problem
from worker.web.reading.document_pages import document_routes
from worker.web.reviewing.item_pages import item_routes
from worker.web.reviewing.review_pages import review_routes
from worker.web.visitors.access import Access, NotSignedIn
from worker.web.visitors.origins import Forbidden, Malformed
from worker.web.visitors.sent_words import read_words
from worker.web.visitors.sign_in import TooManyAttempts


def create(
    data: PageData,
    access: Access,
    writers: Writers,
    last_webhooks: LastWebhooks,
    today: Callable[[], date],
    others: Sequence[BaseRoute] = (),
    room: BodyRoom | None = None,
) -> FastAPI:
    """Put pages and API together.

    ``others`` are the routes that are answered elsewhere, where they are used as they should be.
    The ``room`` for what is being received may be shared. ``today`` judges deadlines.
    """
    look = PageTemplates(access, writers)
    # a redirect to the address with or without its last slash would lead to whatever Host says
    app = FastAPI(
        title="Postmortems",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.room = room or BodyRoom()
    ErrorResponses(look).attach(app)
    app.router.routes.extend(others)
    app.include_router(sign_in_routes(access, look))
    app.include_router(api_routes(data, access, today))
    app.include_router(overview_routes(data, access, look, today))
    app.include_router(list_routes(data, access, look, today))
    app.include_router(operation_routes(data, access, look, last_webhooks))
    app.include_router(insight_routes(data, access, look))
    app.include_router(edit_routes(data, access, look))
    app.include_router(picture_routes(data, access, look))
    app.include_router(unsaved_routes(data, access, look))
    app.include_router(suggestion_routes(data, access))
    app.include_router(review_routes(data, access, look))
    app.include_router(item_routes(data, access, look))
    app.include_router(sync_routes(data, access, look))
    app.include_router(document_routes(data, access, look, today))
    app.include_router(asset_routes())
    return app


_log = Log(__name__)
_Answering = Callable[[Request, Any], Response]


def with_words(answer: _Answering) -> Callable[[Request, Any], Awaitable[Response]]:
    """Give a handler of errors by which what was sent from the editor is read before the answer."""

    async def handle(request: Request, error: Exception) -> Response:
        await read_words(request)
        return await run_in_threadpool(answer, request, error)

    return handle


_SENTENCES = {
    404: "There is no such page.",
    405: "This address cannot be used in that way.",
}

_STATUSES: Mapping[type[PostmortemError], int] = {
    NotFound: 404,
    UnknownBase: 412,
    EditTooLong: 413,
    UnusableEdit: 422,
}


class ErrorResponses:
    """Answers what the routes raise."""

    def __init__(self, pages: PageTemplates) -> None:
        self._pages = pages

    def attach(self, app: FastAPI) -> None:
        """Make the application answer in this way."""
        app.exception_handler(NotSignedIn)(with_words(self._not_signed_in))
        app.exception_handler(Forbidden)(with_words(self._forbidden))
        app.exception_handler(Malformed)(with_words(self._not_understood))
        app.exception_handler(TooManyAttempts)(with_words(self._too_many_attempts))
        app.exception_handler(Clash)(with_words(self._clash))
        app.exception_handler(NoCondition)(with_words(self._no_condition))
        app.exception_handler(NotThisShape)(with_words(self._misshapen))
        app.exception_handler(PostmortemError)(with_words(self._failed))
        app.exception_handler(RequestValidationError)(with_words(self._malformed))
        app.exception_handler(HTTPException)(with_words(self._refused))
        app.exception_handler(ClientDisconnect)(with_words(self._hung_up))
        app.exception_handler(Exception)(with_words(self._fault))

    def _tell(self, request: Request, status: int, sentence: str) -> Response:
        if _is_api(request):
            return problem(status, sentence)
        heading = HTTPStatus(status).phrase.capitalize()
        return self._pages.message(request, status, heading, sentence)

    def _not_signed_in(self, request: Request, _error: NotSignedIn) -> Response:
        if not _is_api(request):
            return self._pages.ask_for_token(request)
        shown = "authorization" in request.headers
        sentence = "This is not the token." if shown else "Send the token: Authorization: Bearer …"
        answer = problem(401, sentence)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _forbidden(self, request: Request, error: Forbidden) -> Response:
        return self._tell(request, 403, str(error))

    def _not_understood(self, request: Request, error: Malformed) -> Response:
        return self._tell(request, 400, str(error))

    def _too_many_attempts(self, request: Request, error: TooManyAttempts) -> Response:
        answer = self._tell(request, 429, str(error))
        answer.headers["Retry-After"] = str(math.ceil(error.again_in))
        return answer

    def _failed(self, request: Request, error: PostmortemError) -> Response:
        for kind, status in _STATUSES.items():
            if isinstance(error, kind):
                return self._tell(request, status, str(error))
        _log.warning("A page could not be given.", path=request.url.path, why=str(error))
        return self._tell(request, 503, str(error))

    def _clash(self, _request: Request, error: Clash) -> Response:
        conflicts = [asdict(one) for one in error.conflicts]
        answer = problem(
            409, str(error), mine=error.mine, theirs=error.theirs.text, conflicts=conflicts
        )
        answer.headers["ETag"] = tag(error.theirs)
        return answer

    def _no_condition(self, request: Request, _error: NoCondition) -> Response:
        sentence = "Say with If-Match which text this was made from: its ETag, as GET gave it."
        return self._tell(request, 428, sentence)

    def _misshapen(self, request: Request, error: NotThisShape) -> Response:
        return self._tell(request, 422, str(error))

    def _malformed(self, request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(_place(one.get("loc")).startswith("path ") for one in errors):
            return self._tell(request, 404, _SENTENCES[404])  # nothing can be called by such a word
        return self._tell(request, 422, _sentence(errors))

    def _refused(self, request: Request, error: HTTPException) -> Response:
        sentence = _SENTENCES.get(error.status_code, error.detail)
        answer = self._tell(request, error.status_code, sentence)
        answer.headers.update(error.headers or {})
        return answer

    def _hung_up(self, request: Request, _error: ClientDisconnect) -> Response:
        """Answer nobody: whoever asked has gone, which is no fault."""
        _log.debug("A client went away in the middle of its request.", path=request.url.path)
        return Response(status_code=HTTPStatus.BAD_REQUEST)

    def _fault(self, request: Request, _error: Exception) -> Response:
        return self._tell(request, 500, FAULT)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _sentence(errors: Sequence[dict[str, object]]) -> str:
    told = [f"{_place(error.get('loc'))}: {error.get('msg')}" for error in errors]
    return "; ".join(told) + "."


def _place(location: object) -> str:
    return " ".join(map(str, location)) if isinstance(location, tuple) else "request"
