"""A database that is broken, foreign or out of room, and processes that end while they make one.

Processes are forked from the test's, which spares each the second in which a command is imported.
"""

import os
import resource
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from worker.cli.main import main
from worker.journal.database import Database
from worker.journal.revisions import upgrade
from worker.queue.queue import Client

ENDED = 77
"""The exit status of a process whose power was taken away amid its work."""
OLDEST = "001"
"""The tables of the first release: an upgrade from there takes every step."""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it wrote."""

    status: int
    out: str
    err: str


def in_process(beside: Path, folder: Path, work: Callable[[], object]) -> Ended:
    """Do some work in a process of its own, in a folder; what it says is kept beside that."""
    out, err = beside / "said", beside / "complained"
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return Ended(os.waitstatus_to_exitcode(status), out.read_text(), err.read_text())
    code = 1
    try:
        os.chdir(folder)
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), number)
        sys.stdout = sys.__stdout__ = os.fdopen(1, "w")
        sys.stderr = sys.__stderr__ = os.fdopen(2, "w")
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - told by the parent
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def open_journal() -> None:
    Database.open("sqlite:///postmortem.db").close()


def open_queue() -> None:
    client = Client("sqlite:///postmortem.db")
    client.start()
    client.stop()


def ending_after(count: int, work: Callable[[], None]) -> Callable[[], None]:
    """Give the work of a process that ends after so many statements that change something."""

    def do() -> None:
        left = iter(range(count - 1))

        @event.listens_for(Engine, "after_cursor_execute")
        def end(_: Any, __: Any, statement: str, *___: Any) -> None:
            changes = not statement.lstrip().startswith(("PRAGMA", "SELECT"))
            if changes and next(left, None) is None:
                os._exit(ENDED)

        work()

    return do


def tables_of(release: str) -> Callable[[Path], None]:
    """Give what makes the tables of an earlier release, with a document in them."""

    def make(folder: Path) -> None:
        engine = create_engine(f"sqlite:///{folder}/postmortem.db")
        with engine.begin() as connection:
            upgrade(connection, to=release)
            connection.exec_driver_sql(
                "INSERT INTO documents VALUES ('a.md', 'f', 'P1', '2026-11-01T00:00:00', 1, '')"
            )
        engine.dispose()

    return make


def nothing(_folder: Path) -> None:
    pass


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """Give a folder that a disk need not be waited for, where there is such."""
    shared = Path("/dev/shm")  # noqa: S108 - below it, a folder of our own
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


STARTS = [
    pytest.param(nothing, open_journal, id="a first start"),
    pytest.param(nothing, open_queue, id="a first start of the queue"),
    pytest.param(tables_of(OLDEST), open_journal, id="an upgrade"),
]


def schema(path: Path) -> list[tuple[str, str]]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name")
        return [(name, sql) for name, sql in rows if not name.startswith("sqlite_")]


@pytest.mark.parametrize(("before", "work"), STARTS)
def test_ended_after_each_statement_it_starts_the_next_time(
    tmp_path: Path,
    in_memory: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: Callable[[Path], None],
    work: Callable[[], None],
) -> None:
    name = "postmortem.queue.db" if work is open_queue else "postmortem.db"
    place = in_memory / "place"
    monkeypatch.chdir(_fresh(place))
    before(place)
    prepared = (place / "postmortem.db").read_bytes() if before is not nothing else None
    schemas = [schema(place / name)]
    work()
    schemas.append(schema(place / name))
    every = 10 if work is open_queue else 1  # the engine's tables are many, and its own
    for count in range(1, 1000, every):
        monkeypatch.chdir(_fresh(place))
        if prepared is not None:
            (place / "postmortem.db").write_bytes(prepared)
        ended = in_process(tmp_path, place, ending_after(count, work))
        if ended.status == 0:
            break
        assert ended.status == ENDED, ended.err
        assert schema(place / name) in schemas, f"after statement {count}"  # all or nothing
        if count % 8 == 1:
            work()
            assert schema(place / name) == schemas[1], f"after statement {count}"
    assert count > 5  # it was ended amid its work, and more than once


def _fresh(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return place


@pytest.mark.parametrize(("before", "work"), STARTS)
def test_out_of_room_it_says_so_and_starts_once_there_is_some(
    tmp_path: Path, before: Callable[[Path], None], work: Callable[[], None]
) -> None:
    refused = 0
    for room in (0, 10_000, 40_000):
        folder = tmp_path / str(room)
        folder.mkdir()
        before(folder)

        def cramped(room: int = room) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whether it is one of ours is the question
                os._exit(ENDED if type(error).__module__.startswith(("worker", "connect")) else 1)

        ended = in_process(tmp_path, folder, cramped)
        assert ended.status in {0, ENDED}, f"{room} bytes: {ended.status} {ended.err}"
        refused += ended.status == ENDED
        again = in_process(tmp_path, folder, work)
        assert again.status == 0, f"after {room} bytes: {again.err}"
    assert refused


def words(folder: Path) -> None:
    (folder / "postmortem.db").write_text("These are my notes. Do not touch them.\n" * 200)


def cut_short(folder: Path) -> None:
    tables_of("006")(folder)
    path = folder / "postmortem.db"
    path.write_bytes(path.read_bytes()[:9000])


def scribbled(folder: Path) -> None:
    tables_of("006")(folder)
    path = folder / "postmortem.db"
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xa5" * 8000 + data[8100:])


def a_directory(folder: Path) -> None:
    (folder / "postmortem.db").mkdir()


def statements(*many: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "postmortem.db")) as connection:
            connection.executescript(";".join(many))

    return make


def queue_of_words(folder: Path) -> None:
    (folder / "postmortem.queue.db").write_text("Not a queue.\n" * 500)


JUNK = [
    pytest.param(words, id="words"),
    pytest.param(cut_short, id="cut short"),
    pytest.param(scribbled, id="written over in places"),
    pytest.param(a_directory, id="a directory"),
    pytest.param(
        statements("CREATE TABLE invoices (id)", "CREATE TABLE customers (id)"),
        id="another program's tables",
    ),
    pytest.param(
        statements("CREATE TABLE documents (id)", "INSERT INTO documents VALUES (1)"),
        id="another program's table of a name that is ours",
    ),
    pytest.param(
        statements(
            "CREATE TABLE alembic_version (version_num)",
            "INSERT INTO alembic_version VALUES ('9f3ab1')",
            "CREATE TABLE invoices (id)",
        ),
        id="another program's tables with revisions",
    ),
    pytest.param(
        statements(
            "CREATE TABLE alembic_version (version_num)",
            "INSERT INTO alembic_version VALUES ('003')",
        ),
        id="a revision that is ours without its tables",
    ),
]
COMMANDS = [
    ("status", "--json"),
    ("check",),
    ("sync",),
    ("sync", "--dry-run"),
    ("draft", "Q0R9EVXVKUZTX7"),
    ("work",),
    ("serve", "--port", "0"),
]
ENVIRONMENT = {
    "PAGERDUTY_API_KEY": "y_NbAkKc66ryYTWUXYEu",
    "PAGERDUTY_API_URL": "http://127.0.0.1:9",
    "POSTMORTEM_DATABASE_URL": "sqlite:///postmortem.db",
}


def command(*given: str) -> Callable[[], None]:
    def run() -> None:
        os.environ.clear()
        os.environ.update(ENVIRONMENT | {"PATH": "/usr/bin:/bin"})
        sys.argv = ["postmortem", *given]
        main()

    return run


def told_in_a_sentence(ended: Ended) -> bool:
    lines = ended.err.strip().splitlines()
    if "✗" in ended.out:  # `check` tells all that it finds
        lines = [one for one in lines if "POSTMORTEM_DATABASE_URL" in one][:1]
    if ended.status != 1 or "Traceback" in ended.err + ended.out:
        return False
    # what is not set `work` and `serve` say as well
    told = [one for one in lines if "not configured" not in one and "webhooks will" not in one]
    return len(told) == 1 and "database" in told[0].lower() and "POSTMORTEM_DATABASE_URL" in told[0]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_the_database_is_told_in_a_sentence_by_each_command(
    tmp_path: Path, junk: Callable[[Path], None]
) -> None:
    junk(tmp_path)
    path = tmp_path / "postmortem.db"
    before = path.read_bytes() if path.is_file() else b""
    for given in COMMANDS:
        ended = in_process(tmp_path, tmp_path, command(*given))
        assert told_in_a_sentence(ended), f"{given}: {ended}"
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_junk_in_the_queue_is_told_in_a_sentence_by_each_command_that_opens_it(
    tmp_path: Path,
) -> None:
    queue_of_words(tmp_path)
    for given in (("status", "--parked"), ("work",), ("serve", "--port", "0")):
        ended = in_process(tmp_path, tmp_path, command(*given))
        assert told_in_a_sentence(ended), f"{given}: {ended}"


def test_the_tables_of_a_newer_release_are_worked_with(tmp_path: Path) -> None:
    assert in_process(tmp_path, tmp_path, open_journal).status == 0
    statements(
        "UPDATE alembic_version SET version_num = '999'",
        "ALTER TABLE documents ADD COLUMN mood TEXT",
        "CREATE TABLE moods (id)",
    )(tmp_path)
    ended = in_process(tmp_path, tmp_path, command("status"))
    assert (ended.status, ended.err) == (0, "")


def test_half_of_an_earlier_releases_first_start_is_begun_anew(tmp_path: Path) -> None:
    statements(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "CREATE TABLE born (one INTEGER PRIMARY KEY, at VARCHAR(40) NOT NULL)",
    )(tmp_path)
    ended = in_process(tmp_path, tmp_path, command("status"))
    assert (ended.status, ended.err) == (0, "")


def test_each_file_of_a_database_is_made_for_its_user_alone(tmp_path: Path) -> None:
    def look() -> None:
        os.umask(0)
        database = Database.open("sqlite:///postmortem.db")
        client = Client("sqlite:///postmortem.db")
        client.start()
        with database.begin() as connection:
            connection.exec_driver_sql("INSERT INTO cursors VALUES ('a', 'b')")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in Path().glob("*db*")}
        wanted = {"postmortem.db", "postmortem.db-wal", "postmortem.db-shm", "postmortem.queue.db"}
        assert wanted <= set(modes), modes
        files = {name for name in modes if name.partition("-")[0].endswith(".db")}
        assert {modes[name] for name in files} == {0o600}, modes

    ended = in_process(tmp_path, tmp_path, look)
    assert ended.status == 0, ended.err
