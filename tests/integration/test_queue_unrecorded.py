"""What came of a job cannot be stored: a full disk, a database that can only be read."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Self

import pytest
import sqlalchemy as sa
from dbos import WorkflowStatus, error
from structlog.testing import capture_logs

from tests.integration.queue_support import KINDS, WAIT, database, eventually, leases, shared_clock
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest, JobRetryPolicy, JobState
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.jobs_database import InFile, locate
from worker.queue.queue import Queue
from worker.queue.recovery import Recovery
from worker.queue.schedule import Schedule, ticker

SETTINGS = QueueSettings(
    poll=0.05, heartbeat=0.1, unrecorded=0.1, retry=JobRetryPolicy(pauses=(0,) * 30)
)
ENDS = ("UPDATE", "workflow_status", "NEW.status IN ('SUCCESS', 'ERROR')")
RESULTS = ("INSERT", "operation_outputs", "NEW.function_name = 'run'")
FOLLOWERS = (
    "INSERT",
    "workflow_status",
    "replace(NEW.workflow_uuid, '~', '') <> NEW.workflow_uuid",
)


@pytest.fixture(params=KINDS)
def url(request, tmp_path) -> Iterator[str]:
    with database(request.param, tmp_path) as url:
        yield url


@contextmanager
def refused(url: str, *writes: tuple[str, str, str]) -> Iterator[None]:
    """Let the database refuse these writes for the block."""
    place = locate(url)
    on_server = not isinstance(place, InFile)
    address = place.url.replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    schema = "dbos." if on_server else ""
    does = "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    with engine.begin() as connection:
        if on_server:
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger AS"
                " 'BEGIN RAISE EXCEPTION ''the disk is full''; END' LANGUAGE plpgsql"
            )
            does = "EXECUTE FUNCTION refuse()"
        for number, (what, table, when) in enumerate(writes):
            condition = f"({when})" if on_server else when
            connection.exec_driver_sql(
                f"CREATE TRIGGER refusal{number} BEFORE {what} ON {schema}{table}"
                f" FOR EACH ROW WHEN {condition} {does}"
            )
    try:
        yield
    finally:
        with engine.begin() as connection:
            for number, (_, table, _) in enumerate(writes):
                on = f" ON {schema}{table}" if on_server else ""
                connection.exec_driver_sql(f"DROP TRIGGER refusal{number}{on}")


class Ground:
    """A started queue, and what it was told."""

    def __init__(self, url: str, *schedules: Schedule) -> None:
        self.runs: SimpleQueue[str] = SimpleQueue()
        self.ended: list[JobState] = []
        self.queue = Queue(url, self._run, schedules, SETTINGS, on_end=self.ended.append)

    def _run(self, request: JobRequest) -> JobOutcome:
        self.runs.put(request.incident)
        return JobOutcome("done")

    def __enter__(self) -> Self:
        self.queue.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.queue.stop()


def test_a_job_whose_end_cannot_be_recorded_is_handed_on_without_a_restart(url):
    with Ground(url) as ground:
        with refused(url, ENDS):
            job = ground.queue.enqueue("PABC", Trigger.PAGE)
            ground.runs.get(timeout=WAIT)
            ground.runs.get(timeout=WAIT)
        state = ground.queue.wait(job, WAIT)
        assert state.phase is JobPhase.DONE
        assert state.attempt > 1
        later = ground.queue.enqueue("PABC", Trigger.PAGE)
        assert ground.queue.wait(later, WAIT).phase is JobPhase.DONE


def test_a_job_that_is_about_to_begin_or_to_be_recorded_is_not_done_again(url):
    """On a crowded machine either takes longer than several looks for what was left."""
    with Ground(url):
        pass  # it makes the tables
    handed: list[WorkflowStatus] = []
    row = SimpleNamespace(workflow_id="PABC:1")
    patient = replace(SETTINGS, unrecorded=3600.0)
    for settings, expected in [(patient, []), (replace(SETTINGS, unrecorded=0.0), [row])]:
        recovery = Recovery(leases(url), shared_clock(url), "one", handed.append, (), settings)
        for _ in range(5):
            recovery._see_to_unrecorded([row])
        assert handed[:1] == expected


def test_a_job_may_begin_before_one_look_and_end_before_the_next(url, monkeypatch):
    with Ground(url):
        pass  # it makes the tables
    handed: list[WorkflowStatus] = []
    settings = QueueSettings()
    recovery = Recovery(leases(url), shared_clock(url), "one", handed.append, (), settings)
    row = SimpleNamespace(workflow_id="PABC:1")
    for number, expected in enumerate([[], [], [row]]):
        now = number * (settings.heartbeat + 0.1)
        monkeypatch.setattr("worker.queue.recovery.time", SimpleNamespace(monotonic=lambda: now))  # noqa: B023 - called at once
        recovery._see_to_unrecorded([row])
        assert handed == expected


def test_the_schedule_goes_on_after_a_tick_whose_end_cannot_be_recorded(url):
    ticks: SimpleQueue[str] = SimpleQueue()

    def tick() -> JobOutcome:
        ticks.put("tick")
        return JobOutcome("looked")

    with Ground(url, Schedule("look", timedelta(seconds=1), tick)) as ground:
        with refused(url, ENDS):
            ticks.get(timeout=WAIT)
            ticks.get(timeout=WAIT)
        eventually(lambda: ground.queue.last_tick() is not None)


def test_a_result_that_cannot_be_stored_is_a_failure_that_is_told_and_tried_again(url):
    with Ground(url) as ground:
        with refused(url, RESULTS):
            job = ground.queue.enqueue("PABC", Trigger.PAGE)
            eventually(lambda: len(ground.ended) > 0)
        state = ground.queue.wait(job, WAIT)
    assert state.phase is JobPhase.DONE
    assert state.attempt > 1
    first = ground.ended[0]
    assert first.phase is JobPhase.RETRYING
    (sentence,) = first.failures
    assert sentence == "What came of the job could not be stored: the disk is full."


def test_where_the_failure_cannot_be_stored_either_the_job_is_still_done_in_the_end(url):
    with Ground(url) as ground:
        with refused(url, RESULTS, FOLLOWERS):
            job = ground.queue.enqueue("PABC", Trigger.PAGE)
            ground.runs.get(timeout=WAIT)
            eventually(lambda: job not in ground.queue._under_way.jobs)
            assert ground.queue.state(job).phase is JobPhase.RUNNING
            assert ground.queue.parked() == []
        assert ground.queue.wait(job, WAIT).phase is JobPhase.DONE


def test_a_tick_whose_result_cannot_be_stored_is_told(url):
    with Ground(url):
        pass  # it makes the tables
    schedule = Schedule("look", timedelta(seconds=1), lambda: JobOutcome("looked"))
    with refused(url, RESULTS), Ground(url, schedule) as ground:
        eventually(lambda: len(ground.ended) > 0)
    assert ground.ended[0].phase is JobPhase.PARKED
    assert "the disk is full" in ground.ended[0].failures[0]


def test_a_tick_that_the_engine_refuses_is_asked_for_again_and_the_next_one_comes(monkeypatch):
    monkeypatch.setattr("worker.queue.schedule._AFTER_FAILURE", 0.05)
    fired: SimpleQueue[int] = SimpleQueue()

    def fire(_schedule: Schedule, period: int) -> None:
        fired.put(period)
        raise error.DBOSException("The tick was refused.")

    schedule = Schedule("look", timedelta(seconds=1), JobOutcome)
    clock = ticker(schedule, fire, time.time)
    clock.start()
    try:
        asked = Counter(fired.get(timeout=WAIT) for _ in range(45))
    finally:
        clock.stop()
    assert max(asked.values()) > 1  # a period may be all but over at the first of its requests
    assert len(asked) > 1


def test_a_process_whose_place_another_took_says_so(url):
    with Ground(url), capture_logs() as logs:
        mine, others = leases(url), leases(url)
        assert others.hold("one")
        recovery = Recovery(
            mine,
            shared_clock(url),
            "one",
            lambda _row: None,
            (),
            QueueSettings(),
        )
        recovery.look()
        others.let_go()
    assert [one["process"] for one in logs if "taken this one's place" in one["event"]] == ["one"]
