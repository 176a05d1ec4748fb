"""One job at a time for an incident: in threads, in processes, and after a holder's death."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.integration.queue_support import database
from tests.unit.tracking_support import INCIDENT, NOW, intent
from worker.journal.database import Database
from worker.journal.incident_locks import (
    BusyElsewhere,
    FileLocks,
    IncidentLocks,
    PostgresLocks,
    ThreadLocks,
)
from worker.journal.journal import Journal


@pytest.fixture(params=["file", "thread", "postgresql"])
def locks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IncidentLocks]:
    if request.param == "file":
        yield FileLocks(tmp_path / "locks")
    elif request.param == "thread":
        yield ThreadLocks()
    else:
        with database("postgresql", tmp_path) as url:
            opened = Database.open(driven(url))
            yield PostgresLocks(opened.engine)
            opened.close()


def driven(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


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
from worker.journal.incident_locks import FileLocks
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
        opened = Database.open(driven(url))
        journal, locks = Journal(opened, lambda: NOW), PostgresLocks(opened.engine)
        with locks.held(INCIDENT, 1) as first:
            journal.intend([intent("m1", "Do it")], first)
            with opened.engine.connect() as connection:
                lost = text(
                    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d"
                    " ON d.oid = l.database WHERE l.locktype = 'advisory'"
                    " AND d.datname = current_database()"
                )
                assert connection.execute(lost).all() == [(True,)]
            journal.intend([intent("m2", "Do it")], first)
            with locks.held(INCIDENT, 30) as second, pytest.raises(BusyElsewhere, match="was lost"):
                journal.intend([intent("m3", "Do it")], first)
            journal.intend([intent("m4", "Do it")], second)
        assert {one.mark for one in journal.intents(INCIDENT)} == {"m1", "m2", "m4"}
        journal.close()


REFUSED_CLAIM = "ALTER TABLE claims ADD CHECK (incident <> 'QA')"
FAILED_RELEASE = """
CREATE FUNCTION pg_advisory_unlock_all() RETURNS void LANGUAGE plpgsql
AS $$ BEGIN RAISE 'canceling statement due to statement timeout'; END $$
"""
FAILED_TAKING = """
CREATE FUNCTION pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE plpgsql
AS $$ BEGIN
    PERFORM pg_catalog.pg_try_advisory_lock($1);
    RAISE 'canceling statement due to statement timeout';
END $$
"""
OURS_FIRST = "?options=-csearch_path%3Dpublic,pg_catalog"
"""Lets a function of the database stand before PostgreSQL's own of the same name."""


@pytest.mark.parametrize(
    ("fault", "raises"),
    [(REFUSED_CLAIM, True), (FAILED_TAKING, True), (FAILED_RELEASE, False)],
    ids=["while the claim is left", "while the lock is taken", "while it is let go"],
)
def test_a_statement_that_fails_leaves_no_lock_behind(
    tmp_path: Path, fault: str, *, raises: bool
) -> None:
    with database("postgresql", tmp_path) as url:
        faulty, other = Database.open(driven(url) + OURS_FIRST), Database.open(driven(url))
        with other.begin() as connection:
            connection.execute(text(fault))
        told = pytest.raises(DBAPIError) if raises else nullcontext()
        with told, PostgresLocks(faulty.engine).held("QA", 1):
            pass
        with other.begin() as connection:
            mended = "ALTER TABLE claims DROP CONSTRAINT IF EXISTS claims_incident_check"
            connection.execute(text(mended))
        with PostgresLocks(other.engine).held("QA", 5):
            pass
        faulty.close()
        other.close()


def test_whoever_holds_a_lock_always_gets_to_the_journal(tmp_path: Path) -> None:
    holders = 12
    together = threading.Barrier(holders)
    with database("postgresql", tmp_path) as url:
        opened = Database.open(driven(url))
        journal, locks = Journal(opened, lambda: NOW), PostgresLocks(opened.engine)

        def work(incident: str) -> None:
            with locks.held(incident, 30) as claim:
                together.wait(60)
                for number in range(5):
                    made = replace(intent(f"{incident}{number}", "Do it"), incident=incident)
                    journal.intend([made], claim)
                together.wait(60)

        with ThreadPoolExecutor(holders) as threads:
            for one in [threads.submit(work, f"Q{number}") for number in range(holders)]:
                one.result(timeout=120)
        assert len(journal.incidents_with_intents()) == holders
        journal.close()
