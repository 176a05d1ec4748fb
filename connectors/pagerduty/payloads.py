"""PagerDuty's JSON as records. Every function may raise ``PayloadError``, which names the field.

Each takes :class:`Fields` and gives a record of ``connectors.incidents``. Types of log entries,
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
from connectors.pagerduty.common_payloads import (
    agent_or_none,
    agents,
    context_links,
    distinct,
    flat,
    lines,
    plain,
    reference_or_none,
    references,
    text_links,
)
from connectors.pagerduty.fields import Fields

_NOTHING = Fields({})
_PAIRS = (
    ("priority", "old_priority", "new_priority"),
    ("urgency", "old_urgency", "new_urgency"),
)
_NOTIFICATIONS = {
    "short_email": "email",
    "ios_push": "push",
    "android_push": "push",
    "push": "push",
}


def incident(fields: Fields) -> Incident:
    """Read an incident of the REST API, or the ``data`` of a webhook, whose names differ."""
    return Incident(
        id=fields.incident_id("id"),
        number=_number(fields),
        title=fields.text_or_none("title") or fields.text_or_none("summary") or "",
        status=_status(fields),
        url=fields.text_or_none("html_url") or "",
        created_at=fields.time("created_at"),
        resolved_at=fields.time_or_none("resolved_at"),
        reopened_at=fields.time_or_none("reopened_at"),
        updated_at=fields.time_or_none("updated_at"),
        last_status_change_at=fields.time_or_none("last_status_change_at"),
        last_status_change_by=agent_or_none(fields.within_or_none("last_status_change_by")),
        service=reference_or_none(fields.within_or_none("service")),
        impacted_services=references(fields.each("impacted_services")),
        teams=references(fields.each("teams")),
        escalation_policy=reference_or_none(fields.within_or_none("escalation_policy")),
        priority=_named(fields, "priority"),
        urgency=fields.text_or_none("urgency"),
        incident_type=_named(fields, "incident_type"),
        alert_count=_within(fields, "alert_counts").number_or_none("all"),
        merged_into=_merged_into(fields),
        conference_number=_within(fields, "conference_bridge").text_or_none("conference_number"),
        conference_url=_within(fields, "conference_bridge").text_or_none("conference_url"),
        responders=_responders(fields),
    )


def log_entry(fields: Fields) -> LogEntry:
    """Read a log entry, best one asked for with ``include[]=channels``."""
    channel = _within(fields, "channel")
    return LogEntry(
        id=fields.text("id"),
        type=fields.text("type"),
        summary=fields.text_or_none("summary") or "",
        created_at=fields.time("created_at"),
        agent=agent_or_none(fields.within_or_none("agent")),
        channel=_channel(channel),
        service=reference_or_none(fields.within_or_none("service")),
        url=fields.text_or_none("html_url"),
        note=fields.text_or_none("note"),
        message=fields.text_or_none("message"),
        user=agent_or_none(fields.within_or_none("user")),
        assignees=_assignees(fields),
        changes=tuple(_changes(channel)),
        links=distinct(_entry_links(fields, channel)),
        linked=reference_or_none(fields.within_or_none("linked_incident")),
    )


def alert(fields: Fields) -> Alert:
    """Read an alert; its links come from its contexts and from the text of its body."""
    body = _within(fields, "body")
    common = _within(body, "cef_details")
    details = tuple(flat(body.any("details")))
    return Alert(
        id=fields.text("id"),
        summary=fields.text_or_none("summary") or "",
        created_at=fields.time("created_at"),
        status=fields.text_or_none("status") or "",
        resolved_at=fields.time_or_none("resolved_at"),
        severity=fields.text_or_none("severity") or common.text_or_none("severity"),
        key=fields.text_or_none("alert_key"),
        service=reference_or_none(fields.within_or_none("service")),
        url=fields.text_or_none("html_url"),
        suppressed=fields.flag("suppressed"),
        client=common.text_or_none("client"),
        client_url=common.text_or_none("client_url"),
        details=lines(details),
        links=distinct(_alert_links(body, common, details)),
    )


def note(fields: Fields) -> Note:
    """Read a note; its author may be a bot."""
    return Note(
        id=fields.text("id"),
        content=fields.text("content"),
        created_at=fields.time("created_at"),
        author=agent_or_none(fields.within_or_none("user")),
        channel=_named(fields, "channel"),
    )


def change_event(fields: Fields) -> ChangeEvent:
    """Read a change event, with the reason why PagerDuty relates it to the incident."""
    links = (*context_links(fields.each("links")), *context_links(fields.each("images")))
    return ChangeEvent(
        id=fields.text("id"),
        summary=fields.text_or_none("summary") or "",
        created_at=fields.time("timestamp"),
        source=fields.text_or_none("source"),
        services=references(fields.each("services")),
        links=distinct(links),
        url=fields.text_or_none("html_url"),
        reason=_within(fields, "correlation_reason").text_or_none("reason"),
    )


def custom_fields(fields: Fields) -> tuple[CustomField, ...]:
    """Read the ``custom_fields`` of an incident."""
    return tuple(
        CustomField(
            name=one.text("name"),
            label=one.text_or_none("display_name") or one.text("name"),
            value=plain(one.any("value")),
        )
        for one in fields.each("custom_fields")
    )


def business_services(fields: Fields) -> tuple[Reference, ...]:
    """Read the business services that an incident has an impact on."""
    return references(fields.each("services"))


def subscribers(fields: Fields) -> int:
    """Count who subscribed to an incident's status updates."""
    return fields.number_or_none("total") or sum(1 for _ in fields.each("subscribers"))


