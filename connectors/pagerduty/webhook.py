"""PagerDuty's V3 webhooks: who signed them, and which incident they are about.

The rules are those of PagerDuty's developer documentation ("Webhooks", "Verifying signatures").
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from connectors.errors import PayloadError, SignatureError
from connectors.follow_up import EventReport, ReportKind, ReportState
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

ROLE_ASSIGNED = "incident.role.assigned"

_REPORTS: Mapping[str, ReportKind] = {
    "incident.task.created": ReportKind.TASK,
    "incident.task.updated": ReportKind.TASK,
    "incident.task.completed": ReportKind.TASK,
    ROLE_ASSIGNED: ReportKind.ROLE,
    "incident.workflow.started": ReportKind.WORKFLOW,
    "incident.workflow.completed": ReportKind.WORKFLOW,
    "incident.action_invocation.created": ReportKind.ACTION,
    "incident.action_invocation.updated": ReportKind.ACTION,
    "incident.action_invocation.terminated": ReportKind.ACTION,
}

_STATES: Mapping[str, ReportState] = {
    **dict.fromkeys(
        ("complete", "completed", "done", "closed", "finished", "resolved", "succeeded", "success"),
        ReportState.DONE,
    ),
    **dict.fromkeys(
        ("error", "errored", "failed", "failure", "timed_out", "timeout"), ReportState.FAILED
    ),
    **dict.fromkeys(
        ("aborted", "cancelled", "canceled", "deleted", "dropped", "inactive"), ReportState.ENDED
    ),
    **dict.fromkeys(
        ("removed", "skipped", "terminated", "unassigned", "wont_do"), ReportState.ENDED
    ),
}
"""PagerDuty's words for how something ended; the sets are open, and all others are under way."""

_BY_TYPE: Mapping[str, ReportState] = {
    "incident.task.completed": ReportState.DONE,
    "incident.workflow.completed": ReportState.DONE,
    "incident.action_invocation.terminated": ReportState.ENDED,
}
"""What the type alone says of how something ended, where no state does."""

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_SEEKS = re.compile("escalation_policy|schedule|team")
_LONGEST = 1000

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
    }
) | (_REPORTS.keys() - {ROLE_ASSIGNED})
"""Types whose ``data`` is something else, which names the incident."""

_NOT_WANTED = {None, EventKind.UNDER_WAY}
WANTED_EVENTS = tuple(
    sorted(
        {*_DATA_NAMES_INCIDENT, ROLE_ASSIGNED}
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
    if incident is None or kind is None:
        return None
    told = _reports(type_, event, id_.text(), at, incident)
    return WebhookEvent(id_.text(), type_, kind, at, incident, reports=told)


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

    A genuine event may name none (its ``data`` is null, a workflow ran for none), and is no reason
    to refuse it: refused three times running, the subscription is switched off for a day.
    """
    data = event["data"]
    if type_ in _DATA_IS_INCIDENT:
        named, kind = [data], _DATA_IS_INCIDENT[type_]
    elif type_ in _DATA_NAMES_INCIDENT:
        named, kind = _incidents_of([data]), EventKind.REFRESH
    elif type_ == ROLE_ASSIGNED and isinstance(data.value, dict):
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


def _reports(
    type_: str, event: JsonValue, id_: str, at: datetime, incident: IncidentId
) -> tuple[EventReport, ...]:
    """Give what an event tells of its incident that cannot be read again, nothing for others.

    The shapes are those under "Event Data Types"; an event without them is a hint all the same.
    """
    kind, data = _REPORTS.get(type_), event["data"]
    if kind is None or not isinstance(data.value, dict):
        return ()
    by = _name(event["agent"])
    if kind is ReportKind.ROLE:
        return tuple(_roles(data, id_, at, by, incident))
    return tuple(_report(kind, type_, data, id_, at, by))


def _report(
    kind: ReportKind, type_: str, data: JsonValue, id_: str, at: datetime, by: str
) -> Iterator[EventReport]:
    named = {ReportKind.WORKFLOW: "incident_workflow", ReportKind.ACTION: "action"}.get(kind)
    thing = data[named] if named else data
    name = _text(thing, "name") or _text(thing, "summary") or _text(data, "summary")
    if not name:
        return
    word = _text(data, "status") or _text(data, "state")
    state = _STATES.get(word.lower(), ReportState.OPEN)
    if state is ReportState.OPEN:
        state = _BY_TYPE.get(type_, state)
    people = tuple(filter(None, map(_name, _objects(data["assignees"]))))
    url = _text(data, "html_url") or _text(thing, "html_url") or None
    subject = _own_id(data, id_)
    yield EventReport(id_, kind, subject, name, state, at, word, by, people, url)


def _roles(
    data: JsonValue, id_: str, at: datetime, by: str, incident: IncidentId
) -> Iterator[EventReport]:
    """Read who has which role from now on; one that is taken away names who had it."""
    for one in _objects(data["incident_role_assignments"]):
        role, word = one["role"], _text(one, "status")
        if _text(one["incident"], "id") != incident:
            continue
        now, before = _holder(one["assignee"]), _holder(one["old_assignee"])
        name = _text(role, "summary") or _text(role, "name")
        if not name or not (now or before):
            continue
        state = ReportState.OPEN if now and word.lower() not in _STATES else ReportState.ENDED
        yield EventReport(
            id_, ReportKind.ROLE, _own_id(role, id_), name, state, at, word, by, (now or before,)
        )


def _objects(many: JsonValue) -> Iterator[JsonValue]:
    """Give the objects of a list, whatever else stands in it or in its place."""
    for one in many.each() if isinstance(many.value, list) else ():
        if isinstance(one.value, dict):
            yield one


def _own_id(thing: JsonValue, event: str) -> str:
    """Give the id of what an event reports on; without a usable one, each event has its own."""
    own = _text(thing, "id")
    return own if _ID.fullmatch(own) else event


def _name(person: JsonValue) -> str:
    """Name a person; who was deleted may be a reference without a name."""
    return _text(person, "summary") or _text(person, "name") or _text(person, "id")


def _holder(one: JsonValue) -> str:
    """Name who has a role; a policy that is yet to find somebody has none."""
    return "" if _SEEKS.match(_text(one, "type")) else _name(one)


def _text(thing: JsonValue, name: str) -> str:
    """Give a text of an object, "" for all that is none."""
    value = thing.value.get(name) if isinstance(thing.value, dict) else None
    return _kept(value) if isinstance(value, str) else ""


def _kept(text: str) -> str:
    """Give a text as every database can hold it, of a sensible length."""
    return _UNKEPT.sub("", text)[:_LONGEST].strip()
