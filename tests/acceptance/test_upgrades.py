"""What earlier states of the program left is opened, migrated and synced by today's.

The records are made by ``python -m tests.upgrades.record``: the journal and the document of an
incident, a person's words in it, and what was sent to Jira, which is sent to today's stand-in again.
"""

import base64
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
from filelock import FileLock

from config.settings import Settings
from connectors.incidents import IncidentId
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.scenarios import load
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from tests.upgrades import (
    HERE,
    INCIDENT,
    JIRA_PORT,
    LAST_WORDS,
    PAGERDUTY_PORT,
    RECORDS,
    ROWS,
    WORDS,
)
from worker.app.composition import open_context
from worker.app.registry import load_settings
from worker.document.action_section import read as read_items
from worker.jobs.results import Action, RunResult, Trigger
from worker.jobs.run_many import RunRequest, run_many
from worker.journal.revisions import NEWEST

RECORDED = sorted(one.name for one in RECORDS.iterdir())


@pytest.fixture
def pagerduty() -> Iterator[PagerDutySandbox]:
    """Give PagerDuty on its port, which this machine has once for all test processes."""
    lock = FileLock(Path(tempfile.gettempdir()) / "postmortem-upgrade-ports.lock")
    with lock, PagerDutySandbox(port=PAGERDUTY_PORT) as made:
        yield made


@pytest.fixture(params=RECORDED)
def record(request: pytest.FixtureRequest) -> Path:
    return RECORDS / str(request.param)


@contextmanager
def jira_as_it_was(record: Path) -> Iterator[JiraSandbox]:
    """Give a stand-in that was sent all that the earlier program sent."""
    told = json.loads((record / "jira.json").read_text("utf-8"))
    with JiraSandbox(port=JIRA_PORT) as jira:
        login = f"{jira.credentials['email']}:{jira.credentials['api_token']}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}"}
        for one in told["writes"]:
            address = f"{jira.url}{one['path']}"
            answer = requests.request(
                one["method"], address, json=one["body"], headers=headers, timeout=30
            )
            assert answer.ok, (one, answer.text)
        first, second = told["keys"]
        jira.transition(first, "Done")
        jira.transition(second, "Start progress")
        yield jira


def journal_of(record: Path, folder: Path) -> str:
    return (record / "journal.sql").read_text("utf-8").replace(HERE, str(folder))


def settings(folder: Path, pagerduty: PagerDutySandbox, jira: JiraSandbox) -> Settings:
    environ = {
        "PAGERDUTY_API_KEY": pagerduty.api_key,
        "PAGERDUTY_API_URL": pagerduty.url,
        "JIRA_URL": jira.url,
        "JIRA_EMAIL": jira.credentials["email"],
        "JIRA_API_TOKEN": jira.credentials["api_token"],
        "JIRA_PROJECT": "OPS",
        "POSTMORTEM_DOCUMENTS": str(folder / "documents"),
        "POSTMORTEM_DATABASE_URL": f"sqlite:///{folder / 'postmortem.db'}",
    }
    return load_settings(None, environ, file_too=False)


def sync(given: Settings, incident: str) -> RunResult:
    with open_context(given) as opened:
        return run_many(opened, RunRequest(Trigger.COMMAND, (IncidentId(incident),)))


@pytest.mark.parametrize("journal", ["kept", "lost"])
def test_what_an_earlier_state_left_goes_on(
    record: Path, journal: str, pagerduty: PagerDutySandbox, tmp_path: Path
) -> None:
    incident = load(pagerduty.account)[INCIDENT].id
    shutil.copytree(record / "documents", tmp_path / "documents")
    (document,) = (tmp_path / "documents").glob("*.md")
    if journal == "kept":
        with closing(sqlite3.connect(tmp_path / "postmortem.db")) as database:
            database.executescript(journal_of(record, tmp_path))
    with jira_as_it_was(record) as jira:
        given = settings(tmp_path, pagerduty, jira)
        result = sync(given, incident)
        (one,) = result.incidents
        assert (result.failures, one.failures, one.warnings) == ((), (), ())
        assert Action.CREATED not in [deed.action for deed in one.deeds]
        assert len(jira.site.records) == len(ROWS)

        text = document.read_text("utf-8")
        items = read_items(text, given.document_names).items
        assert [item.status_text for item in items] == ["Done", "In Progress"]
        assert f"{WORDS} {LAST_WORDS}" in text
        assert [item.task for item in items] == [row.split("|")[1].strip() for row in ROWS]
        assert len(list((tmp_path / "documents").glob("*.md"))) == 1

        before, sent = document.stat().st_mtime_ns, len(jira.served)
        assert sync(given, incident).incidents[0].deeds == ()
        assert document.stat().st_mtime_ns == before
        writes = [str(one) for one in list(jira.served)[sent:] if one.method in {"PUT", "DELETE"}]
        assert writes == []
    with closing(sqlite3.connect(tmp_path / "postmortem.db")) as database:
        (version,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        assert version == NEWEST
        told = database.execute("SELECT count(*) FROM entries WHERE action = 'created'").fetchone()
        assert told == ((len(ROWS) if journal == "kept" else 0),)
