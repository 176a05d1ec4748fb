"""Confluence on loopback: one space behind the real API's paths, with faults on request."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from connectors.confluence.connection import ConfluenceAccess
from connectors.confluence.sandbox import cloud_routes, data_center_routes, readable_page
from connectors.confluence.sandbox.requests_read import PageHandler, PageRequest
from connectors.confluence.sandbox.site import PageRecord, PageRefusal, PageSite
from connectors.sandbox import Recorder, Sandbox

EMAIL = "postmortem@example.com"
API_TOKEN = "sandbox-api-token"  # noqa: S105 - opens nothing but the sandbox
PERSONAL_TOKEN = "sandbox-personal-token"  # noqa: S105 - as above
CLOUD_ID = "5f1a6b1e-2c1d-4f0a-9b77-0c6f3f1d2a90"
_GATEWAY = f"/ex/confluence/{CLOUD_ID}"
_CONTEXT = "/confluence"
"""Data Center is often below a path of its own."""


@dataclass
class ConfluenceSandbox(Sandbox):
    """The server and its space. With ``scoped`` its token is taken at the gateway alone."""

    is_cloud: bool = True
    scoped: bool = False
    port: int = 0
    clock: Callable[[], datetime] | None = None
    site: PageSite = field(init=False)
    tokens: set[str] = field(init=False)
    """What is accepted as ``Authorization``; empty it, and the credentials are good no more."""

    def __post_init__(self) -> None:
        self.site = PageSite()
        if self.clock is not None:
            self.site.clock = self.clock
        basic = base64.b64encode(f"{EMAIL}:{API_TOKEN}".encode()).decode()
        self.tokens = {f"Basic {basic}" if self.is_cloud else f"Bearer {PERSONAL_TOKEN}"}
        self.listen(Recorder(Starlette(routes=self._routes()), self._words), self.port)

    @property
    def address(self) -> str:
        """What to set as the site's address."""
        if not self.is_cloud:
            return self.url + _CONTEXT
        return self.url + (_GATEWAY if self.scoped else "")

    @property
    def access(self) -> ConfluenceAccess:
        """What the client needs to get in."""
        if self.is_cloud:
            return ConfluenceAccess(self.address, EMAIL, API_TOKEN)
        return ConfluenceAccess(self.address, personal_token=PERSONAL_TOKEN)

    def page(self, title: str) -> PageRecord:
        """Give the one page of a title, or by a part of it. Raises ``KeyError``."""
        with self.site.lock:
            found = [one for one in self.site.pages.values() if title in one.title]
            if len(found) != 1:
                raise KeyError(f"{title}: {[one.title for one in self.site.pages.values()]}")
            return found[0]

    def edit(self, page: PageRecord, old: str, new: str, author: str = "ann-1") -> None:
        """Change words of a page as a person does, which makes a version."""
        with self.site.lock:
            if old not in page.body:
                raise KeyError(old)
            now = page.now
            body = page.body.replace(old, new, 1)
            self.site.update(page.id, now.number + 1, now.title, body, author=author)

    def rename(self, page: PageRecord, title: str, author: str = "ann-1") -> None:
        """Rename a page as a person does, which makes a version with the same body."""
        with self.site.lock:
            self.site.update(page.id, page.now.number + 1, title, page.body, author=author)

    def _routes(self) -> list[Route]:
        if not self.is_cloud:
            routes = [
                self._route(method, _CONTEXT + path, handler)
                for (method, path), handler in data_center_routes.ROUTES.items()
            ]
            shown = Route(f"{_CONTEXT}/pages/viewpage.action", self._by_query)
            files = Route(f"{_CONTEXT}/download/attachments/{{page}}/{{name}}", self._file)
            return [*routes, shown, files]
        prefixes = ("", _GATEWAY)
        routes = [
            self._route(method, prefix + path, handler)
            for prefix in prefixes
            for (method, path), handler in cloud_routes.ROUTES.items()
        ]
        return [
            *routes,
            Route("/_edge/tenant_info", _tenant),
            Route("/wiki/spaces/{space}/pages/{page}/{title:path}", self._readable),
            Route("/wiki/download/attachments/{page}/{name}", self._file),
        ]

    def _route(self, method: str, path: str, handler: PageHandler) -> Route:
        return Route(path, self._endpoint(handler), methods=[method])

    def _endpoint(self, handler: PageHandler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if (denied := self._denied(request)) is not None:
                return denied
            body = await request.body()
            base = self.url + ("/wiki" if self.is_cloud else _CONTEXT)
            path = {**request.path_params, "": request.url.path.removeprefix(_GATEWAY)}
            try:
                asked = PageRequest(
                    self.site,
                    base,
                    path,
                    tuple(request.query_params.multi_items()),
                    request.headers,
                    body,
                    _json(request.headers, body),
                )
                with self.site.lock:
                    return JSONResponse(handler(asked))
            except PageRefusal as refused:
                told = self._words(refused.status, refused.message)
                return JSONResponse(told, refused.status)

        return answer

    def _denied(self, request: Request) -> Response | None:
        if request.headers.get("authorization") not in self.tokens:
            return JSONResponse(self._words(401, "Unauthorized"), 401)
        at_gateway = request.url.path.startswith(_GATEWAY)
        if self.is_cloud and self.scoped is not at_gateway:
            said = {"code": 401, "message": "Unauthorized; scope does not match"}
            return JSONResponse(said, 401)
        return None

    def _words(self, status: int, message: str = "") -> object:
        """Give what the service says with a status."""
        said = message or f"HTTP {status}"
        if self.is_cloud:
            return {"errors": [{"status": status, "code": "ERROR", "title": said, "detail": None}]}
        return {"statusCode": status, "message": said, "reason": "", "data": {}}

    async def _readable(self, request: Request) -> Response:
        return self._shown(request.path_params["page"], "/wiki")

    async def _by_query(self, request: Request) -> Response:
        return self._shown(request.query_params.get("pageId", ""), _CONTEXT)

    def _shown(self, page: str, base: str) -> Response:
        with self.site.lock:
            record = self.site.pages.get(page)
            if record is None or record.purged:
                return HTMLResponse("There is no such page.", 404)
            files = f"{base}/download/attachments/{page}"
            return HTMLResponse(readable_page.readable(self.site, record, files))

    async def _file(self, request: Request) -> Response:
        with self.site.lock:
            record = self.site.pages.get(request.path_params["page"])
            held = record.attachments.get(request.path_params["name"]) if record else None
            if held is None:
                return Response("There is no such file.", 404)
            return Response(held.versions[-1], media_type=held.media_type)


async def _tenant(_: Request) -> Response:
    return JSONResponse({"cloudId": CLOUD_ID})


def _json(headers: Mapping[str, str], body: bytes) -> Any:
    if not headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return json.loads(body or b"null")
    except ValueError as error:
        raise PageRefusal(400, "The body is not JSON") from error
