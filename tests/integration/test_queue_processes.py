"""Several processes on one database, one of them killed: each job is done, and done once.

Run as a program, this module is such a process: it works on the database that it is given, writes
a line to the log when a job begins and ends, and lets a job end only once the gate is open.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests import warm
from tests.integration.queue_support import KINDS, WAIT, ask, database, eventually
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRequest, JobRetryPolicy
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.queue import Client, Queue
from worker.queue.schedule import Schedule

REPOSITORY = Path(__file__).parents[2]


class Log:
    """What all the processes wrote, line by line; a line is written in one piece."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, *words: object) -> None:
        line = " ".join(map(str, words)) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, line.encode())
        os.close(descriptor)

    def lines(self) -> list[list[str]]:
        if not self.path.exists():
            return []
        return [line.split() for line in self.path.read_text().splitlines()]

    def count(self, *words: str) -> int:
        return sum(line[: len(words)] == list(words) for line in self.lines())


def main(url: str, log: Log, gate: Path, tick_every: int, pauses: int) -> None:
    def run(request: JobRequest) -> JobOutcome:
        incident = request.incident
        log.write("begin", incident, os.getpid())
        while not gate.exists():
            time.sleep(0.02)
        log.write("end", incident, os.getpid())
        return JobOutcome("done")

    def tick() -> JobOutcome:
        log.write("tick", os.getpid())
        return JobOutcome("looked")

    schedules = [Schedule("look", timedelta(seconds=tick_every), tick)] if tick_every else []
    retry = JobRetryPolicy(pauses=(60,) * pauses)
    settings = QueueSettings(poll=0.05, heartbeat=0.2, parallel=2, retry=retry)
    queue = Queue(url, run, schedules, settings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    queue.start()
    log.write("ready", os.getpid())
    stop.wait()
    queue.stop()


@contextmanager
def process(
    url: str, log: Log, gate: Path, tick_every: int = 0, pauses: int = 1
) -> Iterator[warm.Started | subprocess.Popen]:
    """A working process, ended with the block if it still lives."""
    words = (url, log.path, gate, tick_every, pauses)
    said = log.path.with_suffix(".said")
    with said.open("ab") as out:
        one = warm.start(
            *map(str, words),
            folder=REPOSITORY,
            environment={"PATH": os.environ["PATH"]},
            stdout=out,
            stderr=out,
            module=__name__,
        )
    try:
        eventually(lambda: log.count("ready", str(one.pid)) > 0)
        yield one
    finally:
        one.send_signal(signal.SIGTERM)
        one.wait(WAIT)
        print(said.read_text())  # noqa: T201 - pytest shows it where the test fails


@contextmanager
def asking(url: str) -> Iterator[Client]:
    """A queue in this process that asks and looks but runs nothing."""
    queue = Client(url)
    queue.start()
    try:
        yield queue
    finally:
        queue.stop()


@pytest.fixture(params=KINDS)
def url(request, tmp_path) -> Iterator[str]:
    with database(request.param, tmp_path, empty=True) as url:
        yield url


def test_the_job_of_a_killed_process_goes_on_when_it_is_started_again(url, tmp_path):
    log, gate = Log(tmp_path / "log"), tmp_path / "gate"
    with asking(url) as queue:
        with process(url, log, gate) as first:
            job = queue.enqueue("PABC", Trigger.PAGE)
            eventually(lambda: log.count("begin", "PABC") == 1)
            first.send_signal(signal.SIGKILL)
            first.wait(WAIT)
        gate.touch()
        assert not queue.state(job).phase.over
        with process(url, log, gate):
            state = queue.wait(job, WAIT)
    assert (state.phase, state.attempt) == (JobPhase.DONE, 2)
    assert log.count("end", "PABC") == 1


@pytest.mark.parametrize("kind", ["postgresql"])
def test_the_job_of_a_killed_process_goes_on_in_another_one(kind, tmp_path):
    log, gate = Log(tmp_path / "log"), tmp_path / "gate"
    with database(kind, tmp_path) as url, asking(url) as queue, process(url, log, gate) as first:
        job = queue.enqueue("PABC", Trigger.PAGE)
        eventually(lambda: log.count("begin", "PABC", str(first.pid)) == 1)
        with process(url, log, gate) as second:
            assert queue.workers() == 2
            later = queue.enqueue("PABC", Trigger.PAGE)
            first.send_signal(signal.SIGKILL)
            eventually(lambda: log.count("begin", "PABC", str(second.pid)) == 1)
            gate.touch()
            assert queue.wait(job, WAIT).phase is JobPhase.DONE
            assert queue.wait(later, WAIT).phase is JobPhase.DONE


def test_a_job_that_kills_its_process_each_time_is_parked(tmp_path):
    url = f"sqlite:///{tmp_path}/postmortem.db"
    log, gate = Log(tmp_path / "log"), tmp_path / "gate"
    with asking(url) as queue:
        job = queue.enqueue("PDEADLY", Trigger.PAGE)
        with process(url, log, gate, pauses=0) as one:
            eventually(lambda: log.count("begin", "PDEADLY") == 1)
            one.send_signal(signal.SIGKILL)
        with process(url, log, gate, pauses=0):
            state = queue.wait(job, WAIT)
        assert [one.subject for one in queue.parked()] == ["PDEADLY"]
    assert state.phase is JobPhase.PARKED
    assert "ended before the job did" in state.failures[0]
    assert log.count("begin", "PDEADLY") == 1


def test_two_processes_do_each_job_and_each_tick_once(url, tmp_path):
    log, gate = Log(tmp_path / "log"), tmp_path / "gate"
    gate.touch()
    incidents = [f"P{number}" for number in range(12)]
    with asking(url) as queue:
        with process(url, log, gate, tick_every=1), process(url, log, gate, tick_every=1):
            assert queue.workers() == 2
            asked = [
                ask(queue, incident, Trigger.WEBHOOK, event_id=f"e{event}", delay=0)
                for event in (1, 2, 1)
                for incident in incidents
            ]
            assert {queue.wait(job, WAIT).phase for job in asked} == {JobPhase.DONE}
            eventually(lambda: log.count("tick") >= 3)
        fired = queue.list(workflow_id_prefix="@look:", status="SUCCESS")
    one_at_a_time(log)
    runs = Counter(line[1] for line in log.lines() if line[0] == "begin")
    assert set(runs) == set(incidents)
    assert set(runs.values()) <= {1, 2}
    periods = {row.workflow_id for row in fired if row.output["ran"]}
    assert len(periods) == log.count("tick")


def one_at_a_time(log: Log) -> None:
    at_work: Counter[str] = Counter()
    for what, incident, *_ in (line for line in log.lines() if line[0] in {"begin", "end"}):
        at_work[incident] += 1 if what == "begin" else -1
        assert at_work[incident] in {0, 1}, f"{incident} was worked on twice at once"


if __name__ == "__main__":
    main(sys.argv[1], Log(Path(sys.argv[2])), Path(sys.argv[3]), *map(int, sys.argv[4:]))
