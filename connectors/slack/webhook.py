"""Events of Slack's: a pick, or what becomes of a message, is a hint that a channel has news. Pure.

Slack signs the time with the body, so that a delivery cannot be sent again later, and asks once
whether an address is meant to get events.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.errors import SignatureError
from connectors.json_fields import JsonValue, Sender
from connectors.webhook_events import (
    Challenge,
    EventKind,
    WebhookEvent,
    header,
    is_signed,
    parse_body,
)

SIGNATURE_HEADER, TIME_HEADER = "X-Slack-Signature", "X-Slack-Request-Timestamp"
LONGEST_WAY = timedelta(minutes=5)
"""A delivery that is older, or from so far ahead, is refused."""
_METHOD = "v0="
_SLACK = Sender("Slack")
_SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105 - names the variable
_REACTIONS = frozenset({"reaction_added", "reaction_removed"})
_PINS = frozenset({"pin_added", "pin_removed"})
_CHANGES = frozenset({"message_changed", "message_deleted"})


def read(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    now: datetime,
    reactions: Collection[str],
) -> WebhookEvent | Challenge | None:
    """Verify a delivery and read its event; see :data:`connectors.webhook_events.ReadWebhook`.

    None stands for one that no document follows: a new message, another reaction than those of
    ``reactions``.
    """
    _verify(headers, body, secrets, now)
    told = parse_body(body, _SLACK)
    kind = told["type"].text()
    if kind == "url_verification":
        return Challenge(told["challenge"].text())
    if kind != "event_callback":
        return None
    event = told["event"].required_object()
    channel = _channel(event, reactions)
    if not channel:
        return None
    return WebhookEvent(
        id=told["event_id"].text(),
        type=event["type"].text(),
        kind=EventKind.REFRESH,
        occurred_at=_time(told["event_time"]),
        channel=channel,
    )


def _channel(event: JsonValue, reactions: Collection[str]) -> str:
    """Give the channel that an event is news of, "" where it is none."""
    type_ = event["type"].text()
    if type_ in _REACTIONS:
        name = event["reaction"].text().partition("::")[0]
        return (event["item"]["channel"].text_or_none() or "") if name in reactions else ""
    if type_ in _PINS:
        return event["channel_id"].text_or_none() or event["item"]["channel"].text_or_none() or ""
    if type_ == "message" and event["subtype"].text_or_none() in _CHANGES:
        return event["channel"].text_or_none() or ""
    return ""


def _verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Raise ``SignatureError`` unless time and body were signed with one of the secrets, lately."""
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureError("There is no secret to check Slack's events with.", f"Set {_SECRET}.")
    signature = (header(headers, SIGNATURE_HEADER) or "").strip()
    stamp = (header(headers, TIME_HEADER) or "").strip()
    if not signature.startswith(_METHOD) or not (stamp.isascii() and stamp.isdigit()):
        raise SignatureError(
            f"The event has no {SIGNATURE_HEADER} of the form {_METHOD}… with its {TIME_HEADER}.",
            "Look at what sends it: Slack's events have both.",
        )
    signed = f"v0:{stamp}:".encode() + body
    if not is_signed(signed, [signature.removeprefix(_METHOD).lower()], usable):
        raise SignatureError(
            "The event was signed with another secret.",
            f"Copy the app's signing secret again, and set {_SECRET}.",
        )
    if abs(now.timestamp() - int(stamp[:12])) > LONGEST_WAY.total_seconds():
        raise SignatureError(
            f"The event was signed more than {LONGEST_WAY.seconds // 60} minutes from now.",
            "If this goes on, look at this machine's clock.",
        )


def _time(part: JsonValue) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=part.number())
    except OverflowError as error:
        raise part.wrong("seconds since 1970") from error
