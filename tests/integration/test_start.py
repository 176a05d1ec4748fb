"""What a command loads before it is needed: nothing heavy, so that it answers at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.queue_playground import opened
from tests.integration.queue_support import KINDS, WAIT, database
from worker.jobs.job_lifecycle import JobOutcome
from worker.jobs.results import Trigger
from worker.journal.database import Database

HEAVY = (
    *("sqlalchemy", "alembic", "requests", "jira", "pagerduty", "structlog", "dbos"),
    *("fastapi", "uvicorn", "psycopg", "yaml", "dateutil", "nh3"),
)
LIGHT = {"connectors"}
"""What names an option of ``sync``: no service, no client."""
COMMAND = """
import sys
from worker.cli.main import main
try: main()
except SystemExit: pass
print()
print(*sys.modules)
"""


def printed(program: str, *words: str) -> list[str]:
    """Run Python code with arguments, and give the lines that it prints."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=dict(os.environ),
    )
    return done.stdout.splitlines()


def loaded_by(*words: str) -> set[str]:
    """Run a command, and give the modules that its process has loaded in the end."""
    return set(printed(COMMAND, *words)[-1].split())


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("sync", "--help"), ("status", "--help"), ("sync", "--nonsense")],
    ids=" ".join,
)
def test_help_loads_nothing_that_it_does_not_need(words: tuple[str, ...]) -> None:
    loaded = loaded_by(*words)
    assert "typer" in loaded
    assert "rich" not in loaded, "boxes are drawn for nobody"
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)
    assert {name for name in loaded if name.partition(".")[0] == "connectors"} <= LIGHT


OURS = ("config", "connectors", "worker")
OF_A_SERVER = {"dbos", "fastapi", "uvicorn", "alembic", "psycopg", "slack_sdk"}
"""What only a process that serves or works loads, a chat that is configured, or an older database."""
OF_SERVICES = {"requests", "httpx2", "jira", "pagerduty"}
OF_WRITING = {"markdown_it", "mdit_py_plugins", "yaml", "dateutil", "structlog", "tenacity"}
"""What reads and writes documents, asks services, and logs."""
OF_THE_PAGE = {"fastapi", "starlette", "uvicorn", "jinja2", "prometheus_client"}
MOST_OF_OURS = 150
"""How many modules of our own `status` loads at most, of 430."""
MOST_OF_AN_IDLE_SERVER = 230
"""How many `serve` loads that was asked for nothing yet."""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for documents, with the settings of both services."""
    return configure(tmp_path, monkeypatch)


def configure(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Work in a folder, with the settings of both services."""
    patch.chdir(folder)
    (folder / "postmortems").mkdir(exist_ok=True)
    for name, value in {
        "PAGERDUTY_API_KEY": "a-key-for-nothing",
        "JIRA_URL": "https://jira.example.com",
        "JIRA_EMAIL": "worker@example.com",
        "JIRA_API_TOKEN": "a-token-for-nothing",
        "JIRA_PROJECT": "OPS",
        "POSTMORTEM_DATABASE_URL": "sqlite:///postmortem.db",
        "POSTMORTEM_DOCUMENTS": "./postmortems",
    }.items():
        patch.setenv(name, value)
    return folder


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database on which a server has worked and failed; it is only read."""
    folder = tmp_path_factory.mktemp("worked")
    with pytest.MonkeyPatch.context() as patch:
        configure(folder, patch)
        with opened("sqlite", folder) as server:
            server.does["PBAD"] = lambda: JobOutcome(failures=("It is broken.",))
            server.queue.wait(server.queue.enqueue("PBAD", Trigger.PAGE), WAIT)
        printed(COMMAND, "status")  # makes the journal, which loads what others need not
    return folder


@pytest.fixture
def served(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in that folder."""
    configure(worked, monkeypatch)


@pytest.mark.parametrize("words", [("status",), ("status", "--parked"), ("status", "--jobs")])
def test_status_loads_no_engine_and_no_client_of_a_service(
    served: None, words: tuple[str, ...]
) -> None:
    *told, modules = printed(COMMAND, *words)
    loaded = set(modules.split())
    assert "sqlalchemy" in loaded
    assert not {name.partition(".")[0] for name in loaded} & (
        OF_A_SERVER | OF_SERVICES | OF_WRITING
    )
    assert len({name for name in loaded if name.startswith(OURS)}) <= MOST_OF_OURS
    assert not {name for name in loaded if name.endswith((".client", ".queue.queue", "git_store"))}
    assert "sqlalchemy.dialects.postgresql" not in loaded
    assert [line for line in told if "parked" in line and "PBAD" in line]


