"""Webhooks, in one shape for every service: headers, a body and secrets in, an event or error out.

A webhook is a hint that something is worth looking at. An event names the incident or the ticket
and nothing more: the truth is read from the service itself, since events come late, twice and out
of order.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from connectors.errors import PayloadError
from connectors.follow_up import EventReport
from connectors.incidents import IncidentId
from connectors.json_fields import JsonValue, Sender
from connectors.tickets import TicketId


class EventKind(Enum):
    """What an event is a hint of."""

    RESOLVED = "resolved"
    """An incident was resolved: draft it."""
    REFRESH = "refresh"
    """Something changed that a document tells: look again."""
    UNDER_WAY = "under way"
    """Something happened to an open incident: look again where it has a document already."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event that a job may have to follow, about an incident or about a ticket.

    ``id`` stays the same when the event is delivered again; ``type`` is the service's own word.
    ``reports`` are what the event tells of the incident that cannot be read again. ``channel`` is
    one that an incident may be talked about in, "" for none.
    """

    id: str
    type: str
    kind: EventKind
    occurred_at: datetime
    incident: IncidentId | None = None
    ticket: TicketId | None = None
    reports: tuple[EventReport, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A genuine question whether an address is meant to get events: the answer repeats ``text``."""

    text: str


ReadWebhook = Callable[[Mapping[str, str], bytes, Sequence[str]], WebhookEvent | Challenge | None]
"""Verifies a delivery and reads its event; None for a genuine one that nothing has to follow.

Takes the headers, the raw body and the signing secrets that are good now, more than one while one
is rotated. Raises ``SignatureError`` where no secret signed it, ``PayloadError`` where the signed
body is no event of the service's.
"""


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Give a header by its name in any case, its values joined by commas; None without it."""
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    return ",".join(found) if found else None


def hex_digest(body: bytes, secret: str) -> str:
    """Give the HMAC-SHA256 of a body under the secret as literal text, in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, digests: Iterable[str], secrets: Iterable[str]) -> bool:
    """Tell whether one of the digests is that of the body under one of the secrets.

    Every pair is compared, each in constant time.
    """
    given = [one.encode("utf-8", "replace") for one in digests]
    expected = [hex_digest(body, secret).encode() for secret in secrets]
    matches = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in given]
    return any(matches)


def parse_body(body: bytes, sender: Sender) -> JsonValue:
    """Give the body as JSON. Raises ``PayloadError`` where it is none."""
    try:
        return JsonValue(json.loads(body), sender)
    except (ValueError, RecursionError):
        raise PayloadError(
            "A webhook's body is not JSON.", f"Look at what stands between {sender.name} and here."
        ) from None
