"""Who may come in: with a token, without one, and from another site's page."""

import asyncio
import logging
import re
from collections.abc import Iterator

import pytest
import requests

from tests.integration.web_support import KeptSessions, Shelf, application, served, shelf
from worker.web.visitors.access import COOKIE, SAFE_COOKIE
from worker.web.visitors.sign_in import LIFETIME

TOKEN = "open sesame"
WAIT = 60.0
PEOPLES_PAGES = (
    "/",
    "/skipped",
    "/postmortems",
    "/actions",
    "/operations",
    "/operations/check",
    "/operations/journal",
    "/insights",
    "/postmortems/PFREIGHT",
    "/postmortems/PFREIGHT/edit",
    "/postmortems/PFREIGHT/PFREIGHT-timeline.svg",
)
API = (
    "/api/actions",
    "/api/documents",
    "/api/documents/PFREIGHT",
    "/api/jobs/PFREIGHT:e",
    "/api/openapi.json",
    "/api/parked",
    "/api/search?q=quotes",
    "/api/skipped",
)


@pytest.fixture(scope="module")
def library() -> Shelf:
    return shelf()


@pytest.fixture(scope="module")
def guarded(library) -> Iterator[str]:
    with served(library, token=TOKEN) as url:
        yield url


@pytest.fixture(scope="module")
def local(library) -> Iterator[str]:
    with served(library, public_url="https://pm.example.com/") as url:
        yield url


def signed_in(url: str) -> requests.Session:
    person = requests.Session()
    person.post(f"{url}/login", {"token": TOKEN, "next": "/"}, timeout=WAIT)
    return person


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("path", PEOPLES_PAGES)
def test_a_page_without_the_token_asks_for_it_and_shows_nothing(guarded, path):
    answer = requests.get(guarded + path, timeout=WAIT)
    assert answer.status_code == 401
    assert 'name="token"' in answer.text
    assert f'value="{path}"' in answer.text
    assert "Freight" not in answer.text


@pytest.mark.parametrize("path", API)
def test_the_api_without_the_token_answers_in_a_sentence(guarded, path):
    answer = requests.get(guarded + path, timeout=WAIT)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["detail"] == "Send the token: Authorization: Bearer …"


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"],
)
def test_another_token_does_not_open_the_api(guarded, header):
    headers = {"Authorization": header.encode()}
    assert (
        requests.get(f"{guarded}/api/documents", headers=headers, timeout=WAIT).status_code == 401
    )


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_token_opens_the_api(guarded, scheme):
    headers = {"Authorization": f"{scheme} {TOKEN}"}
    for path in API[:2]:
        assert requests.get(guarded + path, headers=headers, timeout=WAIT).status_code == 200


def test_signing_in_leads_to_the_page_that_was_asked_for(guarded):
    fields = {"token": f" {TOKEN} ", "next": "/postmortems/PFREIGHT?job=x"}
    answer = requests.post(f"{guarded}/login", fields, allow_redirects=False, timeout=WAIT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/postmortems/PFREIGHT?job=x")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_the_cookie_is_kept_to_https_where_people_use_it(library):
    with served(library, token=TOKEN, public_url="https://pm.example.com") as url:
        answer = requests.post(
            f"{url}/login", {"token": TOKEN}, allow_redirects=False, timeout=WAIT
        )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{SAFE_COOKIE}=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example.com/", "//evil.example.com", "/\\evil", "/\t/evil", "/\n/evil", ""],
)
def test_signing_in_leads_to_no_other_site(guarded, elsewhere):
    fields = {"token": TOKEN, "next": elsewhere}
    answer = requests.post(f"{guarded}/login", fields, allow_redirects=False, timeout=WAIT)
    assert answer.headers["Location"] == "/"


def test_a_wrong_token_is_told_and_sets_no_cookie(guarded):
    answer = requests.post(f"{guarded}/login", {"token": "wrong"}, timeout=WAIT)
    assert answer.status_code == 401
    assert "This is not the token." in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_signed_in_person_sees_every_page_until_signing_out(guarded):
    person = signed_in(guarded)
    for path in PEOPLES_PAGES:
        assert person.get(guarded + path, timeout=WAIT).status_code == 200
    key = form_key(person.get(guarded, timeout=WAIT).text)
    answer = person.post(f"{guarded}/logout", {"form_key": key}, timeout=WAIT)
    assert answer.status_code == 401
    assert person.get(guarded, timeout=WAIT).status_code == 401


@pytest.mark.parametrize("value", ["", "1", "x.y", "0" * 64, "9999999999." + "a" * 64])
def test_a_cookie_that_was_made_up_opens_nothing(guarded, value):
    assert requests.get(guarded, cookies={COOKIE: value}, timeout=WAIT).status_code == 401


def test_a_session_ends_after_its_time(library):
    sessions = KeptSessions()
    with served(library, token=TOKEN, sessions=sessions) as url:
        person = signed_in(url)
        assert person.get(url, timeout=WAIT).status_code == 200
        sessions.ends = {one: end - LIFETIME for one, end in sessions.ends.items()}
        assert person.get(url, timeout=WAIT).status_code == 401


