"""Others' words with our credentials or a terminal's commands in them: searched for everywhere."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from connectors.sandbox import Fault
from tests.service.happenings import resolved_incident
from tests.service.installation import Installation, installation
from tests.service.processes import until
from tests.service.raw_http import WAIT

TOKEN = "the-token-of-the-page-0815"
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What no terminal may be given, line ends and tabs aside."""
RAW = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.exe"
Form = Callable[[str], str]
ECHOES: dict[str, Form] = {
    "as it is": str,
    "in Basic": lambda secret: base64.b64encode(f"bot@example.com:{secret}".encode()).decode(),
    "percent-encoded": lambda secret: "".join(f"%{ord(letter):02X}" for letter in secret),
    "escaped in JSON": lambda secret: "".join(f"\\u{ord(letter):04x}" for letter in secret),
    "escaped in HTML": lambda secret: "".join(f"&#{ord(letter)};" for letter in secret),
    "in an address": lambda secret: f"https://x.example/?token={quote(secret, '')}",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("words"), "sqlite") as made:
        made.besides["POSTMORTEM_TOKEN"] = TOKEN
        made.serve()
        yield made


def secrets(here: Installation) -> list[str]:
    named = ("PAGERDUTY_API_KEY", "PAGERDUTY_WEBHOOK_SECRET", "JIRA_API_TOKEN")
    return [*(here.environment[name] for name in named), TOKEN]


def forms(secret: str) -> Iterator[str]:
    """Give what of a credential must be found nowhere."""
    yield secret
    for user in ("bot@example.com:", "", "a", "ab"):
        yield base64.b64encode(f"{user}{secret}".encode()).decode()[8:-4]
    yield from (ECHOES[name](secret) for name in ECHOES)


def everything(here: Installation) -> dict[str, str]:
    """Give all that anybody may see: files, the database, the log, pages and the API."""
    seen: dict[str, str] = {}
    for path in sorted(here.folder.rglob("*")):
        if path.is_file() and "machines" not in path.parts:
            seen[str(path.name)] = path.read_bytes().decode("utf-8", "replace")
    assert here.door is not None
    url = here.door.url
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    paths = [
        "/",
        "/skipped",
        "/metrics",
        "/readyz",
        "/api/documents",
        "/api/parked",
        "/api/skipped",
    ]
    paths += [f"{way}/{one}" for one in here.pagerduty.account.incidents for way in WAYS]
    for path in paths:
        answer = requests.get(url + path, headers=bearer, timeout=WAIT)
        seen[path] = f"{answer.headers} {answer.text}"
    return seen


WAYS = ("/postmortems", "/api/documents")


def echo(here: Installation, service: str, form: Form) -> str:
    """Let a service answer with all our credentials, in body and head; gives what it says."""
    said = " ".join(form(secret) for secret in secrets(here))
    told = f"You sent {said} {RAW}"
    words = {
        "pagerduty": {"error": {"message": told, "errors": [told]}},
        "jira": {"errorMessages": [told], "errors": {"summary": told}},
    }[service]
    head = {"X-Echo": form(secrets(here)[0]), "Location": f"/login?{quote(said)}"}
    sandbox = getattr(here, service)
    sandbox.fault(Fault(status=400, body=words, headers=head, times=None))
    return told


@pytest.mark.parametrize("service", ["pagerduty", "jira"])
@pytest.mark.parametrize("tried", ECHOES)
def test_our_credentials_are_seen_nowhere(here: Installation, service: str, tried: str) -> None:
    incident = resolved_incident(here.pagerduty.account, ["Add an alert"])
    echo(here, service, ECHOES[tried])
    try:
        assert here.door is not None
        requests.post(
            f"{here.door.url}/api/documents/{incident.id}/sync",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=WAIT,
        )
        done = here.run("sync", incident.id) if tried == "in Basic" else None
        log = here.door.err
        until(lambda: incident.id in log.read_text("utf-8"), "the job's end in the log")
    finally:
        getattr(here, service).faults.clear()
    seen = everything(here)
    if done is not None:
        assert done.returncode == 1
        assert "our own credential" in done.stderr
        seen |= {"the command": done.stdout + done.stderr}
        assert not BAD.search(done.stdout + done.stderr)
    for secret in secrets(here):
        for form in forms(secret):
            found = [where for where, text in seen.items() if form in text]
            assert found == [], form


TITLES = {
    "a title that clears the screen": "\x1b[2J\x1b[HAll is well",
    "a title that names the window": "\x1b]0;owned\x07 is down",
    "a title that links elsewhere": "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "a title with 8-bit controls": "\x9b2J\x9d0;owned\x9c is down",
    "a title that turns round": "invoice \u202egpj.exe\u202c is down",
    "a title that goes back": "is up\r\x08\x08\x08down",
}


@pytest.fixture(scope="module")
def listed(here: Installation) -> tuple[str, str]:
    """Give what `status` shows of documents with such titles, as a table and as JSON."""
    folder = Path(here.documents.setting)
    folder.mkdir(exist_ok=True)
    for number, title in enumerate(TITLES.values()):
        head = f"---\nincident: PODD{number}\n---\n# {title}\n\n## 6. Action Items\n\n"
        row = f"| Task | Owner |\n|---|---|\n| [{number}] | {RAW} |\n"
        path = folder / f"2026-11-27-PODD{number}-odd.md"
        path.write_text(head + row, "utf-8", newline="")
    shown, told = here.run("status"), here.run("status", "--json")
    return shown.stdout + shown.stderr, told.stdout


@pytest.mark.parametrize("tried", TITLES)
def test_no_terminal_is_given_it(listed: tuple[str, str], tried: str) -> None:
    number = list(TITLES).index(tried)
    shown, told = listed
    assert f"PODD{number}" in shown
    assert not BAD.search(shown)
    assert not BAD.search(told)
    titles = {one["incident"]: one["title"] for one in json.loads(told)}
    assert titles[f"PODD{number}"] == TITLES[tried].partition("\r")[0]
