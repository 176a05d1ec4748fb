"""One job at a time for an incident: in threads, in processes, and after a holder's death."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.unit.queue_support import database
from tests.unit.tracking_support import INCIDENT, NOW, intent
from worker.journal.database import Database
from worker.journal.journal import Journal
from worker.journal.locks import BusyElsewhere, FileLocks, IncidentLocks, PostgresLocks, ThreadLocks


@pytest.fixture(params=["file", "thread", "postgresql"])
def locks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IncidentLocks]:
    if request.param == "file":
        yield FileLocks(tmp_path / "locks")
    elif request.param == "thread":
        yield ThreadLocks()
    else:
        with database("postgresql", tmp_path) as url:
            opened = Database.open(url.replace("postgresql://", "postgresql+psycopg://", 1))
            yield PostgresLocks(opened.engine)
            opened.close()


def test_a_second_holder_is_told_after_its_wait(locks: IncidentLocks) -> None:
    with locks.held("QA", 1), pytest.raises(BusyElsewhere, match="QA"), locks.held("QA", 0.1):
        pytest.fail("the lock was held twice")


def test_a_lock_can_be_taken_again_after_it_was_let_go(locks: IncidentLocks) -> None:
    for _ in range(3):
        with locks.held("QA", 0.1):
            pass


def test_an_error_inside_lets_the_lock_go(locks: IncidentLocks) -> None:
    with pytest.raises(ZeroDivisionError), locks.held("QA", 1):
        raise ZeroDivisionError
    with locks.held("QA", 0.1):
        pass


def test_threads_take_turns(locks: IncidentLocks) -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(5):
            with locks.held("QA", 30):
                with guard:
                    inside += 1
                    most = max(most, inside)
                with guard:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


HOLDER = """
import sys, pathlib
from worker.journal.locks import FileLocks
with FileLocks(pathlib.Path(sys.argv[1])).held("QA", 1):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_process_lets_its_lock_go(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    holder = subprocess.Popen(  # noqa: S603 - our own interpreter, our own text
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(BusyElsewhere), locks.held("QA", 0.1):
        pytest.fail("the lock was held by two processes")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with locks.held("QA", 5):
        pass
    holder.stdout.close()
    if holder.stdin:
        holder.stdin.close()


def test_who_lost_the_lock_to_another_writes_no_create_down_any_more(tmp_path: Path) -> None:
    with database("postgresql", tmp_path) as url:
        opened = Database.open(url.replace("postgresql://", "postgresql+psycopg://", 1))
        journal, locks = Journal(opened, lambda: NOW), PostgresLocks(opened.engine)
        with locks.held(INCIDENT, 1) as first:
            journal.intend([intent("m1", "Do it")], first)
            with opened.engine.connect() as connection:
                lost = text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                )
                assert connection.execute(lost).all() == [(True,)]
            journal.intend([intent("m2", "Do it")], first)
            with locks.held(INCIDENT, 30) as second, pytest.raises(BusyElsewhere, match="was lost"):
                journal.intend([intent("m3", "Do it")], first)
            journal.intend([intent("m4", "Do it")], second)
        assert {one.mark for one in journal.intents(INCIDENT)} == {"m1", "m2", "m4"}
        journal.close()
