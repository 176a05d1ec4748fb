"""What is still to be done and what was given up, on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from connectors.errors import OutOfQuota
from tests.integration.queue_playground import Playground, opened
from tests.integration.queue_support import KINDS, WAIT, ask, eventually
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest
from worker.jobs.results import IncidentResult, Trigger
from worker.queue import job_reader
from worker.queue.jobs_database import locate, patient_engine

FAILED = JobOutcome(failures=("No.",))
ALL: dict[str, object] = {}
FACTS, TICKETS = {"tracks": False}, {"pulls": False}


@pytest.fixture(scope="module", params=KINDS)
def playground(request, tmp_path_factory) -> Iterator[Playground]:
    with opened(request.param, tmp_path_factory.mktemp("queue")) as ground:
        yield ground


def once(
    playground: Playground, incident: str, wanted: dict[str, object], outcome: JobOutcome
) -> None:
    """Let an incident's job end so."""
    playground.does[incident] = lambda: outcome
    job = ask(playground.queue, incident, Trigger.SCHEDULE, **wanted, once=True)
    playground.queue.wait(job, WAIT)


def given_up(playground: Playground) -> list[str]:
    """Name the incidents whose jobs were given up; without the engine the same is read."""
    parked = playground.queue.parked()
    assert job_reader.jobs(playground.url, only_parked=True) == parked
    return [one.subject for one in parked]


def test_where_each_incident_stands_is_told(playground):
    playground.does["PBAD"] = lambda: JobOutcome(failures=("No.",))
    before = datetime.now(UTC)
    playground.queue.wait(playground.queue.enqueue("PBAD", Trigger.PAGE), WAIT)
    playground.queue.wait(playground.queue.enqueue("PGOOD", Trigger.PAGE), WAIT)
    later = ask(playground.queue, "PSOON", Trigger.WEBHOOK, pulls=False, event_id="e", delay=1)
    standing = playground.queue.standing()
    assert "PGOOD" not in standing
    soon = standing["PSOON"]
    assert (soon.phase, soon.failed_at, soon.began_at) == (JobPhase.WAITING, None, None)
    assert (soon.request.pulls, soon.request.tracks) == (False, True)
    assert standing["PBAD"].phase is JobPhase.PARKED
    assert standing["PBAD"].failed_at >= before - timedelta(seconds=1)
    playground.queue.wait(later, WAIT)


def test_a_job_under_way_is_told_with_the_time_it_began(playground):
    running, release = threading.Event(), threading.Event()

    def hold() -> JobOutcome:
        running.set()
        release.wait(WAIT)
        return JobOutcome(failures=("No.",))

    playground.does["PNEWS"] = hold
    before = datetime.now(UTC) - timedelta(seconds=1)
    job = ask(playground.queue, "PNEWS", Trigger.SCHEDULE, once=True)
    assert running.wait(WAIT)
    while_it_ran = datetime.now(UTC)
    known = playground.queue.standing()["PNEWS"]
    assert known.phase is JobPhase.RUNNING
    assert before <= known.began_at <= while_it_ran
    ask(playground.queue, "PNEWS", Trigger.SCHEDULE, pulls=False, delay=3600)
    assert playground.queue.standing()["PNEWS"].phase is JobPhase.WAITING
    release.set()
    playground.queue.wait(job, WAIT)
    failed_at = playground.queue.standing()["PNEWS"].failed_at
    assert failed_at is None, "the job that waits counts before the one that was given up"


def test_news_that_came_while_the_failing_attempt_ran_is_news(playground):
    came: list[datetime] = []

    def fail() -> JobOutcome:
        threading.Event().wait(0.5)  # more than two machines' clocks are reckoned apart
        came.append(datetime.now(UTC))
        raise OutOfQuota("Too many requests.", again_in=3600.0)

    playground.does["PTHEN"] = fail
    job = playground.queue.enqueue("PTHEN", Trigger.SCHEDULE)
    eventually(lambda: playground.queue.state(job).phase is JobPhase.RETRYING)
    known = playground.queue.standing()["PTHEN"]
    request = JobRequest(known.request.incident, Trigger.SCHEDULE)
    assert known.phase is JobPhase.RETRYING
    assert not known.sees_to(request, came[0])
    assert known.sees_to(request, came[0] - timedelta(minutes=1))


def test_since_when_work_was_asked_for_is_remembered_over_all_attempts(playground):
    def fail() -> JobOutcome:
        return JobOutcome(failures=("No.",))

    playground.does["PLONG"] = fail
    weeks_ago = datetime(2026, 1, 2, 3, tzinfo=UTC)
    job = ask(playground.queue, "PLONG", Trigger.SCHEDULE, first_at=weeks_ago)
    assert playground.queue.wait(job, WAIT).attempt == 3
    assert playground.queue.standing()["PLONG"].first_at == weeks_ago


