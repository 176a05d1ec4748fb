"""The way in: guessed tokens, made-up cookies, other sites' pages, requests with odd heads."""

import re
import sqlite3
import time
from collections.abc import Iterator

import pytest
import requests

from tests.service.installation import Installation, installation
from tests.service.raw_http import WAIT, Answer, ask
from worker.web.visitors.access import COOKIE

TOKEN = "an-installation-of-tests"
SYNC = "/api/documents/PFREIGHT/sync"
HELD_BACK = 3


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("sign-in"), "sqlite") as made:
        made.besides["POSTMORTEM_TOKEN"] = TOKEN
        made.serve()
        yield made


@pytest.fixture(scope="module")
def url(here: Installation) -> str:
    assert here.door is not None
    return here.door.url


def host_of(url: str) -> str:
    return url.removeprefix("http://")


def changing(url: str, *headers: tuple[str, str], host: str | None = None) -> Answer:
    """Ask for a change with the right token."""
    own = ("Host", host_of(url) if host is None else host)
    return ask(url, "POST", SYNC, [own, ("Authorization", f"Bearer {TOKEN}"), *headers])


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param("null", 403, id="Origin null, as a page in a frame sends it"),
        pytest.param("", 403, id="an empty Origin"),
        pytest.param(" ", 403, id="an Origin of one space"),
        pytest.param("https://evil.example.com", 403, id="a foreign Origin"),
        pytest.param(
            "http://127.0.0.1.evil.example.com", 403, id="an Origin that begins like ours"
        ),
        pytest.param("file://", 403, id="the Origin of a file"),
        pytest.param("http://[::1", 400, id="an Origin that breaks off"),
        pytest.param("http://a b", 400, id="an Origin with a space in it"),
        pytest.param("nowhere", 400, id="an Origin that is no address"),
        pytest.param("http://a@b", 400, id="an Origin with a user in it"),
        pytest.param("http://127.0.0.1/path", 400, id="an Origin with a path"),
        pytest.param("http://\xe9", 400, id="an Origin beyond ASCII"),
    ],
)
def test_nothing_is_changed_though_the_token_is_right(url: str, origin: str, status: int) -> None:
    answer = changing(url, ("Origin", origin))
    assert answer.status == status, answer.text
    assert answer.headers["content-type"].startswith("application/")


def test_two_origins_are_not_one_of_ours(url: str) -> None:
    ours = ("Origin", url)
    assert changing(url, ours).status == requests.codes.accepted
    assert changing(url, ours, ("Origin", "https://evil.example.com")).status == 403


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("", id="an empty Host"),
        pytest.param("a/b", id="a Host with a path"),
        pytest.param("a@b", id="a Host with a user"),
        pytest.param("[::1", id="a Host that breaks off"),
        pytest.param("a:b", id="a Host with a port of letters"),
        pytest.param("localhost:99999", id="a Host with a port that no machine has"),
        pytest.param("..", id="a Host of dots"),
        pytest.param("a..b", id="a Host with an empty part"),
    ],
)
def test_nothing_is_changed_for_a_host_that_is_none(url: str, host: str) -> None:
    assert changing(url, host=host).status == 403


@pytest.mark.parametrize(
    "path",
    ["/", "/postmortems/", "/login/", "/api/documents/", "//evil.example.com", "/%09/evil.example"],
)
def test_no_answer_leads_to_where_the_host_says(url: str, path: str) -> None:
    for headers in ([], [("Sec-Fetch-Site", "cross-site")]):
        answer = ask(url, "GET", path, [("Host", "evil.example.com"), *headers])
        assert "evil.example" not in answer.headers.get("location", "")
        assert not re.search(r'href="(//|/\\|/\s)', answer.text)
        assert "location" not in answer.headers


@pytest.mark.parametrize("path", ["/healthz", "/", "/nothing", "/api/documents"])
def test_no_answer_says_what_serves_it(url: str, path: str) -> None:
    answer = ask(url, "GET", path, [("Host", host_of(url))])
    assert "server" not in answer.headers
    assert "uvicorn" not in answer.text.lower()


def show(url: str, token: str, source: str, way: str, number: int = 0) -> Answer:
    """Show a token on the page or to the API, and claim another address each time."""
    claimed = [("Host", host_of(url)), ("X-Forwarded-For", f"203.0.113.{number}")]
    if way == "page":
        kind = ("Content-Type", "application/x-www-form-urlencoded")
        return ask(url, "POST", "/login", [*claimed, kind], f"token={token}".encode(), source)
    bearer = ("Authorization", f"Bearer {token}")
    return ask(url, "GET", "/api/documents", [*claimed, bearer], source=source)


@pytest.mark.parametrize(
    ("way", "source"),
    [
        pytest.param("page", "127.0.0.2", id="wrong tokens on the page, each from elsewhere"),
        pytest.param("api", "127.0.0.3", id="wrong tokens to the API, each from elsewhere"),
    ],
)
def test_they_are_slowed_and_told_and_the_right_one_is_let_in(
    here: Installation, url: str, way: str, source: str
) -> None:
    guesses = [f"guess-{number}-of-{way}" for number in range(5 + HELD_BACK)]
    began = time.monotonic()
    for number, guess in enumerate(guesses):
        assert show(url, guess, source, way, number).status in {401, 429}
    assert time.monotonic() - began >= (HELD_BACK - 1) * 0.5
    assert show(url, TOKEN, source, way).status in {200, 303}
    assert here.door is not None
    told = here.door.complained
    assert told.count("A wrong token was shown.") >= len(guesses)
    assert source in told
    assert not any(word in told for word in [*guesses, TOKEN])


def test_a_cookie_tells_nothing_and_ends_where_it_was_made(here: Installation, url: str) -> None:
    cookies = []
    for _ in range(2):
        person = requests.Session()
        assert person.post(f"{url}/login", {"token": TOKEN}, timeout=WAIT).ok
        cookies.append(person.cookies[COOKIE])
    assert cookies[0] != cookies[1]
    path = here.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        kept = str(database.execute("SELECT * FROM web_sessions").fetchall())
    assert not any(word in kept for word in [TOKEN, *cookies])
    found = re.search(r'name="form_key" value="(\w+)"', person.get(url, timeout=WAIT).text)
    assert found
    person.post(f"{url}/logout", {"form_key": found[1]}, timeout=WAIT)
    for cookie, status in zip(cookies, (200, 401), strict=True):
        answer = requests.get(url, cookies={COOKIE: cookie}, timeout=WAIT)
        assert answer.status_code == status


def test_a_short_token_is_refused_and_a_short_signing_secret_told(here: Installation) -> None:
    given = dict(here.besides)
    try:
        here.besides |= {"POSTMORTEM_TOKEN": "fifteen-letters"}
        refused = here.run("status")
        here.besides |= {"POSTMORTEM_TOKEN": TOKEN, "JIRA_WEBHOOK_SECRET": "short"}
        told = here.run("status")
    finally:
        here.besides = given
    assert refused.returncode == 2
    assert "POSTMORTEM_TOKEN has 15 characters, and must have at least 16" in refused.stderr
    assert "fifteen-letters" not in refused.stderr
    assert told.returncode == 0
    assert "A secret in JIRA_WEBHOOK_SECRET" in told.stderr
