"""Jira on loopback: a site behind the real API's paths, with faults on request and webhooks."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import search_routes, site_routes, ticket_routes
from connectors.jira.sandbox.issue_requests import (
    LOGIN_FAILED,
    ApiAnswer,
    ApiRequest,
    Handler,
    RefusedRequest,
)
from connectors.jira.sandbox.site import SandboxSite, TicketRecord
from connectors.jira.sandbox.site_routes import ticket_page
from connectors.jira.sandbox.views import Views
from connectors.sandbox import Delivery, Recorder, Sandbox
from connectors.webhook_events import hex_digest

EMAIL = "postmortem@example.com"
API_TOKEN = "sandbox-api-token"  # noqa: S105 - opens nothing but the sandbox
PERSONAL_TOKEN = "sandbox-personal-token"  # noqa: S105 - as above
CLOUD_ID = "5f1a6b1e-2c1d-4f0a-9b77-0c6f3f1d2a90"
SECRET = "sandbox-jira-secret"  # noqa: S105 - as above
"""For ``JIRA_WEBHOOK_SECRET``."""


_GATEWAY = f"/ex/jira/{CLOUD_ID}"
SCOPE_LACKING = {"code": 401, "message": "Unauthorized; scope does not match"}
"""The gateway's own words."""


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """A field that went from one value to another, as people see the values."""

    field: str
    old: str | None = None
    new: str | None = None


@dataclass
class JiraSandbox(Sandbox):
    """The server and its site.

    ``index_lag`` is how long a search goes on missing what happened, by the site's ``clock``.
    """

    kind: SiteKind = SiteKind.CLOUD
    index_lag: timedelta = timedelta(0)
    clock: Callable[[], datetime] | None = None
    port: int = 0
    certificate: Path | None = None
    site: SandboxSite = field(init=False)
    tokens: set[str] = field(init=False)
    """What is accepted as ``Authorization``; empty it, and the credentials are good no more."""
    scopes: frozenset[str] | None = None
    """What the API token may do on Cloud; one with scopes is taken at the gateway alone."""

    def __post_init__(self) -> None:
        self.site = SandboxSite(self.kind, self.index_lag)
        if self.clock is not None:
            self.site.clock = self.clock
        basic = base64.b64encode(f"{EMAIL}:{API_TOKEN}".encode()).decode()
        cloud = self.site.is_cloud
        self.tokens = {f"Basic {basic}" if cloud else f"Bearer {PERSONAL_TOKEN}"}
        recorder = Recorder(Starlette(routes=self._routes()), _words)
        self.listen(recorder, self.port, self.certificate)

    @property
    def credentials(self) -> Mapping[str, Any]:
        """What the connector needs to get in."""
        if self.site.is_cloud:
            return {"email": EMAIL, "api_token": API_TOKEN}
        return {"personal_token": PERSONAL_TOKEN}

    @property
    def gateway_url(self) -> str:
        """Where Atlassian's gateway to a Cloud site is reached."""
        return f"{self.url}{_GATEWAY}"

    def clear(self) -> None:
        """Be as good as new: no tickets, nothing served, nothing that goes wrong."""
        with self.site.lock:
            self.site.clear()
        self.forget()
        self.faults.clear()

    def ticket(self, id_or_key: str) -> TicketRecord:
        """Give a ticket, hidden or not. Raises ``KeyError`` where there is none."""
        with self.site.lock:
            for record in self.site.records.values():
                if id_or_key in {record.now.id, record.now.key, *record.old_keys}:
                    return record
        raise KeyError(id_or_key)

    def change(self, id_or_key: str, **fields: object) -> None:
        """Change a ticket as a person would, by the names of its fields."""
        with self.site.lock:
            self.site.change(self.ticket(id_or_key), **fields)

    def transition(self, id_or_key: str, name: str) -> None:
        """Make the transition of that name ("Start progress", "Done", "Won't do", "Reopen")."""
        with self.site.lock:
            record = self.ticket(id_or_key)
            move = next(each for each in self.site.moves(record) if each.name == name)
            self.site.transition(record, move)

    def move(self, id_or_key: str, project: str) -> str:
        """Move a ticket to another project; gives its new key."""
        with self.site.lock:
            target = self.site.project(project)
            if target is None:
                raise KeyError(project)
            record = self.ticket(id_or_key)
            self.site.move_to(record, target)
            return record.now.key

    def delete(self, id_or_key: str) -> None:
        """Delete a ticket."""
        with self.site.lock:
            self.site.delete(self.ticket(id_or_key))

    def webhook(
        self, id_or_key: str, *changes: FieldEdit, event: str = "updated", secret: str = SECRET
    ) -> Delivery:
        """Make the signed delivery of an event; :meth:`Delivery.send` sends it.

        ``event`` is ``created``, ``updated`` or ``deleted``.
        """
        with self.site.lock:
            record = self.ticket(id_or_key)
            return _delivery(self.site, Views(self.site, self.url), record, event, changes, secret)

    def _routes(self) -> list[Route]:
        cloud = self.site.is_cloud
        both = {**site_routes.SITE_ROUTES, **ticket_routes.TICKET_ROUTES}
        searches = search_routes.CLOUD_SEARCHES if cloud else search_routes.DATA_CENTER_SEARCHES
        lists = site_routes.CLOUD_PROJECTS if cloud else site_routes.DATA_CENTER_PROJECTS
        prefixes = ["", _GATEWAY] if cloud else [""]
        routes = [
            Route(
                f"{prefix}/rest/api/{'3' if cloud else '2'}/{path}",
                self._endpoint(path, handler, prefix),
                methods=[method],
            )
            for prefix in prefixes
            for (method, path), handler in {**searches, **lists, **both}.items()
        ]
        # Every client asks this before it can know which version it should speak.
        for prefix in prefixes:
            server_info = self._endpoint("serverInfo", site_routes.server_info, prefix)
            routes.append(Route(f"{prefix}/rest/api/2/serverInfo", server_info, methods=["GET"]))
        if cloud:
            routes.append(Route("/_edge/tenant_info", _tenant_info, methods=["GET"]))
        return [*routes, Route("/browse/{ticket}", self._browse, methods=["GET"])]

    def _endpoint(self, path: str, handler: Handler, prefix: str) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            known = request.headers.get("authorization", "") in self.tokens
            if self.scopes is not None and not prefix:
                known = False
            elif self.scopes is not None and known:
                needed = site_routes.scope(request.method, path)
                if needed and needed not in self.scopes:
                    return _response(ApiAnswer(401, SCOPE_LACKING))
            if not known and self._needs_login(path):
                said = ApiAnswer(
                    401,
                    {"errorMessages": ["You are not authenticated."], "errors": {}},
                    LOGIN_FAILED,
                )
                return _response(said)
            base = f"{request.url.scheme}://{request.url.netloc}"
            asked = ApiRequest(
                self.site,
                Views(self.site, base),
                request.path_params,
                request.query_params,
                await request.body(),
                known,
            )
            with self.site.lock:
                try:
                    return _response(handler(asked))
                except RefusedRequest as refused:
                    headers = {} if known else LOGIN_FAILED
                    return _response(ApiAnswer(refused.status, refused.body, headers))

        return endpoint

    def _needs_login(self, path: str) -> bool:
        """Tell whether nobody gets a 401; Cloud lets anybody ask for much, and shows nothing."""
        if path == "serverInfo":
            return False
        open_to_all = path in search_routes.EMPTY_TO_NOBODY or path.startswith("issue/{ticket}")
        return not (self.site.is_cloud and open_to_all)

    async def _browse(self, request: Request) -> Response:
        with self.site.lock:
            record = self.site.find(request.path_params["ticket"])
            return HTMLResponse(ticket_page(self.site, record), 200 if record else 404)


