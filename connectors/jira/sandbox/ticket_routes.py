"""The sandbox's routes that make, change and give tickets: one at a time."""

import json
import re
from collections.abc import Mapping
from typing import Any

from connectors.jira.sandbox.field_values import WrongValue, read_assignee
from connectors.jira.sandbox.issue_requests import (
    ApiAnswer,
    ApiRequest,
    Handler,
    RefusedRequest,
    read_create,
    read_edit,
    read_transition,
)
from connectors.jira.sandbox.projects import Project
from connectors.jira.sandbox.site import TicketRecord

CREATE_LIMIT = 50


def _created(request: ApiRequest, body: Any) -> TicketRecord:
    draft = read_create(request.site, body)
    given = {**body["fields"], **(body.get("update") or {})}
    if refused := {own: why for own, why in draft.project.validators.items() if own in given}:
        raise RefusedRequest(refused)  # a workflow's validators come last
    record = request.site.create(draft.project, creator=request.site.myself, **draft.values)
    record.properties.update(draft.properties)
    return record


def _must_be_storable(request: ApiRequest) -> None:
    """Refuse, as a database does that cannot store some characters, all that the request holds."""
    poison = request.site.poison
    if poison and re.search(poison, json.dumps(request.body, ensure_ascii=False)):
        raise RefusedRequest(messages=["Internal server error"], status=500)


def create(request: ApiRequest) -> ApiAnswer:
    """``POST issue``."""
    _must_be_storable(request)
    return ApiAnswer(201, request.views.created(_created(request, request.body).now))


def create_many(request: ApiRequest) -> ApiAnswer:
    """``POST issue/bulk``: 201 if any was made; those that failed are listed apart."""
    _must_be_storable(request)
    updates = request.body.get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        raise RefusedRequest(messages=["No issues to create."])
    if len(updates) > CREATE_LIMIT:
        raise RefusedRequest(messages=[f"You can create at most {CREATE_LIMIT} issues at a time."])
    issues, errors = [], []
    for number, update in enumerate(updates):
        try:
            issues.append(request.views.created(_created(request, update).now))
        except RefusedRequest as refused:
            failed = {"status": refused.status, "elementErrors": refused.body}
            errors.append({**failed, "failedElementNumber": number})
    return ApiAnswer(201 if issues else 400, {"issues": issues, "errors": errors})


def read(request: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}``; a key of old leads to the ticket too."""
    record = request.ticket()
    fields = request.listed("fields", "*all")
    return ApiAnswer(
        body=request.views.ticket(record, record.now, fields, request.listed("properties"))
    )


def edit(request: ApiRequest) -> ApiAnswer:
    """``PUT issue/{ticket}``."""
    record = request.ticket()
    project = request.site.project(record.now.project)
    if project is None or "EDIT_ISSUES" in project.lacking:
        raise RefusedRequest(messages=["You do not have permission to edit issues."], status=403)
    if record.now.archived:
        raise RefusedRequest(messages=["The issue is archived."])
    values = read_edit(request.site, project, record.now, request.body)
    _must_have_assignee(project, values)
    fields = request.body.get("fields") or {}
    if said := [why for own, why in project.edit_listeners.items() if own in fields]:
        raise RefusedRequest(messages=said)
    request.site.change(record, **values)
    return ApiAnswer(204)


def _must_have_assignee(project: Project, values: Mapping[str, Any]) -> None:
    if project.must_be_assigned and values.get("assignee", ...) is None:
        raise RefusedRequest({"assignee": "Issues must be assigned."})


def assign(request: ApiRequest) -> ApiAnswer:
    """``PUT issue/{ticket}/assignee``: whatever stands on the screens."""
    record, body = request.ticket(), request.body
    project = request.site.project(record.now.project)
    if project is None or "ASSIGN_ISSUES" in project.lacking:
        # Data Center documents 401 here, and no 403.
        said = "You do not have permission to assign issues."
        raise RefusedRequest(messages=[said], status=403 if request.site.is_cloud else 401)
    name = "accountId" if request.site.is_cloud else "name"
    if not isinstance(body, dict) or body.keys() != {name}:
        raise RefusedRequest(messages=[f"'{name}' is missing."])
    try:
        person = read_assignee(request.site, None if body[name] is None else body)
    except WrongValue as wrong:
        raise RefusedRequest({"assignee": str(wrong)}) from None
    _must_have_assignee(project, {"assignee": person})
    request.site.change(record, assignee=person)
    return ApiAnswer(204)


def delete(request: ApiRequest) -> ApiAnswer:
    """``DELETE issue/{ticket}``."""
    request.site.delete(request.ticket())
    return ApiAnswer(204)


def transitions(request: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/transitions``."""
    record = request.ticket()
    allowed = "TRANSITION_ISSUES" not in _lacking(request, record)
    moves = request.site.moves(record) if allowed else []
    fields = "transitions.fields" in request.listed("expand")
    shown = [request.views.transition(move, fields=fields) for move in moves]
    return ApiAnswer(body={"expand": "transitions", "transitions": shown})


