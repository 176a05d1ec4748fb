"""PagerDuty's V3 webhooks: who signed them, and which incident they are about.

The rules are those of PagerDuty's developer documentation ("Webhooks", "Verifying signatures").
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from connectors.errors import PayloadError, SignatureError
from connectors.incidents import IncidentId
from connectors.json_fields import JsonValue
from connectors.pagerduty.common_payloads import OWN_ID, PAGERDUTY
from connectors.webhook_events import (
    EventKind,
    WebhookEvent,
    header,
    hex_digest,
    is_signed,
    parse_body,
)

SIGNATURE_HEADER = "X-PagerDuty-Signature"
_VERSION = "v1="


_DATA_IS_INCIDENT: Mapping[str, EventKind | None] = {
    "incident.resolved": EventKind.RESOLVED,
    "incident.reopened": EventKind.REFRESH,
    "incident.priority_updated": EventKind.REFRESH,
    "incident.service_updated": EventKind.REFRESH,
    "incident.incident_type.changed": EventKind.REFRESH,
    # These happen to an open incident alone; where it has no document yet, the draft that its
    # resolution brings tells them. One that is triggered has none.
    "incident.triggered": None,
    "incident.acknowledged": EventKind.UNDER_WAY,
    "incident.unacknowledged": EventKind.UNDER_WAY,
    "incident.delegated": EventKind.UNDER_WAY,
    "incident.escalated": EventKind.UNDER_WAY,
    "incident.reassigned": EventKind.UNDER_WAY,
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

_NOT_WANTED = {None, EventKind.UNDER_WAY}
WANTED_EVENTS = tuple(
    sorted(
        {*_DATA_NAMES_INCIDENT, "incident.role.assigned"}
        | {name for name, kind in _DATA_IS_INCIDENT.items() if kind not in _NOT_WANTED}
    )
)
"""The event types that a subscription needs so that drafts follow at once, sorted."""


def read(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> WebhookEvent | None:
    """Verify a delivery and read its event; see :data:`connectors.webhook_events.ReadWebhook`.

    None stands for what no draft needs: a ping, an unknown type, an event that names no incident.
    """
    signature = header(headers, SIGNATURE_HEADER) or ""
    if not signature.strip() and _is_v2(body):
        raise _v2_error()
    _verify(signature, body, secrets)
    payload = _parse(body)
    if payload["messages"]:
        raise _v2_error()
    event = payload["event"].required_object()
    type_, id_, at = event["event_type"].text(), event["id"], event["occurred_at"].time()
    incident, kind = _subject(type_, event)
    if not _is_storable(id_.text()):
        raise id_.wrong("an id")
    return WebhookEvent(id_.text(), type_, kind, at, incident) if kind else None


def sign(body: bytes, secret: str) -> str:
    """Give the ``X-PagerDuty-Signature`` of a body: HMAC-SHA256, the secret as literal text."""
    return _VERSION + hex_digest(body, secret)


def _verify(signature: str, body: bytes, secrets: Sequence[str]) -> None:
    """Raise ``SignatureError`` unless one signature is that of the body under one secret.

    A value may hold ``=`` itself, so it is told by its prefix and never split there.
    """
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureError(
            "A webhook came, but no signing secret of PagerDuty's is configured.",
            "Set PAGERDUTY_WEBHOOK_SECRET to the secret that the subscription showed when it was "
            "made.",
        )
    given = [one.strip() for one in signature.split(",")]
    digests = [one.removeprefix(_VERSION) for one in given if one.startswith(_VERSION)]
    if not is_signed(body, digests, usable):
        raise SignatureError(
            "A webhook was signed with another secret than the configured one."
            if signature.strip()
            else f"A webhook came without the header {SIGNATURE_HEADER}.",
            "Compare PAGERDUTY_WEBHOOK_SECRET with the subscription's; a lost secret cannot be "
            "shown again, so make a new subscription.",
        )


def _parse(body: bytes) -> JsonValue:
    return parse_body(body, PAGERDUTY).required_object()


def _is_storable(event: str) -> bool:
    """Tell whether an id can be stored: JSON can hold halves of characters, which cannot."""
    try:
        return bool(event.strip().encode())
    except UnicodeEncodeError:
        return False


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


def _subject(type_: str, event: JsonValue) -> tuple[IncidentId | None, EventKind | None]:
    """Tell which incident an event is about, and what to do about it.

    A genuine event may name no incident that one could look at: its ``data`` is null, a workflow
    ran for none, a role was taken from somebody. Such an event concerns nobody: refused three times
    running, the subscription would be switched off for a day.
    """
    data = event["data"]
    if type_ in _DATA_IS_INCIDENT:
        named, kind = [data], _DATA_IS_INCIDENT[type_]
    elif type_ in _DATA_NAMES_INCIDENT:
        named, kind = _incidents_of([data]), EventKind.REFRESH
    elif type_ == "incident.role.assigned" and isinstance(data.value, dict):
        assignments = data["incident_role_assignments"]
        each = assignments.each() if isinstance(assignments.value, list) else ()
        named, kind = _incidents_of([*each, data]), EventKind.REFRESH
    else:
        return None, None
    for one in named:
        own = one["id"].value if isinstance(one.value, dict) else None
        if isinstance(own, str) and re.fullmatch(OWN_ID, own):
            return IncidentId(own), kind
    return None, None


def _incidents_of(things: Iterable[JsonValue]) -> list[JsonValue]:
    """Give what each thing has for its incident."""
    return [one["incident"] for one in things if isinstance(one.value, dict)]
