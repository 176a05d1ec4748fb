"""Jira's webhooks: who signed them, and what they say."""

import contextlib
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError, SignatureError
from connectors.jira.webhook import EventKind, event, verify
from tests.contract.specs import reference

PUBLISHED = (
    b"Hello World!",
    "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9",
    "It's a Secret to Everybody",
)
"""Atlassian's own test vector."""


def signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


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


def test_an_event_says_which_ticket_changed_in_what() -> None:
    told = event(sent(), "one-delivery")
    assert told is not None
    assert (told.kind, told.ticket, told.key) == (EventKind.UPDATED, "10401", "OPS-12")
    assert told.at == datetime(2026, 3, 2, 15, 2, 0, 974000, UTC)
    assert told.labels == ("pm-abc", "x")
    assert told.changed == ("status", "resolution")
    assert told.identifier == "one-delivery"


def test_without_an_identifier_the_body_stands_for_itself() -> None:
    first, again, other = event(sent()), event(sent()), event(sent(timestamp=1))
    assert first is not None and again is not None and other is not None  # noqa: PT018 - for mypy
    assert first.identifier == again.identifier != other.identifier


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
        sent(changelog={"items": [{}]}),
        sent(changelog=[]),
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
    ("name", "kind", "key"),
    [
        ("cloud-webhook-issue_updated-resolved.json", EventKind.UPDATED, "TES-41"),
        ("cloud-webhook-issue_deleted.json", EventKind.DELETED, "IDT-19"),
        ("dc-webhook-issue_updated-resolved.json", EventKind.UPDATED, "TES-4"),
    ],
)
def test_captured_webhooks_are_understood(name: str, kind: EventKind, key: str) -> None:
    told = event(reference("samples", "jira", name).read_bytes())
    assert told is not None
    assert (told.kind, told.key) == (kind, key)
    assert (kind is EventKind.UPDATED) == ("resolution" in told.changed)
