"""PagerDuty's JSON as records. Every function may raise ``PayloadError``, which names the field.

Each takes :class:`JsonValue` and gives a record of ``connectors.incidents``. Types of log entries,
channels and agents are open sets: an unknown one is read like the others. A person who was
deleted stays as a reference with a ``summary``; an ``agent`` may be missing altogether.
"""

from collections.abc import Iterator
from datetime import timedelta

from connectors.incidents import (
    Agent,
    AgentKind,
    Alert,
    ChangeEvent,
    Channel,
    CustomField,
    FieldChange,
    Incident,
    IncidentStatus,
    Link,
    LogEntry,
    Note,
    Reference,
    Responder,
)
from connectors.json_fields import JsonValue
from connectors.pagerduty import common_payloads
from connectors.pagerduty.common_payloads import (
    agent_or_none,
    agents,
    context_links,
    distinct,
    flat,
    lines,
    plain,
    read_incident_id,
    reference_or_none,
    references,
    text_links,
)

_PAIRS = (
    ("priority", "old_priority", "new_priority"),
    ("urgency", "old_urgency", "new_urgency"),
)


def incident(fields: JsonValue) -> Incident:
    """Read an incident of the REST API, or the ``data`` of a webhook, whose names differ."""
    return Incident(
        id=read_incident_id(fields["id"]),
        number=_number(fields),
        title=fields.optional_text("title") or fields.optional_text("summary") or "",
        status=_status(fields),
        url=fields.optional_text("html_url") or "",
        created_at=fields["created_at"].time(),
        resolved_at=fields["resolved_at"].time_or_none(),
        reopened_at=fields["reopened_at"].time_or_none(),
        updated_at=fields["updated_at"].time_or_none(),
        last_status_change_at=fields["last_status_change_at"].time_or_none(),
        last_status_change_by=agent_or_none(fields["last_status_change_by"]),
        service=reference_or_none(fields["service"]),
        impacted_services=references(fields["impacted_services"].objects()),
        teams=references(fields["teams"].objects()),
        escalation_policy=reference_or_none(fields["escalation_policy"]),
        priority=_named(fields, "priority"),
        urgency=fields.optional_text("urgency"),
        incident_type=_named(fields, "incident_type"),
        alert_count=fields["alert_counts"]["all"].number_or_none(),
        merged_into=_merged_into(fields),
        conference_number=fields["conference_bridge"].optional_text("conference_number"),
        conference_url=fields["conference_bridge"].optional_text("conference_url"),
        responders=_responders(fields),
    )


def log_entry(fields: JsonValue) -> LogEntry:
    """Read a log entry, best one asked for with ``include[]=channels``."""
    channel = fields["channel"]
    type_ = fields["type"].text()
    return LogEntry(
        id=fields["id"].text(),
        kind=common_payloads.entry_kind(type_),
        summary=fields.optional_text("summary") or "",
        created_at=fields["created_at"].time(),
        agent=agent_or_none(fields["agent"]),
        channel=_channel(channel),
        service=reference_or_none(fields["service"]),
        url=fields.optional_text("html_url"),
        note=fields.optional_text("note"),
        message=fields.optional_text("message"),
        user=agent_or_none(fields["user"]),
        assignees=_assignees(fields),
        changes=tuple(_changes(channel)),
        links=distinct(_entry_links(fields, channel)),
        linked=reference_or_none(fields["linked_incident"]),
        word=common_payloads.entry_word(type_),
    )


def alert(fields: JsonValue) -> Alert:
    """Read an alert; its links come from its contexts and from the text of its body."""
    body = fields["body"]
    common = body["cef_details"]
    details = tuple(flat(body["details"].value))
    return Alert(
        id=fields["id"].text(),
        summary=fields.optional_text("summary") or "",
        created_at=fields["created_at"].time(),
        status=fields.optional_text("status") or "",
        resolved_at=fields["resolved_at"].time_or_none(),
        severity=fields.optional_text("severity") or common.optional_text("severity"),
        key=fields.optional_text("alert_key"),
        service=reference_or_none(fields["service"]),
        url=fields.optional_text("html_url"),
        suppressed=fields["suppressed"].flag(),
        client=common.optional_text("client"),
        client_url=common.optional_text("client_url"),
        details=lines(details),
        links=distinct(_alert_links(body, common, details)),
    )


def note(fields: JsonValue) -> Note:
    """Read a note; its author may be a bot."""
    return Note(
        id=fields["id"].text(),
        content=fields["content"].text(),
        created_at=fields["created_at"].time(),
        author=agent_or_none(fields["user"]),
        channel=_named(fields, "channel"),
    )


def change_event(fields: JsonValue) -> ChangeEvent:
    """Read a change event, with the reason why PagerDuty relates it to the incident."""
    links = (*context_links(fields["links"].objects()), *context_links(fields["images"].objects()))
    return ChangeEvent(
        id=fields["id"].text(),
        summary=fields.optional_text("summary") or "",
        created_at=fields["timestamp"].time(),
        source=fields.optional_text("source"),
        services=references(fields["services"].objects()),
        links=distinct(links),
        url=fields.optional_text("html_url"),
        reason=fields["correlation_reason"].optional_text("reason"),
    )


def custom_fields(fields: JsonValue) -> tuple[CustomField, ...]:
    """Read the ``custom_fields`` of an incident."""
    return tuple(
        CustomField(
            name=one["name"].text(),
            label=one.optional_text("display_name") or one["name"].text(),
            value=plain(one["value"].value),
        )
        for one in fields["custom_fields"].objects()
    )