def test_what_was_left_stands_for_nothing_that_is_wanted(playground):
    playground.does["PLEFT"] = lambda: JobOutcome(failures=("No.",))
    playground.queue.wait(ask(playground.queue, "PLEFT", Trigger.SCHEDULE, once=True), WAIT)
    playground.does["PLEFT"] = lambda: JobOutcome("It is quiet.", left=True)
    first, second = (playground.queue.enqueue("PLEFT", Trigger.SCHEDULE) for _ in range(2))
    assert playground.queue.wait(first, WAIT).phase is JobPhase.DONE
    assert playground.queue.wait(second, WAIT).summary == "It is quiet."
    assert len(playground.ran["PLEFT"]) == 3, "neither of the two stood for the other"
    assert "PLEFT" in [one.subject for one in playground.queue.parked()]


GONE = JobOutcome("nothing", failures=("There is no such incident.",), hopeless=True)


def test_a_hopeless_job_is_over_for_the_person_who_asked_and_is_not_listed(playground):
    playground.does["PVOID"] = lambda: GONE
    state = playground.queue.wait(playground.queue.enqueue("PVOID", Trigger.PAGE), WAIT)
    assert (state.phase, state.attempt, state.failures) == (JobPhase.DONE, 1, GONE.failures)
    assert [one.failures for one in playground.ended if one.subject == "PVOID"] == [GONE.failures]
    assert "PVOID" not in playground.queue.standing()
    assert "PVOID" not in given_up(playground)


@pytest.mark.parametrize("trigger", [Trigger.WEBHOOK, Trigger.SCHEDULE])
def test_a_hopeless_job_that_nobody_asked_for_is_parked_until_a_person_is_told(playground, trigger):
    incident = f"PVOID{trigger.name}"
    told = IncidentResult(incident, warnings=("It was read in part.",), failures=GONE.failures)
    playground.does[incident] = lambda: replace(GONE, results=(told,))
    state = playground.queue.wait(ask(playground.queue, incident, trigger, event_id="e"), WAIT)
    assert (state.phase, state.attempt, state.failures) == (JobPhase.PARKED, 1, GONE.failures)
    assert state.results == (told,)
    assert incident in given_up(playground)
    playground.queue.wait(playground.queue.enqueue(incident, Trigger.PAGE), WAIT)
    assert incident not in given_up(playground)


def test_each_job_that_is_not_over_is_listed_with_why_and_when_and_those_given_up(playground):
    began, release = threading.Event(), threading.Event()

    def hold() -> JobOutcome:
        began.set()
        release.wait(WAIT)
        return JobOutcome("ok")

    playground.does |= {
        "PRUNS": hold,
        "PAGAIN": lambda: JobOutcome(failures=("Jira is down.",), again_in=3600),
        "PLATER": lambda: JobOutcome("It is quiet.", again_in=3600),
    }
    again = playground.queue.enqueue("PAGAIN", Trigger.SCHEDULE)
    later = playground.queue.enqueue("PLATER", Trigger.SCHEDULE)
    for job in (again, later):
        eventually(lambda job=job: playground.queue.state(job).phase is JobPhase.RETRYING)
    once(playground, "PLISTED", ALL, FAILED)
    running = playground.queue.enqueue("PRUNS", Trigger.PAGE)
    assert began.wait(WAIT)
    ask(playground.queue, "PWAITS", Trigger.WEBHOOK, event_id="w", delay=3600)
    try:
        current = playground.queue.current()
        assert job_reader.jobs(playground.url) == current
    finally:
        release.set()
        playground.queue.wait(running, WAIT)
    listed = {one.subject: one for one in current}
    assert {name: listed[name].phase for name in ("PRUNS", "PWAITS", "PAGAIN", "PLISTED")} == {
        "PRUNS": JobPhase.RUNNING,
        "PWAITS": JobPhase.WAITING,
        "PAGAIN": JobPhase.RETRYING,
        "PLISTED": JobPhase.PARKED,
    }
    tried = listed["PAGAIN"]
    assert (tried.attempt, tried.failures) == (2, ("Jira is down.",))
    assert tried.next_at > datetime.now(UTC) + timedelta(minutes=50)
    told = next(one for one in playground.ended if one.subject == "PAGAIN")
    assert abs(told.next_at - tried.next_at) < timedelta(seconds=5)
    assert (listed["PLATER"].failures, listed["PLATER"].summary) == ((), "It is quiet.")
    assert listed["PWAITS"].next_at is not None


