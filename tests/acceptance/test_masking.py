"""Secrets that somebody left in PagerDuty are seen nowhere else: planted, and looked for."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
import requests

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, JONAS, LENA, MIRA
from connectors.sandbox import Fault
from tests.incidents.planted import EVERY, TOKENS
from tests.service.installation import Installation, Remote, installation
from tests.service.processes import until

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=4)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, "sqlite", Remote) as made:
        yield made


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def planted_alert(incident: SandboxIncident, number: int, text: Callable[[], str]) -> None:
    incident.alert(
        f"Sign-in failed: {text()}",
        at(number),
        key=f"sign-in-{text()}",
        source=text(),
        client=f"Lookout {number}",
        client_url=f"https://u{number}:url-Pw-1{number}z@lookout.example/a?token=q-{number}q1q1q1",
        details={
            "output": "\n".join([text(), text()]),
            "db_password": f"detail-Pw-{number}x",
            "nested": {"deep": [text(), {"deeper": text()}], text(): "a name that is one"},
            "runbook": f"[{text()}](https://wiki.example/r?sig=sig-{number}-9z9z9z)",
        },
        contexts=[
            {"type": "link", "href": text(), "text": text()},
            {
                "type": "link",
                "href": f"https://x.example/{number}?token=ctx9{number}ctx9",
                "text": text(),
            },
            {
                "type": "image",
                "src": f"https://i.example/{number}.png?sig=img9{number}img9",
                "alt": text(),
            },
        ],
    )


def planted_incident(here: Installation) -> SandboxIncident:
    """Let an incident hold every secret in a note, and some in each other text it has."""
    left = cycle(EVERY)

    def text() -> str:
        return next(left).text

    token = TOKENS[0].text.split(" ")[4]
    incident = here.pagerduty.account.open(CHECKOUT, f"Checkout: {token} refused", at=at(0))
    for number in range(8):
        planted_alert(incident, number, text)
    incident.assign([MIRA], at(1))
    incident.acknowledge(MIRA, at(9))
    for number, planted in enumerate(EVERY):
        incident.note(f"Tried again.\n{planted.text}", at(10 + number), JONAS)
    incident.note(f"ACTION: rotate {text()} and {text()}", at(70), LENA)
    incident.note(f"TODO: {text()}", at(71), LENA)
    incident.note(f"Root cause: {text()}", at(72), LENA)
    incident.set_field("db_password", "DB password", "field-Pw-88", at(73), LENA)
    incident.set_field("about", "About", [text(), text()], at(74), LENA)
    incident.set_conference(text(), f"https://meet.example/x?token={'meet9' * 3}")
    incident.request([JONAS], text(), at(75), MIRA)
    incident.update(f"Customers cannot pay: {text()}", at(76), MIRA)
    incident.chat(text(), f"https://chat.example/c?token={'chat9' * 3}", at(77))
    incident.change(text(), at(2), source=text(), url=f"https://d.example/?token={'dep9x' * 3}")
    incident.hit(text())
    incident.entry("something_new", at(78), text(), MIRA, {"type": "website", "summary": text()})
    incident.resolve(at(90), by=MIRA, note=f"Rolled back. {text()}")
    return incident


OTHERS = (
    *(f"url-Pw-1{number}z" for number in range(8)),
    *(f"q-{number}q1q1q1" for number in range(8)),
    *(f"detail-Pw-{number}x" for number in range(8)),
    *(f"sig-{number}-9z9z9z" for number in range(8)),
    *(f"ctx9{number}ctx9" for number in range(8)),
    *(f"img9{number}img9" for number in range(8)),
    *("field-Pw-88", "meet9meet9", "chat9chat9", "dep9xdep9x", "refused-Pw-1", "event-Pw-1"),
)
SECRETS = tuple(dict.fromkeys([*(each for one in EVERY for each in one.secrets), *OTHERS]))
LONG_ENOUGH = 8  # letters: what is shorter stands by chance in some megabytes of a database


def found_in(what: bytes | str) -> list[str]:
    """Look for the secrets as they are, and as Markdown, JSON and addresses spell them."""
    data = what.encode() if isinstance(what, str) else what
    spelled = (data, data.replace(b"\\", b""), unquote_to_bytes(data))
    return [secret for secret in SECRETS if any(secret.encode() in one for one in spelled)]


def git(*command: str, folder: Path) -> bytes:
    return subprocess.run(["git", "-C", folder, *command], check=True, capture_output=True).stdout  # noqa: S603, S607 - our own words


def leaks(here: Installation) -> dict[str, list[str]]:
    """Look for every secret in all that the program wrote, sent or said."""
    pages: dict[str, bytes | str] = {}
    assert here.door is not None
    incident = next(iter(here.pagerduty.account.incidents))
    for path in ("/", f"/postmortems/{incident}", "/skipped", "/metrics", "/readyz"):
        pages[path] = requests.get(here.door.url + path, timeout=30).content
    for path in ("", f"/{incident}", f"/{incident}/journal"):
        pages[f"/api{path}"] = requests.get(
            f"{here.door.url}/api/documents{path}", timeout=30
        ).content
    for command in (("status",), ("status", "--json"), ("status", "--journal", incident)):
        done = here.run(*command)
        pages[" ".join(command)] = done.stdout + done.stderr
    for process in here.processes:
        pages[f"{process.words} said"] = process.said + process.complained
    for served in here.jira.served:
        pages[f"{served} sent"] = served.body + repr(served.query).encode()
    pages["git log"] = git(
        "log", "--all", "-p", "--format=%B", "main", folder=here.documents.remote
    )  # type: ignore[attr-defined]  # a Remote
    pages["git names"] = git("ls-tree", "-r", "--name-only", "main", folder=here.documents.remote)  # type: ignore[attr-defined]  # as above
    for file in here.folder.rglob("*"):
        if file.is_file() and file.stat().st_size:
            pages[f"file {file.relative_to(here.folder)}"] = file.read_bytes()
    assert len(pages) > 20
    assert min(map(len, SECRETS)) >= LONG_ENOUGH
    return {name: found for name, data in pages.items() if (found := found_in(data))}


def test_no_planted_secret_is_seen_anywhere_but_in_pagerduty(here: Installation) -> None:
    here.serve()
    incident = planted_incident(here)
    here.deliver(here.event("resolved", incident))
    until(lambda: here.documents.of(incident.id), "the draft appears")
    until(lambda: here.jira.site.records, "its tickets are created")
    text = here.documents.text(incident.id)
    assert "\u2039hidden: GitHub token\u203a" in text
    assert "\u2039hidden: password\u203a" in text
    assert "hidden-github-token" in here.documents.of(incident.id)[0]
    assert leaks(here) == {}

    # a refresh, suggestions where people wrote otherwise, and what PagerDuty says of its errors
    here.documents.edit_of(incident.id, lambda old: old.replace("cannot pay", "could not pay"))
    incident.note("Later: token = refused-Pw-1", at(100), LENA)
    incident.note("Later: password=event-Pw-1", at(101), LENA)
    here.pagerduty.fault(
        Fault(
            "/related_change_events",
            400,
            body={"error": {"message": "password=event-Pw-1", "errors": ["token=refused-Pw-1"]}},
        )
    )
    here.deliver(here.event("annotated", incident))
    told = here.run("sync", incident.id, "--json")
    shown = here.run("draft", incident.id)
    dry = here.run("sync", incident.id, "--dry-run")
    assert "secrets were hidden from PagerDuty's text" in shown.stdout + shown.stderr
    assert not found_in(told.stdout + told.stderr + shown.stdout + shown.stderr + dry.stdout)
    until(lambda: "Later: token" in here.documents.text(incident.id), "the refresh is written")
    assert leaks(here) == {}
    assert set(here.stop().values()) == {0}


def test_what_a_pattern_hides_later_is_not_told_again(here: Installation) -> None:
    incident = here.pagerduty.account.open(CHECKOUT, "Doors are open", at=at(0), by=MIRA)
    incident.note("The code is DOOR-4711-9", at(5), JONAS)
    incident.resolve(at(9), by=MIRA)
    here.run("draft", incident.id)
    assert "DOOR-4711-9" in here.documents.text(incident.id)
    settings = here.folder / "postmortem.toml"
    settings.write_text(settings.read_text() + "\n[masking]\npatterns = ['DOOR-[0-9-]+']\n")
    before = git("rev-list", "--count", "main", folder=here.documents.remote)  # type: ignore[attr-defined]  # a Remote
    here.run("draft", incident.id)
    assert "DOOR-4711-9" not in here.documents.text(incident.id)
    assert b"DOOR" not in git("log", "-1", "--format=%B", "main", folder=here.documents.remote)  # type: ignore[attr-defined]  # as above
    assert "DOOR-4711" not in here.run("status", "--journal", incident.id).stdout
    assert git("rev-list", "--count", "main", folder=here.documents.remote) != before  # type: ignore[attr-defined]  # as above


def test_a_pattern_that_cannot_be_used_is_told_at_the_start(here: Installation) -> None:
    settings = here.folder / "postmortem.toml"
    settings.write_text(settings.read_text() + "\n[masking]\npatterns = ['[', '(a+)+$']\n")
    done = here.run("check")
    assert done.returncode == 2
    assert "masking.patterns #1 in" in done.stderr
    assert "not a regular expression" in done.stderr
    assert "longer and longer" in done.stderr
