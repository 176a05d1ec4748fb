"""What the schedule asked for before a quiet time is left for its end; what people ask for is done."""

from pathlib import Path

from tests.service.happenings import resolved_incident
from tests.service.installation import installation
from tests.service.processes import WAIT, until
from worker.app.registry import load_settings as load
from worker.app.worker import Worker
from worker.jobs.job_lifecycle import JobPhase
from worker.jobs.results import Trigger

ALWAYS = '\n[[quiet_times]]\nfrom = "00:00"\nto = "00:00"\n'


def test_a_job_of_the_schedule_waits_for_the_end_of_a_quiet_time(tmp_path: Path) -> None:
    with installation(tmp_path, "sqlite") as here:
        file = tmp_path / "postmortem.toml"
        file.write_text(file.read_text("utf-8") + ALWAYS, "utf-8")
        worker = Worker(load(None, here.environment))
        worker.start()
        try:
            left, asked = (resolved_incident(here.pagerduty.account) for _ in range(2))
            job = worker.queue.enqueue(left.id, Trigger.SCHEDULE)
            until(lambda: worker.queue.state(job).phase is JobPhase.RETRYING, "the job is left")
            state = worker.queue.state(job)
            assert state is not None
            assert state.failures == ()
            assert state.next_at is not None
            assert here.documents.of(left.id) == []
            done = worker.queue.wait(worker.queue.enqueue(asked.id, Trigger.PAGE), WAIT)
            assert done.phase is JobPhase.DONE
            assert here.documents.of(asked.id)
            other = worker.queue.wait(worker.queue.enqueue(left.id, Trigger.COMMAND), WAIT)
            assert other.phase is JobPhase.DONE
            assert here.documents.of(left.id), "what was left does not stand for what was asked"
        finally:
            worker.stop()
