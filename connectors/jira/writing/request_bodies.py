"""What is sent to Jira: records in, JSON out."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, time

from connectors.jira.payloads import SiteKind
from connectors.jira.writing.markup import adf, wiki
from connectors.ticket_fields import FieldChoice, TicketField
from connectors.tickets import (
    COMMON_LABEL,
    INCIDENT_LABEL_PREFIX,
    MARK_LABEL_PREFIX,
    MARK_PROPERTY,
    AccountId,
    Json,
    NewTicket,
    RemoteLink,
    TicketChanges,
)

ESSENTIAL = frozenset({"project", "issuetype", "summary"})
"""Without these there is no ticket; any other field may be left out when Jira refuses it."""


PARENT = "parent"
"""The field of a parent: on Cloud for every type, on Data Center for sub-tasks."""
_SHARED = {"duedate": TicketField.DUE}
"""Jira's names of the fields that rows share, where they are not the same words."""


def as_shared(refused: Mapping[str, str]) -> dict[str, str]:
    """Give what Jira refused, by the names that a tracker's port has for the shared fields."""
    return {_SHARED.get(name, name): why for name, why in refused.items()}


def is_own_label(label: str) -> bool:
    """Tell whether a label is one that the program knows its tickets by, and no route's."""
    return label == COMMON_LABEL or label.startswith((INCIDENT_LABEL_PREFIX, MARK_LABEL_PREFIX))


def optional_fields(ticket: NewTicket) -> frozenset[str]:
    """Give the fields that a create of the ticket would send and can do without."""
    given = {
        "description": ticket.description,
        "labels": ticket.labels,
        "components": ticket.components,
        "priority": ticket.priority,
        "duedate": ticket.due,
        "assignee": ticket.assignee,
        **dict.fromkeys(ticket.extra, True),
        **({ticket.parent.field: True} if ticket.parent else {}),
    }
    return frozenset(name for name, value in given.items() if value) - ESSENTIAL


def new_issue(ticket: NewTicket, kind: SiteKind, without: Collection[str] = ()) -> Json:
    """Give the body of a create, without the fields that Jira refused before.

    The mark goes along as an issue property. Data Center documents a property's value as a text,
    so there it is JSON in a text.
    """
    cloud = kind is SiteKind.CLOUD
    mark = {"mark": ticket.mark, "incident": ticket.incident}
    fields = {name: value for name, value in _fields(ticket, kind).items() if name not in without}
    value = mark if cloud else json.dumps(mark)
    return {"fields": fields, "properties": [{"key": MARK_PROPERTY, "value": value}]}


def _fields(ticket: NewTicket, kind: SiteKind) -> Json:
    fields: dict[str, object] = {own: _as_json(value) for own, value in ticket.extra.items()}
    by = "id" if ticket.issue_type.isdecimal() else "name"
    fields |= {
        "project": {"key": ticket.project},
        "issuetype": {by: ticket.issue_type},
        "summary": ticket.summary,
    }
    if ticket.description:
        cloud = kind is SiteKind.CLOUD
        fields["description"] = adf(ticket.description) if cloud else wiki(ticket.description)
    if ticket.labels:
        fields["labels"] = list(ticket.labels)
    if ticket.components:
        fields["components"] = [_chosen(one) for one in ticket.components]
    if ticket.priority is not None:
        fields["priority"] = _chosen(ticket.priority)
    if ticket.due is not None:
        fields["duedate"] = ticket.due.isoformat()
    if ticket.assignee is not None:
        fields["assignee"] = _person(ticket.assignee, kind)
    if ticket.parent is not None:
        key = ticket.parent.key
        fields[ticket.parent.field] = {"key": key} if ticket.parent.field == PARENT else key
    return fields


def edit(changes: TicketChanges, kind: SiteKind, without: Collection[str] = ()) -> Json:
    """Give the body of an edit, {} where nothing is left to change.

    Labels are added one by one, so that nobody's own are replaced.
    """
    fields: dict[str, object] = {}
    if changes.summary is not None:
        fields["summary"] = changes.summary
    if changes.priority is not None:
        fields["priority"] = _chosen(changes.priority)
    if changes.due is not None or changes.clear_due:
        fields["duedate"] = changes.due.isoformat() if changes.due is not None else None
    if changes.assignee is not None:
        fields["assignee"] = _person(changes.assignee, kind)
    elif changes.clear_assignee:
        fields["assignee"] = None
    kept = {name: value for name, value in fields.items() if name not in without}
    body: dict[str, object] = {"fields": kept} if kept else {}
    if changes.add_labels and "labels" not in without:
        body["update"] = {"labels": [{"add": label} for label in changes.add_labels]}
    return body


def transition(move: str, given: Json) -> Json:
    """Give the body of a transition, with the fields that go with it."""
    fields = {
        own: _chosen(one) if isinstance(one, FieldChoice) else _as_json(one)
        for own, one in given.items()
    }
    body: dict[str, object] = {"transition": {"id": move}}
    return body | {"fields": fields} if fields else body


def assignee(changes: TicketChanges, kind: SiteKind) -> Json:
    """Give the body that makes somebody the assignee, or nobody."""
    return _person(changes.assignee, kind)


def remote_link(link: RemoteLink) -> Json:
    """Give the body of a remote link. Jira empties what an update leaves out, so all is sent."""
    return {"globalId": link.global_id, "object": {"url": link.url, "title": link.title}}


def _as_json(value: object) -> object:
    """Write the days and times of a settings file as Jira takes them: no colon in an offset."""
    match value:
        case datetime(tzinfo=tzinfo) if tzinfo is not None:
            return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}{value:%z}"
        case date() | time():
            return value.isoformat()
        case Mapping():
            return {str(name): _as_json(one) for name, one in value.items()}
        case list() | tuple():
            return [_as_json(one) for one in value]
    return value


def _chosen(choice: FieldChoice) -> Json:
    """Name a value by its id: Jira does not know the name that it shows in another language."""
    return {"id": choice.id} if choice.id else {"name": choice.name}


def _person(account: AccountId | None, kind: SiteKind) -> Json:
    return {"accountId" if kind is SiteKind.CLOUD else "name": account}
