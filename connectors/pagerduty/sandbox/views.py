"""How the sandbox shows its incidents: in the REST API, in webhooks, with and without includes."""

import functools
import json
from collections.abc import Container
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident_record import IncidentState
from connectors.pagerduty.sandbox.references import Wire
from connectors.pagerduty.webhook import SIGNATURE_HEADER, sign
from connectors.sandbox import Delivery


def rest_incident(incident: IncidentState, included: Container[str] = ()) -> Wire:
    """Show an incident as ``GET /incidents/{id}`` does; who has it is empty once resolved."""
    title = f"[#{incident.number}] {incident.title}"
    shown: Wire = {
        **incident.reference(),
        "type": "incident",
        "summary": title,
        "incident_number": incident.number,
        "title": incident.title,
        "description": incident.title,
        "created_at": incident.created_at,
        "updated_at": max(entry["created_at"] for entry in incident.log)
        if incident.log
        else incident.created_at,
        "status": incident.status,
        "incident_key": None,
        "service": incident.service,
        "assignments": incident.assigned,
        "assigned_via": "escalation_policy",
        "last_status_change_at": incident.changed_at,
        "last_status_change_by": incident.changed_by,
        "resolved_at": incident.resolved_at,
        "first_trigger_log_entry": _first_trigger(incident),
        "alert_counts": _alert_counts(incident),
        "is_mergeable": True,
        "incident_type": {"name": incident.incident_type},
        "escalation_policy": incident.policy,
        "teams": incident.teams,
        "impacted_services": [incident.service],
        "pending_actions": [],
        "acknowledgements": incident.acknowledgements,
        "alert_grouping": None,
        "priority": incident.priority,
        "resolve_reason": _resolve_reason(incident),
        "incidents_responders": incident.responders,
        "responder_requests": incident.requests,
        "subscriber_requests": [],
        "urgency": incident.urgency,
    }
    if incident.reopened_at:
        shown["reopened_at"] = incident.reopened_at
    if "conference_bridge" in included:
        shown["conference_bridge"] = incident.conference
    if "custom_fields" in included:
        shown["custom_fields"] = incident.custom_fields
    if "external_references" in included:
        shown["external_references"] = incident.references
    return shown


def webhook_incident(incident: IncidentState) -> Wire:
    """Show an incident as a webhook's ``data``: other names, no ``resolved_at``."""
    shown: Wire = {
        **incident.reference(),
        "type": "incident",
        "number": incident.number,
        "status": incident.status,
        "incident_key": None,
        "created_at": incident.created_at,
        "title": incident.title,
        "service": incident.service,
        "assignees": [one["assignee"] for one in incident.assigned],
        "escalation_policy": incident.policy,
        "teams": incident.teams,
        "priority": incident.priority,
        "urgency": incident.urgency,
        "conference_bridge": incident.conference,
        "resolve_reason": _resolve_reason(incident),
        "incident_type": {"name": incident.incident_type},
    }
    del shown["summary"]
    if incident.reopened_at:
        shown["reopened_at"] = incident.reopened_at
    return shown


def review(incident: IncidentState) -> Wire | None:
    """Show the review, None where there is none."""
    if incident.review is None:
        return None
    done = sum(item["completed_at"] is not None for item in incident.review_items)
    counts = {
        "action_item_count": len(incident.review_items),
        "completed_action_item_count": done,
    }
    return {**incident.review, **counts}


def log_entries(incident: IncidentState, included: Container[str] = ()) -> list[Wire]:
    """Show the log, newest first; without ``channels`` included only their types show."""
    entries = sorted(incident.log, key=lambda entry: entry["created_at"])
    entries.reverse()
    if "channels" in included:
        return entries
    return [{**entry, "channel": {"type": entry["channel"]["type"]}} for entry in entries]


def _first_trigger(incident: IncidentState) -> Wire | None:
    for entry in incident.log:
        if entry["type"] == "trigger_log_entry":
            shown = ("id", "summary", "self", "html_url")
            return {"type": f"{entry['type']}_reference", **{name: entry[name] for name in shown}}
    return None


def _alert_counts(incident: IncidentState) -> Wire:
    resolved = sum(1 for alert in incident.alerts if alert["status"] == "resolved")
    total = len(incident.alerts)
    return {"all": total, "triggered": total - resolved, "resolved": resolved}


def _resolve_reason(incident: IncidentState) -> Wire | None:
    if incident.merged_into is None:
        return None
    return {"type": "merge_resolve_reason", "incident": incident.merged_into.reference()}


def stamp(time: object, zone: ZoneInfo) -> str:
    """Write a time as PagerDuty does: ``Z`` for UTC, else the offset."""
    if not isinstance(time, datetime):
        raise TypeError(f"{time!r} is nothing that JSON holds")
    return time.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