def transition(request: ApiRequest) -> ApiAnswer:
    """``POST issue/{ticket}/transitions``: only what the workflow allows from here."""
    record = request.ticket()
    wanted = request.body.get("transition", {}).get("id")
    if not isinstance(wanted, str):
        raise RefusedRequest(messages=["Missing 'transition' identifier"])
    allowed = "TRANSITION_ISSUES" not in _lacking(request, record)
    for move in request.site.moves(record):
        if move.id == wanted and allowed:
            values = read_transition(move, request.body)
            request.site.transition(record, move, **values)
            return ApiAnswer(204)
    raise RefusedRequest(
        messages=[
            "It seems that you have tried to perform a workflow operation that is not valid for "
            f"the current state of this issue ({record.now.key})."
        ]
    )


def _lacking(request: ApiRequest, record: TicketRecord) -> set[str]:
    """Give the permissions that the account lacks in a ticket's project."""
    project = request.site.project(record.now.project)
    return project.lacking if project else set()


def _linkable(request: ApiRequest) -> TicketRecord:
    """Give the ticket that the path names, where the site has remote links at all."""
    if not request.site.has_remote_links:
        raise RefusedRequest(messages=["null for uri: " + request.path["ticket"]], status=404)
    return request.ticket()


def links(request: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/remotelink``."""
    return ApiAnswer(body=_linkable(request).links)


def link(request: ApiRequest) -> ApiAnswer:
    """``POST issue/{ticket}/remotelink``: the same ``globalId`` again replaces the link."""
    record, body = _linkable(request), request.body
    if "LINK_ISSUES" in _lacking(request, record):
        raise RefusedRequest(messages=["No Link Issue Permission for issue."], status=403)
    target = body.get("object") or {}
    missing = {name: f"'{name}' is required." for name in ("url", "title") if not target.get(name)}
    if missing:
        raise RefusedRequest(missing)
    own = body.get("globalId")
    known = [each for each in record.links if own and each.get("globalId") == own]
    number = known[0]["id"] if known else 10_000 + len(record.links)
    address = f"{request.views.link(record.now)}/remotelink/{number}"
    kept = {"id": number, "self": address, **body}
    record.links[:] = [each for each in record.links if each not in known] + [kept]
    # Data Center documents no 201 here.
    created = not known and request.site.is_cloud
    return ApiAnswer(201 if created else 200, {"id": number, "self": address})


def read_property(request: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/properties/{key}``."""
    properties, key = request.ticket().properties, request.path["key"]
    if key not in properties:
        raise RefusedRequest(messages=["The property with the key does not exist."], status=404)
    return ApiAnswer(body={"key": key, "value": properties[key]})


def set_property(request: ApiRequest) -> ApiAnswer:
    """``PUT issue/{ticket}/properties/{key}``."""
    properties, key = request.ticket().properties, request.path["key"]
    status = 200 if key in properties else 201
    properties[key] = request.body
    return ApiAnswer(status, {})


TICKET_ROUTES: Mapping[tuple[str, str], Handler] = {
    ("POST", "issue"): create,
    ("POST", "issue/bulk"): create_many,
    ("GET", "issue/{ticket}"): read,
    ("PUT", "issue/{ticket}"): edit,
    ("PUT", "issue/{ticket}/assignee"): assign,
    ("DELETE", "issue/{ticket}"): delete,
    ("GET", "issue/{ticket}/transitions"): transitions,
    ("POST", "issue/{ticket}/transitions"): transition,
    ("GET", "issue/{ticket}/remotelink"): links,
    ("POST", "issue/{ticket}/remotelink"): link,
    ("GET", "issue/{ticket}/properties/{key}"): read_property,
    ("PUT", "issue/{ticket}/properties/{key}"): set_property,
}
"""Method and path under ``/rest/api/N/`` → what answers."""
