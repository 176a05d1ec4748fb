"""DBOS, started and stopped as often as one likes: the one place that knows it is process-wide."""

import logging
import math
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from connectors.errors import PostmortemError
from worker.queue.location import InFile, Location

APPLICATION = "postmortem"
VERSION = "1"
"""Which processes may take over each other's jobs: raised when stored arguments change shape."""

_IDLE_THREADS = 64
_CONNECTIONS = 10
"""To PostgreSQL at most, for the jobs of one process and what looks after them."""
_LOCK_PATIENCE = 30.0
_running = False


def launch(
    location: Location,
    executor: str,
    workflows: Mapping[str, Callable[..., object]],
    queues: Mapping[str, Mapping[str, Any]],
) -> None:
    """Start the engine with these workflows and queues, by name.

    Raises ``PostmortemError`` where an engine runs in this process already.
    """
    global _running  # noqa: PLW0603 - DBOS itself is one for the whole process
    if _running:
        raise PostmortemError("A queue is running in this process already.", "Stop it first.")
    _running = True
    try:
        _quiet()
        if isinstance(location, InFile):
            _write_ahead(location)
        for name, body in workflows.items():
            DBOS.workflow(name=name)(body)
        DBOS(config=_config(location, executor))
        if not queues:
            DBOS.listen_queues([])
        DBOS.launch()
        for name, limits in queues.items():
            DBOS.register_queue(name, **limits, on_conflict="always_update")
    except BaseException:
        stop(grace=0)
        raise


def prepare(location: Location) -> None:
    """Make the engine's tables, or bring them up to date. Raises ``PostmortemError`` as above."""
    launch(location, "nobody", {}, {})
    stop(grace=0)


def stop(grace: float) -> None:
    """Take out no more jobs, wait up to ``grace`` seconds for those that run, and let go of all."""
    global _running  # noqa: PLW0603 - as above
    DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=math.ceil(grace))
    _running = False


def is_running() -> bool:
    """Tell whether an engine runs in this process."""
    return _running


def _config(location: Location, executor: str) -> DBOSConfig:
    config = _plain_config(location, executor)
    if isinstance(location, InFile):
        config["system_database_engine"] = file_engine(location, _LOCK_PATIENCE)
    return config


def file_engine(location: InFile, patience: float, **pool: Any) -> sa.Engine:
    """Open the file as DBOS does by itself, and teach an old SQLite what it takes for granted.

    ``patience`` is how many seconds to wait for another writer.

    On Python 3.12 and later DBOS reckons with ``unixepoch('subsec')``, which SQLite has from 3.42
    on; what it runs on depends on the system (Debian 12 has 3.40) and not on Python.
    """
    engine = sa.create_engine(location.url, **pool)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")
        connection.execute("PRAGMA foreign_keys=ON")
        if sqlite3.sqlite_version_info < (3, 42):
            connection.create_function("unixepoch", 1, lambda _: time.time())

    return engine


def _plain_config(location: Location, executor: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_url": location.url,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "WARNING",
        "serializer": DBOSPortableJSONSerializer(),  # the default, pickle, runs what it reads
        "max_executor_threads": _IDLE_THREADS,
        "sys_db_pool_size": _CONNECTIONS,
    }


def _quiet() -> None:
    """Leave it to the program where the engine's warnings go: by itself it prints them."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _write_ahead(location: InFile) -> None:
    """Let readers and the one writer work at the same time (sqlite.org/wal.html); it is kept."""
    with closing(sqlite3.connect(location.path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
