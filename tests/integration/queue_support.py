"""What the queue's tests share: databases, an SQLite file or a real PostgreSQL, and waiting."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors.incidents import IncidentId
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger
from worker.queue.jobs_database import SharedClock
from worker.queue.leases import Leases
from worker.queue.queue import Client

SERVER = "POSTMORTEM_TEST_POSTGRES"
KINDS = ("sqlite", "postgresql")
WAIT = 120.0


@contextmanager
def database(kind: str, directory: Path) -> Iterator[str]:
    """Give the address of an empty database, removed after the block."""
    if kind == "sqlite":
        yield f"sqlite:///{directory}/postmortem.db"
        return
    server = os.environ.get(SERVER)
    if not server:
        pytest.skip(f"needs a PostgreSQL server: set {SERVER} to its address")
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"postmortem_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        place = url.set(drivername="postgresql", database=name)
        yield place.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


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
