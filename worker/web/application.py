"""The whole web application, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from fastapi import FastAPI
from starlette.responses import Response

from connectors.connector import WebhookAccess
from worker.web.access import Access
from worker.web.api import api_routes
from worker.web.error_responses import ErrorResponses, SafeHeaders
from worker.web.monitoring import Checks, Metrics, health_routes
from worker.web.page_data import PageData
from worker.web.page_templates import PageTemplates, part
from worker.web.pages import page_routes, sign_in_routes
from worker.web.webhooks import StoreEvents, webhook_routes

_PARTS = {"style.css": "text/css", "icon.svg": "image/svg+xml"}
"""What the pages need besides themselves, and its media type."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Who sends webhooks, the token of people, and where people reach the page.

    ``webhooks`` are by the last part of their address. Without a ``token`` the server must be
    bound to this machine alone.
    """

    webhooks: Mapping[str, WebhookAccess] = field(default_factory=dict)
    token: str | None = None
    public_url: str | None = None


def create(
    data: PageData,
    store: StoreEvents,
    settings: WebSettings,
    checks: Checks,
    metrics: Metrics | None = None,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
) -> FastAPI:
    """Put the application together.

    ``store`` stores what webhooks told: it is on disk when it returns. ``checks`` are what
    readiness depends on, each raising where something is wrong. ``today`` judges deadlines.
    """
    metrics = metrics or Metrics()
    access = Access.under(settings.token, settings.public_url)
    look = PageTemplates(access)
    app = FastAPI(title="Postmortems", docs_url=None, redoc_url=None, openapi_url=None)
    ErrorResponses(look).attach(app)
    app.add_middleware(SafeHeaders)
    app.include_router(webhook_routes(settings.webhooks, store, metrics))
    app.include_router(health_routes(checks, metrics))
    app.include_router(sign_in_routes(access, look))
    app.include_router(api_routes(data, access))
    app.include_router(page_routes(data, access, look, today))
    for name, kind in _PARTS.items():
        app.add_api_route(f"/{name}", _give(name, kind), include_in_schema=False)
    return app


def _give(name: str, kind: str) -> Callable[[], Response]:
    def give() -> Response:
        return Response(part(name), media_type=kind, headers={"Cache-Control": "max-age=300"})

    return give
