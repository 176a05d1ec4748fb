"""The queue's decisions and names, which need no database."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConfigurationError, PayloadError
from worker.jobs.results import Action, Deed, IncidentResult
from worker.queue import ids
from worker.queue.location import InFile, OnServer, locate
from worker.queue.policy import Again, Done, JobOutcome, Parked, RetryPolicy, decide
from worker.queue.schedule import cron

POLICY = RetryPolicy(pauses=(60, 300), most_attempts=5)
FAILED = JobOutcome(failures=("Jira could not be reached.",))


@pytest.mark.parametrize(
    ("outcome", "attempt", "failed", "expected"),
    [
        (JobOutcome("drafted"), 1, 0, Done()),
        (FAILED, 1, 0, Again(60, 1)),
        (FAILED, 2, 1, Again(300, 2)),
        (FAILED, 3, 2, Parked(FAILED.failures)),
        (FAILED, 5, 0, Parked(FAILED.failures)),
        (JobOutcome(again_in=45), 1, 0, Again(45, 0)),
        (JobOutcome(again_in=45), 4, 1, Again(45, 1)),
        (JobOutcome(failures=("Quota.",), again_in=3600), 1, 0, Again(3600, 1)),
        (JobOutcome(failures=("Quota.",), again_in=5), 1, 0, Again(60, 1)),
    ],
)
def test_what_follows_an_attempt_depends_on_its_outcome_alone(outcome, attempt, failed, expected):
    assert decide(outcome, attempt, failed, POLICY) == expected


def test_a_job_that_never_comes_to_an_end_is_parked():
    decision = decide(JobOutcome(again_in=1), 5, 0, POLICY)
    assert isinstance(decision, Parked)
    assert "5 times" in decision.reasons[0]


def test_an_outcome_is_read_off_the_result_of_an_incident():
    deeds = tuple(Deed(action, "x", "y") for action in (Action.DRAFTED, *[Action.CREATED] * 2))
    result = IncidentResult("PABC", deeds=deeds, failures=("No.",), again_in=3.0)
    assert JobOutcome.of(result) == JobOutcome("1 drafted, 2 created", ("No.",), 3.0)


def test_an_outcome_says_why_an_incident_was_skipped():
    result = IncidentResult("PABC", skipped="Its urgency is low.")
    assert JobOutcome.of(result).summary == "Its urgency is low."


def test_the_same_event_always_names_the_same_job():
    assert ids.first("PABC", "01EVT") == "PABC:01EVT" == ids.first("PABC", "01EVT")


@given(st.text(min_size=1), st.integers(min_value=0, max_value=4))
def test_a_name_tells_its_incident_and_attempt_whatever_the_event_is_called(event, retries):
    job = ids.first("PABC", event)
    for _ in range(retries):
        job = ids.successor(job)
    assert ids.attempt(job) == retries + 1
    assert ids.incident(job) == "PABC"
    assert job.startswith(ids.prefix("PABC"))
    assert "/" not in job


@pytest.mark.parametrize("incident", ["", "P:1", "../x", "P~2", "P" * 81, "P%"])
def test_what_cannot_be_an_incident_is_refused(incident):
    with pytest.raises(PayloadError, match="not an incident's id"):
        ids.first(incident, "e")


@pytest.mark.parametrize(
    ("every", "expression"),
    [
        (timedelta(seconds=10), "*/10 * * * * *"),
        (timedelta(minutes=1), "0 */1 * * * *"),
        (timedelta(minutes=5), "0 */5 * * * *"),
        (timedelta(hours=6), "0 0 */6 * * *"),
        (timedelta(days=1), "0 0 0 * * *"),
    ],
)
def test_an_interval_is_written_as_cron(every, expression):
    assert cron(every) == expression


@pytest.mark.parametrize(
    ("every", "instead"),
    [
        (timedelta(minutes=7), "0:06:00"),
        (timedelta(days=2), "1 day"),
        (timedelta(seconds=90), "0:01:00"),
        (timedelta(0), "0:00:01"),
        (timedelta(microseconds=500), "0:00:01"),
    ],
)
def test_an_interval_that_cron_cannot_say_is_refused_with_one_that_it_can(every, instead):
    with pytest.raises(ConfigurationError, match=instead):
        cron(every)


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