def test_a_session_outlives_a_restart_but_not_a_new_token(library):
    sessions = KeptSessions()
    with served(library, token=TOKEN, sessions=sessions) as url:
        cookie = signed_in(url).cookies[COOKIE]
    for token, status in ((TOKEN, 200), ("another one, and longer", 401)):
        with served(library, token=token, sessions=sessions) as url:
            answer = requests.get(url, cookies={COOKIE: cookie}, timeout=WAIT)
        assert answer.status_code == status


def test_a_click_on_a_link_elsewhere_brings_a_signed_in_person_to_the_page(guarded):
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = requests.get(f"{guarded}/postmortems/PFREIGHT", headers=headers, timeout=WAIT)
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0"' in answer.text
    assert "Freight" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/style.css"])
def test_health_is_told_without_a_token(guarded, path):
    assert requests.get(guarded + path, timeout=WAIT).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8080", "127.0.0.1:1", "127.9.9.9", "[::1]:80", "pm.example.com"],
)
def test_without_a_token_this_machine_and_the_public_name_are_answered(local, host):
    for path in ("/", "/api/documents"):
        answer = requests.get(local + path, headers={"Host": host}, timeout=WAIT)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example.com", "localhost.evil.example.com", "10.0.0.1", "127.0.0.1.evil.com", "["],
)
def test_without_a_token_another_name_is_refused(local, host):
    for path in (*PEOPLES_PAGES, *API):
        answer = requests.get(local + path, headers={"Host": host}, timeout=WAIT)
        assert answer.status_code == 403
        assert "this machine only" in answer.text
        assert "Freight" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "http://pm.example.com"},  # the public address is https
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/postmortems/PFREIGHT/sync", "/api/documents/PFREIGHT/sync"])
def test_another_sites_page_cannot_ask_for_a_sync(local, library, path, headers):
    before = len(library.jobs)
    key = form_key(requests.get(f"{local}/postmortems/PFREIGHT", timeout=WAIT).text)
    answer = requests.post(local + path, {"form_key": key}, headers=headers, timeout=WAIT)
    assert answer.status_code == 403
    assert len(library.jobs) == before


@pytest.mark.parametrize("origin", [None, "own", "https://pm.example.com"])
def test_this_sites_own_page_can_ask_for_a_sync(local, library, origin):
    before = len(library.jobs)
    page = requests.get(f"{local}/postmortems/PFREIGHT", timeout=WAIT).text
    headers = {} if origin is None else {"Origin": local if origin == "own" else origin}
    answer = requests.post(
        f"{local}/postmortems/PFREIGHT/sync",
        {"form_key": form_key(page)},
        headers=headers,
        timeout=WAIT,
    )
    assert answer.status_code == 200
    assert len(library.jobs) == before + 1


@pytest.mark.parametrize(
    "fields", [{}, {"form_key": ""}, {"form_key": "0" * 64}, {"form_key": "☃"}]
)
def test_a_form_that_the_page_did_not_give_out_is_refused(local, library, fields):
    before = len(library.jobs)
    answer = requests.post(f"{local}/postmortems/PFREIGHT/sync", fields, timeout=WAIT)
    assert answer.status_code == 403
    assert "reload the page" in answer.text
    assert len(library.jobs) == before


def test_one_persons_form_is_of_no_use_to_another(guarded):
    first = signed_in(guarded)
    key = form_key(first.get(guarded, timeout=WAIT).text)
    other = requests.Session()
    other.headers["Authorization"] = f"Bearer {TOKEN}"
    answer = other.post(f"{guarded}/postmortems/PFREIGHT/sync", {"form_key": key}, timeout=WAIT)
    assert answer.status_code == 403


@pytest.mark.parametrize("body", [b"\xff\xfe", b"x" * 10_000, b"&".join([b"a=1"] * 50)])
def test_a_form_that_cannot_be_read_is_refused(local, body):
    answer = requests.post(f"{local}/login", body, timeout=WAIT)
    assert answer.status_code == 403


WEBHOOKS = ("/webhooks/pagerduty", "/webhooks/jira")
FORMS = ("/login", "/logout", "/postmortems/PFREIGHT/sync", "/api/documents/PFREIGHT/sync")


@pytest.mark.parametrize("path", [*FORMS, *WEBHOOKS])
def test_a_client_that_hangs_up_is_no_fault(library, path, caplog):
    app = application(library)
    heads = [(b"host", b"127.0.0.1"), (b"content-length", b"8000")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": heads, "query_string": b""}
    came = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"t", "more_body": True}]
    answers: list[object] = []

    async def receive() -> dict[str, object]:
        return came.pop() if len(came) > 1 else came[0]

    async def send(message: object) -> None:
        answers.append(message)

    with caplog.at_level(logging.INFO):
        asyncio.run(app(scope, receive, send))  # what it raises is a traceback in the log
    assert answers
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []
