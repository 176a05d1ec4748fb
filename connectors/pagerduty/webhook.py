"""PagerDuty's V3 webhooks: headers and a body in, an event or an error out.

A webhook is a hint, so an event tells which incident to look at and why, and nothing more: the
truth is read from the REST API. The rules are those of PagerDuty's developer documentation
("Webhooks", "Verifying signatures").
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from connectors.errors import PayloadError, SignatureError
from connectors.incidents import IncidentId
from connectors.json_fields import JsonValue
from connectors.pagerduty.common_payloads import PAGERDUTY, read_incident_id

SIGNATURE_HEADER = "X-PagerDuty-Signature"
_VERSION = "v1="


class EventKind(Enum):
    """What an event is a hint of."""

    RESOLVED = "resolved"
    """An incident was resolved: draft it."""
    REFRESH = "refresh"
    """Something about an incident changed that a draft tells: look again."""
    IGNORED = "ignored"
    """Nothing that a draft needs: a ping, an incident still under way, an unknown type."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event. ``id`` stays the same when PagerDuty delivers it again.

    ``incident`` is None where the event is about none (``pagey.ping``) or of an unknown type.
    """

    id: str
    type: str
    occurred_at: datetime
    incident: IncidentId | None
    kind: EventKind


_DATA_IS_INCIDENT: Mapping[str, EventKind] = {
    "incident.resolved": EventKind.RESOLVED,
    "incident.reopened": EventKind.REFRESH,
    "incident.priority_updated": EventKind.REFRESH,
    "incident.service_updated": EventKind.REFRESH,
    "incident.incident_type.changed": EventKind.REFRESH,
    # These happen to an open incident alone, and the draft that its resolution brings tells them.
    "incident.triggered": EventKind.IGNORED,
    "incident.acknowledged": EventKind.IGNORED,
    "incident.unacknowledged": EventKind.IGNORED,
    "incident.delegated": EventKind.IGNORED,
    "incident.escalated": EventKind.IGNORED,
    "incident.reassigned": EventKind.IGNORED,
}
"""Types whose ``data`` is the incident itself."""

_DATA_NAMES_INCIDENT = frozenset(
    {
        "incident.annotated",
        "incident.conference_bridge.updated",
        "incident.custom_field_values.updated",
        "incident.responder.added",
        "incident.responder.replied",
        "incident.status_update_published",
        "incident.task.created",
        "incident.task.updated",
        "incident.task.completed",
        "incident.workflow.started",
        "incident.workflow.completed",
        "incident.action_invocation.created",
        "incident.action_invocation.terminated",
        "incident.action_invocation.updated",
    }
)
"""Types whose ``data`` is something else, which names the incident."""

WANTED_EVENTS = tuple(
    sorted(
        {*_DATA_NAMES_INCIDENT, "incident.role.assigned"}
        | {name for name, kind in _DATA_IS_INCIDENT.items() if kind is not EventKind.IGNORED}
    )
)
"""The event types that a subscription needs so that drafts follow at once, sorted."""


def read(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> WebhookEvent:
    """Verify a delivery and read its event.

    ``secrets`` are the signing secrets that are good now, more than one while one is rotated.
    Raises ``SignatureError`` where no signature matches any of them, ``PayloadError`` where the
    signed body is no V3 event.
    """
    signature = _header(headers)
    if not signature.strip() and _is_v2(body):
        raise _v2_error()
    _verify(signature, body, secrets)
    payload = _parse(body)
    if payload["messages"]:
        raise _v2_error()
    event = payload["event"].required_object()
    type_ = event["event_type"].text()
    incident, kind = _subject(type_, event)
    return WebhookEvent(event["id"].text(), type_, event["occurred_at"].time(), incident, kind)


def sign(body: bytes, secret: str) -> str:
    """Give the ``X-PagerDuty-Signature`` of a body: HMAC-SHA256, the secret as literal text."""
    return _VERSION + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _header(headers: Mapping[str, str]) -> str:
    wanted = SIGNATURE_HEADER.lower()
    return ",".join(value for name, value in headers.items() if name.lower() == wanted)


def _verify(signature: str, body: bytes, secrets: Sequence[str]) -> None:
    """Raise ``SignatureError`` unless one signature is that of the body under one secret.

    Every pair is compared, each in constant time. A value may hold ``=`` itself, so it is told by
    its prefix and never split there.
    """
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureError(
            "A webhook came, but no signing secret of PagerDuty's is configured.",
            "Set PAGERDUTY_WEBHOOK_SECRET to the secret that the subscription showed when it was "
            "made.",
        )
    given = [one.strip().encode("utf-8", "replace") for one in signature.split(",")]
    expected = [sign(body, secret).encode() for secret in usable]
    matches = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in given]
    if not any(matches):
        raise SignatureError(
            "A webhook was signed with another secret than the configured one."
            if signature.strip()
            else f"A webhook came without the header {SIGNATURE_HEADER}.",
            "Compare PAGERDUTY_WEBHOOK_SECRET with the subscription's; a lost secret cannot be "
            "shown again, so make a new subscription.",
        )


def _parse(body: bytes) -> JsonValue:
    try:
        return JsonValue(json.loads(body), PAGERDUTY).required_object()
    except (ValueError, RecursionError):
        raise PayloadError(
            "A webhook's body is not JSON.", "Look at what stands between PagerDuty and here."
        ) from None


def _is_v2(body: bytes) -> bool:
    try:
        return isinstance(_parse(body)["messages"].value, list)
    except PayloadError:
        return False


def _v2_error() -> PayloadError:
    return PayloadError(
        "This is a V2 webhook, which PagerDuty no longer supports and does not sign.",
        "Remove the extension that sends it, and add a V3 subscription (Integrations, Generic "
        "Webhooks (v3)).",
    )


def _subject(type_: str, event: JsonValue) -> tuple[IncidentId | None, EventKind]:
    """Tell which incident an event is about, and what to do about it."""
    data = event["data"]
    if type_ in _DATA_IS_INCIDENT:
        return read_incident_id(data.required_object()["id"]), _DATA_IS_INCIDENT[type_]
    if type_ in _DATA_NAMES_INCIDENT:
        return _named_by(data.required_object()), EventKind.REFRESH
    if type_ == "incident.role.assigned":
        assignments = data.required_object()["incident_role_assignments"]
        for assignment in assignments.objects():
            return _named_by(assignment), EventKind.REFRESH
        raise assignments.wrong("a list with an assignment")
    return None, EventKind.IGNORED


def _named_by(thing: JsonValue) -> IncidentId:
    """Give the id of the incident that something names."""
    return read_incident_id(thing["incident"].required_object()["id"])
