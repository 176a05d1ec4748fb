"""What the scheduled look puts into the queue, and what it leaves to jobs that are there already."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox.scenarios.checkout_storm import LENA
from connectors.sandbox import Fault
from tests.acceptance.world import Clock, World, world
from tests.integration.queue_support import ask, eventually
from worker.app.run_or_enqueue import TRIED_FOR, EnqueuedDue, enqueue_due
from worker.jobs.incident_job import do_job
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest, JobRetryPolicy
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.queue import Client, Queue

WAIT = 60.0


@dataclass
class Office:
    """A world with a queue whose jobs are done, or fail on request."""

    here: World
    queue: Client = field(init=False)
    fails: set[str] = field(default_factory=set)
    asked: list[JobRequest] = field(default_factory=list)

    def work(self, request: JobRequest) -> JobOutcome:
        self.asked.append(request)
        if request.incident in self.fails:
            return JobOutcome(failures=("It is not to be had.",))
        with self.here.context() as context:
            return JobOutcome.of(do_job(context, request))

    def look(
        self, trigger: Trigger = Trigger.SCHEDULE, since: timedelta | None = None
    ) -> EnqueuedDue:
        with self.here.context() as context:
            return enqueue_due(context, self.queue, trigger, since)

    def look_and_wait(self, **how: object) -> set[str]:
        """Look, wait for the jobs, and give the incidents that they are about."""
        handed = self.look(**how)  # type: ignore[arg-type]  # passed on
        for job in handed.jobs.values():
            self.queue.wait(job, WAIT)
        return set(handed.jobs)

    def until_quiet(self) -> None:
        """Look until nothing is due; a file read right after it was written is read once more."""
        for _ in range(3):
            if not self.look_and_wait():
                return
        raise AssertionError("there is always something to do")

    def until_tried(self, incident: str) -> None:
        """Wait until an incident's job was tried, whatever came of it."""
        untried = {JobPhase.WAITING, JobPhase.RUNNING}
        eventually(lambda: self.queue.standing()[incident].phase not in untried)

    def id(self, name: str) -> str:
        return self.here.incidents[name].id


