"""DBOS, started and stopped as often as one likes: the one place that knows it is process-wide."""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from dbos._dbos import _get_dbos_instance

from connectors.errors import PostmortemError
from worker.jobs.job_lifecycle import JobRetryPolicy
from worker.queue import job_records
from worker.queue.job_order import priority, put_in_order
from worker.queue.job_records import StoredJob
from worker.queue.jobs_database import (
    APPLICATION,
    PARKED_RETENTION,
    InFile,
    Location,
    file_engine,
    write_ahead,
)
from worker.queue.leases import AT_A_TIME
from worker.queue.schedule import Schedule
from worker.queue.waiting_jobs import WaitingJobs

VERSION = "1"
"""Which processes may take over each other's jobs: raised when stored arguments change shape."""

_IDLE_THREADS = 64
_CONNECTIONS = 10  # to PostgreSQL at most, for a process's jobs and what looks after them
_LOCK_PATIENCE = 30.0
_SELDOM = 3_600.0
_NAP = 0.1
"""Seconds that the engine sleeps where nothing wakes it: as long as an idle queue takes to stop."""
_running = False
waiting: WaitingJobs | None = None
"""What spares the engine its looks, or did last."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How the queue behaves; times in seconds.

    ``settle`` is how long a webhook's job waits: the resolution note may follow the resolution, and
    the REST API may lag. ``parallel`` incidents are worked on at a time by one process. Every
    ``poll`` an idle one looks for work, every ``heartbeat`` for jobs that a dead process left. What
    is taken out, and ``unrecorded`` later neither under way nor recorded as ended, is done again;
    that is longer than ``heartbeat``, or a job might be about to begin at one look and to be
    recorded at the next.
    Jobs that are done, and so which webhooks were seen, are remembered for ``retention``; those
    that were given up for ``parked_retention``.
    """

    settle: float = 10.0
    parallel: int = AT_A_TIME
    poll: float = 0.18
    heartbeat: float = 5.0
    unrecorded: float = 8.0
    retention: timedelta = timedelta(days=30)
    parked_retention: timedelta = PARKED_RETENTION
    retry: JobRetryPolicy = field(default_factory=JobRetryPolicy)


def launch(
    location: Location,
    executor: str,
    workflows: Mapping[str, Callable[..., object]],
    settings: QueueSettings,
) -> None:
    """Start the engine. Raises ``PostmortemError`` where one runs in this process already."""
    global _running, waiting  # noqa: PLW0603 - DBOS itself is one for the whole process
    if _running:
        raise PostmortemError("A queue is running in this process already.", "Stop it first.")
    _running = True
    try:
        _prepare(location)
        for name, function in workflows.items():
            DBOS.workflow(name=name)(function)
        DBOS(config=_config(location, executor))
        DBOS.launch()
        # The engine has no public way to its connections.
        memory = _get_dbos_instance()._sys_db
        put_in_order(memory.engine, location)
        DBOS.register_queue(
            job_records.INCIDENTS,
            partition_concurrency=1,
            worker_concurrency=settings.parallel,
            polling_interval_sec=settings.poll,
            on_conflict="always_update",
        )
        DBOS.register_queue(
            job_records.TICKS,
            global_concurrency=1,
            polling_interval_sec=max(settings.poll, 1.0),  # each look costs, and a tick may be late
            on_conflict="always_update",
        )
        waiting = WaitingJobs(memory, location)  # with the queues' settings as they are now
    except BaseException:
        stop(grace=0)
        raise


def migrate(location: Location) -> None:
    """Make the engine's tables, or bring them up to date."""
    _prepare(location)
    DBOS.migrate(location.url)


def stop(grace: float) -> None:
    """Take out no more jobs, wait up to ``grace`` seconds for those that run, and let go of all."""
    global _running  # noqa: PLW0603 - as above
    DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=math.ceil(grace))
    if waiting is not None:
        waiting.let_go()
    _running = False


def is_running() -> bool:
    """Tell whether an engine runs in this process."""
    return _running


def put(job: StoredJob) -> None:
    """Store what follows a job; a name that is there already stays as it is."""
    DBOS.enqueue_workflow_with_options(options(job), job.stored())


def put_tick(schedule: Schedule, period: int) -> None:
    """Store the work of one period of a schedule, unless some process did so already."""
    name = job_records.tick_name(schedule.name, schedule.every.total_seconds(), period)
    DBOS.enqueue_workflow_with_options(
        {"workflow_name": job_records.TICK, "queue_name": job_records.TICKS, "workflow_id": name},
        schedule.name,
        schedule.begins(period),
    )


def options(job: StoredJob, position: int = 0) -> EnqueueOptions:
    """Say how a job is to be put into the queue, by the engine or by a client of its database.

    ``position`` is its place among those that are put there together.
    """
    told: EnqueueOptions = {
        "workflow_name": job_records.INCIDENT_JOB,
        "queue_name": job_records.INCIDENTS,
        "workflow_id": job.id,
        "queue_partition_key": job.request.incident,
        "priority": priority(job.request, position),
    }
    if job.request.delay:
        told["delay_seconds"] = job.request.delay
    return told


def _level_name() -> str:
    """Name the level of the engine's log; above the highest (all is muted) there is no name."""
    level = logging.getLogger("dbos").getEffectiveLevel()
    return logging.getLevelName(min(level, logging.CRITICAL))


def _config(location: Location, executor: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": location.url,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": _level_name(),
        "serializer": DBOSPortableJSONSerializer(),  # the default, pickle, runs what it reads
        "max_executor_threads": _IDLE_THREADS,
        "sys_db_pool_size": _CONNECTIONS,
        "scheduler_polling_interval_sec": _SELDOM,  # for schedules of the engine's own: none here
        "notification_listener_polling_interval_sec": _NAP,  # it looks at a list that stays empty
        "notification_coalesce_sec": _NAP,  # another such list, looked at 100 times a second else
    }
    if isinstance(location, InFile):
        config["system_database_engine"] = file_engine(location, _LOCK_PATIENCE)
    return config


def _prepare(location: Location) -> None:
    """Leave it to the program where the engine's warnings go: by itself it prints them."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    if isinstance(location, InFile):
        write_ahead(location)
