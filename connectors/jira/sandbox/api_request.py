"""A request to the sandbox Jira as its routes see it, and the answers they give."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.jira.sandbox.issue_requests import RefusedRequest
from connectors.jira.sandbox.site import SandboxSite, TicketRecord
from connectors.jira.sandbox.views import Views

LOGIN_FAILED = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
NO_TICKET = "Issue does not exist or you do not have permission to see it."


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request whose body was read. ``known`` is False where the credentials are not good."""

    site: SandboxSite
    views: Views
    path: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    known: bool

    @property
    def body(self) -> Any:
        """The body's JSON. Raises :class:`Refused` where it is none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            raise RefusedRequest(
                messages=["Invalid request payload. Refer to the REST API."]
            ) from None

    def number(self, name: str, default: int) -> int:
        """Give a number of the query string."""
        try:
            return int(self.query.get(name, default))
        except ValueError:
            raise RefusedRequest(messages=[f"'{name}' is not a number."]) from None

    def listed(self, name: str, default: str = "") -> list[str]:
        """Give a list of the query string, written with commas."""
        return [part.strip() for part in self.query.get(name, default).split(",") if part.strip()]

    def ticket(self) -> TicketRecord:
        """Give the ticket that the path names; 404 where it is gone, hidden or asked by nobody."""
        record = self.site.find(self.path["ticket"]) if self.known else None
        if record is None:
            raise RefusedRequest(messages=[NO_TICKET], status=404)
        return record


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer: a status and what becomes JSON, None for no body at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[ApiRequest], ApiAnswer]
