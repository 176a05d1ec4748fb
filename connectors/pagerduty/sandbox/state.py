"""What the sandbox knows of an incident, and how its log is written."""

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from connectors.pagerduty.sandbox import json_shapes as wire
from connectors.pagerduty.sandbox.json_shapes import Wire

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="IncidentState")


def step(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Hold the account's lock during a step, so that no request sees half of it."""

    @functools.wraps(method)
    def locked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return locked


@dataclass
class IncidentState:
    """One incident and its parts; lists are in the order of what happened."""

    lock: threading.RLock = field(repr=False)
    id: str
    number: int
    title: str
    service: Wire
    created_at: datetime
    policy: Wire
    teams: list[Wire]
    urgency: str
    status: str = "triggered"
    priority: Wire | None = None
    incident_type: str = "incident_default"
    resolved_at: datetime | None = None
    reopened_at: datetime | None = None
    changed_at: datetime | None = None
    changed_by: Wire | None = None
    merged_into: "IncidentState | None" = None
    conference: Wire | None = None
    assigned: list[Wire] = field(default_factory=list)
    acknowledgements: list[Wire] = field(default_factory=list)
    log: list[Wire] = field(default_factory=list)
    alerts: list[Wire] = field(default_factory=list)
    notes: list[Wire] = field(default_factory=list)
    changes: list[Wire] = field(default_factory=list)
    custom_fields: list[Wire] = field(default_factory=list)
    responders: list[Wire] = field(default_factory=list)
    requests: list[Wire] = field(default_factory=list)
    impacts: list[Wire] = field(default_factory=list)
    subscribers: list[Wire] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The incident's page."""
        return wire.page("incidents", self.id)

    def reference(self) -> Wire:
        """Refer to the incident, as its parts do."""
        title = f"[#{self.number}] {self.title}"
        return wire.reference("incident", self.id, title, "incidents")

    def entry(
        self,
        kind: str,
        at: datetime,
        summary: str,
        agent: Wire | None,
        channel: Wire | None = None,
        **more: Any,
    ) -> Wire:
        """Add a log entry of any kind (``acknowledge``, …), with further fields as given."""
        id_ = wire.made_id("R", self.id, "log", len(self.log))
        entry = {
            "id": id_,
            "type": f"{kind}_log_entry",
            "summary": summary,
            "self": f"{wire.API}/log_entries/{id_}",
            "html_url": f"{self.url}/log_entries/{id_}",
            "created_at": at,
            "agent": agent,
            "channel": channel
            or {"type": "website" if agent and agent["type"] == "user_reference" else "auto"},
            "service": self.service,
            "incident": self.reference(),
            "teams": self.teams,
            "contexts": [],
            "event_details": {},
            **more,
        }
        if agent is None:
            del entry["agent"]
        self.log.append(entry)
        return entry