def _delivery(
    site: SandboxSite,
    views: Views,
    record: TicketRecord,
    event: str,
    changes: Sequence[FieldEdit],
    secret: str,
) -> Delivery:
    """Make the delivery of an event about a ticket."""
    at = int(site.clock().timestamp() * 1000)
    named = {"created": "issue_created", "deleted": "issue_deleted"}.get(event, "issue_generic")
    body: dict[str, object] = {
        "timestamp": at,
        "webhookEvent": f"jira:issue_{event}",
        "issue_event_type_name": named,
        "user": views.person(site.myself),
        "issue": views.ticket(record, record.now, ["*all"], ()),
    }
    if changes:
        items = [_item(site, change) for change in changes]
        body["changelog"] = {"id": str(at), "items": items}
    raw = json.dumps(body).encode()
    signature = f"sha256={hex_digest(raw, secret)}"
    headers = {"Content-Type": "application/json", "X-Hub-Signature": signature}
    if site.is_cloud:
        own = uuid5(NAMESPACE_URL, f"{record.now.id}/{event}/{at}")
        headers["X-Atlassian-Webhook-Identifier"] = str(own)
    return Delivery(raw, headers)


def _item(site: SandboxSite, change: FieldEdit) -> dict[str, str | None]:
    """Show a change; Data Center leaves out ``fieldId``."""
    item = {"field": change.field, "fieldtype": "jira"}
    ends = {"from": None, "fromString": change.old, "to": None, "toString": change.new}
    return {**item, **({"fieldId": change.field} if site.is_cloud else {}), **ends}


async def _tenant_info(_: Request) -> Response:
    return _response(ApiAnswer(body={"cloudId": CLOUD_ID}))


def _words(status: int) -> object:
    return {"errorMessages": [f"The sandbox was asked to answer {status}."], "errors": {}}


def _response(said: ApiAnswer) -> Response:
    headers = {"X-AREQUESTID": "sandbox", **said.headers}
    if said.body is None:
        return Response(status_code=said.status, headers=headers)
    content = json.dumps(said.body)
    return Response(content, said.status, headers, media_type="application/json")
