"""Jira's webhooks: who signed them, and which ticket they are about."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.errors import SignatureError
from connectors.jira.payloads import JIRA, numeric_id
from connectors.json_fields import JsonValue
from connectors.webhook_events import EventKind, WebhookEvent, header, is_signed, parse_body

SIGNATURE_HEADER = "X-Hub-Signature"
IDENTIFIER_HEADER = "X-Atlassian-Webhook-Identifier"
"""The same for each attempt to deliver one event (Cloud alone)."""
ABOUT_TICKETS = frozenset({"jira:issue_created", "jira:issue_updated", "jira:issue_deleted"})
"""The types of event that are about a ticket."""

_METHOD = "sha256="
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> WebhookEvent | None:
    """Verify a delivery and read its event; see :data:`connectors.webhook_events.ReadWebhook`.

    None stands for an event about something else than a ticket. Data Center gives deliveries no
    identifier, so there the body stands for itself.
    """
    _verify(header(headers, SIGNATURE_HEADER), body, secrets)
    event = parse_body(body, JIRA)
    type_ = event["webhookEvent"].text()
    if type_ not in ABOUT_TICKETS:
        return None
    return WebhookEvent(
        id=header(headers, IDENTIFIER_HEADER) or hashlib.sha256(body).hexdigest(),
        type=type_,
        kind=EventKind.REFRESH,
        occurred_at=_time(event["timestamp"]),
        ticket=numeric_id(event["issue"]["id"]),
    )


def _verify(signature: str | None, body: bytes, secrets: Sequence[str]) -> None:
    """Raise ``SignatureError`` unless the raw body was signed with one of the secrets.

    An empty one is none: anybody could sign with it.
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
    if not is_signed(body, [signature.removeprefix(_METHOD).strip().lower()], usable):
        raise SignatureError(
            "The webhook was signed with another secret.",
            "Give the webhook in Jira the secret that JIRA_WEBHOOK_SECRET holds.",
        )


def _time(part: JsonValue) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=part.number())
    except OverflowError as error:
        raise part.wrong("milliseconds since 1970") from error
