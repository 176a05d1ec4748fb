"""What the queue's tests share: databases, an SQLite file or a real PostgreSQL, and waiting."""

import atexit
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors.incidents import IncidentId
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger
from worker.journal.database import Database
from worker.queue import engine
from worker.queue.jobs_database import SharedClock, locate
from worker.queue.leases import Leases
from worker.queue.queue import Client

SERVER = "POSTMORTEM_TEST_POSTGRES"
KINDS = ("sqlite", "postgresql")
WAIT = 120.0


@contextmanager
def database(kind: str, directory: Path, *, empty: bool = False) -> Iterator[str]:
    """Give the address of a database without rows, removed after the block.

    One on PostgreSQL has its tables: to make them takes four times what a copy does. What tests
    that they are made asks for an ``empty`` one.
    """
    if kind == "sqlite":
        yield f"sqlite:///{directory}/postmortem.db"
        return
    if not os.environ.get(SERVER):
        pytest.skip(f"needs a PostgreSQL server: set {SERVER} to its address")
    name = f"postmortem_{uuid.uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}" + ("" if empty else _with_tables()))
    try:
        yield _address(name)
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _with_tables() -> str:
    """Make a database with all tables, once in a process, and say how to make one like it."""
    name = f"postmortem_tables_{uuid.uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}")
    atexit.register(_on_server, f"DROP DATABASE {name} WITH (FORCE)")
    engine.migrate(locate(_address(name)))
    Database.open(_address(name).replace("postgresql:", "postgresql+psycopg:", 1)).close()
    with _server().connect() as connection:
        as_files = connection.dialect.server_version_info >= (15,)  # quicker; others always do so
    return f" TEMPLATE {name}" + (" STRATEGY file_copy" if as_files else "")


def _address(name: str) -> str:
    place = sa.make_url(os.environ[SERVER]).set(drivername="postgresql", database=name)
    return place.render_as_string(hide_password=False)


@cache
def _server() -> sa.Engine:
    url = sa.make_url(os.environ[SERVER]).set(drivername="postgresql+psycopg")
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


def _on_server(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(sa.text(statement))


def ask(queue: Client, incident: str, trigger: Trigger, **how: object) -> str:
    """Ask for an incident's job, as the fields of the request say, and give its id."""
    request = JobRequest(IncidentId(incident), trigger, **how)  # type: ignore[arg-type]  # by name
    (job,) = queue.enqueue_all([request])
    return job


def leases(url: str) -> Leases:
    """Give the leases of a process of its own."""
    return Client(url)._leases


def shared_clock(url: str) -> SharedClock:
    """Give the clock of a process of its own."""
    return Client(url)._clock


def eventually(holds: Callable[[], bool]) -> None:
    """Return once it holds; fail where it does not within two minutes."""
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
