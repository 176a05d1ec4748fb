"""What the sandbox knows of Jira's query language (JQL): what integrations use.

``field = value``, ``field in (…)``, ``updated >= value`` and ``creator = currentUser()``, joined by
AND, with an ORDER BY. Anything else is an error, as in Jira.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.jira.sandbox.site import SandboxSite, SandboxTicket, TicketRecord

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([<>]=?|=|[(),])|([^\s"<>=(),]+))')
_BOUNDING = frozenset({"labels", "id", "key", "project", "creator"})
_MYSELF = "currentUser()"
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
    tests = [_test(site, clause) for clause in clauses]
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
        if tokens[at + 3 : at + 5] == [Token("("), Token(")")]:
            return Clause(field, operator, (f"{tokens[at + 2].text}()",)), at + 5
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
    if clause.field == "project":
        found = [site.project(value) for value in clause.values]
        if any(one is None or "BROWSE_PROJECTS" in one.lacking for one in found):
            said = f"The value '{clause.values[0]}' does not exist for the field 'project'."
            raise BadQuery(said)


def _test(site: SandboxSite, clause: Clause) -> Test:
    values = {value.upper() for value in clause.values}
    match clause.field, clause.operator:
        case "labels", "=" | "in":
            return lambda _, ticket: bool(values & {label.upper() for label in ticket.labels})
        case "id" | "key", "=" | "in":
            return lambda record, ticket: bool(values & {ticket.id, ticket.key, *record.old_keys})
        case "project", "=" | "in":
            shown = {one.key for one in site.projects if "BROWSE_PROJECTS" not in one.lacking}
            return lambda _, ticket: ticket.project.upper() in values & shown
        case "updated" | "created", ">=":
            since, own = _moment(clause.values[0]), clause.field
            return lambda _, ticket: bool(getattr(ticket, own) >= since)
        case "creator", "=" if clause.values == (_MYSELF,):
            return lambda _, ticket: ticket.creator is site.myself
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
