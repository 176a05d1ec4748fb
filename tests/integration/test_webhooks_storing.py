"""The receiver with a real queue behind it: what is kept once, and what happens when it cannot be.

Answers are waited for as long as PagerDuty waits, five seconds.
"""

import http.client
import json
import os
import resource
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa
import structlog

from connectors.incidents import IncidentId
from connectors.pagerduty import webhook as pagerduty
from connectors.webhook_events import WebhookEvent
from tests.integration.proxy import Proxy
from tests.integration.queue_support import KINDS, WAIT, database
from tests.integration.web_support import PAGERDUTY_SECRET, served, shelf
from worker.cli.log_lines import log_plainly
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger
from worker.queue.queue import Client
from worker.web.limits import request_limits
from worker.web.limits.request_limits import BODY_LIMIT

PATIENCE = 5.0
NOBODY = 65534


class Receiver:
    """The receiver's address, and how to count the jobs that it has asked for."""

    def __init__(self, url: str, jobs: Callable[[], int]) -> None:
        self.url = f"{url}/webhooks/pagerduty"
        self.jobs = jobs

    def send(self, event: str, incident: str = "PFREIGHT", **headers: str) -> int:
        return self.post(body(event, incident), **headers)

    def post(self, content: bytes, **headers: str) -> int:
        signed = {pagerduty.SIGNATURE_HEADER: pagerduty.sign(content, PAGERDUTY_SECRET)}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = requests.post(self.url, content, headers=signed | given, timeout=PATIENCE)
        return answer.status_code


def body(event: str, incident: str = "PFREIGHT", type_: str = "incident.resolved") -> bytes:
    told = {
        "id": event,
        "event_type": type_,
        "resource_type": "incident",
        "occurred_at": "2026-11-19T10:00:00.123Z",
        "data": {"id": incident, "type": "incident"},
    }
    return json.dumps({"event": told}).encode()


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Log as the program does: tracebacks in colours take seconds that the sender waits."""
    before = structlog.get_config()
    log_plainly()
    yield
    structlog.configure(**before)


@contextmanager
def receiver(database_url: str) -> Iterator[Receiver]:
    queue = Client(database_url)

    def keep(events: Sequence[WebhookEvent]) -> None:
        queue.enqueue_all(
            [
                JobRequest(IncidentId(one.incident or ""), Trigger.WEBHOOK, event_id=one.id)
                for one in events
            ]
        )

    queue.start()
    try:
        with served(shelf(), keep) as url:
            yield Receiver(url, lambda: queue.backlog()[0])
    finally:
        queue.stop()


@pytest.fixture(params=KINDS)
def door(request, tmp_path) -> Iterator[Receiver]:
    with database(request.param, tmp_path) as url, receiver(url) as door:
        yield door


@pytest.fixture
def on_file(tmp_path) -> Iterator[Receiver]:
    with receiver(f"sqlite:///{tmp_path}/postmortem.db") as door:
        yield door


@pytest.fixture
def on_list() -> Iterator[Receiver]:
    """A receiver that keeps its hints in a list, for what does not depend on the queue."""
    kept: list[WebhookEvent] = []
    with served(shelf(), kept.extend) as url:
        yield Receiver(url, lambda: len(kept))


def test_a_delivery_that_comes_twice_is_one_job(door):
    assert [door.send("01E", X_Webhook_Id="one") for _ in range(3)] == [202] * 3
    assert door.jobs() == 1


def test_an_event_that_two_subscriptions_deliver_is_one_job(door):
    assert door.send("01E", X_Webhook_Id="one", X_Webhook_Subscription="PSUB1") == 202
    assert door.send("01E", X_Webhook_Id="two", X_Webhook_Subscription="PSUB2") == 202
    assert door.jobs() == 1


def test_events_that_come_at_once_and_many_times_are_kept_once_each(door):
    events = [f"01E{number % 10}" for number in range(60)]
    with ThreadPoolExecutor(12) as senders:
        answers = list(senders.map(door.send, events))
    assert answers == [202] * 60
    assert door.jobs() == 10


def test_two_events_of_one_incident_are_two_hints(door):
    assert [door.send("01A"), door.send("01B")] == [202, 202]
    assert door.jobs() == 2


def test_while_another_program_holds_the_file_the_event_is_refused_and_kept_later(
    on_file, tmp_path
):
    with closing(sqlite3.connect(tmp_path / "postmortem.queue.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert on_file.send("01E") == 503
        other.rollback()
    assert on_file.send("01E") == 202
    assert on_file.jobs() == 1


def test_while_the_disk_is_full_the_event_is_refused_and_kept_later(on_file):
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, most))  # no file may grow
    try:
        assert on_file.send("01E") == 503
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        signal.signal(signal.SIGXFSZ, usual)
    assert on_file.send("01E") == 202
    assert on_file.jobs() == 1


@contextmanager
def only_to_be_read(folder: Path) -> Iterator[None]:
    """Take away the right to write, from the superuser too, who has it whatever a file says."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_while_the_file_can_only_be_read_the_event_is_refused_and_kept_later():
    with tempfile.TemporaryDirectory() as name, receiver(f"sqlite:///{name}/pm.db") as door:
        with only_to_be_read(Path(name)):
            assert door.send("01E") == 503
        assert door.send("01E") == 202
        assert door.jobs() == 1