class PassingTime(Clock):
    """The time as it is, which passes between a look and the end of the job that it asked for."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def office(tmp_path) -> Iterator[Callable[..., Office]]:
    """Give an office whose first look reaches back to all scenarios; failures wait for an hour."""
    with world(tmp_path, SiteKind.CLOUD) as here:
        here.clock.now = datetime.now(UTC) + timedelta(hours=2)
        here.policy = replace(here.policy, look_back=timedelta(days=90), quiet_for=timedelta(0))
        office = Office(here)

        def opened(pauses: tuple[float, ...] = (3600,), *, works: bool = True) -> Office:
            url = f"sqlite:///{tmp_path}/queue.db"
            settings = QueueSettings(settle=0, poll=0.05, retry=JobRetryPolicy(pauses))
            if works:
                office.queue = Queue(url, office.work, settings=settings)
            else:
                office.queue = Client(url, settings)
            office.queue.start()
            return office

        yield opened
        office.queue.stop()


def test_every_incident_without_a_document_gets_a_job_and_then_none(office):
    there = office()
    handed = there.look_and_wait()
    assert handed == {one.id for one in there.here.incidents.values()}
    drafted = {name for name in there.here.incidents if name != "merged"}
    assert all(there.here.path(name).exists() for name in drafted)
    there.until_quiet()


def test_a_look_leaves_to_the_queue_what_waits_in_it(office):
    there = office(works=False)
    first = there.look()
    assert len(first.jobs) == len(there.here.incidents)
    assert there.look().jobs == {}


def test_a_person_who_asks_is_not_put_off_by_what_waits(office):
    there = office(works=False)
    first = there.look()
    assert set(there.look(Trigger.COMMAND).jobs) == set(first.jobs)


def test_a_waiting_job_that_leaves_out_the_facts_is_not_enough(office):
    there = office(works=False)
    incident = there.id("quick fix")
    ask(there.queue, incident, Trigger.WEBHOOK, pulls=False, event_id="e")
    assert incident in there.look().jobs


def test_one_poisoned_incident_is_left_to_its_pauses_and_holds_up_no_other(office):
    there = office()
    poisoned = there.id("quick fix")
    there.fails = {poisoned}
    handed = there.look()
    for incident, job in handed.jobs.items():
        if incident != poisoned:
            there.queue.wait(job, WAIT)
    there.until_tried(poisoned)
    assert there.queue.standing()[poisoned].phase is JobPhase.RETRYING
    assert there.here.path("checkout storm").exists()
    assert poisoned not in there.look_and_wait()


def test_a_parked_job_is_left_alone_until_something_changes(office):
    there = office(pauses=())
    there.fails = {there.id("quick fix")}
    there.look_and_wait()
    assert there.id("quick fix") not in there.look_and_wait()
    there.fails = set()
    later = datetime.now(UTC) + timedelta(hours=1)
    there.here.incidents["quick fix"].note("It was the cache.", later, by=LENA)
    assert there.look_and_wait() == {there.id("quick fix")}
    assert there.here.path("quick fix").exists()


def test_a_full_pass_tries_once_more_what_was_parked(office):
    there = office(pauses=())
    there.fails = {there.id("quick fix")}
    there.look_and_wait()
    there.here.clock.sleep(there.here.policy.full_pass.total_seconds())
    assert there.look_and_wait() == {there.id("quick fix")}
    assert there.queue.standing()[there.id("quick fix")].phase is JobPhase.PARKED
    assert there.id("quick fix") not in there.look_and_wait()
    there.fails = set()
    there.here.clock.sleep(there.here.policy.full_pass.total_seconds())
    there.look_and_wait()
    assert there.queue.parked() == []


def test_what_was_parked_two_weeks_ago_is_not_tried_again_by_itself(office):
    there = office(pauses=())
    there.fails = {there.id("quick fix")}
    there.look_and_wait()
    there.here.clock.sleep((TRIED_FOR - timedelta(days=1)).total_seconds())
    assert there.id("quick fix") in there.look_and_wait()
    there.here.clock.sleep(timedelta(days=2).total_seconds())
    assert there.id("quick fix") not in there.look_and_wait()
    assert [one.subject for one in there.queue.parked()] == [there.id("quick fix")]


def test_a_changed_document_and_a_changed_ticket_get_a_job_each_and_nothing_else_does(office):
    there = office()
    there.until_quiet()
    here = there.here
    here.add_rows("Add monitoring | Lena | High | ")
    assert there.look_and_wait() == {there.id("quick fix")}
    (key,) = (key for key in here.linked() if key)
    here.clock.sleep(120)
    here.jira.transition(key, "Done")
    there.asked.clear()
    assert there.look_and_wait() == {there.id("quick fix")}
    assert [(one.pulls, one.tracks) for one in there.asked] == [(False, True)]
    assert here.statuses() == ["Done"]
    there.until_quiet()


def test_what_was_found_is_found_again_by_a_process_that_takes_over_in_between(office, monkeypatch):
    there = office(works=False)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("worker.app.run_or_enqueue.move_cursors", killed)
    with pytest.raises(KeyboardInterrupt):
        there.look()
    monkeypatch.undo()
    there.here.policy = replace(there.here.policy, look_back=timedelta(days=90))
    assert there.look().jobs == {}, "the jobs are in the queue, and are not asked for twice"
    assert len(there.queue.standing()) == len(there.here.incidents)


def test_an_incident_and_one_that_was_merged_into_it_can_be_worked_on_at_once(office):
    there = office()
    names = ("checkout storm", "merged")
    jobs = [ask(there.queue, there.id(name), Trigger.WEBHOOK, event_id="e") for name in names]
    assert [there.queue.wait(job, WAIT).phase for job in jobs] == [JobPhase.DONE, JobPhase.DONE]
    assert there.id("merged") in there.here.text("checkout storm")


def test_a_row_that_is_refused_each_time_has_one_job(office):
    there = office()
    there.look_and_wait()
    there.here.clock = PassingTime()
    there.here.add_rows("Do the thing")
    refused = {"errorMessages": [], "errors": {"summary": "Not on a Friday."}}
    there.here.jira.fault(Fault("POST .*issue", 400, body=refused, times=None))
    incident = there.id("quick fix")
    assert incident in there.look().jobs
    there.until_tried(incident)
    for _ in range(3):
        assert incident not in there.look().jobs
