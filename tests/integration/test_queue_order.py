"""What a person or a webhook asks for goes before what a look found, oldest first within each."""

import threading
from pathlib import Path

import pytest

from connectors.incidents import IncidentId
from tests.integration.queue_support import KINDS, database, eventually
from worker.jobs.job_lifecycle import JobOutcome, JobRequest
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.queue import Client, Queue

FOUND = [f"PFOUND{number:02}" for number in range(12)]
SYNCED = [f"PSYNC{number:02}" for number in range(6)]
ASKED = [f"PASKED{number:02}" for number in range(6)]


def requests(names: list[str], trigger: Trigger, *, found: bool) -> list[JobRequest]:
    return [JobRequest(IncidentId(name), trigger, found=found, delay=0) for name in names]


@pytest.mark.parametrize("kind", KINDS)
def test_the_most_urgent_goes_first_and_the_oldest_of_those(kind: str, tmp_path: Path) -> None:
    begun: list[str] = []
    free = threading.Event()

    def work(request: JobRequest) -> JobOutcome:
        free.wait(60)
        begun.append(request.incident)
        return JobOutcome("Done.")

    with database(kind, tmp_path) as url:
        queue = Queue(url, work, settings=QueueSettings(parallel=1, poll=0.05))
        queue.start()
        asking = Client(url)
        asking.start()
        try:
            asking.enqueue_all(requests(["PFIRST"], Trigger.SCHEDULE, found=True))
            eventually(lambda: not asking.backlog()[0])
            asking.enqueue_all(requests(FOUND[::-1], Trigger.SCHEDULE, found=True))
            asking.enqueue_all(requests(SYNCED, Trigger.COMMAND, found=True))
            for at, name in enumerate(ASKED):
                trigger = Trigger.WEBHOOK if at % 2 else Trigger.PAGE
                asking.enqueue_all(requests([name], trigger, found=False))
            again = requests(FOUND[:1], Trigger.WEBHOOK, found=False)
            asking.enqueue_all(again)
            free.set()
            eventually(lambda: len(begun) >= 24 and not asking.backlog()[0])
        finally:
            asking.stop()
            queue.stop()
    assert begun[:8] == ["PFIRST", *ASKED, FOUND[0]]
    assert begun[8:14] == SYNCED
    assert list(dict.fromkeys(begun[14:])) == FOUND[:0:-1]
