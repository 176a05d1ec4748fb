"""The sandbox's routes that make, change and give tickets: one, many, searches."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from connectors.jira.sandbox.api_request import LOGIN_FAILED, ApiAnswer, ApiRequest, Handler
from connectors.jira.sandbox.field_values import WrongValue, read_assignee
from connectors.jira.sandbox.issue_requests import (
    RefusedRequest,
    read_create,
    read_edit,
    read_transition,
)
from connectors.jira.sandbox.jql import BadQuery, search
from connectors.jira.sandbox.site import SandboxTicket, TicketRecord
from connectors.jira.sandbox.views import Wire

CREATE_LIMIT = 50


def _created(request: ApiRequest, body: Any) -> TicketRecord:
    draft = read_create(request.site, body)
    record = request.site.create(draft.project, **draft.values)
    record.properties.update(draft.properties)
    return record


def create(request: ApiRequest) -> ApiAnswer:
    """``POST issue``."""
    return ApiAnswer(201, request.views.created(_created(request, request.body).now))


def create_many(request: ApiRequest) -> ApiAnswer:
    """``POST issue/bulk``: 201 if any was made; those that failed are listed apart."""
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
    request.site.change(record, **read_edit(request.site, project, record.now, request.body))
    return ApiAnswer(204)


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
    request.site.change(record, assignee=person)
    return ApiAnswer(204)


def delete(request: ApiRequest) -> ApiAnswer:
    """``DELETE issue/{ticket}``."""
    request.site.delete(request.ticket())
    return ApiAnswer(204)


def transitions(request: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/transitions``."""
    moves = request.site.moves(request.ticket())
    fields = "transitions.fields" in request.listed("expand")
    shown = [request.views.transition(move, fields=fields) for move in moves]
    return ApiAnswer(body={"expand": "transitions", "transitions": shown})


def transition(request: ApiRequest) -> ApiAnswer:
    """``POST issue/{ticket}/transitions``: only what the workflow allows from here."""
    record = request.ticket()
    wanted = request.body.get("transition", {}).get("id")
    if not isinstance(wanted, str):
        raise RefusedRequest(messages=["Missing 'transition' identifier"])
    for move in request.site.moves(record):
        if move.id == wanted:
            values = read_transition(move, request.body)
            request.site.transition(record, move, **values)
            return ApiAnswer(204)
    raise RefusedRequest(
        messages=[
            "It seems that you have tried to perform a workflow operation that is not valid for "
            f"the current state of this issue ({record.now.key})."
        ]
    )


def links(request: ApiRequest) -> ApiAnswer:
    """``GET issue/{ticket}/remotelink``."""
    return ApiAnswer(body=request.ticket().links)


def link(request: ApiRequest) -> ApiAnswer:
    """``POST issue/{ticket}/remotelink``: the same ``globalId`` again replaces the link."""
    record, body = request.ticket(), request.body
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


FETCH_LIMIT = 100
PROPERTY_LIMIT = 5
_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def bulk_fetch(request: ApiRequest) -> ApiAnswer:
    """``POST issue/bulkfetch``: what cannot be seen is left out without a word."""
    body = request.body
    wanted, properties = body.get("issueIdsOrKeys"), body.get("properties", [])
    if not wanted or len(wanted) > FETCH_LIMIT or len(properties) > PROPERTY_LIMIT:
        raise RefusedRequest(
            messages=["Between 1 and 100 issues and at most 5 properties are allowed."]
        )
    records = {r.now.id: r for own in wanted if (r := request.site.find(str(own)))}
    shown, failed = [], []
    for own, record in records.items() if request.known else ():
        if own in request.site.unready:
            request.site.unready.remove(own)
            failed.append({"id": own, "errorMessage": "The issue could not be read. Try again."})
        else:
            fields = body.get("fields", ["*navigable"])
            shown.append(request.views.ticket(record, record.now, fields, properties))
    answer = {"issues": shown, "issueErrors": failed}
    return ApiAnswer(body=answer, headers={} if request.known else LOGIN_FAILED)


def search_jql(request: ApiRequest) -> ApiAnswer:
    """``POST search/jql``: nothing at all for credentials that are not good, and 200."""
    if not request.known:
        return ApiAnswer(body={"issues": [], "isLast": True}, headers=LOGIN_FAILED)
    body = request.body
    query = str(body.get("jql", ""))
    size = min(body.get("maxResults", 50), request.site.page_limit)
    start = _start(body.get("nextPageToken"), query)
    found = _found(request, query, validate=True)
    shown = found[start : start + size]
    fields, properties = body.get("fields", ["id"]), body.get("properties", [])
    if len(properties) > PROPERTY_LIMIT:
        raise RefusedRequest(messages=["At most 5 properties are allowed."])
    answer: Wire = {
        "isLast": start + size >= len(found),
        "issues": [request.views.ticket(r, t, fields, properties) for r, t in shown],
    }
    if not answer["isLast"]:
        token = json.dumps([start + size, query]).encode()
        answer["nextPageToken"] = base64.urlsafe_b64encode(token).decode()
    return ApiAnswer(body=answer)


def _start(token: Any, query: str) -> int:
    if token is None:
        return 0
    try:
        start, of = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError):
        start, of = 0, None
    if of != query:
        raise RefusedRequest(messages=["The nextPageToken is invalid."])
    return int(start)


def search_gone(_: ApiRequest) -> ApiAnswer:
    """Cloud's ``search`` of old."""
    raise RefusedRequest(messages=[_GONE], status=410)


def search_pages(request: ApiRequest) -> ApiAnswer:
    """``GET search`` of Data Center: Jira may give fewer than asked for, and says how many."""
    validate = request.query.get("validateQuery", "true") != "false"
    found = _found(request, request.query.get("jql", ""), validate=validate)
    start = request.number("startAt", 0)
    size = min(request.number("maxResults", 50), request.site.page_limit)
    fields = request.listed("fields", "*navigable")
    shown = [request.views.ticket(r, t, fields, ()) for r, t in found[start : start + size]]
    return ApiAnswer(
        body={"startAt": start, "maxResults": size, "total": len(found), "issues": shown}
    )


def _found(
    request: ApiRequest, query: str, *, validate: bool
) -> list[tuple[TicketRecord, SandboxTicket]]:
    try:
        return search(request.site, query, validate=validate)
    except BadQuery as bad:
        raise RefusedRequest(messages=[str(bad)]) from None


CLOUD_SEARCHES: Mapping[tuple[str, str], Handler] = {
    ("POST", "issue/bulkfetch"): bulk_fetch,
    ("POST", "search/jql"): search_jql,
    ("GET", "search"): search_gone,
    ("POST", "search"): search_gone,
}
DATA_CENTER_SEARCHES: Mapping[tuple[str, str], Handler] = {("GET", "search"): search_pages}
EMPTY_TO_NOBODY = frozenset({"issue/bulkfetch", "search/jql"})
"""What Cloud answers with 200 and nothing to credentials that are not good."""
