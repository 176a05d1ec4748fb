"""How the sandbox shows its incidents: in the REST API, in webhooks, with and without includes."""

from collections.abc import Container

from connectors.pagerduty.sandbox.incident_state import IncidentState
from connectors.pagerduty.sandbox.json_shapes import Wire


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
