"""What a command loads before it is needed: nothing heavy, so that it answers at once."""

import os
import subprocess
import sys

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


def loaded_by(*words: str) -> set[str]:
    """Run a command, and give the modules that its process has loaded in the end."""
    program = f"{LOADED}print('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=dict(os.environ),
    )
    return set(done.stdout.rsplit("\n", 2)[-2].split())


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
