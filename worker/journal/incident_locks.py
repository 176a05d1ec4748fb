"""One job at a time for an incident, across threads, processes and machines.

A lock goes with its holder: the operating system frees a file lock, and PostgreSQL an advisory
lock, when the process that held it is gone. So no lock outlives a crash, and none must expire.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, select

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker import locks
from worker.journal.records import NO_CLAIM, Claim
from worker.journal.tables import claims, put

SHARDS = 64


class BusyElsewhere(PostmortemError):
    """Another process is at work on the same incident."""


class IncidentLocks(Protocol):
    """What keeps two jobs of one incident apart."""

    def held(self, incident: IncidentId, wait: float) -> AbstractContextManager[Claim]:
        """Hold the incident's lock; raise ``BusyElsewhere`` after ``wait`` seconds.

        Gives the claim by which :meth:`Journal.intend` sees whether the lock was lost meanwhile.
        """


class FileLocks:
    """Lock files in a folder beside an SQLite database, for the processes of one machine.

    Incidents share a fixed number of files by hash, so that the folder does not grow. A job holds
    one lock at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, incident: IncidentId, wait: float) -> Iterator[Claim]:
        shard = locks.number(_name(incident), 4) % SHARDS
        with _told(incident, locks.file_held(self._folder / f"{shard:02}.lock", wait)):
            yield NO_CLAIM


class ThreadLocks:
    """Locks for the threads of one process, for a database in memory."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def held(self, incident: IncidentId, wait: float) -> Iterator[Claim]:
        with self._guard:
            lock = self._locks.setdefault(incident, threading.Lock())
        if not lock.acquire(timeout=wait):
            raise _busy(incident)
        try:
            yield NO_CLAIM
        finally:
            lock.release()


class PostgresLocks:
    """Advisory locks of PostgreSQL, for all machines on one database.

    Each lock has a connection of its own, opened for it and closed with it. So a lock cannot
    outlive its job in a connection that goes back to a pool, whichever statement failed; and jobs
    that hold a lock never wait for each other's connection to the journal.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = locks.connections(engine.url)
        self._clock = clock

    @contextmanager
    def held(self, incident: IncidentId, wait: float) -> Iterator[Claim]:
        """Hold the lock without a transaction.

        It is lost with its connection, while the job may go on: so whoever holds it leaves a claim,
        and the claim before it is worth nothing any more.
        """
        key = (locks.number(_name(incident), 8),)
        with self._engine.connect() as connection:
            lock = locks.held(connection, key, wait, self._clock)
            with _told(incident, lock):
                claim = Claim(secrets.token_hex(8))
                put(connection, claims, {"incident": incident}, {"claim": claim})
                yield claim


def must_still_hold(connection: Connection, incident: IncidentId, claim: Claim) -> None:
    """Raise ``BusyElsewhere`` where another has claimed the incident; none can until the commit."""
    query = select(claims.c.claim).where(claims.c.incident == incident).with_for_update()
    if connection.scalar(query) != claim:
        raise BusyElsewhere(
            f"The lock on incident {incident} was lost, and another process works on it now, so "
            "no ticket was created for it here.",
            "Nothing need be done: the other process, or the next run, creates what is missing.",
        )


def _name(incident: IncidentId) -> str:
    return f"postmortem:{incident}"


@contextmanager
def _told(incident: IncidentId, lock: AbstractContextManager[object]) -> Iterator[None]:
    """Hold a lock, and tell whose it is where another has it."""
    with ExitStack() as stack:
        try:
            stack.enter_context(lock)
        except TimeoutError:
            raise _busy(incident) from None
        yield


def _busy(incident: IncidentId) -> BusyElsewhere:
    return BusyElsewhere(
        f"Incident {incident} is being worked on by another process, so nothing was done for it.",
        "Try again in a minute.",
    )