def _within(fields: Fields, name: str) -> Fields:
    """Give the object that a field holds, an empty one where it is absent."""
    return fields.within_or_none(name) or _NOTHING


def _named(fields: Fields, name: str) -> str | None:
    """Give what the thing in a field is called: references have a summary, other things a name."""
    within = _within(fields, name)
    return within.text_or_none("summary") or within.text_or_none("name")


def _number(fields: Fields) -> int:
    number = fields.number_or_none("incident_number")
    if number is None:
        number = fields.number_or_none("number")
    if number is None:
        raise fields.wrong("incident_number", "a whole number")
    return number


def _status(fields: Fields) -> IncidentStatus:
    try:
        return IncidentStatus(fields.text("status"))
    except ValueError:
        raise fields.wrong("status", "triggered, acknowledged or resolved") from None


def _merged_into(fields: Fields) -> Reference | None:
    reason = _within(fields, "resolve_reason")
    if reason.text_or_none("type") != "merge_resolve_reason":
        return None
    target = reason.within("incident")
    target.incident_id("id")
    return reference_or_none(target)


def _responders(fields: Fields) -> tuple[Responder, ...]:
    """Read who was asked to help: each person once, and each policy that reached nobody yet."""
    found: dict[str, Responder] = {}
    for answer in fields.each("incidents_responders"):
        _answered(answer, found)
    for request in fields.each("responder_requests"):
        for outer in request.each("responder_request_targets"):
            target = outer.within_or_none("responder_request_target") or outer
            answers = tuple(target.each("incidents_responders"))
            for answer in answers:
                _answered(answer, found)
            who = agent_or_none(target)
            if who and not answers and who.id not in found:
                found[who.id] = _responder(who, request)
    return tuple(found.values())


def _answered(answer: Fields, found: dict[str, Responder]) -> None:
    who = agent_or_none(answer.within_or_none("user"))
    if who and who.id not in found:
        found[who.id] = _responder(who, answer)


def _responder(who: Agent, request: Fields) -> Responder:
    state = request.text_or_none("state") or "pending"
    return Responder(
        who=who,
        state=state,
        requested_by=agent_or_none(request.within_or_none("requester")),
        requested_at=request.time_or_none("requested_at"),
        message=request.text_or_none("message"),
        answered_at=None if state == "pending" else request.time_or_none("updated_at"),
    )


def _channel(channel: Fields) -> Channel:
    common = _within(channel, "cef_details")
    duration = channel.number_or_none("duration")
    return Channel(
        type=channel.text_or_none("type") or "",
        summary=channel.text_or_none("summary") or channel.text_or_none("subject"),
        details=lines(flat(channel.any("details"))) or None,
        duration=None if duration is None else timedelta(seconds=duration),
        notification=_notification(channel),
        client=channel.text_or_none("client") or common.text_or_none("client"),
        client_url=channel.text_or_none("client_url") or common.text_or_none("client_url"),
        severity=common.text_or_none("severity"),
        source=common.text_or_none("source_origin"),
    )


def _notification(channel: Fields) -> str | None:
    """Give the kind of a page in one word; the address that it went to is nobody's business."""
    kind = _within(channel, "notification").text_or_none("type")
    if kind is None:
        return None
    kind = kind.removesuffix("_notification")
    return _NOTIFICATIONS.get(kind, kind)


def _assignees(fields: Fields) -> tuple[Agent, ...]:
    """Read to whom the incident went, or who was asked to respond (``responders``)."""
    asked = [one.within_or_none("user") or one for one in fields.each("responders")]
    found = agents([*fields.each("assignees"), *asked])
    return tuple(one for one in found if one.kind is not AgentKind.OTHER or one.name)


def _changes(channel: Fields) -> Iterator[FieldChange]:
    """Read what changed: a changeset of fields, or PagerDuty's pairs of old and new."""
    changeset = _within(channel, "changeset")
    for kind in ("application_fields", "customer_fields"):
        for one in changeset.each(kind):
            old, new = plain(one.any("old_value")), plain(one.any("value"))
            yield FieldChange(one.text("name"), old or None, new or None)
    for name, before, after in _PAIRS:
        if before in channel or after in channel:
            old, new = plain(channel.any(before)), plain(channel.any(after))
            yield FieldChange(name, old or None, new or None)


def _entry_links(fields: Fields, channel: Fields) -> Iterator[Link]:
    yield from context_links(fields.each("contexts"))
    yield from context_links(_within(channel, "cef_details").each("contexts"))
    if chat := fields.text_or_none("chat_channel_web_link"):
        yield Link(chat, fields.text_or_none("chat_channel_name") or "")


def _alert_links(
    body: Fields, common: Fields, details: tuple[tuple[str, str], ...]
) -> Iterator[Link]:
    yield from context_links(body.each("contexts"))
    yield from context_links(common.each("contexts"))
    yield from text_links(details)
    if client_url := common.text_or_none("client_url"):
        yield Link(client_url, common.text_or_none("client") or "")
