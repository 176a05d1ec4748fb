"""Which waiting job is begun next: the most urgent, and of several the one asked for first.

The engine keeps a job's priority and goes by it among the jobs of one incident. Which incidents
come next it leaves to chance where a process takes only some, "to prevent starvation" (version
3.4.0, ``start_queued_partitioned_workflows``): after a start with 500 incidents to catch up on, a
fresh webhook's job waited for minutes. So that one statement is given another order. A release that
words it otherwise keeps its own order, and the tests of the queue see that.
"""

from enum import IntEnum

import sqlalchemy as sa

from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger
from worker.queue.job_records import INCIDENTS
from worker.queue.jobs_database import InFile, Location

BY_CHANCE = "ORDER BY random()"
_CLASS = 1_000_000
"""An urgency's priorities begin at so many times its number: those of one batch count up."""
_HEAD = """(SELECT {column} FROM {table} AS waiting
WHERE waiting.queue_name = '{queue}' AND waiting.status = 'ENQUEUED'
AND waiting.status IN ('ENQUEUED', 'PENDING') AND waiting.queue_partition_key = partitions.pk
ORDER BY waiting.priority, waiting.created_at LIMIT 1)"""
"""The second condition on the status is the one by which SQLite knows that its index serves."""


class JobUrgency(IntEnum):
    """How soon a job is begun; the engine takes the smallest first."""

    ASKED = 1
    """A person named the incident, or a webhook did."""
    FOUND_FOR_A_PERSON = 2
    FOUND = 3


def urgency(request: JobRequest) -> JobUrgency:
    """Tell how soon what is asked for is to be begun."""
    if request.trigger is Trigger.SCHEDULE and not request.asked:
        return JobUrgency.FOUND
    return JobUrgency.FOUND_FOR_A_PERSON if request.found else JobUrgency.ASKED


def priority(request: JobRequest, position: int = 0) -> int:
    """Give a job's priority; ``position`` is its place among those asked for in one transaction.

    For these PostgreSQL gives one and the same time.
    """
    return urgency(request) * _CLASS + min(position, _CLASS - 1)


def put_in_order(engine: sa.Engine, location: Location) -> None:
    """Let whoever asks the engine's database for jobs get them in this order."""
    table = "workflow_status" if isinstance(location, InFile) else "dbos.workflow_status"
    heads = (
        _HEAD.format(column=column, table=table, queue=INCIDENTS)
        for column in (f"waiting.priority / {_CLASS}", "waiting.created_at", "waiting.priority")
    )
    in_order = f"ORDER BY {', '.join(heads)}"

    @sa.event.listens_for(engine, "before_cursor_execute", retval=True)
    def ordered(_: object, __: object, statement: str, values: object, *___: object) -> object:
        return statement.replace(BY_CHANCE, in_order), values
