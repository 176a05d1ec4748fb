"""The sandbox's routes that give many tickets: a bulk fetch, and the searches of both kinds.

Of Jira's query language it has what integrations use; anything else is an error, as in Jira:
``field = value``, ``field in (…)`` and ``updated >= value``, joined by AND, with an ORDER BY.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.jira.sandbox.issue_requests import (
    LOGIN_FAILED,
    ApiAnswer,
    ApiRequest,
    Handler,
    RefusedRequest,
)
from connectors.jira.sandbox.site import SandboxSite, SandboxTicket, TicketRecord
from connectors.jira.sandbox.views import Wire

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([<>]=?|=|[(),])|([^\s"<>=(),]+))')
_BOUNDING = frozenset({"labels", "id", "key", "project"})
Test = Callable[[TicketRecord, SandboxTicket], bool]


class BadQuery(Exception):
    """The query cannot be answered; the text is Jira's."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; a quoted one is never a word of the language."""

    text: str
    quoted: bool = False

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of the language's words, in any case."""
        return not self.quoted and self.text.upper() in words


@dataclass(frozen=True, slots=True)
class Clause:
    """A field, an operator and its values."""

    field: str
    operator: str
    values: tuple[str, ...]


def search(
    site: SandboxSite, query: str, *, validate: bool
) -> list[tuple[TicketRecord, SandboxTicket]]:
    """Give what the index knows to match, in the order asked for. Raises :class:`BadQuery`.

    Without ``validate`` (Data Center's ``validateQuery=false``), ids and keys that are not there
    are passed over instead of failing the query.
    """
    clauses, order = parse(query)
    if site.is_cloud and not any(clause.field in _BOUNDING for clause in clauses):
        raise BadQuery(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your "
            "query."
        )
    for clause in clauses:
        if validate:
            _look_up(site, clause)
    tests = [_test(clause) for clause in clauses]
    found = [(r, t) for r, t in site.indexed() if all(test(r, t) for test in tests)]
    for field, descending in reversed(order):
        found.sort(key=lambda pair: _order_key(field, pair[1]), reverse=descending)
    return found


def parse(query: str) -> tuple[list[Clause], list[tuple[str, bool]]]:
    """Read a query: its clauses, and what to order by, each with whether it goes down."""
    tokens = _tokens(query)
    clauses: list[Clause] = []
    at = 0
    while at < len(tokens) and not tokens[at].is_word("ORDER"):
        if clauses:
            if not tokens[at].is_word("AND"):
                raise BadQuery(
                    f"Error in the JQL Query: Expecting AND but got '{tokens[at].text}'."
                )
            at += 1
        clause, at = _clause(tokens, at)
        clauses.append(clause)
    return clauses, _order(tokens[at:])


def _tokens(query: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    query = query.strip()
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise BadQuery(f"Error in the JQL Query: unexpected character at {at}.")
        quoted, operator, bare = match.groups()
        if quoted is not None:
            tokens.append(Token(re.sub(r"\\(.)", r"\1", quoted), quoted=True))
        else:
            tokens.append(Token(operator or bare))
        at = match.end()
    return tokens


def _clause(tokens: Sequence[Token], at: int) -> tuple[Clause, int]:
    try:
        field, operator = tokens[at].text.lower(), tokens[at + 1].text.lower()
        if operator == "in":
            if tokens[at + 2].text != "(":
                raise BadQuery("Error in the JQL Query: Expecting '(' after IN.")
            end = next(i for i in range(at + 3, len(tokens)) if tokens[i] == Token(")"))
            values = [token.text for token in tokens[at + 3 : end] if token != Token(",")]
            if not values:
                raise BadQuery("Error in the JQL Query: Expecting a value in the list.")
            return Clause(field, operator, tuple(values)), end + 1
        if operator not in {"=", ">="}:
            raise BadQuery(f"Error in the JQL Query: unknown operator '{operator}'.")
        return Clause(field, operator, (tokens[at + 2].text,)), at + 3
    except (IndexError, StopIteration):
        raise BadQuery("Error in the JQL Query: it ends too early.") from None


def _order(tokens: Sequence[Token]) -> list[tuple[str, bool]]:
    if not tokens:
        return [("created", True)]
    if len(tokens) == 1 or not tokens[1].is_word("BY"):
        raise BadQuery("Error in the JQL Query: Expecting BY after ORDER.")
    order: list[tuple[str, bool]] = []
    for token in tokens[2:]:
        if token.is_word("ASC", "DESC"):
            order[-1] = (order[-1][0], token.is_word("DESC"))
        elif token.text != ",":
            order.append((token.text.lower(), False))
    return order


def _look_up(site: SandboxSite, clause: Clause) -> None:
    if clause.field in {"id", "key"}:
        for value in clause.values:
            if site.find(value) is None:
                raise BadQuery(
                    f"An issue with key '{value}' does not exist for field '{clause.field}'."
                )
    if clause.field == "project" and any(site.project(v) is None for v in clause.values):
        raise BadQuery(f"The value '{clause.values[0]}' does not exist for the field 'project'.")


def _test(clause: Clause) -> Test:
    values = {value.upper() for value in clause.values}
    match clause.field, clause.operator:
        case "labels", "=" | "in":
            return lambda _, ticket: bool(values & {label.upper() for label in ticket.labels})
        case "id" | "key", "=" | "in":
            return lambda record, ticket: bool(values & {ticket.id, ticket.key, *record.old_keys})
        case "project", "=" | "in":
            return lambda _, ticket: ticket.project.upper() in values
        case "updated", ">=":
            since = _moment(clause.values[0])
            return lambda _, ticket: ticket.updated >= since
    raise BadQuery(
        f"Field '{clause.field}' does not exist or does not support '{clause.operator}'."
    )


def _moment(value: str) -> datetime:
    """Read milliseconds since 1970, or a date with minutes (in UTC, the sandbox account's zone)."""
    try:
        if value.isdecimal():
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        return datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise BadQuery(
            f"Date value '{value}' for field 'updated' is invalid. Valid formats include: "
            "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'."
        ) from None


def _order_key(field: str, ticket: SandboxTicket) -> tuple[str, int] | datetime:
    if field in {"created", "updated"}:
        return ticket.created if field == "created" else ticket.updated
    if field in {"key", "id"}:
        project, _, number = ticket.key.rpartition("-")
        return project, int(number)
    raise BadQuery(f"Not able to sort using field '{field}'.")


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
