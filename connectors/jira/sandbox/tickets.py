"""The sandbox's routes about single tickets, and the creates."""

from collections.abc import Mapping
from typing import Any

from connectors.jira.sandbox.asking import ApiAnswer, ApiRequest, Handler
from connectors.jira.sandbox.rules import RefusedRequest, read_create, read_edit
from connectors.jira.sandbox.site import TicketRecord

BULK_LIMIT = 50


def _create(asked: ApiRequest, body: Any) -> TicketRecord:
    draft = read_create(asked.site, body)
    record = asked.site.create(draft.project, **draft.values)
    record.properties.update(draft.properties)
    return record


def create(asked: ApiRequest) -> ApiAnswer:
    """``POST issue``."""
    return ApiAnswer(201, asked.views.created(_create(asked, asked.body).now))


def create_many(asked: ApiRequest) -> ApiAnswer:
    """``POST issue/bulk``: 201 if any was made; those that failed are listed apart."""
    updates = asked.body.get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        raise RefusedRequest(messages=["No issues to create."])
    if len(updates) > BULK_LIMIT:
        raise RefusedRequest(messages=[f"You can create at most {BULK_LIMIT} issues at a time."])
    issues, errors = [], []
    for number, update in enumerate(updates):
        try:
            issues.append(asked.views.created(_create(asked, update).now))
        except RefusedRequest as refused:
            failed = {"status": refused.status, "elementErrors": refused.body}
            errors.append({**failed, "failedElementNumber": number})
    return ApiAnswer(201 if issues else 400, {"issues": issues, "errors": errors})


def read(asked: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}``; a key of old leads to the ticket too."""
    record = asked.ticket()
    fields = asked.listed("fields", "*all")
    return ApiAnswer(
        body=asked.views.ticket(record, record.now, fields, asked.listed("properties"))
    )


def edit(asked: ApiRequest) -> ApiAnswer:
    """``PUT issue/{ticket}``."""
    record = asked.ticket()
    project = asked.site.project(record.now.project)
    if project is None or "EDIT_ISSUES" in project.lacking:
        raise RefusedRequest(messages=["You do not have permission to edit issues."], status=403)
    if record.now.archived:
        raise RefusedRequest(messages=["The issue is archived."])
    asked.site.change(record, **read_edit(asked.site, project, record.now, asked.body))
    return ApiAnswer(204)


def delete(asked: ApiRequest) -> ApiAnswer:
    """``DELETE issue/{ticket}``."""
    asked.site.delete(asked.ticket())
    return ApiAnswer(204)


def transitions(asked: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/transitions``."""
    moves = asked.site.moves(asked.ticket())
    shown = [asked.views.transition(move) for move in moves]
    return ApiAnswer(body={"expand": "transitions", "transitions": shown})


def transition(asked: ApiRequest) -> ApiAnswer:
    """``POST issue/{ticket}/transitions``: only what the workflow allows from here."""
    record = asked.ticket()
    wanted = asked.body.get("transition", {}).get("id")
    if not isinstance(wanted, str):
        raise RefusedRequest(messages=["Missing 'transition' identifier"])
    for move in asked.site.moves(record):
        if move.id == wanted:
            asked.site.transition(record, move)
            return ApiAnswer(204)
    raise RefusedRequest(
        messages=[
            "It seems that you have tried to perform a workflow operation that is not valid for "
            f"the current state of this issue ({record.now.key})."
        ]
    )


def links(asked: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/remotelink``."""
    return ApiAnswer(body=asked.ticket().links)


def link(asked: ApiRequest) -> ApiAnswer:
    """``POST issue/{ticket}/remotelink``: the same ``globalId`` again replaces the link."""
    record, body = asked.ticket(), asked.body
    target = body.get("object") or {}
    missing = {name: f"'{name}' is required." for name in ("url", "title") if not target.get(name)}
    if missing:
        raise RefusedRequest(missing)
    own = body.get("globalId")
    known = [each for each in record.links if own and each.get("globalId") == own]
    number = known[0]["id"] if known else 10_000 + len(record.links)
    address = f"{asked.views.link(record.now)}/remotelink/{number}"
    kept = {"id": number, "self": address, **body}
    record.links[:] = [each for each in record.links if each not in known] + [kept]
    # Data Center documents no 201 here.
    created = not known and asked.site.is_cloud
    return ApiAnswer(201 if created else 200, {"id": number, "self": address})


def read_property(asked: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/properties/{key}``."""
    properties, key = asked.ticket().properties, asked.path["key"]
    if key not in properties:
        raise RefusedRequest(messages=["The property with the key does not exist."], status=404)
    return ApiAnswer(body={"key": key, "value": properties[key]})


def set_property(asked: ApiRequest) -> ApiAnswer:
    """``PUT issue/{ticket}/properties/{key}``."""
    properties, key = asked.ticket().properties, asked.path["key"]
    status = 200 if key in properties else 201
    properties[key] = asked.body
    return ApiAnswer(status, {})


ROUTES: Mapping[tuple[str, str], Handler] = {
    ("POST", "issue"): create,
    ("POST", "issue/bulk"): create_many,
    ("GET", "issue/{ticket}"): read,
    ("PUT", "issue/{ticket}"): edit,
    ("DELETE", "issue/{ticket}"): delete,
    ("GET", "issue/{ticket}/transitions"): transitions,
    ("POST", "issue/{ticket}/transitions"): transition,
    ("GET", "issue/{ticket}/remotelink"): links,
    ("POST", "issue/{ticket}/remotelink"): link,
    ("GET", "issue/{ticket}/properties/{key}"): read_property,
    ("PUT", "issue/{ticket}/properties/{key}"): set_property,
}
"""Method and path under ``/rest/api/N/`` → what answers."""
