"""What the sandbox knows of an incident, how its log is written, and what people say in it."""

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.references import Wire

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
    review: Wire | None = None
    review_items: list[Wire] = field(default_factory=list)
    past: list[Wire] = field(default_factory=list)
    references: list[Wire] = field(default_factory=list)

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


class Conversation(IncidentState):
    """Notes, fields, status updates, calls for help, chat, related changes."""

    @step
    def note(self, text: str, at: datetime, by: Wire) -> Wire:
        """Write a note: it appears among the notes and in the log."""
        note = {
            "id": wire.made_id("P", self.id, "note", len(self.notes), length=6),
            "user": by,
            "channel": {"summary": "The PagerDuty website or APIs"},
            "content": text,
            "created_at": at,
        }
        self.notes.append(note)
        channel = {"type": "note", "summary": text}
        self.entry("annotate", at, "Note added", by, channel)
        return note

    @step
    def set_priority(self, priority: Wire, at: datetime, by: Wire) -> None:
        """Change the priority."""
        old, self.priority = self.priority, priority
        before = old["summary"] if old else "none"
        channel = {"type": "website", "old_priority": old, "new_priority": priority}
        text = f'Priority changed from "{before}" to "{priority["summary"]}"'
        self.entry("priority_change", at, text, by, channel)

    @step
    def set_urgency(self, urgency: str, at: datetime, by: Wire) -> None:
        """Change the urgency."""
        old, self.urgency = self.urgency, urgency
        channel = {"type": "website", "old_urgency": old, "new_urgency": urgency}
        self.entry("urgency_change", at, f"Urgency changed to {urgency}", by, channel)

    @step
    def set_field(
        self, name: str, label: str, value: Any, at: datetime, by: Wire, data_type: str = "string"
    ) -> None:
        """Fill in a custom field: a value of its type, or a list of them."""
        known = {one["name"]: one for one in self.custom_fields}
        old = known[name]["value"] if name in known else None
        many = "multi_value" if isinstance(value, list) else "single_value"
        known[name] = {
            "id": wire.made_id("P", "field", name, length=6),
            "type": "field_value",
            "name": name,
            "display_name": label,
            "description": label,
            "data_type": data_type,
            "field_type": many,
            "value": value,
        }
        self.custom_fields = list(known.values())
        change = {"id": known[name]["id"], "name": name, "namespace": "incidents"}
        changeset = {"customer_fields": [{**change, "value": value, "old_value": old}]}
        channel = {"type": "website", "changeset": changeset}
        self.entry("custom_field_value_change", at, "Custom field value changed", by, channel)

    @step
    def move_to(self, service: Wire, at: datetime, by: Wire) -> None:
        """Move it to another service: the entry tells both by their ids alone."""
        old, self.service = self.service, service
        change = {"id": "PSERVICE", "name": "service", "namespace": "incidents"}
        values = {"value": service["id"], "old_value": old["id"]}
        channel = {"type": "website", "changeset": {"application_fields": [{**change, **values}]}}
        self.entry("field_value_change", at, "Incident field values updated", by, channel)

    @step
    def set_conference(self, number: str, url: str) -> None:
        """Give the incident a conference bridge."""
        self.conference = {"conference_number": number, "conference_url": url}

    @step
    def request(self, targets: Sequence[Wire], message: str, at: datetime, by: Wire) -> None:
        """Ask people for help; each begins as ``pending``."""
        asked = [self._asked(user, message, at, by) for user in targets]
        self.responders += asked
        self.requests.append(
            {
                "id": wire.made_id("P", self.id, "request", len(self.requests), length=6),
                "incident": self.reference(),
                "requester": by,
                "requested_at": at,
                "message": message,
                "responder_request_targets": [
                    {
                        "responder_request_target": {
                            "type": "user",
                            "id": one["user"]["id"],
                            "summary": one["user"]["summary"],
                            "incidents_responders": [one],
                        }
                    }
                    for one in asked
                ],
            }
        )
        names = " and ".join(user["summary"] for user in targets)
        responders = [{"user": user} for user in targets]
        text = f"{by['summary']} requested {names} as responder"
        self.entry("responder_request", at, text, by, message=message, responders=responders)

    def _asked(self, user: Wire, message: str, at: datetime, by: Wire) -> Wire:
        return {
            "state": "pending",
            "user": user,
            "incident": self.reference(),
            "updated_at": at,
            "message": message,
            "requester": by,
            "requested_at": at,
        }

    @step
    def respond(self, user: Wire, state: str, at: datetime) -> None:
        """Let somebody answer a request: ``joined`` or ``declined``. No log entry tells it."""
        for one in self.responders:
            if one["user"]["id"] == user["id"]:
                one["state"], one["updated_at"] = state, at

    @step
    def update(self, message: str, at: datetime, by: Wire) -> None:
        """Publish a status update to the subscribers."""
        text = f"{by['summary']} sent a status update"
        self.entry("status_update", at, text, by, message=message)

    @step
    def subscribe(self, *users: Wire) -> None:
        """Let people subscribe to the status updates."""
        self.subscribers += [
            {
                "subscriber_id": user["id"],
                "subscriber_type": "user",
                "has_indirect_subscription": False,
                "subscribed_via": None,
            }
            for user in users
        ]

    @step
    def chat(self, name: str, url: str, at: datetime) -> None:
        """Open a chat channel for the incident."""
        self.entry(
            "integration_chat_channel_event",
            at,
            f"Chat channel {name} was created",
            None,
            chat_channel_name=name,
            chat_channel_web_link=url,
        )

    @step
    def change(
        self, summary: str, at: datetime, *, source: str, url: str, reason: str = "most_recent"
    ) -> None:
        """Relate a change, such as a deploy, to the incident."""
        id_ = wire.made_id("0", self.id, "change", len(self.changes))
        self.changes.append(
            {
                **wire.reference("change_event", id_, summary, "change_events"),
                "type": "change_event",
                "timestamp": at,
                "source": source,
                "integration": wire.integration("Deploys", self.service),
                "services": [self.service],
                "custom_details": {},
                "links": [{"href": url, "text": "What changed"}],
                "correlation_reason": {"reason": reason},
            }
        )

    @step
    def hit(self, business_service: str, status: str = "impacted") -> None:
        """Let a business service suffer, or somebody say that it does not: ``not_impacted``."""
        id_ = wire.made_id("P", "business", business_service, length=6)
        impact = {"id": id_, "name": business_service, "type": "business_service"}
        self.impacts.append({**impact, "status": status})

    @step
    def refer(self, name: str, url: str) -> None:
        """Let another system keep something of the incident."""
        id_ = wire.made_id("P", self.id, "reference", len(self.references), length=6)
        self.references.append(
            {
                "id": id_,
                "type": "external_reference",
                "summary": name,
                "external_url": url,
            }
        )
