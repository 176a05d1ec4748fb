"""Pages are put together when somebody asks for the first; webhooks and probes never wait."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests
from anyio import to_thread
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message
from structlog.testing import capture_logs

from connectors.connector import WebhookAccess
from connectors.pagerduty import webhook as pagerduty
from connectors.sandbox.loopback_server import LoopbackServer
from tests.integration.queue_support import eventually
from tests.integration.web_support import PAGERDUTY_SECRET, KeptSessions, KeptWriters, Shelf, shelf
from worker.web.application import Application, WebSettings, create
from worker.web.monitoring import Metrics
from worker.web.problem_details import FAULT, PROBLEM

WAIT = 60.0
EVENT = b"""{"event": {
    "id": "e1", "event_type": "incident.resolved", "resource_type": "incident",
    "occurred_at": "2026-11-19T10:00:00.123Z", "data": {"id": "PFREIGHT", "type": "incident"}
}}"""


class Data:
    """Counts how often it is asked for what pages show; may be held up, or fail at first."""

    def __init__(self) -> None:
        self.asked = 0
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.fails = False

    def __call__(self) -> Shelf:
        self.asked += 1
        assert self.goes_on.wait(WAIT)
        if self.fails:
            raise OSError("The disk is gone.")
        return shelf()


@contextmanager
def served(data: Data, metrics: Metrics | None = None) -> Iterator[str]:
    access = WebhookAccess(pagerduty.read, (PAGERDUTY_SECRET,), "PAGERDUTY_WEBHOOK_SECRET")
    settings = WebSettings(KeptSessions(), KeptWriters(), {"pagerduty": access})
    with LoopbackServer(create(data, lambda _events: None, settings, {}, metrics)) as server:
        yield server.url


def tell(url: str) -> int:
    signed = {pagerduty.SIGNATURE_HEADER: pagerduty.sign(EVENT, PAGERDUTY_SECRET)}
    return requests.post(
        f"{url}/webhooks/pagerduty", EVENT, headers=signed, timeout=WAIT
    ).status_code


def test_webhooks_and_probes_need_no_page():
    data = Data()
    with served(data) as url:
        told = [
            requests.get(url + path, timeout=WAIT) for path in ("/healthz", "/readyz", "/metrics")
        ]
        head = requests.head(f"{url}/healthz", timeout=WAIT)
        assert tell(url) == 202
    assert {one.status_code for one in (*told, head)} == {200}
    assert {one.headers["X-Content-Type-Options"] for one in (*told, head)} == {"nosniff"}
    assert data.asked == 0


def test_those_who_ask_at_once_for_the_first_page_get_it_and_it_is_made_once():
    data = Data()
    data.goes_on.clear()
    with served(data) as url, ThreadPoolExecutor(8) as people:
        pages = [people.submit(requests.get, f"{url}/", timeout=WAIT) for _ in range(8)]
        try:
            eventually(lambda: data.asked)
            assert tell(url) == 202
            assert requests.get(f"{url}/healthz", timeout=WAIT).text == "ok\n"
        finally:
            data.goes_on.set()
        assert {one.result().status_code for one in pages} == {200}
    assert data.asked == 1


def test_who_waits_for_the_first_page_takes_no_thread_from_others():
    began, goes_on = threading.Event(), threading.Event()

    def load() -> ASGIApp:
        began.set()
        assert goes_on.wait(WAIT)
        return PlainTextResponse("a page")

    async def ask(app: ASGIApp) -> list[Message]:
        told: list[Message] = []

        async def send(message: Message) -> None:
            told.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        await app({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)
        return told

    async def everybody() -> tuple[int, list[list[Message]]]:
        app = Application(Starlette(), load)
        limiter = to_thread.current_default_thread_limiter()
        people = [asyncio.create_task(ask(app)) for _ in range(2 * int(limiter.total_tokens))]
        while not began.is_set():
            await asyncio.sleep(0)
        for _ in people:  # who would take a thread has taken it by then
            await asyncio.sleep(0)
        taken = limiter.borrowed_tokens
        goes_on.set()
        return int(taken), await asyncio.gather(*people)

    taken, told = asyncio.run(everybody())
    assert taken == 1
    assert {one[-1]["body"] for one in told} == {b"a page"}


def test_a_page_that_could_not_be_made_is_made_for_the_next_who_asks():
    data = Data()
    data.fails = True
    with capture_logs() as lines, served(data) as url:
        page = requests.get(f"{url}/", timeout=WAIT)
        assert (page.status_code, page.text) == (500, f"{FAULT}\n")
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        found = requests.get(f"{url}/api/documents", timeout=WAIT)
        assert (found.status_code, found.json()["detail"]) == (500, FAULT)
        assert found.headers["Content-Type"] == PROBLEM
        assert [one["event"] for one in lines] == 2 * ["The pages could not be loaded."]
        data.fails = False
        assert requests.get(f"{url}/", timeout=WAIT).status_code == 200
    assert data.asked == 3


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/webhooks/pagerduty", 405, "This address cannot be used in that way."),
        ("POST", "/healthz", 405, "This address cannot be used in that way."),
        ("POST", "/webhooks/nobody", 404, "There is no such page."),
    ],
)
def test_what_is_asked_for_in_another_way_is_told_in_a_sentence(method, path, status, sentence):
    with served(Data()) as url:
        answer = requests.request(method, url + path, timeout=WAIT)
    assert (answer.status_code, sentence in answer.text) == (status, True)


class Broken(Metrics):
    def text(self) -> bytes:
        raise OSError("There is no memory.")


def test_a_fault_amid_what_needs_no_page_is_told_in_the_same_sentence():
    with served(Data(), Broken()) as url:
        answer = requests.get(f"{url}/metrics", timeout=WAIT)
    assert (answer.status_code, answer.text) == (500, f"{FAULT}\n")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
