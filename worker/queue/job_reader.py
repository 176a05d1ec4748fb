"""Jobs as the engine's tables have them, read without the engine: to load it takes longer.

What is read is held by a test to what the engine's own client lists. Where its tables are not as
they are known here, be it that an earlier release made them, the client is asked.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from worker.jobs.job_lifecycle import JobState
from worker.queue import dead_letters
from worker.queue.job_records import StoredError, StoredRow
from worker.queue.jobs_database import (
    APPLICATION,
    PARKED_RETENTION,
    InFile,
    Location,
    locate,
    patient_engine,
)

_SCHEMA = "dbos"
_READABLE = "portable_json"
"""What is written by the program: what is written otherwise is never run to be read."""
_PATIENCE = 5
"""Seconds to wait for a database that is only looked at."""
_OF_A_JOB = ("workflow_uuid", "status", "name", "created_at", "started_at_epoch_ms")
_OF_ITS_END = ("delay_until_epoch_ms", "completed_at", "serialization", "application_name")
_TOLD = ("inputs", "output", "error")


def jobs(database_url: str, *, only_parked: bool = False) -> Sequence[JobState]:
    """List the jobs that are not over, and those that were given up, each newest last.

    Raises ``Unreachable`` where the database cannot be read, ``ConfigurationError`` as
    :func:`locate` does.
    """
    place = locate(database_url)
    if isinstance(place, InFile) and not place.path.exists():
        return []  # no process has made one yet
    try:
        return _read(place, only_parked=only_parked)
    except (sa.exc.SQLAlchemyError, sqlite3.Error):
        return _asked_of_the_engine(database_url, only_parked=only_parked)


def _asked_of_the_engine(database_url: str, *, only_parked: bool) -> Sequence[JobState]:
    """Bring the tables up to date and list them; or say in a sentence why that cannot be."""
    from worker.queue.queue import Client  # noqa: PLC0415 - loads the engine

    client = Client(database_url)
    client.start()
    try:
        return client.parked() if only_parked else client.current()
    finally:
        client.stop()


def _read(place: Location, *, only_parked: bool) -> Sequence[JobState]:
    engine = patient_engine(place, _PATIENCE, 1)
    try:
        with closing(engine.connect()) as connection:
            tables = _Tables(None if isinstance(place, InFile) else _SCHEMA)
            if not sa.inspect(connection).has_table(tables.jobs.name, tables.jobs.schema):
                return []
            found = dead_letters.parked if only_parked else dead_letters.current
            return found(partial(_list, connection, tables), PARKED_RETENTION)
    finally:
        engine.dispose()


class _Tables:
    """The engine's tables: what is asked and told of a job stood in the first, in earlier ones."""

    def __init__(self, schema: str | None) -> None:
        def table(name: str, *columns: str) -> sa.TableClause:
            return sa.table(name, *map(sa.column, columns), schema=schema)

        self.jobs = table("workflow_status", *_OF_A_JOB, *_OF_ITS_END, *_TOLD)
        self.inputs = table("workflow_input", "workflow_uuid", "inputs")
        self.outputs = table("workflow_output", "workflow_uuid", "output", "error")


def _list(
    connection: sa.Connection,
    tables: _Tables,
    *,
    name: str | None = None,
    status: str | Sequence[str] = (),
    workflow_ids: Sequence[str] = (),
    workflow_id_prefix: Sequence[str] = (),
    completed_after: str = "",
    dequeued_after: str = "",
    **_: bool,
) -> Sequence[StoredRow]:
    """List as the engine's ``list_workflows`` does, and always with all that is told of a job."""
    own, asked, told = tables.jobs, tables.inputs, tables.outputs
    joined = own.outerjoin(asked, own.c.workflow_uuid == asked.c.workflow_uuid).outerjoin(
        told, own.c.workflow_uuid == told.c.workflow_uuid
    )
    texts = (
        sa.func.coalesce(one.c[column], own.c[column]).label(column)
        for one, column in zip((asked, told, told), _TOLD, strict=True)
    )
    query = sa.select(*(own.c[one] for one in (*_OF_A_JOB, *_OF_ITS_END)), *texts)
    query = query.select_from(joined).order_by(own.c.created_at)
    if name is not None:
        query = query.where(own.c.name == name)
    if statuses := [status] if isinstance(status, str) else list(status):
        query = query.where(own.c.status.in_(statuses))
    if workflow_ids:
        query = query.where(own.c.workflow_uuid.in_(workflow_ids))
    else:
        owner = own.c.application_name
        query = query.where(sa.or_(owner == APPLICATION, owner.is_(None)))
    if workflow_id_prefix:
        begins = (
            own.c.workflow_uuid.startswith(one, autoescape=True) for one in workflow_id_prefix
        )
        query = query.where(sa.or_(*begins))
    if completed_after:
        query = query.where(own.c.completed_at >= _milliseconds(completed_after))
    if dequeued_after:
        query = query.where(own.c.started_at_epoch_ms >= _milliseconds(dequeued_after))
    return [_row(one) for one in connection.execute(query)]


def _milliseconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1000)


def _row(found: sa.Row[Any]) -> StoredRow:
    def read(text: str | None) -> Any:
        return json.loads(text) if text and found.serialization == _READABLE else None

    asked, failed = read(found.inputs), read(found.error)
    return StoredRow(
        workflow_id=found.workflow_uuid,
        status=found.status,
        name=found.name,
        created_at=found.created_at,
        dequeued_at=found.started_at_epoch_ms,
        delay_until_epoch_ms=found.delay_until_epoch_ms,
        completed_at=found.completed_at,
        input={"args": asked["positionalArgs"]} if asked else None,
        output=read(found.output),
        error=_error(failed) if failed else None,
    )


def _error(told: Mapping[str, Any]) -> StoredError:
    error = StoredError(told["message"])
    error.data = told.get("data")
    return error
