"""What an answer of Jira's means, where it is not what every site of Atlassian's means.

It may take a request as nobody's, want a person to log in first, and says by field what it refused.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import requests

from connectors.atlassian import site_answers
from connectors.atlassian.site_access import GATEWAY_HOST
from connectors.atlassian.site_answers import CREATED, SiteAnswer, SiteWords, quoted
from connectors.errors import AccessDenied, ConnectorError, NotFound, Unauthorized
from connectors.jira.writing.request_bodies import ESSENTIAL, PARENT, as_shared, optional_fields
from connectors.retry import Retryable
from connectors.ticket_fields import TicketField
from connectors.tickets import NewTicket

GATEWAY = f"https://{GATEWAY_HOST}/ex/jira/"
"""Where Cloud takes tokens that have scopes, with the site's cloudId behind it."""
SCOPES = ("read:jira-work", "write:jira-work", "read:jira-user")
"""What a token with scopes needs, by the classic scopes of Jira Cloud's API documentation."""
LOOK = "Look whether JIRA_URL is right and Jira is up, then run the command again."

_LOGIN_FAILURES = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")
_RENEW = (
    "Make a new token and set JIRA_API_TOKEN (with JIRA_EMAIL) or JIRA_PERSONAL_TOKEN; tokens of "
    "Jira Cloud expire within a year."
)
_SCOPES = (
    f"Make an API token with the scopes {', '.join(SCOPES[:-1])} and {SCOPES[-1]}, and set "
    "JIRA_API_TOKEN."
)

_IN_ROWS: Mapping[str, str] = {
    TicketField.DUE: "deadline",
    TicketField.ASSIGNEE: "owner",
    TicketField.PRIORITY: "priority",
}
"""Shared fields by what a row calls them."""
_NO_PROJECT = (
    "Restore the project if it is archived, let the account create tickets in it (Create Issues), "
    "or set JIRA_PROJECT (or the route's project) to another one."
)


@dataclass(frozen=True, slots=True)
class JiraProblems:
    """What an error answer says: sentences, and a sentence by field."""

    messages: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """Give all of it as one line, "" where the answer said nothing."""
        parts = [*self.messages, *(f"{name}: {why}" for name, why in self.fields.items())]
        return " ".join(" ".join(part.split()) for part in parts)


def problems(answer: object, text: str = "") -> JiraProblems:
    """Read an error answer, or its plain ``text``; never raises: all kinds of things answer."""
    if not isinstance(answer, dict):
        return JiraProblems((text,) if text else ())
    messages, errors = answer.get("errorMessages"), answer.get("errors")
    listed = messages if isinstance(messages, list) else [messages]
    # A gateway before Jira says it in its own words, a plugin as a list of objects.
    listed += [answer.get(name) for name in ("message", "errorMessage", "error", "detail")]
    listed += errors if isinstance(errors, list) else []
    fields = errors if isinstance(errors, dict) else {}
    return JiraProblems(
        tuple(said for one in listed if (said := _said(one))),
        {str(name): _said(why) or str(why) for name, why in fields.items()},
    )


def _said(part: object) -> str:
    """Give what a part of an error answer says: a sentence, or an object that holds one."""
    if isinstance(part, dict):
        named = (part.get(name) for name in ("message", "errorMessage", "detail", "title"))
        part = next((one for one in named if isinstance(one, str)), "")
    return part if isinstance(part, str) and part.strip() else ""


@dataclass(frozen=True, slots=True)
class JiraAnswer(SiteAnswer):
    """An answer, and what its body says was wrong."""

    @property
    def problems(self) -> JiraProblems:
        """Give what the body says was wrong."""
        return problems(self.data, self.text)


def words_of(host: str) -> SiteWords:
    """Give what sentences say of a site."""
    return SiteWords("Jira", host, renew=_RENEW, scopes=_SCOPES, address="JIRA_URL")


