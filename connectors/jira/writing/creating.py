"""Creating tickets: one request for many, one outcome each, and never the same create twice.

A create without a clear outcome ends the run: what made it fail is likely to fail the next one too,
and what was not sent can be sent later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.atlassian.site_answers import (
    CREATED,
    FORBIDDEN,
    SERVER_ERRORS,
    TOO_MANY_REQUESTS,
    quoted,
)
from connectors.errors import ConnectorError, PayloadError, ServiceFailed
from connectors.jira.connection import BETWEEN, JiraConnection
from connectors.jira.payloads import JIRA, Site, browse_url, numeric_id
from connectors.jira.responses import JiraAnswer, JiraProblems, no_ticket, problems, refused_fields
from connectors.jira.writing.remedies import with_remedies
from connectors.jira.writing.request_bodies import (
    as_shared,
    is_own_label,
    new_issue,
    optional_fields,
)
from connectors.json_fields import JsonValue
from connectors.tickets import (
    Created,
    GoingUnlabelled,
    NewTicket,
    NotSent,
    Outcome,
    Refused,
    TicketId,
    TicketKey,
    Unknown,
)

BULK_LIMIT = 50
"""How many one request may create: Jira Cloud's limit, kept on Data Center too."""

_DOING = "create tickets"
_BAD_REQUEST = 400
_NO_SUCH_CALL = frozenset({404, 405})
_BLOCKED = "A proxy or firewall before Jira may block the words of this row: ask those who run it."
_OF_THE_SITE = frozenset({401, 403, 404, 405, 407, 410})
"""Refusals that are not about one ticket: asking again for the next would be refused as well."""


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket that a create made."""

    id: TicketId
    key: TicketKey


@dataclass(frozen=True, slots=True)
class NotMade:
    """A member of a bulk create that was not made; ``status`` is what it would be alone."""

    status: int
    problems: JiraProblems


@dataclass(frozen=True, slots=True)
class _Unsent:
    """A ticket to send, its place among all, and by field why it goes without that field.

    ``shortened`` tells by field why it goes with a part of it, ``asked`` is the ticket as a whole.
    """

    place: int
    ticket: NewTicket
    asked: NewTicket
    dropped: Mapping[str, str] = field(default_factory=dict)
    shortened: Mapping[str, str] = field(default_factory=dict)


_Result = Made | NotMade | Unknown


class Creator:
    """Creates tickets on one site, and remembers whether that site creates many at once."""

    def __init__(self, connection: JiraConnection) -> None:
        """Make no request yet."""
        self._connection = connection
        self._bulk = True

    def create(
        self, site: Site, tickets: Sequence[NewTicket], going_unlabelled: GoingUnlabelled
    ) -> list[Outcome]:
        """Create the tickets; one outcome each, in their order.

        Raises ``ConnectorError`` where nothing at all has an outcome yet and surely nothing was
        made; after that, whatever ends the run leaves the rest ``NotSent``.
        """
        outcomes: dict[int, Outcome] = {}
        ended = ""
        for start in range(0, len(tickets), BULK_LIMIT):
            chunk = [
                _Unsent(place, tickets[place], tickets[place])
                for place in range(start, min(start + BULK_LIMIT, len(tickets)))
            ]
            try:
                self._create(site, chunk, outcomes, going_unlabelled)
            except ConnectorError as error:
                if not outcomes:
                    raise
                ended = str(error)
            ended = ended or next(
                (each.reason for each in outcomes.values() if isinstance(each, Unknown)), ""
            )
            if ended:
                break
        rest = NotSent(f"It was not sent, since the run ended before it. {ended}")
        return [outcomes.get(place, rest) for place in range(len(tickets))]

    def _create(
        self,
        site: Site,
        drafts: list[_Unsent],
        outcomes: dict[int, Outcome],
        going_unlabelled: GoingUnlabelled,
    ) -> None:
        """Send the drafts; those refused for fields they can do without, again without them.

        Jira may refuse others then: it looks at the values once each field has its screen, and a
        workflow's validators come last. No field is left out twice, so that there is an end to it.
        """
        while drafts and not any(isinstance(one, Unknown) for one in outcomes.values()):
            if bare := [one.ticket.mark for one in drafts if "labels" in one.dropped]:
                going_unlabelled(bare)
            refused: list[_Unsent] = []
            for draft, result in self._send(site, drafts):
                again = _without_refused(draft, result)
                if again is None:
                    outcomes[draft.place] = _outcome(site, draft, result)
                else:
                    refused.append(again)
            drafts = refused

    def _send(self, site: Site, drafts: list[_Unsent]) -> Iterator[tuple[_Unsent, _Result]]:
        """Send the drafts together, or one by one where the site cannot take them together."""
        bodies = [new_issue(draft.ticket, site.kind, draft.dropped) for draft in drafts]
        if len(drafts) > 1 and self._bulk:
            results = self._made_together(
                self._connection.exchange(_DOING, "POST", "issue/bulk", {"issueUpdates": bodies}),
                len(drafts),
            )
            if results is not None:
                yield from zip(drafts, results, strict=True)
                return
        for draft, body in zip(drafts, bodies, strict=True):
            result = self._made_alone(self._connection.exchange(_DOING, "POST", "issue", body))
            yield draft, result
            if isinstance(result, Unknown):
                return

    def _made_together(
        self, answer: JiraAnswer | ConnectorError, count: int
    ) -> Sequence[_Result] | None:
        """Give one result each, or None where the request was refused as a whole: nothing made."""
        if isinstance(answer, ConnectorError):
            return [_unclear(str(answer))] * count
        if answer.status in _NO_SUCH_CALL:
            self._bulk = False
            return None
        if _is_blocked(answer):
            return None
        if answer.status in _OF_THE_SITE:
            raise self._connection.refusal(answer, _DOING)
        return _results(answer, count)

    def _made_alone(self, answer: JiraAnswer | ConnectorError) -> _Result:
        if isinstance(answer, ConnectorError):
            return _unclear(str(answer), failed=isinstance(answer, ServiceFailed))
        if _is_blocked(answer):
            page = "the answer was a page (403) that is not Jira's own."
            said = f"it answered 403{quoted(answer.text)}" if answer.text else page
            return NotMade(answer.status, JiraProblems((f"{said} {_BLOCKED}",)))
        if answer.status in _OF_THE_SITE:
            raise self._connection.refusal(answer, _DOING)
        if answer.status >= _BAD_REQUEST:
            return NotMade(answer.status, answer.problems)
        try:
            if answer.status == CREATED:
                return made(JsonValue(answer.data, JIRA))
        except PayloadError as error:
            return _unclear(str(error))
        return _unclear(f"Jira answered {answer.status}. {BETWEEN}")


def _is_blocked(answer: JiraAnswer) -> bool:
    """Tell whether a firewall answered in Jira's place: it may mind the words of one ticket."""
    return answer.status == FORBIDDEN and not answer.is_json


