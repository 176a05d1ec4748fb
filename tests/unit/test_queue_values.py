"""The queue's decisions and names, which need no database."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import WorkflowStatus
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConfigurationError, PayloadError
from connectors.incidents import IncidentId
from worker.jobs.job_lifecycle import (
    Done,
    JobOutcome,
    JobPhase,
    JobRequest,
    JobRetryPolicy,
    Parked,
    Standing,
    TryAgain,
    decide,
)
from worker.jobs.results import Action, Deed, IncidentResult, Trigger
from worker.queue import job_records
from worker.queue.job_records import INCIDENT_JOB, TICK, StoredJob, job_of, read_job
from worker.queue.jobs_database import InFile, OnServer, locate
from worker.queue.schedule import Schedule

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
POLICY = JobRetryPolicy(pauses=(60, 300), most_attempts=5)
FAILED = JobOutcome(failures=("Jira could not be reached.",))


def asking(**how: object) -> JobRequest:
    return JobRequest(IncidentId("PABC"), Trigger.SCHEDULE, **how)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("outcome", "attempt", "failed", "expected"),
    [
        (JobOutcome("drafted"), 1, 0, Done()),
        (FAILED, 1, 0, TryAgain(60, 1)),
        (FAILED, 2, 1, TryAgain(300, 2)),
        (FAILED, 3, 2, Parked(FAILED.failures)),
        (FAILED, 5, 0, Parked(FAILED.failures)),
        (replace(FAILED, hopeless=True), 1, 0, Done()),
        (replace(FAILED, hopeless=True, again_in=45), 5, 2, Done()),
        (JobOutcome(again_in=45), 1, 0, TryAgain(45, 0)),
        (JobOutcome(again_in=45), 4, 1, TryAgain(45, 1)),
        (JobOutcome(failures=("Quota.",), again_in=3600), 1, 0, TryAgain(3600, 1)),
        (JobOutcome(failures=("Quota.",), again_in=5), 1, 0, TryAgain(60, 1)),
    ],
)
def test_what_follows_an_attempt_depends_on_its_outcome(outcome, attempt, failed, expected):
    assert decide(outcome, attempt, failed, POLICY) == expected


@pytest.mark.parametrize("attempt", [1, 7])
def test_what_is_hopeless_is_parked_at_once_where_nobody_waits_to_be_told(attempt):
    hopeless = replace(FAILED, hopeless=True)
    decided = decide(hopeless, attempt, 0, POLICY, for_a_person=False)
    assert decided == Parked(FAILED.failures)


def test_a_job_that_never_comes_to_an_end_is_parked():
    decision = decide(JobOutcome(again_in=1), 5, 0, POLICY)
    assert isinstance(decision, Parked)
    assert "5 times" in decision.reasons[0]


@pytest.mark.parametrize(
    ("trigger", "how", "delay", "covered_from", "failed"),
    [
        (Trigger.WEBHOOK, {}, 10.0, 105.0, 0),
        (Trigger.WEBHOOK, {"delay": 0}, 0.0, 100.0, 0),
        (Trigger.PAGE, {}, 0.0, 100.0, 0),
        (Trigger.SCHEDULE, {"once": True}, 0.0, 100.0, 8),
    ],
)
def test_a_run_covers_a_webhooks_job_from_half_of_its_settle_time(
    trigger, how, delay, covered_from, failed
):
    request = JobRequest(IncidentId("PABC"), trigger, event_id="e", **how)
    job = StoredJob.of(request, settle=10.0, pauses=8, now=100.0)
    assert (job.request.delay, job.covered_from, job.failed) == (delay, covered_from, failed)


def test_what_is_stored_for_a_job_is_read_as_it_was():
    request = asking(pulls=False, resolved_at=NOON, first_at=NOON, asked=True)
    job = StoredJob("PABC:e", request, covered_from=99.0, failed=2, tried=98.0)
    assert read_job("PABC:e", json.loads(json.dumps(job.stored()))) == job


def test_what_the_release_before_stored_is_read():
    stored = {"incident": "PABC", "trigger": "page", "covered_from": 99.0, "failed": 1}
    assert read_job("PABC:e~2", stored) == StoredJob(
        "PABC:e~2", JobRequest(IncidentId("PABC"), Trigger.PAGE), covered_from=99.0, failed=1
    )
    wanted = {"pulls": True, "tracks": False, "resolved_at": None, "asked": True}
    later = {**stored, "wanted": wanted, "first": NOON.timestamp(), "tried": 98.0, "unknown": 1}
    assert read_job("PABC:e~2", later) == StoredJob(
        "PABC:e~2",
        JobRequest(IncidentId("PABC"), Trigger.PAGE, tracks=False, asked=True, first_at=NOON),
        covered_from=99.0,
        failed=1,
        tried=98.0,
    )


@pytest.mark.parametrize(
    ("now", "covered_from"), [(105.0, 105.0), (100.0, 100.001), (40.0, 100.001)]
)
def test_an_attempt_is_not_covered_by_the_one_before_it_though_the_clock_be_set_back(
    now, covered_from
):
    asked = StoredJob("PABC:e", asking(), covered_from=99.0)
    again = asked.next(1, 100.0, now, after=60)
    assert again == StoredJob("PABC:e~2", asking(delay=60), covered_from, failed=1, tried=100.0)


def test_an_outcome_is_read_off_the_result_of_an_incident():
    deeds = tuple(Deed(action, "x", "y") for action in (Action.DRAFTED, *[Action.CREATED] * 2))
    result = IncidentResult("PABC", deeds=deeds, failures=("No.",), again_in=3.0)
    assert JobOutcome.of([result]) == JobOutcome("1 drafted, 2 created", ("No.",), 3.0, (result,))


def test_an_outcome_keeps_the_failures_of_a_merges_target_and_leaves_the_text_out():
    merged = IncidentResult("PABC", merged_into="PDEF", skipped="Merged into PDEF.")
    target = IncidentResult("PDEF", failures=("PDEF was not read.",), diff="+ a long text")
    outcome = JobOutcome.of([merged, target])
    assert outcome.failures == ("PDEF was not read.",)
    assert outcome.results == (merged, replace(target, diff=""))


@pytest.mark.parametrize(
    ("others", "hopeless"),
    [
        ((), True),
        ((IncidentResult("PDEF"),), True),
        ((IncidentResult("PDEF", failures=("No.",)),), False),
    ],
)
def test_a_job_is_hopeless_only_if_all_that_failed_is(others, hopeless):
    gone = IncidentResult("PABC", failures=("There is no such incident.",), hopeless=True)
    assert JobOutcome.of([gone, *others]).hopeless is hopeless


def test_an_outcome_without_failures_is_not_hopeless():
    assert not JobOutcome.of([IncidentResult("PABC")]).hopeless


def test_an_outcome_keeps_what_holds_for_the_whole_run():
    assert JobOutcome.of([], ["Jira is not configured."]).notices == ("Jira is not configured.",)


def test_an_outcome_says_why_an_incident_was_skipped():
    result = IncidentResult("PABC", skipped="Its urgency is low.")
    assert JobOutcome.of([result]).summary == "Its urgency is low."


def test_an_outcome_says_what_was_done_beside_what_was_skipped():
    skipped = IncidentResult("PABC", skipped="Merged into PDEF.")
    done = IncidentResult("PDEF", deeds=(Deed(Action.DRAFTED, "x", "y"),))
    assert JobOutcome.of([skipped, done]).summary == "Merged into PDEF.; 1 drafted"


@pytest.mark.parametrize(("failures", "summary"), [((), "Nothing had to be done."), (("No.",), "")])
def test_an_outcome_without_deeds_says_so_where_nothing_failed(failures, summary):
    assert JobOutcome.of([IncidentResult("PABC", failures=failures)]).summary == summary


def test_an_attempt_that_says_no_time_follows_after_the_policy_s_pause():
    policy = JobRetryPolicy(pauses=(0.5,))
    assert decide(FAILED, 1, 0, policy) == TryAgain(0.5, 1)


ALL, FACTS, TICKETS = asking(), asking(tracks=False), asking(pulls=False)


@pytest.mark.parametrize(
    ("asked", "other", "covers"),
    [
        (ALL, TICKETS, True),
        (ALL, FACTS, True),
        (TICKETS, ALL, False),
        (FACTS, TICKETS, False),
        (ALL, asking(resolved_at=NOON), False),
        (asking(resolved_at=NOON), ALL, True),
        (asking(resolved_at=NOON), asking(resolved_at=NOON), True),
        (ALL, asking(while_open=True), False),
        (asking(while_open=True), ALL, True),
        (ALL, asking(remakes=True), False),
        (asking(remakes=True), ALL, True),
        (ALL, asking(asked=True), False),
        (asking(asked=True), ALL, True),
        (asking(asked=True, found=True), asking(asked=True), False),
        (asking(asked=True), asking(asked=True, found=True), True),
        (asking(found=True), ALL, True),
    ],
)
def test_a_job_covers_another_only_if_it_does_all_that_the_other_would(asked, other, covers):
    assert asked.covers(other) is covers


def standing(phase: JobPhase, request: JobRequest | None = None, **times: datetime) -> Standing:
    return Standing(phase, request or ALL, **times, first_at=NOON - timedelta(days=7))


@pytest.mark.parametrize(
    ("known", "news", "seen_to"),
    [
        (standing(JobPhase.WAITING), None, True),
        (standing(JobPhase.WAITING, TICKETS), NOON, False),
        (standing(JobPhase.RETRYING, failed_at=NOON), None, True),
        (standing(JobPhase.RETRYING, failed_at=NOON), NOON - timedelta(seconds=1), True),
        (standing(JobPhase.RETRYING, failed_at=NOON), NOON + timedelta(seconds=1), False),
        (standing(JobPhase.PARKED, failed_at=NOON), None, True),
        (standing(JobPhase.PARKED, failed_at=NOON), NOON + timedelta(seconds=1), False),
        (standing(JobPhase.WAITING), NOON + timedelta(days=1), True),
        (standing(JobPhase.RUNNING, began_at=NOON), NOON - timedelta(seconds=1), True),
        (standing(JobPhase.RUNNING, began_at=NOON), NOON + timedelta(seconds=1), False),
        (standing(JobPhase.RUNNING, began_at=NOON), None, False),
        (standing(JobPhase.RUNNING), NOON, False),
    ],
)
def test_a_job_that_failed_is_asked_for_again_only_when_something_changed(known, news, seen_to):
    assert known.sees_to(ALL, news) is seen_to


@pytest.mark.parametrize("incident", ["PABC", "INC-12", "night_of_the_rain"])
def test_an_incident_may_be_called_as_a_person_calls_it(incident):
    assert job_records.subject_of(job_records.first_attempt(incident, "e")) == incident


def test_the_same_event_always_names_the_same_job():
    assert (
        job_records.first_attempt("PABC", "01EVT")
        == "PABC:01EVT"
        == job_records.first_attempt("PABC", "01EVT")
    )


@given(st.text(min_size=1), st.integers(min_value=0, max_value=4))
def test_a_name_tells_its_incident_and_attempt_whatever_the_event_is_called(event, retries):
    job = job_records.first_attempt("PABC", event)
    for _ in range(retries):
        job = job_records.next_attempt(job)
    assert job_records.attempt_number(job) == retries + 1
    assert job_records.subject_of(job) == "PABC"
    assert job.startswith(job_records.names_begin("PABC"))
    assert "/" not in job


@pytest.mark.parametrize("incident", ["", "P:1", "../x", "P~2", "P" * 81, "P%"])
def test_what_cannot_be_an_incident_is_refused(incident):
    with pytest.raises(PayloadError, match="not an incident's id"):
        job_records.first_attempt(incident, "e")


@given(st.floats(min_value=1, max_value=10**6), st.floats(min_value=0, max_value=4 * 10**9))
def test_every_moment_is_in_one_period_whatever_its_length(seconds, now):
    schedule = Schedule("look", timedelta(seconds=seconds), JobOutcome)
    period = schedule.period(now)
    slack = 1e-6 * now
    assert schedule.begins(period) <= now + slack
    assert now <= schedule.begins(period + 1) + slack


@pytest.mark.parametrize(
    ("at", "quiet_until", "expected"),
    [
        ("23:12:30", "00:00", "23:15"),
        ("23:15", "00:00", "23:20"),
        ("23:12", "23:30", "23:30"),
        ("23:12", "23:31", "23:35"),
    ],
)
def test_the_next_period_is_the_first_that_begins_when_it_is_not_quiet(at, quiet_until, expected):
    def today(time):
        return datetime.fromisoformat(f"2026-11-27T{time}+00:00")

    def quiet_for(moment):
        return max(today(quiet_until) - moment, timedelta())

    schedule = Schedule("look", timedelta(minutes=5), JobOutcome)
    assert schedule.next_after(today(at), quiet_for) == today(expected)


def test_the_tick_of_a_period_has_one_name_that_tells_its_schedule():
    seven = Schedule("look", timedelta(minutes=7), JobOutcome)
    names = {
        job_records.tick_name("look", 420, seven.period(now)) for now in (840.0, 1000.0, 1259.9)
    }
    assert names == {"@look:420:2"}
    assert job_records.subject_of("@look:420:2") == "look"


def test_a_schedule_shorter_than_a_second_is_refused():
    with pytest.raises(ConfigurationError, match="'look' cannot run every"):
        Schedule("look", timedelta(milliseconds=10), JobOutcome)


def test_the_jobs_of_sqlite_are_in_a_file_of_their_own(tmp_path: Path):
    place = locate(f"sqlite:///{tmp_path}/postmortem.db")
    assert place == InFile(tmp_path / "postmortem.queue.db")


def test_the_jobs_of_postgresql_are_in_the_same_database():
    place = locate("postgresql+psycopg://me:secret@db.example.com/pm?sslmode=require")
    assert place == OnServer("postgresql://me:secret@db.example.com/pm?sslmode=require")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:////nowhere/at/all/pm.db", "no directory /nowhere/at/all"),
        ("mysql://me:secret@db.example.com/pm", "cannot be kept in mysql"),
        ("secret", "cannot be read"),
    ],
)
def test_an_address_that_cannot_hold_jobs_is_refused_without_its_password(address, says):
    with pytest.raises(ConfigurationError, match=says) as refused:
        locate(address)
    assert "secret" not in str(refused.value)


def record(name: str, workflow: str, stored: object) -> WorkflowStatus:
    """Give what the engine keeps of a job, as far as it is read here."""
    row = WorkflowStatus()
    row.workflow_id, row.name, row.input = name, workflow, stored  # type: ignore[assignment]  # as stored
    return row


def test_a_tick_is_no_incidents_job_though_it_was_stored_with_its_arguments():
    tick = {"args": ["sweep", 60.0], "kwargs": {}}
    name = job_records.tick_name("sweep", 60, 1)
    assert job_of(record(name, TICK, tick)) is None


def test_a_record_whose_arguments_were_not_loaded_tells_no_job():
    asked = StoredJob("PABC:e", asking(), covered_from=99.0)
    stored = {"args": [asked.stored()], "kwargs": {}}
    assert job_of(record(asked.id, INCIDENT_JOB, stored)) == asked
    assert job_of(record(asked.id, INCIDENT_JOB, None)) is None


def test_the_engines_tables_are_named_in_two_modules_alone():
    """Each is a place that the engine's next release may break (ADR 10)."""
    own = [*Path(job_records.__file__).parents[1].rglob("*.py")]
    named = {one.name for one in own if "workflow_status" in one.read_text("utf-8")}
    assert named == {"job_order.py", "job_reader.py"}