@contextmanager
def behind_a_proxy(folder: Path) -> Iterator[tuple[Receiver, Proxy]]:
    with database("postgresql", folder) as url:
        place = sa.make_url(url)
        with Proxy(place.host or "", place.port or 5432) as proxy:
            near = place.set(host="127.0.0.1", port=proxy.port)
            with receiver(near.render_as_string(hide_password=False)) as door:
                try:
                    yield door, proxy
                finally:
                    proxy.open()


def test_while_postgresql_is_stopped_events_are_refused_and_kept_later(tmp_path):
    with behind_a_proxy(tmp_path) as (door, proxy):
        assert door.send("01A") == 202
        proxy.close()
        assert [door.send("01B"), door.send("01C")] == [503, 503]
        proxy.open()
        assert [door.send("01B"), door.send("01C"), door.send("01A")] == [202, 202, 202]
        assert door.jobs() == 3


def test_while_postgresql_hangs_events_are_refused_and_kept_later(tmp_path):
    with behind_a_proxy(tmp_path) as (door, proxy):
        assert door.send("01A") == 202
        proxy.freeze()
        assert door.send("01B") == 503
        proxy.open()
        assert [door.send("01B"), door.send("01A")] == [202, 202]
        assert door.jobs() == 2


def test_one_event_that_cannot_be_stored_does_not_take_others_with_it():
    blocked, kept = threading.Event(), []

    def keep(events: Sequence[WebhookEvent]) -> None:
        blocked.wait(WAIT)
        if any(one.id == "01BAD" for one in events):
            raise OSError("not that one")
        kept.extend(one.id for one in events)

    with served(shelf(), keep) as url, ThreadPoolExecutor(8) as senders:
        door = Receiver(url, lambda: len(kept))
        events = ["01A", "01B", "01BAD", "01C", "01D"]
        answers = [senders.submit(door.send, event) for event in events]
        blocked.set()
        statuses = [one.result() for one in answers]
    assert statuses == [202, 202, 503, 202, 202]
    assert sorted(kept) == ["01A", "01B", "01C", "01D"]


DEEP = b'{"event": ' * 50_000
HUGE = b'{"event": {"id": ' + b"9" * 10_000 + b"}}"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        body("01E")[:-1] + b"\xc3",
        b'{"event": "\xed\xa0\x80"}',
        DEEP,
        b"[" * 200_000 + b"]" * 200_000,
        HUGE,
        b'{"event": {"id": 1e999}}',
        body(""),
        body("  "),
        b'{"event": {"id": "\\ud800", "event_type": "incident.resolved", '
        b'"occurred_at": "2026-11-19T10:00:00Z", "data": {"id": "P1"}}}',
        body("01E").replace(b"2026-11-19", b"yesterday!"),
        b"",
        b"null",
    ],
)
def test_what_no_later_attempt_would_mend_is_a_400(on_list, content):
    assert on_list.post(content) == 400
    assert on_list.jobs() == 0


