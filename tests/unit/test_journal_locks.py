"""One job at a time for an incident: in threads, in processes, and after a holder's death."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from worker.journal.locks import BusyElsewhere, FileLocks, IncidentLocks, PostgresLocks, ThreadLocks

POSTGRES = os.environ.get("POSTMORTEM_TEST_POSTGRES", "")


@pytest.fixture(params=["file", "thread", "postgresql"])
def locks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IncidentLocks]:
    if request.param == "file":
        yield FileLocks(tmp_path / "locks")
    elif request.param == "thread":
        yield ThreadLocks()
    elif not POSTGRES:
        pytest.skip("POSTMORTEM_TEST_POSTGRES names no PostgreSQL database")
    else:
        url = POSTGRES.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url)
        yield PostgresLocks(engine)
        engine.dispose()


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
