"""Jira's webhooks: bytes and headers in, an event or an error out.

An event is a hint that a ticket should be read again; what it says of the ticket is not used for
anything else, since events come late, twice and out of order.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from connectors.errors import PayloadError, SignatureError
from connectors.jira.payloads import JIRA, numeric_id
from connectors.json_fields import JsonValue
from connectors.tickets import TicketId, TicketKey

SIGNATURE_HEADER = "X-Hub-Signature"
IDENTIFIER_HEADER = "X-Atlassian-Webhook-Identifier"
"""The same for each attempt to deliver one event (Cloud alone)."""

_METHOD = "sha256="
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EventKind(Enum):
    """What happened to the ticket."""

    CREATED = "jira:issue_created"
    UPDATED = "jira:issue_updated"
    DELETED = "jira:issue_deleted"


@dataclass(frozen=True, slots=True)
class JiraEvent:
    """A ticket was created, changed or deleted.

    ``identifier`` is the same when the event is delivered again. ``changed`` names the fields as
    Jira does (``status``, ``assignee``; ``Key`` where the ticket moved to another project).
    """

    identifier: str
    kind: EventKind
    at: datetime
    ticket: TicketId
    key: TicketKey
    labels: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def verify(body: bytes, signature: str | None, secrets: Sequence[str]) -> None:
    """Raise ``SignatureError`` unless the raw body was signed with one of the secrets.

    There are several while one is being replaced. An empty one is none: anybody could sign with it.
    """
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureError(
            "There is no secret to check Jira's webhooks with.", "Set JIRA_WEBHOOK_SECRET."
        )
    if signature is None or not signature.startswith(_METHOD):
        raise SignatureError(
            f"The webhook has no {SIGNATURE_HEADER} of the form {_METHOD}….",
            "Give the webhook in Jira the secret that JIRA_WEBHOOK_SECRET holds.",
        )
    given = signature.removeprefix(_METHOD).strip().lower().encode("utf-8", "replace")
    for secret in usable:
        own = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
        if hmac.compare_digest(own, given):
            return
    raise SignatureError(
        "The webhook was signed with another secret.",
        "Give the webhook in Jira the secret that JIRA_WEBHOOK_SECRET holds.",
    )


def event(body: bytes, identifier: str | None = None) -> JiraEvent | None:
    """Read an event; None for one that is about something else than a ticket.

    ``identifier`` is the header's; where there is none, as on Data Center, the body stands for
    itself. Raises ``PayloadError`` for what is not an event of Jira's.
    """
    try:
        top = JsonValue(json.loads(body), JIRA)
    except (ValueError, RecursionError) as error:
        raise PayloadError("The webhook's body is not JSON.") from error
    known = {kind.value: kind for kind in EventKind}
    kind = known.get(top["webhookEvent"].text())
    if kind is None:
        return None
    issue = top["issue"]
    return JiraEvent(
        identifier or hashlib.sha256(body).hexdigest(),
        kind,
        _time(top["timestamp"]),
        numeric_id(issue["id"]),
        TicketKey(issue["key"].text()),
        issue["fields"]["labels"].texts(),
        tuple(item["field"].text() for item in top["changelog"]["items"].each()),
    )


def _time(part: JsonValue) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=part.number())
    except OverflowError as error:
        raise part.wrong("milliseconds since 1970") from error
