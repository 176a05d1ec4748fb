"""Jiras to test against, and trackers for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import requests
from jira820 import make_app
from jira820.config import Config
from jira820.serialize import iid
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox
from connectors.retry import Circuit, RetryPolicy
from connectors.sandbox.loopback_server import LoopbackServer
from connectors.ticket_fields import Bullets, Paragraph, Preformatted, Span
from connectors.tickets import (
    COMMON_LABEL,
    Created,
    Mark,
    NewTicket,
)

INCIDENT = "Q2ZT5LKD0OUEJ9"
DESCRIPTION = (
    Paragraph((Span("Alert on "), Span("queue depth", "https://status.example.com/q?a=1|2"))),
    Bullets(((Span("*first*"),), (Span("second"),))),
    Preformatted("| Add an alert | Mira |"),
)


def tracker(sandbox: JiraSandbox, waits: list[float] | None = None, **options: Any) -> Jira:
    """Give a tracker for a sandbox, whose waits are noted instead of waited."""
    sleep = (lambda _: None) if waits is None else waits.append
    policy = RetryPolicy(sleep=sleep, random=lambda: 0.0)
    return Jira(sandbox.url, **sandbox.credentials, **{"policy": policy, **options})


def patient() -> Circuit:
    """Give a circuit that never opens."""
    return Circuit(limit=1_000_000)


def new_ticket(number: int = 1, **changes: Any) -> NewTicket:
    """Give a ticket like the worker's, the ``number``-th of its incident."""
    ticket = NewTicket(
        project="OPS",
        issue_type="Task",
        summary=f"Action item {number}",
        mark=Mark(f"mark{number}"),
        incident=INCIDENT,
        description=DESCRIPTION,
        labels=(COMMON_LABEL, f"postmortem-{INCIDENT}", f"pm-mark{number}"),
        due=date(2026, 3, 31),
    )
    return replace(ticket, **changes)


def created(outcome: object) -> Created:
    """Take an outcome for a ticket that was made."""
    assert isinstance(outcome, Created), outcome
    return outcome


@dataclass(frozen=True)
class Place:
    """A Jira with a tracker for it, the project to use, and ways in besides the tracker."""

    tracker: Jira
    kind: SiteKind
    project: str
    delete: Callable[[str], None]


@contextmanager
def sandbox_place(kind: SiteKind) -> Iterator[Place]:
    """Start a sandbox."""
    with JiraSandbox(kind) as sandbox:
        yield Place(tracker(sandbox), kind, "OPS", sandbox.delete)


@contextmanager
def jira820_place() -> Iterator[Place]:
    """Start the Data Center server that others wrote, without the tickets it comes with."""
    app = make_app(config=Config(project_key="OPS"))
    store = app.state.store
    store.issues.clear()
    store.reindex()
    with LoopbackServer(ByIdToo(app, lambda: list(store.issues))) as server:
        own = Jira(server.url, personal_token="any", policy=RetryPolicy(sleep=lambda _: None))

        def delete(key: str) -> None:
            requests.delete(f"{server.url}/rest/api/2/issue/{key}", timeout=10).raise_for_status()

        yield Place(own, SiteKind.DATA_CENTER, "OPS", delete)


class ByIdToo:
    """Lets jira820 be asked for a ticket by its id, as Jira may be: it knows keys alone."""

    def __init__(self, app: ASGIApp, keys: Callable[[], list[str]]) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = scope["path"].split("/")
        by_id = {iid(key): key for key in self._keys()}
        path = "/".join(by_id.get(part, part) for part in parts)
        await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