def business_services(fields: JsonValue) -> tuple[Reference, ...]:
    """Read the business services that an incident has an impact on."""
    return references(fields["services"].objects())


def subscribers(fields: JsonValue) -> int:
    """Count who subscribed to an incident's status updates."""
    return fields["total"].number_or_none() or sum(1 for _ in fields["subscribers"].objects())


def _named(fields: JsonValue, name: str) -> str | None:
    """Give what the thing in a field is called: references have a summary, other things a name."""
    thing = fields[name]
    return thing.optional_text("summary") or thing.optional_text("name")


def _number(fields: JsonValue) -> int:
    number = fields["incident_number"].number_or_none()
    if number is None:
        number = fields["number"].number_or_none()
    if number is None:
        raise fields["incident_number"].wrong("a whole number")
    return number


def _status(fields: JsonValue) -> IncidentStatus:
    try:
        return IncidentStatus(fields["status"].text())
    except ValueError:
        raise fields["status"].wrong("triggered, acknowledged or resolved") from None


def _merged_into(fields: JsonValue) -> Reference | None:
    reason = fields["resolve_reason"]
    if reason.optional_text("type") != "merge_resolve_reason":
        return None
    target = reason["incident"].required_object()
    read_incident_id(target["id"])
    return reference_or_none(target)


def _responders(fields: JsonValue) -> tuple[Responder, ...]:
    """Read who was asked to help: each person once, and each policy that reached nobody yet."""
    found: dict[str, Responder] = {}
    for answer in fields["incidents_responders"].objects():
        _answered(answer, found)
    for request in fields["responder_requests"].objects():
        for outer in request["responder_request_targets"].objects():
            target = outer["responder_request_target"] or outer
            answers = tuple(target["incidents_responders"].objects())
            for answer in answers:
                _answered(answer, found)
            who = agent_or_none(target)
            if who and not answers and who.id not in found:
                found[who.id] = _responder(who, request)
    return tuple(found.values())


def _answered(answer: JsonValue, found: dict[str, Responder]) -> None:
    who = agent_or_none(answer["user"])
    if who and who.id not in found:
        found[who.id] = _responder(who, answer)


def _responder(who: Agent, request: JsonValue) -> Responder:
    state = request.optional_text("state") or "pending"
    return Responder(
        who=who,
        state=common_payloads.answer(state),
        requested_by=agent_or_none(request["requester"]),
        requested_at=request["requested_at"].time_or_none(),
        message=request.optional_text("message"),
        answered_at=None if state == "pending" else request["updated_at"].time_or_none(),
    )


def _channel(channel: JsonValue) -> Channel:
    common = channel["cef_details"]
    duration = channel["duration"].number_or_none()
    word = channel.optional_text("type") or ""
    return Channel(
        kind=common_payloads.channel_kind(word),
        word=word,
        summary=channel.optional_text("summary") or channel.optional_text("subject"),
        details=lines(flat(channel["details"].value)) or None,
        duration=None if duration is None else timedelta(seconds=duration),
        notification=_notification(channel),
        client=channel.optional_text("client") or common.optional_text("client"),
        client_url=channel.optional_text("client_url") or common.optional_text("client_url"),
        severity=common.optional_text("severity"),
        source=common.optional_text("source_origin"),
    )


def _notification(channel: JsonValue) -> str | None:
    """Give the kind of a page in one word; the address that it went to is nobody's business."""
    kind = channel["notification"].optional_text("type")
    return None if kind is None else common_payloads.medium(kind)


def _assignees(fields: JsonValue) -> tuple[Agent, ...]:
    """Read to whom the incident went, or who was asked to respond (``responders``)."""
    asked = [one["user"] or one for one in fields["responders"].objects()]
    found = agents([*fields["assignees"].objects(), *asked])
    return tuple(one for one in found if one.kind is not AgentKind.OTHER or one.name)


def _changes(channel: JsonValue) -> Iterator[FieldChange]:
    """Read what changed: a changeset of fields, or PagerDuty's pairs of old and new."""
    changeset = channel["changeset"]
    for kind in ("application_fields", "customer_fields") if changeset else ():
        for one in changeset[kind].objects():
            old, new = plain(one["old_value"].value), plain(one["value"].value)
            yield FieldChange(one["name"].text(), old or None, new or None)
    members = channel.members()
    for name, before, after in _PAIRS:
        pair = members.get(before), members.get(after)
        if pair != (None, None):
            old, new = map(plain, pair)
            yield FieldChange(name, old or None, new or None)


def _entry_links(fields: JsonValue, channel: JsonValue) -> Iterator[Link]:
    yield from context_links(fields["contexts"].objects())
    yield from context_links(channel["cef_details"]["contexts"].objects())
    if chat := fields.optional_text("chat_channel_web_link"):
        yield Link(chat, fields.optional_text("chat_channel_name") or "")


def _alert_links(
    body: JsonValue, common: JsonValue, details: tuple[tuple[str, str], ...]
) -> Iterator[Link]:
    yield from context_links(body["contexts"].objects())
    yield from context_links(common["contexts"].objects())
    yield from text_links(details)
    if client_url := common.optional_text("client_url"):
        yield Link(client_url, common.optional_text("client") or "")
