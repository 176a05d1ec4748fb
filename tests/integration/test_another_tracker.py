"""A tracker that the program has never heard of: one folder, and one line in the registry."""

import json
import logging
import os
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner, Result

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios import load as load_scenarios
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.tickets import COMMON_LABEL, Ticket
from connectors.webhook_events import hex_digest
from tests.integration.toy.connector import ToyConnector
from tests.integration.toy.tracker import ToyTracker
from worker.app import registry
from worker.app.service import Service
from worker.cli.main import app

SECRET = "a-toys-secret"
ROW = "| Put the bricks away |  |  |  |  |  |\n"


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxIncident]:
    """A resolved incident, with the toy registered and configured as the tracker."""
    monkeypatch.setattr(registry, "CONNECTORS", (*registry.CONNECTORS, ToyConnector))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "box").mkdir()
    with PagerDutySandbox() as pagerduty:
        settings = {
            "PAGERDUTY_API_URL": pagerduty.url,
            "PAGERDUTY_API_KEY": pagerduty.api_key,
            "TOY_FOLDER": "box",
            "TOY_PROJECT": "BOX",
            "TOY_WEBHOOK_SECRET": SECRET,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield load_scenarios(pagerduty.account)["checkout storm"]


@pytest.fixture
def toys(tmp_path: Path) -> ToyTracker:
    return ToyTracker(tmp_path / "box")


def postmortem(*words: str) -> Result:
    """Run a command in this process, whose log goes on as before."""
    root = logging.getLogger()
    level = root.level
    try:
        return CliRunner().invoke(app, words)
    finally:
        root.setLevel(level)


def with_ticket(incident: SandboxIncident) -> Path:
    """Draft the incident, add a row and sync it; give the document."""
    assert postmortem("draft", incident.id).exit_code == 0
    (document,) = Path("postmortems").glob(f"*-{incident.id}-*.md")
    lines = document.read_text("utf-8").splitlines(keepends=True)
    last = max(at for at, line in enumerate(lines) if line.startswith("|"))
    document.write_text("".join([*lines[: last + 1], ROW, *lines[last + 1 :]]), "utf-8")
    result = postmortem("sync", incident.id)
    assert result.exit_code == 0, result.output
    return document


def row(document: Path) -> str:
    lines = document.read_text("utf-8").splitlines()
    (found,) = [line for line in lines if "Put the bricks away" in line]
    return found


def ticket_of_row(toys: ToyTracker) -> Ticket:
    (found,) = [one for one in toys.labelled(COMMON_LABEL) if one.summary == "Put the bricks away"]
    return found


def test_check_looks_at_it(incident: SandboxIncident) -> None:
    result = postmortem("check", "--json")
    findings = {one["subject"]: one for one in json.loads(result.stdout)}
    assert findings["Toy box"]["detail"] == "Brick tickets go to BOX"
    assert findings["Toy box"]["problem"] == ""
    assert "Jira" not in result.output


def test_sync_creates_its_ticket_and_brings_the_status_back(
    incident: SandboxIncident, toys: ToyTracker
) -> None:
    document = with_ticket(incident)
    ticket = ticket_of_row(toys)
    assert f"| [{ticket.key}]({ticket.url}) | Lying about |" in row(document)
    assert f"pagerduty-incident={incident.id}" in toys.links(ticket.id)
    toys.finish(ticket.id)
    assert postmortem("sync").exit_code == 0
    assert "| Put away" in row(document)
    assert ticket_of_row(toys).id == ticket.id, "no other was created"


def test_its_webhook_brings_the_status_back(incident: SandboxIncident, toys: ToyTracker) -> None:
    document = with_ticket(incident)
    ticket = ticket_of_row(toys)
    toys.finish(ticket.id)
    event = {"id": "one", "at": "2026-11-19T10:00:00Z", "ticket": ticket.id}
    body = json.dumps(event).encode()
    service = Service(registry.load_settings(None, os.environ), port=0, settle=0)
    service.start()
    with ExitStack() as stack:
        stack.callback(service.stop)

        def sent(secret: str) -> int:
            headers = {"x-toy-signature": hex_digest(body, secret)}
            address = f"{service.url}/webhooks/toy"
            return requests.post(address, body, headers=headers, timeout=60).status_code

        assert sent("another") == 401
        assert "| Lying about" in row(document)
        assert sent(SECRET) == 202
        service.wait_until_idle()
    assert "| Put away" in row(document)


def test_what_is_wrong_with_its_settings_is_told_by_its_own_words(
    incident: SandboxIncident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOY_FOLDER")
    result = postmortem("check")
    assert result.exit_code == 2
    assert "no box. Set TOY_FOLDER (in the file: toy.folder)." in " ".join(result.output.split())


def test_the_first_settings_take_what_the_environment_gives_for_it(
    incident: SandboxIncident,
) -> None:
    result = postmortem("init", "--yes")
    assert result.exit_code == 0, result.output
    values = tomllib.loads(Path("postmortem.toml").read_text("utf-8"))
    assert values["toy"]["project"] == "BOX"
    assert Path(values["toy"]["webhook_secrets_file"]).read_text("utf-8").strip() == SECRET


def test_two_trackers_are_one_too_many(
    incident: SandboxIncident, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("URL", "PERSONAL_TOKEN", "PROJECT"):
        monkeypatch.setenv(f"JIRA_{name}", "https://jira.example.com")
    result = postmortem("sync")
    assert "Jira and Toy are both configured" in str(result.exception)