@pytest.mark.parametrize("words", [("lint",), ("search", "checkout"), ("report",), ("status",)])
def test_what_tells_of_documents_loads_no_client_and_makes_a_database_by_itself(
    configured: Path, words: tuple[str, ...]
) -> None:
    loaded = loaded_by(*words)
    assert "sqlalchemy" in loaded
    assert not {name.partition(".")[0] for name in loaded} & (OF_A_SERVER | OF_SERVICES)


def test_a_sync_loads_no_engine_where_no_server_works(
    served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAGERDUTY_API_KEY")
    *told, modules = printed(COMMAND, "sync")
    loaded = {name.partition(".")[0] for name in modules.split()}
    assert "Nothing to do." in told
    assert "jira" in loaded
    assert not loaded & (OF_A_SERVER | {"pagerduty"})


def test_a_worker_loads_no_web_server() -> None:
    *_, modules = printed("""
import sys
import worker.app.worker, worker.cli.serving
print(*sys.modules)
""")
    loaded = modules.split()
    assert "dbos" in loaded
    assert not {name.partition(".")[0] for name in loaded} & OF_THE_PAGE
    assert not [name for name in loaded if name.startswith("worker.web")]


OF_DOCUMENTS = {"markdown_it", "mdit_py_plugins", "nh3", "drawsvg", "jinja2", "fastapi"}
"""What reads, draws and shows documents: an idle process has none to read."""


def test_a_server_loads_what_documents_and_pages_need_once_they_are_asked_for() -> None:
    *_, modules = printed("""
import sys
import worker.app.service, worker.cli.serving
print(*sys.modules)
""")
    loaded = modules.split()
    assert {"dbos", "uvicorn", "starlette"} <= set(loaded)
    assert not {name.partition(".")[0] for name in loaded} & OF_DOCUMENTS
    assert len([name for name in loaded if name.startswith(OURS)]) <= MOST_OF_AN_IDLE_SERVER


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_that_is_up_to_date_needs_no_steps(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        Database.open(url).close()
        *_, modules = printed(OPENED, url)
    assert "sqlalchemy" in modules.split()
    assert "alembic" not in modules.split()


OPENED = """
import sys
from worker.journal.database import Database
Database.open(sys.argv[1]).close()
print(*sys.modules)
"""


def test_a_start_looks_for_no_garbage_and_work_does() -> None:
    *_, looks = printed("""
import gc
usual, looks = gc.get_threshold()[0], []
from worker.cli import loaded
gc.callbacks.append(lambda phase, _: looks.append(phase))
import worker.app.service, connectors.jira.client, connectors.pagerduty.client, worker.cli.serving
assert not looks
loaded()
assert usual < gc.get_threshold()[0] <= 10_000
assert gc.get_freeze_count() > 100_000
made = [[one] for one in range(20_000)]
print(len(looks))
""")
    assert int(looks) > 0


def test_what_a_start_needed_for_a_moment_is_given_back() -> None:
    *_, before, after = printed("""
from pathlib import Path
from worker.cli import give_back

def resident():
    return int(Path("/proc/self/statm").read_text("ascii").split()[1])

made = [bytes(2000) for one in range(20_000)]
kept = made[::20]
before = resident()
del made
assert give_back()
print(before, resident(), sep="\\n")
""")
    assert int(before) - int(after) > 20_000_000 // 4096


def test_a_process_ends_without_a_look_for_garbage() -> None:
    *_, told = printed("""
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 10_000))  # the first to register is last
from worker.cli.main import main
""")
    assert told == "True"


def test_no_plugin_is_sought_among_all_that_is_installed() -> None:
    *_, modules = printed("""
import sys
import worker.cli
from importlib import metadata
metadata.distributions = lambda **_: sys.exit("sought")
import config.settings
print(*sys.modules)
""")
    assert "pydantic.plugin._loader" in modules.split()
