"""Jobs as the engine's tables have them, read without the engine: to load it takes longer.

What is read is held by a test to what the engine's own client lists. Where its tables are not as
they are known here, be it that an earlier release made them, the client is asked.
"""

import json
import sqlite3
from collections.abc import Sequence
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

_READABLE = "portable_json"
"""What is written by the program: what is written otherwise is never run to be read."""
_PATIENCE = 5
"""Seconds to wait for a database that is only looked at."""
_TOLD = ("input", "output", "error")
_QUERY = """
SELECT job.workflow_uuid AS workflow_id, job.status, job.name, job.created_at, job.completed_at,
    job.started_at_epoch_ms AS dequeued_at, job.delay_until_epoch_ms, job.serialization,
    coalesce(asked.inputs, job.inputs) AS input, coalesce(told.output, job.output) AS output,
    coalesce(told.error, job.error) AS error
FROM {schema}workflow_status AS job
LEFT JOIN {schema}workflow_input AS asked ON asked.workflow_uuid = job.workflow_uuid
LEFT JOIN {schema}workflow_output AS told ON told.workflow_uuid = job.workflow_uuid
WHERE {wanted} ORDER BY job.created_at"""
"""What is asked and told of a job stood in the first table, in earlier ones."""
_CONDITIONS = {
    "name": "job.name = :name",
    "status": "job.status IN :status",
    "workflow_ids": "job.workflow_uuid IN :workflow_ids",
    "completed_after": "job.completed_at >= :completed_after",
    "dequeued_after": "job.started_at_epoch_ms >= :dequeued_after",
}
_LISTS = {"status", "workflow_ids"}
_PREFIXES = "workflow_id_prefix"
_OURS = "(job.application_name = :application OR job.application_name IS NULL)"


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
            schema = None if isinstance(place, InFile) else "dbos"
            if not sa.inspect(connection).has_table("workflow_status", schema):
                return []
            found = dead_letters.parked if only_parked else dead_letters.current
            look = partial(_list, connection, f"{schema}." if schema else "")
            return found(look, PARKED_RETENTION)
    finally:
        engine.dispose()


def _list(connection: sa.Connection, schema: str, **which: Any) -> Sequence[StoredRow]:
    """List as the engine's ``list_workflows`` does, and always with all that is told of a job."""
    values = {name: _value(name, value) for name, value in which.items() if name in _CONDITIONS}
    begins = {f"begins{number}": one for number, one in enumerate(which.get(_PREFIXES, ()))}
    wanted = [_CONDITIONS[name] for name in values]
    if begins:
        found = (f"substr(job.workflow_uuid, 1, length(:{name})) = :{name}" for name in begins)
        wanted.append(f"({' OR '.join(found)})")
    if "workflow_ids" not in values:
        wanted.append(_OURS)
        values["application"] = APPLICATION
    query = sa.text(_QUERY.format(schema=schema, wanted=" AND ".join(wanted)))
    for name in values.keys() & _LISTS:
        query = query.bindparams(sa.bindparam(name, expanding=True))
    rows = connection.execute(query, {**values, **begins})
    return [_row(one) for one in rows.mappings()]


def _value(name: str, value: Any) -> Any:
    if name.endswith("_after"):
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    return [value] if name in _LISTS and isinstance(value, str) else value


def _row(found: sa.RowMapping) -> StoredRow:
    row = dict(found)
    is_readable = row.pop("serialization") == _READABLE
    told = {name: json.loads(row[name]) if row[name] and is_readable else None for name in _TOLD}
    if told["input"]:
        told["input"] = {"args": told["input"]["positionalArgs"]}
    if failed := told["error"]:
        told["error"] = StoredError(failed["message"])
        told["error"].data = failed.get("data")
    return StoredRow(**{**row, **told})
