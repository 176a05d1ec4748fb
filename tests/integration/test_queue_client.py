"""Jobs asked for together, and what operators see of those that wait."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import PayloadError, PostmortemError
from connectors.incidents import IncidentId
from tests.integration.queue_support import KINDS, WAIT, database, eventually
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest
from worker.jobs.results import Trigger
from worker.queue import engine
from worker.queue.engine import QueueSettings
from worker.queue.queue import Client, Queue
from worker.queue.schedule import Schedule


@pytest.fixture(params=KINDS)
def url(request, tmp_path) -> Iterator[str]:
    with database(request.param, tmp_path, empty=True) as url:
        yield url


def requests(*incidents: str, delay: float = 0) -> list[JobRequest]:
    return [
        JobRequest(IncidentId(one), Trigger.PAGE, event_id=f"e-{one}", delay=delay)
        for one in incidents
    ]


def test_jobs_asked_for_together_are_all_done(url):
    queue = Queue(url, lambda *_: JobOutcome("done"), settings=QueueSettings(poll=0.05))
    queue.start()
    try:
        jobs = queue.enqueue_all(requests("PA", "PB", "PC"))
        assert jobs == ["PA:e-PA", "PB:e-PB", "PC:e-PC"]
        assert {queue.wait(one, WAIT).phase for one in jobs} == {JobPhase.DONE}
        assert queue.enqueue_all(requests("PA", "PB")) == jobs[:2]
        assert queue.backlog()[0] == 0
        assert queue.enqueue_all([]) == []
    finally:
        queue.stop()


def test_of_jobs_asked_for_together_all_are_stored_or_none(url):
    queue = Client(url)
    queue.start()
    try:
        with pytest.raises(PayloadError):
            queue.enqueue_all(requests("PA", "not an id"))
        assert queue.backlog()[0] == 0
    finally:
        queue.stop()


def test_the_backlog_counts_what_waits_and_since_when_it_could_have_begun(url):
    queue = Client(url)
    queue.start()
    try:
        assert queue.backlog() == (0, 0)
        queue.enqueue_all(requests("PLATER", delay=3600))
        assert queue.backlog() == (1, 0)
        queue.enqueue_all(requests("PNOW"))
        eventually(lambda: queue.backlog()[1] > 0)
        assert queue.backlog()[0] == 2
    finally:
        queue.stop()


def test_the_last_scheduled_work_that_ended_well_is_known(url):
    outcomes = [JobOutcome("looked"), JobOutcome(failures=("PagerDuty is down.",))]

    def tick() -> JobOutcome:
        return outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]

    began = datetime.now(UTC) - timedelta(seconds=1)
    schedule = Schedule("look", timedelta(hours=1), tick)
    queue = Queue(url, lambda *_: JobOutcome(), [schedule], QueueSettings(poll=0.05))
    queue.start()
    try:
        eventually(lambda: queue.last_tick() is not None)
        told = queue.last_tick()
        assert told is not None
        assert began <= told <= datetime.now(UTC)
    finally:
        queue.stop()


def test_a_process_that_only_asks_runs_no_engine(url):
    worker = Queue(url, lambda *_: JobOutcome(), settings=QueueSettings(poll=0.05))
    worker.start()  # it makes the tables
    worker.stop()
    asker = Client(url)
    asker.start()
    try:
        (job,) = asker.enqueue_all(requests("PASKED"))
        assert not engine.is_running()
        worker.start()
        assert asker.wait(job, WAIT).phase is JobPhase.DONE
    finally:
        asker.stop()
    assert engine.is_running(), "who only asks does not stop who works"
    worker.stop()


def test_a_queue_that_does_not_run_says_so(tmp_path):
    queue = Queue(f"sqlite:///{tmp_path}/postmortem.db", lambda *_: JobOutcome())
    with pytest.raises(PostmortemError, match="not running"):
        queue.backlog()
