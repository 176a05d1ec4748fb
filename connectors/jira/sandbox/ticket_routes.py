"""The sandbox's routes that make, change and give tickets: one, many, searches."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from connectors.jira.sandbox.api_request import LOGIN_FAILED, ApiAnswer, ApiRequest, Handler
from connectors.jira.sandbox.issue_requests import RefusedRequest, read_create, read_edit
from connectors.jira.sandbox.jql import BadQuery, search
from connectors.jira.sandbox.site import SandboxTicket, TicketRecord
from connectors.jira.sandbox.views import Wire

CREATE_LIMIT = 50


def _created(asked: ApiRequest, body: Any) -> TicketRecord:
    draft = read_create(asked.site, body)
    record = asked.site.create(draft.project, **draft.values)
    record.properties.update(draft.properties)
    return record


def create(asked: ApiRequest) -> ApiAnswer:
    """``POST issue``."""
    return ApiAnswer(201, asked.views.created(_created(asked, asked.body).now))


def create_many(asked: ApiRequest) -> ApiAnswer:
    """``POST issue/bulk``: 201 if any was made; those that failed are listed apart."""
    updates = asked.body.get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        raise RefusedRequest(messages=["No issues to create."])
    if len(updates) > CREATE_LIMIT:
        raise RefusedRequest(messages=[f"You can create at most {CREATE_LIMIT} issues at a time."])
    issues, errors = [], []
    for number, update in enumerate(updates):
        try:
            issues.append(asked.views.created(_created(asked, update).now))
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


TICKET_ROUTES: Mapping[tuple[str, str], Handler] = {
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


FETCH_LIMIT = 100
PROPERTY_LIMIT = 5
_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def bulk_fetch(asked: ApiRequest) -> ApiAnswer:
    """``POST issue/bulkfetch``: what cannot be seen is left out without a word."""
    body = asked.body
    wanted, properties = body.get("issueIdsOrKeys"), body.get("properties", [])
    if not wanted or len(wanted) > FETCH_LIMIT or len(properties) > PROPERTY_LIMIT:
        raise RefusedRequest(
            messages=["Between 1 and 100 issues and at most 5 properties are allowed."]
        )
    records = {r.now.id: r for own in wanted if (r := asked.site.find(str(own)))}
    shown, failed = [], []
    for own, record in records.items() if asked.known else ():
        if own in asked.site.unready:
            asked.site.unready.remove(own)
            failed.append({"id": own, "errorMessage": "The issue could not be read. Try again."})
        else:
            fields = body.get("fields", ["*navigable"])
            shown.append(asked.views.ticket(record, record.now, fields, properties))
    answer = {"issues": shown, "issueErrors": failed}
    return ApiAnswer(body=answer, headers={} if asked.known else LOGIN_FAILED)


def search_jql(asked: ApiRequest) -> ApiAnswer:
    """``POST search/jql``: nothing at all for credentials that are not good, and 200."""
    if not asked.known:
        return ApiAnswer(body={"issues": [], "isLast": True}, headers=LOGIN_FAILED)
    body = asked.body
    query = str(body.get("jql", ""))
    size = min(body.get("maxResults", 50), asked.site.page_limit)
    start = _start(body.get("nextPageToken"), query)
    found = _found(asked, query, validate=True)
    shown = found[start : start + size]
    fields, properties = body.get("fields", ["id"]), body.get("properties", [])
    if len(properties) > PROPERTY_LIMIT:
        raise RefusedRequest(messages=["At most 5 properties are allowed."])
    answer: Wire = {
        "isLast": start + size >= len(found),
        "issues": [asked.views.ticket(r, t, fields, properties) for r, t in shown],
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


def search_pages(asked: ApiRequest) -> ApiAnswer:
    """``GET search`` of Data Center: Jira may give fewer than asked for, and says how many."""
    validate = asked.query.get("validateQuery", "true") != "false"
    found = _found(asked, asked.query.get("jql", ""), validate=validate)
    start = asked.number("startAt", 0)
    size = min(asked.number("maxResults", 50), asked.site.page_limit)
    fields = asked.listed("fields", "*navigable")
    shown = [asked.views.ticket(r, t, fields, ()) for r, t in found[start : start + size]]
    return ApiAnswer(
        body={"startAt": start, "maxResults": size, "total": len(found), "issues": shown}
    )


def _found(
    asked: ApiRequest, query: str, *, validate: bool
) -> list[tuple[TicketRecord, SandboxTicket]]:
    try:
        return search(asked.site, query, validate=validate)
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
