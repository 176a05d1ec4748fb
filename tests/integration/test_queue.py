"""The queue in one process, on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from dbos._dbos import _get_dbos_instance

from connectors.errors import NotFound, OutOfQuota, PostmortemError, Unreachable
from tests.integration.queue_playground import Playground, opened
from tests.integration.queue_support import KINDS, WAIT, ask, eventually
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobState
from worker.jobs.results import IncidentResult, Trigger
from worker.queue import engine
from worker.queue.queue import Queue

SETTLE = 1.0


@pytest.fixture(scope="module", params=KINDS)
def playground(request, tmp_path_factory) -> Iterator[Playground]:
    with opened(request.param, tmp_path_factory.mktemp("queue"), SETTLE) as ground:
        yield ground


def test_a_job_that_was_asked_for_is_run_and_its_end_is_told(playground):
    playground.does["PDONE"] = lambda: JobOutcome("1 drafted")
    job = playground.queue.enqueue("PDONE", Trigger.PAGE)
    state = playground.queue.wait(job, WAIT)
    assert state.ended_at is not None
    ended = replace(state, ended_at=None)
    assert ended == JobState(job, "PDONE", "page", JobPhase.DONE, summary="1 drafted")
    assert ended in playground.ended


def test_the_engine_looks_for_no_job_while_none_waits(playground):
    job = playground.queue.enqueue("PBEFORE", Trigger.PAGE)
    playground.queue.wait(job, WAIT)
    eventually(none_in_ten)
    looks = engine.waiting.looks
    job = playground.queue.enqueue("PAFTER", Trigger.PAGE)
    assert playground.queue.wait(job, WAIT).phase is JobPhase.DONE
    assert engine.waiting.looks > looks


def test_the_engine_looks_now_and_then_though_nothing_was_written(playground, monkeypatch):
    """A look that failed is made good by a later one."""
    monkeypatch.setattr("worker.queue.waiting_jobs._LOOK_ANYWAY", 0.0)
    looks = engine.waiting.looks
    eventually(lambda: engine.waiting.looks >= looks + 20)


def test_a_job_whose_taking_out_failed_is_taken_out_though_nothing_else_is_written(
    playground, monkeypatch
):
    """The database fails at it once, as where it is full, locked or gone for a moment."""
    monkeypatch.setattr("worker.queue.waiting_jobs._LOOK_ANYWAY", 3600.0)
    eventually(none_in_ten)
    failed: list[str] = []

    def fail(connection, cursor, statement, parameters, *_):
        if statement.startswith("UPDATE") and "PENDING" in str(parameters) and not failed:
            failed.append(statement)
            raise sa.exc.OperationalError(statement, parameters, OSError("gone for a moment"))

    memory = _get_dbos_instance()._sys_db.engine
    sa.event.listen(memory, "before_cursor_execute", fail)
    try:
        job = playground.queue.enqueue("PFAILED", Trigger.PAGE)
        assert playground.queue.wait(job, WAIT).phase is JobPhase.DONE
    finally:
        sa.event.remove(memory, "before_cursor_execute", fail)
    assert failed


def none_in_ten() -> bool:
    """Tell whether the engine asks ten times whether a job waits, and does not look for one."""
    looks, asked = engine.waiting.looks, engine.waiting.asked
    eventually(lambda: engine.waiting.asked >= asked + 10)
    return engine.waiting.looks == looks


def test_the_same_event_twice_is_one_job(playground):
    first = ask(playground.queue, "PTWICE", Trigger.WEBHOOK, event_id="01EVT", delay=0)
    playground.queue.wait(first, WAIT)
    again = ask(playground.queue, "PTWICE", Trigger.WEBHOOK, event_id="01EVT", delay=0)
    assert again == first
    assert playground.queue.wait(again, WAIT).phase is JobPhase.DONE
    assert playground.ran["PTWICE"] == [Trigger.WEBHOOK]


def test_the_hints_of_one_moment_share_a_run(playground):
    jobs = [ask(playground.queue, "PBURST", Trigger.WEBHOOK, event_id=f"e{n}") for n in range(5)]
    states = [playground.queue.wait(job, WAIT) for job in jobs]
    assert [state.id for state in states] == jobs
    assert {state.phase for state in states} == {JobPhase.DONE}
    assert playground.ran["PBURST"] == [Trigger.WEBHOOK]


def test_a_job_asked_for_while_another_runs_sees_what_came_since(playground):
    running, release = threading.Event(), threading.Event()

    def hold() -> JobOutcome:
        running.set()
        release.wait(WAIT)
        return JobOutcome()

    playground.does["PLATE"] = hold
    first = playground.queue.enqueue("PLATE", Trigger.PAGE)
    assert running.wait(WAIT)
    second = playground.queue.enqueue("PLATE", Trigger.PAGE)
    assert playground.queue.state(first).phase is JobPhase.RUNNING
    assert playground.queue.state(second).phase is JobPhase.WAITING
    release.set()
    playground.queue.wait(second, WAIT)
    assert len(playground.ran["PLATE"]) == 2


def test_a_run_that_left_out_the_facts_does_not_stand_for_one_that_reads_them(playground):
    running, release = threading.Event(), threading.Event()

    def hold() -> JobOutcome:
        running.set()
        release.wait(WAIT)
        return JobOutcome()

    playground.does["PHALF"] = hold
    playground.queue.enqueue("PHALF", Trigger.PAGE)
    assert running.wait(WAIT)
    jobs = [
        ask(playground.queue, "PHALF", Trigger.PAGE, pulls=pulls)
        for pulls in (False, False, True, False)
    ]
    release.set()
    states = [playground.queue.wait(job, WAIT) for job in jobs]
    assert {state.phase for state in states} == {JobPhase.DONE}
    held_up, *later = playground.asked["PHALF"]
    assert held_up.pulls
    assert [one.pulls for one in later] in ([True], [False, True])


def test_what_a_job_did_can_be_looked_up(playground):
    result = IncidentResult("PTELL", document="2026-11-02-PTELL.md", warnings=("Half done.",))
    playground.does["PTELL"] = lambda: JobOutcome.of([result])
    job = playground.queue.enqueue("PTELL", Trigger.COMMAND)
    assert playground.queue.wait(job, WAIT).results == (result,)


def test_a_job_that_is_to_be_tried_once_is_tried_once(playground):
    playground.does["PONCE"] = lambda: JobOutcome(failures=("No.",))
    job = ask(playground.queue, "PONCE", Trigger.SCHEDULE, once=True)
    state = playground.queue.wait(job, WAIT)
    assert (state.phase, state.attempt) == (JobPhase.PARKED, 1)


def test_many_jobs_are_looked_up_at_once_with_what_their_attempts_noted(playground):
    answers = iter([JobOutcome("half", again_in=0, notices=("a", "b")), JobOutcome(notices=("b",))])
    playground.does["PNOTED"] = lambda: next(answers)
    jobs = [playground.queue.enqueue(one, Trigger.PAGE) for one in ("PNOTED", "PMANY1", "PMANY2")]
    for job in jobs:
        playground.queue.wait(job, WAIT)
    states = playground.queue.states([*jobs, "PNONE:e"])
    assert states == {job: playground.queue.state(job) for job in jobs}
    assert (states[jobs[0]].attempt, states[jobs[0]].notices) == (2, ("a", "b"))


def test_a_job_that_fails_holds_up_no_other_incident(playground):
    running, release = threading.Event(), threading.Event()

    def hold() -> JobOutcome:
        running.set()
        release.wait(WAIT)
        return JobOutcome()

    playground.does["PSLOW"] = hold
    slow = playground.queue.enqueue("PSLOW", Trigger.PAGE)
    assert running.wait(WAIT)
    other = playground.queue.enqueue("PQUICK", Trigger.PAGE)
    assert playground.queue.wait(other, WAIT).phase is JobPhase.DONE
    assert playground.queue.state(slow).phase is JobPhase.RUNNING
    release.set()
    assert playground.queue.wait(slow, WAIT).phase is JobPhase.DONE


def test_a_webhooks_job_waits_until_things_have_settled(playground):
    asked = datetime.now(UTC)
    job = ask(playground.queue, "PSETTLE", Trigger.WEBHOOK, event_id="e")
    state = playground.queue.state(job)
    assert state.phase is JobPhase.WAITING
    assert state.next_at - asked > timedelta(seconds=SETTLE * 0.9)
    playground.queue.wait(job, WAIT)


def test_a_failed_job_is_tried_again_until_it_succeeds(playground):
    answers = iter([JobOutcome(failures=("No.",)), JobOutcome(failures=("No.",)), JobOutcome("ok")])
    playground.does["PRETRY"] = lambda: next(answers)
    job = playground.queue.enqueue("PRETRY", Trigger.PAGE)
    state = playground.queue.wait(job, WAIT)
    assert (state.phase, state.attempt, state.summary) == (JobPhase.DONE, 3, "ok")
    told = [one for one in playground.ended if one.subject == "PRETRY"]
    assert [one.phase for one in told] == [JobPhase.RETRYING, JobPhase.RETRYING, JobPhase.DONE]


def test_a_job_that_raises_is_parked_with_its_reason_and_listed(playground):
    def fail() -> JobOutcome:
        raise Unreachable("Jira does not answer.", "Try again later.")

    playground.does["PPARK"] = fail
    state = playground.queue.wait(playground.queue.enqueue("PPARK", Trigger.PAGE), WAIT)
    assert state.phase is JobPhase.PARKED
    assert state.failures == ("Jira does not answer. Try again later.",)
    assert len(playground.ran["PPARK"]) == 3
    assert "PPARK" in [one.subject for one in playground.queue.parked()]
    assert [one.phase for one in playground.ended if one.subject == "PPARK"][-1] is JobPhase.PARKED


def test_the_engine_logs_no_traceback_of_a_job_that_was_given_up(playground, caplog):
    playground.does["PTOLD"] = lambda: JobOutcome(failures=("No such incident.",), hopeless=True)
    job = ask(playground.queue, "PTOLD", Trigger.WEBHOOK, delay=0)
    assert playground.queue.wait(job, WAIT).phase is JobPhase.PARKED
    playground.queue.wait(playground.queue.enqueue("PAFTER", Trigger.PAGE), WAIT)
    assert not [one for one in caplog.records if "background workflow" in one.getMessage()]


def test_a_fault_in_the_program_is_told_as_one(playground):
    playground.does["PFAULT"] = lambda: JobOutcome(1 // 0)
    state = playground.queue.wait(playground.queue.enqueue("PFAULT", Trigger.PAGE), WAIT)
    assert state.phase is JobPhase.PARKED
    assert "ZeroDivisionError" in state.failures[0]


def test_a_job_that_asks_to_be_continued_is_continued_then(playground):
    answers = iter([JobOutcome("half", again_in=0), JobOutcome("whole")])
    playground.does["PAGAIN"] = lambda: next(answers)
    state = playground.queue.wait(playground.queue.enqueue("PAGAIN", Trigger.PAGE), WAIT)
    assert (state.phase, state.attempt, state.summary) == (JobPhase.DONE, 2, "whole")


def test_a_quota_that_is_used_up_is_waited_for(playground):
    def refuse() -> JobOutcome:
        raise OutOfQuota("Too many requests.", again_in=3600.0)

    playground.does["PQUOTA"] = refuse
    asked = datetime.now(UTC)
    job = playground.queue.enqueue("PQUOTA", Trigger.PAGE)
    eventually(lambda: playground.queue.state(job).phase is JobPhase.RETRYING)
    state = playground.queue.state(job)
    assert state.next_at - asked > timedelta(seconds=3500)
    assert state.failures == ("Too many requests.",)


def test_asking_again_does_not_wait_for_a_pause(playground):
    def refuse() -> JobOutcome:
        raise OutOfQuota("Too many requests.", again_in=3600.0)

    playground.does["PNOW"] = refuse
    job = ask(playground.queue, "PNOW", Trigger.WEBHOOK, event_id="e", delay=0)
    eventually(lambda: playground.queue.state(job).phase is JobPhase.RETRYING)
    playground.does["PNOW"] = lambda: JobOutcome("ok")
    assert playground.queue.wait(playground.queue.enqueue("PNOW", Trigger.PAGE), WAIT).phase is (
        JobPhase.DONE
    )


def test_a_listener_that_fails_undoes_no_job(playground):
    state = playground.queue.wait(playground.queue.enqueue("PDEAF", Trigger.PAGE), WAIT)
    assert state.phase is JobPhase.DONE


def test_an_unknown_job_has_no_state_and_cannot_be_waited_for(playground):
    assert playground.queue.state("PNONE:e") is None
    with pytest.raises(NotFound, match="PNONE:e"):
        playground.queue.wait("PNONE:e", WAIT)


def test_a_second_queue_in_the_process_is_refused(playground):
    other = Queue(playground.url, playground.run)
    with pytest.raises(PostmortemError, match="running in this process already"):
        other.start()
    assert playground.queue.workers() == 1
