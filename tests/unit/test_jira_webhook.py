"""Jira's webhooks: who signed them, and what they say."""

import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError, SignatureError
from connectors.jira.webhook import IDENTIFIER_HEADER, SIGNATURE_HEADER, read
from connectors.tickets import TicketId
from connectors.webhook_events import EventKind, WebhookEvent
from tests.contract.reference_material import reference

PUBLISHED = (
    b"Hello World!",
    "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9",
    "It's a Secret to Everybody",
)
"""Atlassian's own test vector."""


def signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(body: bytes, signed: str | None, secrets: list[str]) -> None:
    """Raise ``SignatureError`` unless the body was signed; what it holds is no matter here."""
    with contextlib.suppress(PayloadError):
        read({} if signed is None else {SIGNATURE_HEADER: signed}, body, secrets)


def event(body: bytes, identifier: str | None = None) -> WebhookEvent | None:
    """Read a delivery that is signed well."""
    headers = {SIGNATURE_HEADER: signature(body, "ours")}
    if identifier:
        headers[IDENTIFIER_HEADER] = identifier
    return read(headers, body, ["ours"])


def test_the_published_vector_is_accepted() -> None:
    body, signed, secret = PUBLISHED
    verify(body, signed, [secret])


def test_an_upper_case_digest_is_the_same_digest() -> None:
    body, signed, secret = PUBLISHED
    verify(body, "sha256=" + signed.removeprefix("sha256=").upper(), [secret])


def test_either_secret_is_good_while_one_is_replaced() -> None:
    for secret in ("old", "new"):
        verify(b"{}", signature(b"{}", secret), ["new", "old"])


@pytest.mark.parametrize(
    "signed",
    [
        None,
        "",
        "sha256=",
        "sha256=0",
        "sha1=" + "0" * 40,
        PUBLISHED[1].removeprefix("sha256="),
        PUBLISHED[1][:-1],
        PUBLISHED[1] + "0",
        "sha256=" + "é" * 64,
    ],
)
def test_any_other_signature_is_refused(signed: str | None) -> None:
    with pytest.raises(SignatureError):
        verify(PUBLISHED[0], signed, [PUBLISHED[2]])


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(SignatureError):
        verify(b"Hello World?", PUBLISHED[1], [PUBLISHED[2]])


@pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
def test_an_empty_secret_is_no_secret(secrets: list[str]) -> None:
    with pytest.raises(SignatureError, match="JIRA_WEBHOOK_SECRET"):
        verify(b"{}", signature(b"{}", ""), secrets)


def test_an_empty_secret_beside_a_good_one_signs_nothing() -> None:
    with pytest.raises(SignatureError):
        verify(b"{}", signature(b"{}", ""), ["good", ""])


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_only_the_right_secret_opens(body: bytes, ours: str, theirs: str) -> None:
    ours, theirs = (text.encode("utf-8", "replace").decode() for text in (ours, theirs))
    verify(body, signature(body, ours), [ours])
    if ours != theirs:
        with pytest.raises(SignatureError):
            verify(body, signature(body, theirs), [ours])


def sent(**changes: Any) -> bytes:
    body = {
        "timestamp": 1772463720974,
        "webhookEvent": "jira:issue_updated",
        "issue": {"id": "10401", "key": "OPS-12", "fields": {"labels": ["pm-abc", "x"]}},
        "changelog": {"id": "1", "items": [{"field": "status"}, {"field": "resolution"}]},
    }
    return json.dumps({**body, **changes}).encode()


def test_an_event_says_which_ticket_changed() -> None:
    assert event(sent(), "one-delivery") == WebhookEvent(
        id="one-delivery",
        type="jira:issue_updated",
        kind=EventKind.REFRESH,
        occurred_at=datetime(2026, 3, 2, 15, 2, 0, 974000, UTC),
        ticket=TicketId("10401"),
    )


@pytest.mark.parametrize("name", [str.upper, str.lower])
def test_headers_are_found_in_any_case(name: Callable[[str], str]) -> None:
    headers = {name(SIGNATURE_HEADER): signature(sent(), "ours"), name(IDENTIFIER_HEADER): "one"}
    told = read(headers, sent(), ["ours"])
    assert told is not None
    assert told.id == "one"


def test_without_an_identifier_the_body_stands_for_itself() -> None:
    first, again, other = event(sent()), event(sent()), event(sent(timestamp=1))
    assert first is not None and again is not None and other is not None  # noqa: PT018 - for mypy
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    "about", ["jira:version_released", "comment_created", "issuelink_created", "user_deleted"]
)
def test_an_event_about_something_else_is_no_event(about: str) -> None:
    assert event(sent(webhookEvent=about, issue=None)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b"\xff\xfe",
        sent(webhookEvent=7),
        sent(issue={}),
        sent(issue={"id": "x", "key": "OPS-1"}),
        sent(timestamp="now"),
        sent(timestamp=10**30),
    ],
)
def test_what_is_no_event_of_jiras_is_an_error(body: bytes) -> None:
    with pytest.raises(PayloadError):
        event(body)


@given(st.binary(max_size=100))
def test_nothing_sent_breaks_the_reader(body: bytes) -> None:
    with contextlib.suppress(PayloadError):
        assert event(body) is None


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("cloud-webhook-issue_updated-resolved.json", "jira:issue_updated"),
        ("cloud-webhook-issue_deleted.json", "jira:issue_deleted"),
        ("dc-webhook-issue_updated-resolved.json", "jira:issue_updated"),
    ],
)
def test_captured_webhooks_are_understood(name: str, type_: str) -> None:
    body = reference("samples", "jira", name).read_bytes()
    told = event(body)
    assert told is not None
    assert (told.type, told.ticket) == (type_, json.loads(body)["issue"]["id"])
