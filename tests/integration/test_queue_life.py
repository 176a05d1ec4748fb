"""The queue started and stopped, on SQLite and on PostgreSQL."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest
import sqlalchemy as sa

from connectors.errors import PostmortemError, Unreachable
from connectors.incidents import IncidentId
from tests.integration.queue_support import KINDS, WAIT, database, eventually, leases, shared_clock
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest, JobRetryPolicy, JobState
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.queue import Client, Queue
from worker.queue.recovery import Recovery
from worker.queue.schedule import Schedule

FAST = QueueSettings(settle=0, poll=0.05, heartbeat=0.1)


@pytest.fixture(params=KINDS)
def url(request, tmp_path) -> Iterator[str]:
    with database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def file(tmp_path) -> str:
    """Give an address for what does not depend on the kind of database."""
    return f"sqlite:///{tmp_path}/postmortem.db"


def quiet(_request: JobRequest) -> JobOutcome:
    return JobOutcome("done")


def test_jobs_asked_for_before_a_restart_are_run_after_it(url):
    asker = Client(url, FAST)
    asker.start()
    job = asker.enqueue("PABC", Trigger.PAGE)
    assert asker.state(job).phase is JobPhase.WAITING
    assert asker.workers() == 0
    asker.stop()

    worker = Queue(url, quiet, settings=FAST)
    worker.start()
    assert worker.workers() == 1
    assert worker.wait(job, WAIT).phase is JobPhase.DONE
    worker.stop()
    assert worker.workers() == 0


def test_nothing_that_an_idle_queue_would_have_to_wait_for_sleeps_long(file, monkeypatch):
    slept, sleep, here = [], time.sleep, threading.current_thread()

    def sleeping(seconds):
        if threading.current_thread() is not here:
            slept.append(seconds)
        sleep(seconds)

    queue = Queue(file, quiet, settings=FAST)
    queue.start()
    monkeypatch.setattr(time, "sleep", sleeping)
    eventually(lambda: len(slept) >= 3)
    queue.stop()
    assert max(slept) <= 0.2


def test_stopping_waits_for_the_job_under_way(file):
    running, ended = threading.Event(), threading.Event()

    def hold(_request: JobRequest) -> JobOutcome:
        running.set()
        stopping.wait(WAIT)
        ended.set()
        return JobOutcome("done")

    stopping = threading.Event()
    queue = Queue(file, hold, settings=FAST)
    queue.start()
    queue.enqueue("PABC", Trigger.PAGE)
    assert running.wait(WAIT)
    stopping.set()
    assert queue.stop(grace=WAIT)
    assert ended.is_set()


def test_a_job_that_outlasts_the_grace_is_told(file):
    running, release = threading.Event(), threading.Event()

    def hold(_request: JobRequest) -> JobOutcome:
        running.set()
        release.wait(WAIT)
        return JobOutcome("done")

    queue = Queue(file, hold, settings=FAST)
    queue.start()
    queue.enqueue("PABC", Trigger.PAGE)
    assert running.wait(WAIT)
    assert not queue.stop(grace=0.1)
    assert queue.workers() == 1
    release.set()
    names = "dbos-executor"
    eventually(lambda: not any(one.name.startswith(names) for one in threading.enumerate()))


def test_the_jobs_of_a_process_that_lives_are_left_to_it(url):
    running, release = threading.Event(), threading.Event()

    def hold(_request: JobRequest) -> JobOutcome:
        running.set()
        release.wait(WAIT)
        return JobOutcome("done")

    queue = Queue(url, hold, settings=FAST)
    queue.start()
    job = queue.enqueue("PABC", Trigger.PAGE)
    assert running.wait(WAIT)
    handed: list[str] = []
    neighbour = Recovery(
        leases(url),
        shared_clock(url),
        "neighbour",
        lambda row: handed.append(row.workflow_id),
        (),
        QueueSettings(),
    )
    neighbour.look()
    assert queue.workers() == 2
    release.set()
    assert queue.wait(job, WAIT).attempt == 1
    queue.stop()
    assert handed == []


def test_a_missed_tick_is_caught_up_at_the_start_and_only_once(file):
    ended: SimpleQueue[JobState] = SimpleQueue()
    daily = Schedule("daily", timedelta(days=1), lambda: JobOutcome("swept"))
    queue = Queue(file, quiet, [daily], FAST, on_end=ended.put)
    queue.start()
    state = ended.get(timeout=WAIT)
    queue.stop()
    assert (state.subject, state.trigger, state.phase, state.summary) == (
        "daily",
        "schedule",
        JobPhase.DONE,
        "swept",
    )

    again = Queue(file, quiet, [daily], FAST, on_end=ended.put)
    again.start()
    again.wait(again.enqueue("PABC", Trigger.PAGE), WAIT)
    again.stop()
    assert ended.get(timeout=WAIT).subject == "PABC"
    assert ended.empty()


def test_a_tick_that_fails_is_told_and_the_next_one_comes(file):
    ended: SimpleQueue[JobState] = SimpleQueue()

    def fail() -> JobOutcome:
        raise Unreachable("PagerDuty does not answer.")

    queue = Queue(file, quiet, [Schedule("s", timedelta(seconds=1), fail)], FAST, on_end=ended.put)
    queue.start()
    first, second = (ended.get(timeout=WAIT) for _ in range(2))
    queue.stop()
    assert first.phase is second.phase is JobPhase.PARKED
    assert first.failures == ("PagerDuty does not answer.",)
    assert first.id != second.id


def test_what_ended_long_ago_is_forgotten(file):
    queue = Queue(file, quiet, settings=FAST)
    queue.start()
    job = queue.enqueue("PABC", Trigger.PAGE)
    queue.wait(job, WAIT)
    queue.stop()

    forgetful = Queue(file, quiet, settings=QueueSettings(retention=timedelta(days=-1)))
    forgetful.start()
    eventually(lambda: forgetful.state(job) is None)
    forgetful.stop()


def test_what_was_given_up_is_remembered_longer_than_what_was_done(file):
    def fail(_request: JobRequest) -> JobOutcome:
        return JobOutcome(failures=("No.",))

    queue = Queue(file, fail, settings=replace(FAST, retry=JobRetryPolicy(pauses=())))
    queue.start()
    given_up = queue.enqueue("PABC", Trigger.PAGE)
    queue.wait(given_up, WAIT)
    queue.stop()

    forgetful = Queue(file, quiet, settings=QueueSettings(retention=timedelta(days=-1)))
    forgetful.start()
    done = forgetful.enqueue("PDEF", Trigger.PAGE)
    forgetful.wait(done, WAIT)
    forgetful.stop()
    forgetful.start()
    eventually(lambda: forgetful.state(done) is None)
    assert [one.id for one in forgetful.parked()] == [given_up]
    forgetful.stop()


def test_a_queue_that_is_not_started_says_so(tmp_path):
    queue = Queue(f"sqlite:///{tmp_path}/pm.db", quiet)
    with pytest.raises(PostmortemError, match="not running"):
        queue.enqueue("PABC", Trigger.PAGE)
    with pytest.raises(PostmortemError, match="not running"):
        queue.state("PABC:e")


def test_a_server_that_is_not_there_is_told_in_a_sentence_without_the_password():
    queue = Queue("postgresql://me:hunter2@127.0.0.1:9/pm", quiet)
    with pytest.raises(Unreachable, match="database cannot be reached") as refused:
        queue.start()
    assert "hunter2" not in str(refused.value)


def test_a_lease_is_lost_with_its_holder_and_not_before(url):
    mine, others = leases(url), leases(url)
    assert mine.hold("one")
    assert mine.hold("one")
    assert not others.gone("one")
    assert not others.hold("one")
    assert others.living() == 1
    mine.let_go()
    assert others.gone("one")
    assert others.living() == 0


def test_a_lease_whose_connection_was_lost_is_taken_again(tmp_path):
    with database("postgresql", tmp_path) as url:
        mine, others = leases(url), leases(url)
        assert mine.hold("one")
        with sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:")).connect() as admin:
            admin.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_database d"
                    " ON d.oid = l.database WHERE l.locktype = 'advisory'"
                    " AND d.datname = current_database()"
                )
            )
        eventually(lambda: others.gone("one"))
        assert mine.hold("one")
        assert not others.gone("one")
        mine.let_go()


def test_machines_whose_clocks_differ_reckon_by_the_databases(tmp_path, monkeypatch):
    with database("postgresql", tmp_path) as url:
        clock = shared_clock(url)
        right = time.time()
        monkeypatch.setattr("time.time", lambda: right - 86_400)
        clock.set()
        assert abs(clock() - right) < 3600
    clock = shared_clock(f"sqlite:///{tmp_path}/pm.db")
    clock.set()
    assert clock() == pytest.approx(time.time(), abs=60)


def test_a_muted_log_keeps_no_queue_from_beginning(tmp_path: Path) -> None:
    log = logging.getLogger("dbos")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    queue = Queue(f"sqlite:///{tmp_path}/queue.db", lambda *_: JobOutcome("1 drafted"))
    try:
        queue.start()
        job = queue.enqueue(IncidentId("PMUTED"), Trigger.PAGE)
        assert queue.wait(job, WAIT).phase is JobPhase.DONE
    finally:
        queue.stop()
        log.setLevel(before)