def error_for(answer: JiraAnswer, site: SiteWords, doing: str) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not a success; ``doing`` completes "could not …"."""
    said = answer.problems
    return site_answers.error_for(answer, site, doing, said.sentence(), dict(said.fields))


def login_failure(response: requests.Response) -> AccessDenied | None:
    """Tell whether Jira took the request as nobody's, though credentials were sent.

    Cloud then answers 200 with nothing in it, which must never pass for "no tickets". A 201 is
    proof that something was made, whatever the header says.
    """
    reason = response.headers.get("X-Seraph-LoginReason", "")
    if (asked := _captcha(response.headers)) is not None:
        return asked
    if response.status_code == CREATED or not any(word in reason for word in _LOGIN_FAILURES):
        return None
    said = quoted(JiraAnswer.of(response).problems.sentence())
    return Unauthorized(f"Jira does not accept the credentials{said}", _RENEW)


def through_gateway(denied: AccessDenied, cloud_id: str) -> AccessDenied:
    """Add to what Cloud refused at a site's own address where a token with scopes is taken."""
    where = f"set JIRA_URL to {GATEWAY}{cloud_id}"
    return AccessDenied(
        denied.what,
        f"{denied.remedy} A token with scopes is not taken at the site's own address: for one, "
        f"{where}.",
    )


def unknown_site(missing: NotFound, at_gateway: bool) -> NotFound:
    """Say where an address comes from at which no Jira answers."""
    if at_gateway:
        return NotFound(
            missing.what,
            "The gateway knows no site by the cloudId in JIRA_URL. The right one is told at "
            "https://YOUR-SITE.atlassian.net/_edge/tenant_info.",
        )
    return NotFound(missing.what, "Look whether JIRA_URL is the address of Jira itself.")


def _captcha(headers: Mapping[str, str]) -> AccessDenied | None:
    """Tell whether Data Center wants a person to log in before it takes credentials again."""
    if "CAPTCHA" not in headers.get("X-Authentication-Denied-Reason", ""):
        return None
    return AccessDenied(
        "Jira wants a CAPTCHA solved after too many failed logins of this account.",
        "Log in with a browser as that account once, then mend the credentials.",
    )


def refused_fields(
    ticket: NewTicket, said: JiraProblems, dropped: Collection[str] = ()
) -> Mapping[str, str]:
    """Give by field why a create was refused; validators name fields in sentences alone."""
    return _by_field(ticket, said.fields) or _by_name(ticket, said.messages, dropped)


def no_ticket(
    ticket: NewTicket, problems: JiraProblems, said: str, before: Mapping[str, str]
) -> str:
    """Say why there is no ticket, and what to do: it was ``said`` last, of fields ``before``.

    A field that was left out since its value was refused may turn out to be one that must be there.
    """
    named = refused_fields(ticket, problems)
    again = {name: why for name, why in before.items() if named.get(name, why) != why}
    if again:
        first = JiraProblems((), again).sentence().rstrip(".")
        return f"{first}. Nor without that: {said.rstrip('.')}. {_give(again, 'another')}"
    if lacking := named.keys() - optional_fields(ticket) - ESSENTIAL:
        return f"{said.rstrip('.')}. {_give(lacking, 'a')}"
    return f"{said.rstrip('.')}. {_NO_PROJECT}" if "project" in named else said


def _give(fields: Collection[str], what: str) -> str:
    """Say where a value can be written, "a" or "another"."""
    shared = as_shared(dict.fromkeys(fields, ""))
    rows = sorted(one for name in shared if (one := _IN_ROWS.get(name)))
    listed = " and ".join(
        f"an {one}" if (what, one) == ("a", "owner") else f"{what} {one}" for one in rows
    )
    write = f"Write {listed} into the row, give" if rows else "Give"
    return f"{write} {what} value in the route's fields, or make the field optional."


def _by_field(ticket: NewTicket, refused: Mapping[str, str]) -> Mapping[str, str]:
    """Give what was refused by the fields that were sent; Cloud calls a parent ``parentId`` too."""
    own = ticket.parent.field if ticket.parent else PARENT
    return {own if name == "parentId" else name: why for name, why in refused.items()}


def _by_name(
    ticket: NewTicket, messages: Collection[str], dropped: Collection[str]
) -> Mapping[str, str]:
    said = " ".join(messages)
    known = {"duedate": "due date", "components": "components?", "labels": "labels?"}
    sent = optional_fields(ticket) - set(dropped) - ticket.extra.keys()
    names = {own: rf"\b(?:{own}|{known.get(own, own)})\b" for own in sent}
    return {own: said for own, name in names.items() if re.search(name, said, re.IGNORECASE)}
