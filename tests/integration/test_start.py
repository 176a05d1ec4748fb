"""What a command loads before it is needed: nothing heavy, so that it answers at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    *("sqlalchemy", "alembic", "requests", "jira", "pagerduty", "structlog", "dbos"),
    *("fastapi", "uvicorn", "psycopg", "yaml", "dateutil", "nh3"),
)
LIGHT = {"connectors", "connectors.errors", "connectors.pages"}
"""The port that names an option of ``sync``, and what it stands on: no service, no client."""
LOADED = (
    "import sys; from worker.cli.main import main\ntry: main()\nexcept SystemExit as end: pass\n"
)


def told_by(program: str, *words: str) -> list[str]:
    """Run Python code with arguments, and give the words on the last line that it prints."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=dict(os.environ),
    )
    return done.stdout.rsplit("\n", 2)[-2].split()


def loaded_by(*words: str) -> set[str]:
    """Run a command, and give the modules that its process has loaded in the end."""
    return set(told_by(f"{LOADED}print('\\n' + ' '.join(sys.modules))", *words))


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("sync", "--help"), ("status", "--help"), ("sync", "--nonsense")],
    ids=" ".join,
)
def test_help_loads_nothing_that_it_does_not_need(words: tuple[str, ...]) -> None:
    loaded = loaded_by(*words)
    assert "typer" in loaded
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)
    assert {name for name in loaded if name.partition(".")[0] == "connectors"} <= LIGHT


def test_status_loads_no_queue_and_no_client_of_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "postmortems").mkdir()
    for name, value in {
        "PAGERDUTY_API_KEY": "a-key-for-nothing",
        "JIRA_URL": "https://jira.example.com",
        "JIRA_EMAIL": "worker@example.com",
        "JIRA_API_TOKEN": "a-token-for-nothing",
        "JIRA_PROJECT": "OPS",
        "POSTMORTEM_DATABASE_URL": "sqlite:///postmortem.db",
        "POSTMORTEM_DOCUMENTS": "./postmortems",
    }.items():
        monkeypatch.setenv(name, value)
    loaded_by("status")  # makes the database, which loads what later ones do not need
    loaded = loaded_by("status")
    assert "sqlalchemy" in loaded
    unwanted = {
        "dbos",
        "requests",
        "jira",
        "pagerduty",
        "slack_sdk",
        "fastapi",
        "uvicorn",
        "alembic",
        "psycopg",
    }
    assert not {name.partition(".")[0] for name in loaded} & unwanted
    assert not {name for name in loaded if name.endswith((".client", ".queue.queue"))}


def test_a_start_looks_for_no_garbage_and_later_work_does_as_usual() -> None:
    (looks,) = told_by("""
import gc
usual, looks = gc.get_threshold(), []
from worker.cli import loaded
gc.callbacks.append(lambda phase, _: looks.append(phase))
import worker.app.service, connectors.jira.client, connectors.pagerduty.client, worker.cli.serving
assert not looks
loaded()
assert gc.get_threshold() == usual
assert gc.get_freeze_count() > 100_000
made = [[one] for one in range(2_000)]
print(len(looks))
""")
    assert int(looks) > 0
