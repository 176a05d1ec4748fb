"""The webhooks that the sandbox sends: signed V3 events about its incidents."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import requests

from connectors.pagerduty.sandbox import json_shapes as wire
from connectors.pagerduty.sandbox import views
from connectors.pagerduty.sandbox.incident_state import IncidentState
from connectors.pagerduty.sandbox.json_shapes import Wire
from connectors.pagerduty.sandbox.routes import stamp
from connectors.pagerduty.webhook import SIGNATURE_HEADER, sign

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


@dataclass(frozen=True)
class Delivery:
    """One POST as PagerDuty would make it."""

    headers: Mapping[str, str]
    body: bytes

    def send(self, url: str) -> int:
        """Send it; gives the status of the answer. Raises ``requests.RequestException``."""
        answer = requests.post(url, data=self.body, headers=dict(self.headers), timeout=TIMEOUT)
        return answer.status_code


def event(type_: str, incident: IncidentState, at: datetime, by: Wire | None = None) -> bytes:
    """Write the body of an event about an incident, as it is now."""
    with incident.lock:
        return _body(type_, "incident", _data(type_, incident), incident.id, at, by)


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
    )


def _data(type_: str, incident: IncidentState) -> Wire:
    if type_ not in _NOTED:
        return views.webhook_incident(incident)
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
    type_: str, resource: str, data: Wire, subject: str, at: datetime, by: Wire | None
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
