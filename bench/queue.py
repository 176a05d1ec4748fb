"""What looking at the queue costs with 1,000 jobs waiting, 10,000 ended and 20 given up.

Run: ``python -m bench.queue``, under ``tests/postgres.sh`` for PostgreSQL as well. It also prints
how long a job waits in an idle queue, and what the engine says of those of its features that could
do what is done by hand (docs/adr/0010-what-is-built-around-the-engine.md).
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS, Debouncer, SetEnqueueOptions

from bench.process import KINDS
from connectors.incidents import IncidentId
from tests.integration.queue_support import database
from worker.jobs.job_lifecycle import JobOutcome, JobRequest, JobRetryPolicy
from worker.jobs.results import IncidentResult, Trigger
from worker.queue.engine import QueueSettings
from worker.queue.job_records import INCIDENT_JOB, INCIDENTS
from worker.queue.jobs_database import InFile, locate, patient_engine
from worker.queue.queue import Queue

WAITING, ENDED, GIVEN_UP = 1_000, 10_000, 20
TIMES = 9
IDLE_WAITS = 30
WAIT_AIM = 200


def work(request: JobRequest) -> JobOutcome:
    """Fail for one incident, and be done with the others."""
    if request.incident.startswith("PBAD"):
        return JobOutcome(failures=("Jira does not answer.",))
    return JobOutcome.of([IncidentResult(request.incident, document=f"{request.incident}.md")])


def ask(queue: Queue, incident: str, **how: object) -> str:
    request = JobRequest(IncidentId(incident), Trigger.SCHEDULE, **how)  # type: ignore[arg-type]  # by name
    (job,) = queue.enqueue_all([request])
    return job


def multiply(url: str, job: str, copies: int) -> None:
    """Copy the records of an ended job, as if others had ended like it."""
    location = locate(url)
    schema = None if isinstance(location, InFile) else "dbos"
    engine = patient_engine(location, 60, 1)
    tables = sa.MetaData(schema=schema)
    tables.reflect(engine, only=["workflow_status", "workflow_input", "workflow_output"])
    with engine.begin() as connection:
        for table in tables.tables.values():
            rows = connection.execute(sa.select(table).where(table.c.workflow_uuid == job))
            for row in rows.mappings().all():
                values = [
                    {**row, "workflow_uuid": f"PE{number:06}:e"}
                    | ({"queue_partition_key": f"PE{number:06}"} if "status" in row else {})
                    for number in range(copies)
                ]
                connection.execute(sa.insert(table), values)
    engine.dispose()


def milliseconds(look: Callable[[], object]) -> float:
    """Give the median of some looks."""
    times = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        look()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def idle_wait(queue: Queue) -> list[float]:
    """Give the milliseconds from asking for a job to its run, of jobs asked for one by one.

    The first after a start does not count: it waits up to a second for the engine's first look.
    """
    queue.wait(ask(queue, "PFIRST"), 60)
    waits = []
    for number in range(IDLE_WAITS):
        time.sleep(0.05 + 0.011 * number)
        asked = time.time()
        state = queue.wait(ask(queue, f"PWAIT{number}"), 60)
        row = queue.list(workflow_ids=[state.id])[0]
        waits.append(1000 * (row.output["ran"]["began"] - asked))
    return sorted(waits)


def refused(kind: str, name: str, attempt: Callable[[], object]) -> None:
    try:
        attempt()
        print(f"{kind}: {name}: taken")
    except Exception as error:  # noqa: BLE001 - what it says is the result
        print(f"{kind}: {name}: {str(error).splitlines()[0]}")


def debounced() -> None:
    with SetEnqueueOptions(queue_partition_key="PABC"):
        Debouncer(INCIDENT_JOB, queue=INCIDENTS).debounce("PABC", 10, {})


def deduplicated() -> None:
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": INCIDENT_JOB,
            "queue_name": INCIDENTS,
            "queue_partition_key": "PABC",
            "deduplication_id": "PABC",
        },
        {},
    )


def measure(kind: str, url: str) -> None:
    """Print what the looks cost."""
    settings = QueueSettings(retry=JobRetryPolicy(pauses=()))
    queue = Queue(url, work, settings=settings)
    queue.start()
    try:
        waits = idle_wait(queue)
        print(
            f"{kind}: a job waits in an idle queue p50 {waits[len(waits) // 2]:.0f} ms, "
            f"max {waits[-1]:.0f} ms (aim {WAIT_AIM})"
        )
        for number in range(GIVEN_UP):
            queue.wait(ask(queue, f"PBAD{number}"), 60)
        ended = ask(queue, "PDONE")
        queue.wait(ended, 60)
        multiply(url, ended, ENDED)
        later = [
            JobRequest(IncidentId(f"PW{number:06}"), Trigger.WEBHOOK, delay=3600)
            for number in range(WAITING)
        ]
        queue.enqueue_all(later)
        looks: dict[str, Callable[[], object]] = {
            "backlog": queue.backlog,
            "parked": queue.parked,
            "standing": queue.standing,
            "last_tick": queue.last_tick,
            "states of 200": lambda: queue.states([f"PE{number:06}:e" for number in range(200)]),
        }
        assert queue.backlog()[0] == WAITING
        assert len(queue.parked()) == GIVEN_UP
        assert len(queue.standing()) == WAITING + GIVEN_UP
        for name, look in looks.items():
            print(f"{kind}: {name}: {milliseconds(look):.1f} ms")
        refused(kind, "a debounced job with a partition", debounced)
        refused(kind, "a deduplicated job with a partition", deduplicated)
    finally:
        queue.stop()


def main() -> None:
    """Measure on each kind of database that there is."""
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
            measure(kind, url)


if __name__ == "__main__":
    main()
