"""One job at a time for an incident, across threads, processes and machines.

A lock goes with its holder: the operating system frees a file lock, and PostgreSQL an advisory
lock, when the process that held it is gone. So no lock outlives a crash, and none must expire.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from connectors.errors import PostmortemError
from worker.journal.postgres import unpooled
from worker.journal.records import NO_CLAIM, Claim
from worker.journal.statements import put
from worker.journal.tables import claims

SHARDS = 64


class BusyElsewhere(PostmortemError):
    """Another process is at work on the same incident."""


class IncidentLocks(Protocol):
    """What keeps two jobs of one incident apart."""

    def held(self, incident: str, wait: float) -> AbstractContextManager[Claim]:
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
    def held(self, incident: str, wait: float) -> Iterator[Claim]:
        """Hold the incident's lock; raise ``BusyElsewhere`` after ``wait`` seconds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        shard = int.from_bytes(_digest(incident)[:4], "big") % SHARDS
        lock = FileLock(self._folder / f"{shard:02}.lock", thread_local=False)
        try:
            lock.acquire(timeout=wait, poll_interval=0.05)
        except Timeout:
            raise _busy(incident) from None
        try:
            yield NO_CLAIM
        finally:
            lock.release()


class ThreadLocks:
    """Locks for the threads of one process, for a database in memory."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def held(self, incident: str, wait: float) -> Iterator[Claim]:
        """Hold the incident's lock; raise ``BusyElsewhere`` after ``wait`` seconds."""
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
        self._engine = unpooled(engine.url).execution_options(isolation_level="AUTOCOMMIT")
        self._clock = clock

    @contextmanager
    def held(self, incident: str, wait: float) -> Iterator[Claim]:
        """Hold the incident's lock; raise ``BusyElsewhere`` after ``wait`` seconds.

        The lock is held without a transaction. It is lost with its connection, while the job may
        go on: so whoever holds it leaves a claim, and the claim before it is worth nothing any
        more.
        """
        key = {"key": int.from_bytes(_digest(incident)[:8], "big", signed=True)}
        with self._engine.connect() as connection:
            until = self._clock() + wait
            take = text("SELECT pg_try_advisory_lock(:key)")
            while not connection.scalar(take, key):
                if self._clock() >= until:
                    raise _busy(incident)
                time.sleep(0.05)
            try:
                claim = Claim(secrets.token_hex(8))
                put(connection, claims, {"incident": incident}, {"claim": claim})
                yield claim
            finally:
                # At once, since a server notices later that a connection was closed; where it
                # fails, that is how the lock goes.
                with suppress(SQLAlchemyError):
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def must_still_hold(connection: Connection, incident: str, claim: Claim) -> None:
    """Raise ``BusyElsewhere`` where another has claimed the incident; none can until the commit."""
    query = select(claims.c.claim).where(claims.c.incident == incident).with_for_update()
    if connection.scalar(query) != claim:
        raise BusyElsewhere(
            f"The lock on incident {incident} was lost, and another process works on it now, so "
            "no ticket was created for it here.",
            "Nothing need be done: the other process, or the next run, creates what is missing.",
        )


def _digest(incident: str) -> bytes:
    return hashlib.sha256(f"postmortem:{incident}".encode()).digest()


def _busy(incident: str) -> BusyElsewhere:
    return BusyElsewhere(
        f"Incident {incident} is being worked on by another process, so nothing was done for it.",
        "Run the command again in a minute.",
    )
