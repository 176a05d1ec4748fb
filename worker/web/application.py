"""The web application: webhooks and probes at once, and pages and API once somebody asks for one.

With what pages and the API are made of, an idle process would hold a fifth more memory; many are
never asked for a page, as where several work on one database.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from config.page_users import People, PeopleSettings
from connectors.connector import WebhookAccess
from worker.locks import FIRST_USE
from worker.log import Log
from worker.web.answer_headers import HeadAsGet, SafeHeaders
from worker.web.limits.request_limits import BodyRoom
from worker.web.monitoring import Checks, Metrics, health_routes
from worker.web.problem_details import FAULT, problem
from worker.web.visitors.access import Access
from worker.web.visitors.known_people import PeopleFile, ProxiedPeople
from worker.web.visitors.origins import Origins
from worker.web.visitors.sign_in import Sessions
from worker.web.webhooks import StoreEvents, WebhookReceivers

if TYPE_CHECKING:
    from worker.web.page_data import PageData
    from worker.web.page_templates import Writers

_log = Log(__name__)

_SMALL = 1024
"""Bytes that are sent as they are."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Who sends webhooks, who people are, and where people reach the page.

    ``webhooks`` are by the last part of their address. Where neither a ``token``, nor a file of
    ``people`` or a proxy lets people in, the server must be bound to this machine alone.
    ``sessions`` keeps who has shown a token, ``writers`` who is writing where.
    """

    sessions: Sessions
    writers: "Writers"
    webhooks: Mapping[str, WebhookAccess] = field(default_factory=dict)
    token: str | None = None
    public_url: str | None = None
    people: PeopleSettings = field(default_factory=PeopleSettings)

    def access(self) -> Access:
        """Give the rules of who may come in. Raises ``ConfigurationProblems``."""
        people = PeopleFile(self.people.file) if self.people.file else None
        by_proxy = ProxiedPeople(self.people, people or People) if self.people.header else None
        origins = Origins(self.public_url or None)
        return Access(self.token or None, origins, self.sessions, people, by_proxy)


class Application:
    """Answers by ``own`` what is its own, and everything else by the pages, which it loads once.

    The pages are asked for what ``own`` does not take, also where it knows the address: by which
    method it is used, and that there is no such page, is told to people in one way.
    """

    def __init__(self, own: Starlette, pages: Callable[[], ASGIApp]) -> None:
        self._own = own
        self._load = pages
        self._loaded: ASGIApp | None = None
        self._one = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or self._is_own(scope):
            await self._own(scope, receive, send)
            return
        answer: ASGIApp
        try:
            answer = self._loaded or await self._pages()
        except Exception:  # noqa: BLE001 - whatever it was, the next request loads them anew
            _log.exception("The pages could not be loaded.", path=scope["path"])
            answer = _fault(scope["path"])
        await answer(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        return any(one.matches(scope)[0] is Match.FULL for one in self._own.routes)

    async def _pages(self) -> ASGIApp:
        """Load them once; who waits for that meanwhile takes no thread away from others."""
        async with self._one:
            if self._loaded is None:
                return await run_in_threadpool(self._keep)
            return self._loaded

    def _keep(self) -> ASGIApp:
        self._loaded = self._load()  # also where nobody waits for it any more
        return self._loaded


def _told(request: Request, _error: Exception) -> Response:
    return _fault(request.url.path)


def _fault(path: str) -> Response:
    """Tell that nothing can be shown, by nothing that would have to be loaded."""
    if path.startswith("/api/"):
        return problem(500, FAULT)
    return PlainTextResponse(f"{FAULT}\n", 500)


def create(
    data: "Callable[[], PageData]",
    store: StoreEvents,
    settings: WebSettings,
    checks: Checks,
    metrics: Metrics | None = None,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
) -> ASGIApp:
    """Put the application together. Raises ``ConfigurationProblems``.

    ``data`` is asked for what pages show, at the first request for one. ``store`` stores what
    webhooks told: it is on disk when it returns. ``checks`` are what readiness depends on, each
    raising where something is wrong. ``today`` judges deadlines.
    """
    metrics = metrics or Metrics()
    access = settings.access()
    receivers = WebhookReceivers(settings.webhooks, store, metrics)
    routes = [*receivers.routes(), *health_routes(checks, metrics)]
    room = BodyRoom()

    def pages() -> ASGIApp:
        with FIRST_USE:
            from worker.web import pages_application  # noqa: PLC0415 - an idle process is without

        return pages_application.create(
            data(), access, settings.writers, metrics.last_webhooks, today, routes, room
        )

    faults = {Exception: _told}
    own = Starlette(routes=routes, exception_handlers=faults, lifespan=receivers.lifespan)
    own.state.room = room
    app: ASGIApp = Application(own, pages)
    # no page of another site can have a signed-in person's page made (SameSite), so nobody learns
    # of a secret in it by how small its words make it (BREACH)
    app = GZipMiddleware(app, minimum_size=_SMALL)
    return HeadAsGet(SafeHeaders(app))