@pytest.mark.parametrize(
    ("number", "later", "listed"),
    [
        (1, ALL, (JobPhase.WAITING, ())),
        (2, TICKETS, (JobPhase.RETRYING, ("Not on a Friday.",))),
    ],
)
def test_a_job_that_a_later_run_did_only_waits_and_has_no_reason(playground, number, later, listed):
    incident = f"PFRIDAY{number}"
    playground.does[incident] = lambda: JobOutcome(failures=("Not on a Friday.",), again_in=3600)
    job = playground.queue.enqueue(incident, Trigger.SCHEDULE)
    eventually(lambda: playground.queue.state(job).phase is JobPhase.RETRYING)
    once(playground, incident, later, JobOutcome("ok"))
    current = playground.queue.current()
    assert job_reader.jobs(playground.url) == current
    (one,) = (one for one in current if one.subject == incident)
    assert ((one.phase, one.failures), one.summary) == (listed, "")
    assert one.next_at is not None


def test_a_parked_job_is_made_good_by_a_later_one_that_succeeds(playground):
    playground.does["PMEND"] = lambda: JobOutcome(failures=("No.",))
    playground.queue.wait(playground.queue.enqueue("PMEND", Trigger.PAGE), WAIT)
    playground.does["PMEND"] = lambda: JobOutcome(failures=("Still no.",), again_in=3600)
    later = playground.queue.enqueue("PMEND", Trigger.PAGE)
    eventually(lambda: playground.queue.state(later).phase is JobPhase.RETRYING)
    assert "PMEND" in [one.subject for one in playground.queue.parked()]
    playground.does["PMEND"] = lambda: JobOutcome("ok")
    playground.queue.wait(playground.queue.enqueue("PMEND", Trigger.PAGE), WAIT)
    assert "PMEND" not in [one.subject for one in playground.queue.parked()]


@pytest.mark.parametrize(
    ("number", "wanted", "later", "good"),
    [
        (1, ALL, TICKETS, False),
        (2, ALL, FACTS, False),
        (3, TICKETS, FACTS, False),
        (4, TICKETS, ALL, True),
        (5, {"asked": True}, ALL, False),
        (6, {"resolved_at": datetime(2026, 1, 2, tzinfo=UTC)}, ALL, True),
    ],
)
def test_only_a_run_that_did_all_that_was_wanted_makes_a_job_good(
    playground, number, wanted, later, good
):
    incident = f"PGOOD{number}"
    once(playground, incident, wanted, FAILED)
    request = playground.queue.standing()[incident].request
    assert {name: getattr(request, name) for name in wanted} == wanted
    once(playground, incident, later, JobOutcome("ok"))
    assert (incident not in given_up(playground)) is good


def test_a_job_given_up_stays_listed_behind_a_lesser_one_that_was_made_good(playground):
    once(playground, "PBEHIND", ALL, FAILED)
    once(playground, "PBEHIND", TICKETS, FAILED)
    once(playground, "PBEHIND", TICKETS, JobOutcome("ok"))
    assert playground.queue.standing()["PBEHIND"].request.pulls


def test_a_job_of_which_a_person_is_told_that_it_is_hopeless_is_given_up_no_longer(playground):
    once(playground, "PGONE", ALL, FAILED)
    playground.does["PGONE"] = lambda: GONE
    playground.queue.wait(playground.queue.enqueue("PGONE", Trigger.COMMAND), WAIT)
    assert "PGONE" not in given_up(playground)


def test_jobs_given_up_are_listed_by_their_latest_failure(playground):
    for incident in ("PORDER1", "PORDER2", "PORDER1"):
        once(playground, incident, ALL, FAILED)
    assert [one for one in given_up(playground) if "ORDER" in one] == ["PORDER2", "PORDER1"]


def test_a_job_of_another_program_in_the_same_tables_is_not_listed(playground):
    for incident in ("PTHEIRS", "PNOBODYS"):
        once(playground, incident, ALL, FAILED)
    memory = patient_engine(locate(playground.url), 30, 1)
    schema = "" if memory.dialect.name == "sqlite" else "dbos."
    owned = sa.text(
        f"UPDATE {schema}workflow_status SET application_name = :owner"  # noqa: S608 - our own words
        " WHERE workflow_uuid LIKE :job"
    )
    with memory.begin() as connection:
        connection.execute(owned, {"owner": "another", "job": "PTHEIRS:%"})
        connection.execute(owned, {"owner": None, "job": "PNOBODYS:%"})
    memory.dispose()
    names = given_up(playground)
    assert "PTHEIRS" not in names
    assert "PNOBODYS" in names


def test_jobs_given_up_are_found_by_as_many_queries_however_many_they_are(playground):
    def queries() -> int:
        seen: list[int] = []
        mine = threading.get_ident()

        def count(*_: object) -> None:
            if threading.get_ident() == mine:
                seen.append(1)

        sa.event.listen(sa.Engine, "before_cursor_execute", count)
        try:
            playground.queue.parked()
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", count)
        return len(seen)

    once(playground, "PCOUNT1", ALL, FAILED)
    few = queries()
    for incident in ("PCOUNT2", "PCOUNT3"):
        once(playground, incident, ALL, FAILED)
    assert few > 0
    assert queries() == few
