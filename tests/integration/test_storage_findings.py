"""What is told of a database that another process holds, or beside which there is no queue."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine

from config.settings import Settings
from connectors.errors import Finding
from worker.app.storage_preflight import database_findings, installation_findings
from worker.journal.database import Database
from worker.journal.journal import Journal
from worker.journal.sqlite_files import HELD, JournalError, bring_file_up_to_date


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a database that is up to date."""
    engine = create_engine(f"sqlite:///{tmp_path}/postmortem.db")
    bring_file_up_to_date(engine)
    engine.dispose()
    return tmp_path / "postmortem.db"


def _findings(file: Path) -> list[Finding]:
    settings = Settings({"database_url": SecretStr(f"sqlite:///{file}")})
    return list(database_findings(settings))


def _make_folder(queue: Path) -> None:
    queue.mkdir()


def _make_link(queue: Path) -> None:
    queue.symlink_to("/nowhere/at/all")


def _make_junk(queue: Path) -> None:
    queue.write_bytes(b"no database " * 100)


@pytest.mark.parametrize("make", [_make_folder, _make_link, _make_junk])
def test_a_queue_that_cannot_be_opened_is_told(file: Path, make: Callable[[Path], None]) -> None:
    queue = file.with_name("postmortem.queue.db")
    make(queue)
    (told,) = [one for one in _findings(file) if one.subject == "Queue"]
    assert str(queue) in told.problem
    assert told.remedy


def test_nothing_is_told_of_a_queue_that_can_be_used_or_is_to_be_made(file: Path) -> None:
    assert [one.subject for one in _findings(file)] == ["Database"]
    with closing(sqlite3.connect(file.with_name("postmortem.queue.db"))) as queue:
        queue.execute("CREATE TABLE jobs (id)")
    assert [one.subject for one in _findings(file)] == ["Database"]


def test_who_meets_a_locked_database_is_told_to_wait_for_the_other(file: Path) -> None:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0.1})
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError) as refused:
            Journal(Database(engine), lambda: datetime.now(UTC))
    engine.dispose()
    assert refused.value.remedy == HELD
    assert "locked" in str(refused.value)


def test_another_distribution_in_our_packages_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(installation_findings()) == []
    other = tmp_path / "other_config-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other-config\nVersion: 1.0\n")
    (other / "top_level.txt").write_text("config\n")
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = installation_findings()
    assert (found.subject, found.problem) == ("Package config", "")
    assert "other-config is installed here too" in found.warning
    assert "environment of its own" in found.remedy


_AS_NOBODY = """
import os, sys
from pathlib import Path
from tests.integration.test_storage_findings import _findings
os.setgroups([]), os.setgid(65534), os.setuid(65534)
for one in _findings(Path(sys.argv[1])):
    print(one.subject, one.problem or one.detail)
"""


def _reachable(folder: Path) -> None:
    for one in (folder, *folder.parents):
        if one.is_relative_to(gettempdir()) and one != Path(gettempdir()):
            one.chmod(0o755)


def _told_nobody(file: Path) -> str:
    return subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", _AS_NOBODY, file],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize("name", ["postmortem.db", "postmortem.db.lock", "postmortem.db.locks"])
def test_what_another_user_owns_beside_the_database_is_told(file: Path, name: str) -> None:
    _reachable(file.parent)
    file.parent.chmod(0o777)
    file.chmod(0o666)
    (file.parent / "postmortem.db.lock").touch()
    (file.parent / "postmortem.db.lock").chmod(0o666)
    (file.parent / "postmortem.db.locks").mkdir(0o755)
    os.chown(file.parent / "postmortem.db.locks", 65534, 65534)
    os.chown(file.parent / name, 0, 0)
    (file.parent / name).chmod(0o644)
    assert _told_nobody(file).startswith(
        f"Database {name} in {file.parent} cannot be read and written."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_a_folder_that_another_user_keeps_to_itself_is_told(file: Path) -> None:
    _reachable(file.parent)
    file.parent.chmod(0o700)
    told = _told_nobody(file)
    assert told.startswith(f"Database {file} cannot be made in {file.parent} (Permission denied).")