@pytest.mark.parametrize("incident", ["P" * 81, "P/../Q", ""])
def test_a_genuine_event_about_no_incident_that_could_be_is_taken_and_left(on_list, incident):
    assert on_list.post(body("01E", incident)) == 202
    assert on_list.jobs() == 0


@pytest.mark.parametrize(
    "type_",
    [
        "service.updated",
        "service.custom_field_values.updated",
        "incident.action_of_next_year",
        "pagey.ping",
        "incident.triggered",
    ],
)
def test_genuine_events_of_no_use_ask_for_nothing(on_list, type_):
    assert on_list.post(body("01E", type_=type_)) == 202
    assert on_list.jobs() == 0


def test_the_resolution_of_a_merged_incident_is_a_hint_as_any_other(on_list):
    told = json.loads(body("01E", "PMERGED"))
    told["event"]["data"]["resolve_reason"] = {
        "type": "merge_resolve_reason",
        "incident": {"id": "PTARGET", "type": "incident_reference"},
    }
    assert on_list.post(json.dumps(told).encode()) == 202
    assert on_list.jobs() == 1


@pytest.mark.parametrize(
    "change", [str.lower, str.upper, lambda name: name.swapcase()], ids=["lower", "upper", "mixed"]
)
def test_the_signatures_header_is_found_in_any_case_and_among_several(on_list, change):
    content = body("01E")
    others = ("an older secret", "a newer one")
    value = ",".join(pagerduty.sign(content, one) for one in (*others, PAGERDUTY_SECRET))
    headers = {change(pagerduty.SIGNATURE_HEADER): f"v0=old,{value}"}
    answer = requests.post(on_list.url, content, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 202


def test_signatures_that_come_in_two_headers_are_both_tried(on_list):
    content = body("01E")
    place = urlsplit(on_list.url)
    with closing(http.client.HTTPConnection(place.netloc, timeout=PATIENCE)) as connection:
        connection.putrequest("POST", place.path)
        for secret in ("an older secret", PAGERDUTY_SECRET):
            connection.putheader(pagerduty.SIGNATURE_HEADER, pagerduty.sign(content, secret))
        connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        assert connection.getresponse().status == 202


def test_an_unsigned_v2_webhook_is_told_what_it_is(on_list):
    answer = requests.post(on_list.url, b'{"messages": [{"id": "1"}]}', timeout=PATIENCE)
    assert answer.status_code == 400
    assert "V2 webhook" in answer.text


def test_a_body_that_trickles_in_is_not_waited_for(monkeypatch, on_list):
    monkeypatch.setattr(request_limits.read_body, "__defaults__", (BODY_LIMIT, 0.2))
    place = urlsplit(on_list.url)
    with closing(http.client.HTTPConnection(place.netloc, timeout=PATIENCE)) as connection:
        connection.putrequest("POST", place.path)
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"{")
        answer = connection.getresponse()
        assert (answer.status, b"Send it again" in answer.read()) == (503, True)
    assert on_list.send("01E") == 202


def test_a_body_in_chunks_is_refused_once_it_is_too_long_and_others_are_served(on_list):
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(64 * BODY_LIMIT // 65536):
            sent += 65536
            yield b" " * 65536

    try:
        answer = requests.post(on_list.url, chunks(), timeout=PATIENCE)
        assert answer.status_code == 413
    except requests.ConnectionError:
        pass  # the server hung up on the rest
    assert sent < 64 * BODY_LIMIT
    assert on_list.send("01E") == 202


def test_a_sender_who_hangs_up_leaves_nothing_behind(on_list):
    place = urlsplit(on_list.url)
    connection = http.client.HTTPConnection(place.netloc, timeout=PATIENCE)
    connection.putrequest("POST", place.path)
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"{")
    connection.close()
    assert on_list.send("01E") == 202
    assert on_list.jobs() == 1