def made(part: JsonValue) -> Made:
    """Read the answer to a create: it holds no status, so none is read."""
    return Made(numeric_id(part["id"]), TicketKey(part["key"].text()))


def bulk_results(answer: object, count: int) -> tuple[Made | NotMade, ...]:
    """Read the answer to a bulk create of ``count`` tickets, one result each, in their order.

    Jira lists those made without the failed ones among them, and says of each failed one which it
    was, counted from 0. Raises ``PayloadError`` where the two lists do not add up, since then
    nobody can say which ticket is whose.
    """
    top = JsonValue(answer, JIRA)
    failed: dict[int, NotMade] = {}
    for part in top["errors"].each():
        number = part["failedElementNumber"].number()
        if number in failed or not 0 <= number < count:
            raise part["failedElementNumber"].wrong(f"a number of its own from 0 to {count - 1}")
        status = part["status"].number_or_none()
        failed[number] = NotMade(
            400 if status is None else status,
            problems(part["elementErrors"].value),
        )
    issues = [made(part) for part in top["issues"].each()]
    if len(issues) + len(failed) != count:
        what = f"{len(issues)} made and {len(failed)} failed tickets in answer to {count}"
        raise PayloadError(f"Jira told of {what}, so it is not known which are whose.")
    rest = iter(issues)
    return tuple(failed.get(number) or next(rest) for number in range(count))


def _results(answer: JiraAnswer, count: int) -> Sequence[_Result] | None:
    """Read the answer to a bulk create; 400 means that all failed, and may say so as a whole."""
    if answer.status > _BAD_REQUEST:
        return None
    try:
        if answer.status in {CREATED, _BAD_REQUEST}:
            return bulk_results(answer.data, count)
        unclear = f"Jira answered {answer.status}. {BETWEEN}"
    except PayloadError as error:
        unclear = str(error)
    return None if answer.status == _BAD_REQUEST else [_unclear(unclear)] * count


def _without_refused(draft: _Unsent, result: _Result) -> _Unsent | None:
    """Give the draft without the fields that were refused, or None where that would not help.

    Of labels those that a create is found by are left out last.
    """
    if not isinstance(result, NotMade) or result.status != _BAD_REQUEST:
        return None
    ticket = draft.ticket
    refused = refused_fields(ticket, result.problems, draft.dropped)
    if not refused or not refused.keys() <= optional_fields(ticket) - draft.dropped.keys():
        return None
    own = tuple(filter(is_own_label, ticket.labels))
    if "labels" in refused and own != ticket.labels:
        others = {name: why for name, why in refused.items() if name != "labels"}
        return replace(
            draft,
            ticket=replace(ticket, labels=own),
            dropped={**draft.dropped, **others},
            shortened={**draft.shortened, "labels": refused["labels"]},
        )
    return replace(draft, dropped={**draft.dropped, **refused})


def _outcome(site: Site, draft: _Unsent, result: _Result) -> Outcome:
    refused = {**draft.shortened, **draft.dropped}
    if isinstance(result, Made):
        url = browse_url(site.url, result.key)
        told = as_shared(with_remedies(draft.asked, refused))
        return Created(result.id, result.key, url, told)
    if isinstance(result, Unknown):
        return result
    said = result.problems.sentence() or f"it answered {result.status}. {BETWEEN}"
    reason = "Jira would not create the ticket: "
    reason += no_ticket(draft.ticket, result.problems, said, refused)
    if result.status in SERVER_ERRORS:
        return _unclear(reason)
    if result.status == TOO_MANY_REQUESTS:
        return NotSent(reason)
    return Refused(reason, dict(result.problems.fields))


def _unclear(what: str, *, failed: bool = False) -> Unknown:
    return Unknown(f"Nobody can say whether the ticket was made. {what}", failed)
