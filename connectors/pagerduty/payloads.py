"""PagerDuty's JSON as records. Every function may raise ``PayloadError``, which names the field.

Each takes :class:`JsonValue` and gives a record of ``connectors.incidents``. Types of agents are an
open set: an unknown one is read like the others. A person who was deleted stays as a reference
with a ``summary``. Log entries are read in ``log_payloads``.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from connectors.incidents import (
    Agent,
    Alert,
    ChangeEvent,
    CustomField,
    Incident,
    IncidentStatus,
    Link,
    Note,
    Reference,
    Responder,
)
from connectors.json_fields import JsonValue
from connectors.pagerduty import common_payloads
from connectors.pagerduty.common_payloads import (
    OWN_ID,
    Pairs,
    agent_or_none,
    flat,
    read_incident_id,
    readable_lines,
    reference_or_none,
    references,
    written,
)
from connectors.pagerduty.incident_fields import field_text
from connectors.pagerduty.senders.own_words import own_words, with_place
from connectors.pagerduty.text_links import context_links, distinct, links_in, links_of
from connectors.pagerduty.written_text import title

_NUMBERED = re.compile(r"\[#\d+\]\s*")
_USUAL_TYPE = "incident_default"


def incident(fields: JsonValue) -> Incident:
    """Read an incident of the REST API, or the ``data`` of a webhook, whose names differ."""
    return Incident(
        id=read_incident_id(fields["id"]),
        number=_number(fields),
        title=title(fields.optional_text("title") or _summary(fields)),
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
        incident_type=_incident_type(fields),
        alert_count=fields["alert_counts"]["all"].number_or_none(),
        merged_into=_merged_into(fields),
        conference_number=fields["conference_bridge"].optional_text("conference_number"),
        conference_url=fields["conference_bridge"].optional_text("conference_url"),
        responders=_responders(fields),
        description=_description(fields),
    )


def alert(fields: JsonValue) -> Alert:
    """Read an alert; its links come from its contexts and from the text of its body."""
    body = fields["body"]
    common = body["cef_details"]
    details = body["details"].value or common["details"].value
    pairs = flat(details)
    summary = title(fields.optional_text("summary") or "")
    return Alert(
        id=fields["id"].text(),
        summary=summary,
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
        details=readable_lines(pairs),
        words=with_place(own_words(details, pairs, summary), summary, common),
        links=distinct(_alert_links(body, common, pairs)),
        entry=fields["first_trigger_log_entry"].optional_text("id"),
    )


_ELSEWHERE = frozenset({"contexts", "client", "client_url", "details"})
"""What has its own place in a body, or is no text to search for links."""


def _alert_links(body: JsonValue, common: JsonValue, pairs: Pairs) -> Iterator[Link]:
    """Find the links of an alert: in the contexts of its body, then wherever else they stand.

    ``pairs`` are its details, flattened.
    """
    own, members = body.members(), common.members()
    contexts, details = own.get("contexts"), own.get("details")
    also, more = members.get("contexts"), members.get("details")
    yield from context_links(contexts)
    if also != contexts:  # PagerDuty sends most of a body twice
        yield from context_links(also)
    yield from links_of(pairs)
    if details and more != details:  # else they are in the pairs
        yield from links_in(more)
    for name, one in members.items():
        if name not in _ELSEWHERE and "://" in str(one):
            yield from links_in({name: one})
    if client_url := common.optional_text("client_url"):
        yield Link(client_url, common.optional_text("client") or "")


def note(fields: JsonValue) -> Note:
    """Read a note; its author may be a bot."""
    return Note(
        id=fields["id"].text(),
        content=written(fields["content"].text()),
        created_at=fields["created_at"].time(),
        author=agent_or_none(fields["user"]),
        channel=_named(fields, "channel"),
    )


def change_event(fields: JsonValue) -> ChangeEvent:
    """Read a change event, with the reason why PagerDuty relates it to the incident."""
    links = (*context_links(fields["links"].value), *context_links(fields["images"].value))
    return ChangeEvent(
        id=fields["id"].text(),
        summary=title(fields.optional_text("summary") or ""),
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
            value=field_text(one["value"].value, one.optional_text("data_type") or ""),
        )
        for one in fields["custom_fields"].objects()
    )


def business_services(fields: JsonValue) -> tuple[Reference, ...]:
    """Read the business services that an incident has an impact on; of others people said so."""
    each = fields["services"].required_list()
    return references(one for one in each if one.optional_text("status") != "not_impacted")


def subscribers(fields: JsonValue) -> int:
    """Count who subscribed to an incident's status updates."""
    return fields["total"].number_or_none() or len(fields["subscribers"].required_list())


def _summary(fields: JsonValue) -> str:
    """Give the title as the summary has it, behind the incident's number."""
    return _NUMBERED.sub("", fields.optional_text("summary") or "")


def _named(fields: JsonValue, name: str) -> str | None:
    """Give what the thing in a field is called: references have a summary, other things a name."""
    thing = fields[name]
    return thing.optional_text("summary") or thing.optional_text("name")


def _incident_type(fields: JsonValue) -> str | None:
    """Give the type by the name that rules and templates have for it, None for the usual one."""
    name = fields["incident_type"].optional_text("name") or _named(fields, "incident_type")
    return None if name == _USUAL_TYPE else name


def _description(fields: JsonValue) -> str | None:
    """Give what was written on opening the incident; what a monitor sent is its alerts'."""
    details = fields["body"]["details"].value
    return written(details).strip() or None if isinstance(details, str) else None


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
    target = reference_or_none(reason["incident"])
    target = replace(target, name=title(target.name)) if target else None
    return target if target and re.fullmatch(OWN_ID, target.id) else None


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
    if who is None:
        return
    told = _responder(who, answer)
    known = found.setdefault(who.id, told)  # perhaps of an earlier request
    if told.answered_at and (known.answered_at is None or told.answered_at > known.answered_at):
        found[who.id] = told


def _responder(who: Agent, request: JsonValue) -> Responder:
    state = request.optional_text("state") or "pending"
    return Responder(
        who=who,
        state=common_payloads.answer(state),
        requested_by=agent_or_none(request["requester"]),
        requested_at=request["requested_at"].time_or_none(),
        message=written(request.optional_text("message") or "") or None,
        answered_at=None if state == "pending" else request["updated_at"].time_or_none(),
    )
