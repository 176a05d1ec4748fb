"""The sandbox's routes that give many tickets: a bulk fetch, and the searches of both kinds."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from connectors.jira.sandbox.issue_requests import (
    LOGIN_FAILED,
    ApiAnswer,
    ApiRequest,
    Handler,
    RefusedRequest,
)
from connectors.jira.sandbox.query_language import BadQuery, search
from connectors.jira.sandbox.site import SandboxTicket, TicketRecord
from connectors.jira.sandbox.views import Wire

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
