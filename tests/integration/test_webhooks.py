"""The webhook receiver, over HTTP: every row of its table of answers."""

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest
import requests

from connectors.jira import webhook as jira
from connectors.pagerduty import webhook as pagerduty
from connectors.webhook_events import EventKind, WebhookEvent
from tests.integration.web_support import JIRA_SECRET, PAGERDUTY_SECRET, served, shelf
from worker.web import webhooks
from worker.web.limits.request_limits import BODY_LIMIT
from worker.web.monitoring import Metrics

WAIT = 60.0


def resolved(**changes: object) -> dict[str, object]:
    event = {
        "id": "01FREIGHTEVENT",
        "event_type": "incident.resolved",
        "resource_type": "incident",
        "occurred_at": "2026-11-19T10:00:00.123Z",
        "agent": None,
        "client": None,
        "data": {"id": "PFREIGHT", "type": "incident"},
    }
    return {"event": {**event, **changes}}


def updated() -> dict[str, object]:
    return {
        "timestamp": 1795082400123,
        "webhookEvent": "jira:issue_updated",
        "issue": {
            "id": "10007",
            "key": "OPS-7",
            "fields": {"labels": ["postmortem-PFREIGHT", "pm-ab12"]},
        },
        "changelog": {"id": "1", "items": [{"field": "status"}]},
    }


class Kept(list[WebhookEvent]):
    """What was stored; ``problem`` is raised instead."""

    problem: Exception | None = None

    def keep(self, events: Sequence[WebhookEvent]) -> None:
        if self.problem:
            raise self.problem
        self.extend(events)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def url(kept, metrics) -> Iterator[str]:
    with served(shelf(), kept.keep, metrics=metrics) as url:
        yield url


def to_pagerduty(url: str, payload: object, secret: str = PAGERDUTY_SECRET) -> requests.Response:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {pagerduty.SIGNATURE_HEADER: pagerduty.sign(body, secret)}
    return requests.post(f"{url}/webhooks/pagerduty", body, headers=headers, timeout=WAIT)


def to_jira(url: str, payload: object, secret: str = JIRA_SECRET) -> requests.Response:
    body = json.dumps(payload).encode()
    signature = "sha256=" + pagerduty.sign(body, secret).removeprefix("v1=")
    headers = {jira.SIGNATURE_HEADER: signature, jira.IDENTIFIER_HEADER: "delivery-1"}
    return requests.post(f"{url}/webhooks/jira", body, headers=headers, timeout=WAIT)


def test_a_resolved_incident_is_kept_before_it_is_acknowledged(url, kept):
    answer = to_pagerduty(url, resolved())
    assert (answer.status_code, answer.text) == (202, "The event is stored.\n")
    (event,) = kept
    assert (event.id, event.kind, event.type, event.incident) == (
        "01FREIGHTEVENT",
        EventKind.RESOLVED,
        "incident.resolved",
        "PFREIGHT",
    )


def test_an_address_that_was_pasted_with_a_slash_at_its_end_is_the_same(url, kept):
    body = json.dumps(resolved()).encode()
    headers = {pagerduty.SIGNATURE_HEADER: pagerduty.sign(body, PAGERDUTY_SECRET)}
    answer = requests.post(f"{url}/webhooks/pagerduty/", body, headers=headers, timeout=WAIT)
    assert answer.status_code == 202
    assert [event.incident for event in kept] == ["PFREIGHT"]


def test_a_note_is_a_hint_to_look_again(url, kept):
    payload = resolved(event_type="incident.annotated", data={"incident": {"id": "PFREIGHT"}})
    assert to_pagerduty(url, payload).status_code == 202
    assert [(one.kind, one.incident) for one in kept] == [(EventKind.REFRESH, "PFREIGHT")]


def test_a_changed_ticket_is_a_hint_that_names_the_ticket(url, kept):
    assert to_jira(url, updated()).status_code == 202
    (event,) = kept
    assert (event.id, event.kind) == ("delivery-1", EventKind.REFRESH)
    assert (event.ticket, event.incident) == ("10007", None)


@pytest.mark.parametrize(
    "payload",
    [
        resolved(event_type="pagey.ping", resource_type="pagey", data={}),
        resolved(event_type="incident.triggered"),
        resolved(event_type="service.created", data={"id": "PSERVICE"}),
    ],
)
def test_a_genuine_event_that_is_not_used_is_acknowledged(url, kept, payload):
    answer = to_pagerduty(url, payload)
    assert answer.status_code == 202
    assert "nothing has to follow" in answer.text
    assert not kept


def test_jiras_events_about_other_things_are_acknowledged(url, kept):
    assert to_jira(url, {"webhookEvent": "sprint_started", "timestamp": 1}).status_code == 202
    assert not kept


