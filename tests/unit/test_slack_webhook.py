"""Slack's events: signed with their time, and a hint that a channel has news."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import PayloadError, SignatureError
from connectors.slack.webhook import read
from connectors.webhook_events import Challenge, WebhookEvent

NOW = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
SECRET = "a-signing-secret-of-the-app"
PICKS = frozenset({"pushpin"})


def deliver(
    body: bytes | dict[str, object],
    at: datetime = NOW,
    secret: str = SECRET,
    secrets: tuple[str, ...] = (SECRET,),
    **headers: str,
) -> WebhookEvent | Challenge | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
    usual = {"x-slack-signature": f"v0={digest}", "X-Slack-Request-Timestamp": stamp}
    return read({**usual, **headers}, raw, secrets, NOW, PICKS)


def event(**told: object) -> dict[str, object]:
    return {"type": "event_callback", "event_id": "Ev1", "event_time": 1791979200, "event": told}


ITEM = {"type": "message", "channel": "C0ROOM00000", "ts": "1.000200"}


@pytest.mark.parametrize(
    "told",
    [
        {"type": "reaction_added", "reaction": "pushpin", "item": ITEM},
        {"type": "reaction_removed", "reaction": "pushpin::skin-tone-2", "item": ITEM},
        {"type": "pin_added", "channel_id": "C0ROOM00000", "item": {"type": "message"}},
        {"type": "pin_removed", "channel_id": "C0ROOM00000"},
        {"type": "message", "subtype": "message_changed", "channel": "C0ROOM00000"},
        {"type": "message", "subtype": "message_deleted", "channel": "C0ROOM00000"},
    ],
)
def test_news_of_a_channel_name_it(told: dict[str, object]) -> None:
    found = deliver(event(**told))
    assert isinstance(found, WebhookEvent)
    assert (found.channel, found.incident, found.id) == ("C0ROOM00000", None, "Ev1")


@pytest.mark.parametrize(
    "told",
    [
        {"type": "reaction_added", "reaction": "eyes", "item": ITEM},
        {"type": "reaction_added", "reaction": "pushpin", "item": {"type": "file"}},
        {"type": "message", "channel": "C0ROOM00000", "text": "a new one"},
        {"type": "team_join"},
    ],
)
def test_what_no_document_follows_is_none(told: dict[str, object]) -> None:
    assert deliver(event(**told)) is None
    assert deliver({"type": "app_rate_limited"}) is None


def test_the_question_for_an_address_is_answered_by_its_own_words() -> None:
    assert deliver({"type": "url_verification", "challenge": "3eZbr"}) == Challenge("3eZbr")


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_what_was_signed_at_another_time_is_refused(off: timedelta) -> None:
    with pytest.raises(SignatureError, match="5 minutes"):
        deliver(event(type="pin_added"), NOW + off)


def test_what_was_not_signed_by_the_app_is_refused() -> None:
    genuine = event(type="pin_added", channel_id="C0ROOM00000")
    assert deliver(genuine, secrets=("another-secret-of-the-app", SECRET)) is not None
    with pytest.raises(SignatureError, match="another secret"):
        deliver(genuine, secret="guessed")
    with pytest.raises(SignatureError, match="no secret"):
        deliver(genuine, secrets=("",))
    with pytest.raises(SignatureError, match="form v0="):
        deliver(genuine, **{"x-slack-signature": "v1=00"})
    with pytest.raises(SignatureError, match="form v0="):
        deliver(genuine, **{"X-Slack-Request-Timestamp": "soon"})


def test_a_signed_body_that_is_no_event_is_told() -> None:
    with pytest.raises(PayloadError):
        deliver(b"{")
    with pytest.raises(PayloadError, match="event_id"):
        deliver({"type": "event_callback", "event": {"type": "pin_added", "channel_id": "C1"}})