TIMEOUT = 5.0
"""Seconds that PagerDuty waits for an answer."""
_NOTED = {
    "incident.annotated": "incident_note",
    "incident.status_update_published": "incident_status_update",
    "incident.custom_field_values.updated": "incident_field_values",
    "incident.conference_bridge.updated": "incident_conference_bridge",
    "incident.responder.added": "incident_responder",
    "incident.responder.replied": "incident_responder",
}
"""Types whose data is not the incident, and what their data is."""


def event(
    type_: str,
    incident: IncidentState,
    at: datetime,
    by: Wire | None = None,
    data: object = None,
) -> bytes:
    """Write the body of an event about an incident, as it is now, or with other ``data``."""
    with incident.lock:
        if data is None:
            return _body(type_, "incident", _data(type_, incident), incident.id, at, by)
        subject = json.dumps(data, default=str)
        kind = data.get("type") if isinstance(data, dict) else None
        return _body(type_, kind or "incident", data, subject, at, by)


def ping(at: datetime, by: Wire | None = None) -> bytes:
    """Write the body of the event that the button for a test sends."""
    return _body("pagey.ping", "pagey", {"message": "Hello!", "type": "ping"}, "", at, by)


def delivery(body: bytes, secret: str, *further_secrets: str) -> Delivery:
    """Sign a body, with each secret while one is rotated."""
    signatures = ",".join(sign(body, one) for one in (secret, *further_secrets))
    return Delivery(
        headers={
            "Content-Type": "application/json",
            "User-Agent": "PagerDuty-Webhook/V3.0",
            "X-Webhook-Id": wire.made_id("W", body),
            "X-Webhook-Subscription": wire.made_id("P", "subscription", 0, length=6),
            SIGNATURE_HEADER: signatures,
        },
        body=body,
        timeout=TIMEOUT,
    )


def _data(type_: str, incident: IncidentState) -> Wire:
    if type_ not in _NOTED:
        return webhook_incident(incident)
    data: Wire = {"incident": incident.reference(), "type": _NOTED[type_]}
    match _NOTED[type_]:
        case "incident_note":
            note = incident.notes[-1]
            data |= {"id": note["id"], "content": note["content"], "trimmed": False}
        case "incident_status_update":
            updates = [one for one in incident.log if one["type"] == "status_update_log_entry"]
            data |= {"id": updates[-1]["id"], "message": updates[-1]["message"], "trimmed": False}
        case "incident_field_values":
            data |= {"custom_fields": incident.custom_fields, "changed_custom_fields": []}
        case "incident_responder":
            last = incident.responders[-1]
            data |= {name: last[name] for name in ("user", "message", "state")}
    return data


def _body(
    type_: str, resource: str, data: object, subject: str, at: datetime, by: Wire | None
) -> bytes:
    seed = (type_, subject, at.isoformat())
    content = {
        "event": {
            "id": wire.made_id("01", *seed, length=24),
            "event_type": type_,
            "resource_type": resource,
            "occurred_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "agent": by,
            "client": None,
            "data": data,
        }
    }
    write = functools.partial(stamp, zone=ZoneInfo("UTC"))
    return json.dumps(content, default=write, separators=(",", ":")).encode()


def task(incident: IncidentState, name: str, *assignees: Wire, status: str = "todo") -> Wire:
    """Give the data of an event about a task of the incident's."""
    return {
        "id": wire.made_id("P", incident.id, "task", name, length=6),
        "type": "incident_task",
        "name": name,
        "summary": name,
        "status": status,
        "assignees": list(assignees),
        "incident": incident.reference(),
    }


def role(incident: IncidentState, name: str, assignee: Wire | None) -> Wire:
    """Give the data of an event about who has a role from now on."""
    assignment = {
        "type": "role_assignment_reference",
        "assignee": assignee,
        "old_assignee": None,
        "incident": incident.reference(),
        "role": {"id": wire.made_id("P", "role", name, length=6), "summary": name},
        "status": "active",
    }
    return {"type": "incident_role_assignment", "incident_role_assignments": [assignment]}


def automation(incident: IncidentState, kind: str, name: str, state: str | None = None) -> Wire:
    """Give the data of an event about a run: a ``workflow_instance`` or ``action_invocation``."""
    ran = "incident_workflow" if kind == "workflow_instance" else "action"
    return {
        "id": wire.made_id("P", incident.id, kind, name),
        "type": f"incident_{kind}",
        "summary": f"{name} (run)",
        ran: wire.reference(ran, wire.made_id("P", ran, name), name, ran),
        "incident": incident.reference(),
        **({"state": state} if state else {}),
    }


def incident_type(name: str, shown: str) -> Wire:
    """Show a type of incidents, which may be chosen."""
    return {
        "id": wire.made_id("P", "incident type", name, length=6),
        "type": "incident_type",
        "name": name,
        "display_name": shown,
        "enabled": True,
        "created_at": "2025-05-31T13:40:47Z",
        "updated_at": "2025-07-31T13:40:47Z",
    }