@pytest.mark.parametrize("secret", ["guessed", "PAGERDUTY_WEBHOOK_SECRET"])
def test_a_wrong_signature_is_refused_without_a_word_about_the_right_one(url, kept, secret):
    for answer in (to_pagerduty(url, resolved(), secret), to_jira(url, updated(), secret)):
        assert answer.status_code == 401
        assert answer.text == "The signature is missing, or made with another secret.\n"
    assert not kept


def test_a_missing_signature_is_refused(url, kept):
    for source in ("pagerduty", "jira"):
        answer = requests.post(f"{url}/webhooks/{source}", b"{}", timeout=WAIT)
        assert answer.status_code == 401
    assert not kept


def test_an_empty_secret_signs_nothing(url, kept):
    assert to_pagerduty(url, resolved(), "").status_code == 401
    assert not kept


def test_a_secret_that_is_being_replaced_still_counts(url, kept):
    assert to_pagerduty(url, resolved(), "older").status_code == 202
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"not JSON", "is not JSON"),
        ({"event": {}}, "event.event_type"),
        ({"messages": []}, "V2 webhook"),
    ],
)
def test_a_malformed_event_is_refused_with_the_field_it_lacks(url, kept, payload, says):
    answer = to_pagerduty(url, payload)
    assert answer.status_code == 400
    assert says in answer.text
    assert not kept


@pytest.mark.parametrize("data", [None, [], {"id": "../etc"}, {"incident": None}])
def test_a_genuine_event_that_names_no_incident_is_taken_and_forgotten(url, kept, data):
    payload = resolved()
    payload["event"]["data"] = data
    assert to_pagerduty(url, payload).status_code == 202
    assert not kept


def test_what_does_not_belong_to_the_signed_bytes_is_noticed(url, kept):
    body = json.dumps(resolved()).encode()
    headers = {pagerduty.SIGNATURE_HEADER: pagerduty.sign(body, PAGERDUTY_SECRET)}
    answer = requests.post(f"{url}/webhooks/pagerduty", body + b" ", headers=headers, timeout=WAIT)
    assert answer.status_code == 401


def test_an_event_of_exactly_the_limit_is_taken(url, kept):
    body = json.dumps(resolved()).encode()
    assert to_pagerduty(url, body.ljust(BODY_LIMIT)).status_code == 202
    assert len(kept) == 1


def test_an_event_over_the_limit_is_refused_by_the_length_it_announces(url, kept):
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=WAIT)
    connection.putrequest("POST", "/webhooks/pagerduty")
    connection.putheader("Content-Length", str(BODY_LIMIT + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    assert not kept


def test_an_event_over_the_limit_is_refused_while_it_streams_in(url, kept):
    def endless() -> Iterator[bytes]:
        for _ in range(2 * BODY_LIMIT // 65536):
            yield b" " * 65536

    answer = requests.post(f"{url}/webhooks/pagerduty", endless(), timeout=WAIT)
    assert answer.status_code == 413
    assert not kept


def test_an_event_that_cannot_be_stored_is_asked_for_again(url, kept):
    kept.problem = OSError("disk full at /secret/path")
    for answer in (to_pagerduty(url, resolved()), to_jira(url, updated())):
        assert answer.status_code == 503
        assert answer.text == "The event could not be stored. Send it again.\n"


def test_an_event_that_takes_too_long_to_store_is_asked_for_again(monkeypatch):
    monkeypatch.setattr(webhooks, "PATIENCE", 0.1)
    release = threading.Event()
    with served(shelf(), lambda _hint: release.wait(WAIT) and None) as url:
        answer = to_pagerduty(url, resolved())
        release.set()
    assert answer.status_code == 503


def test_without_a_secret_an_event_is_not_lost_but_asked_for_again(kept):
    with served(shelf(), kept.keep, secrets=False) as url:
        for answer, setting in (
            (to_pagerduty(url, resolved()), "PAGERDUTY_WEBHOOK_SECRET"),
            (to_jira(url, updated()), "JIRA_WEBHOOK_SECRET"),
        ):
            assert answer.status_code == 503
            assert answer.text == f"No secret is configured to check it with. Set {setting}.\n"
    assert not kept


def test_a_token_for_people_does_not_keep_webhooks_out(kept):
    with served(shelf(), kept.keep, token="sesame") as url:
        assert to_pagerduty(url, resolved()).status_code == 202


def test_every_answer_is_counted(url, kept, metrics):
    to_pagerduty(url, resolved())
    to_pagerduty(url, resolved(), "guessed")
    to_jira(url, {"webhookEvent": "sprint_started", "timestamp": 1})
    text = metrics.text().decode()
    assert 'postmortem_webhooks_total{outcome="kept",source="pagerduty"} 1.0' in text
    assert 'postmortem_webhooks_total{outcome="unsigned",source="pagerduty"} 1.0' in text
    assert 'postmortem_webhooks_total{outcome="unused",source="jira"} 1.0' in text
    assert 'postmortem_webhook_seconds_count{source="pagerduty"} 2.0' in text
