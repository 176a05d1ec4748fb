"""The database fails over amid a job: its lock is gone, and another machine begins the same job."""

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from connectors.jira.payloads import SiteKind
from connectors.tickets import Mark
from tests.acceptance.world import LAG, World, world
from tests.integration.queue_support import database
from worker.app.composition import new_mark
from worker.jobs.incident_job import do_job
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import IncidentResult, Trigger
from worker.journal.database import Database
from worker.journal.incident_locks import PostgresLocks
from worker.journal.journal import Journal

DROP = text(
    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
)


def job(here: World, opened: Database, mark: object = new_mark) -> IncidentResult:
    """Run the job as a machine of its own does."""
    journal, locks = Journal(opened, here.clock), PostgresLocks(opened.engine)
    with here.context(journal=journal, locks=locks, new_mark=mark) as context:
        return do_job(context, JobRequest(here.id("quick fix"), Trigger.PAGE))[0]


def test_a_job_that_lost_its_lock_creates_nothing_beside_the_one_that_took_over(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        here = stack.enter_context(world(tmp_path, SiteKind.CLOUD, lag=LAG * 0.9))
        url = stack.enter_context(database("postgresql", tmp_path))
        opened = Database.open(url.replace("postgresql://", "postgresql+psycopg://", 1))
        job(here, opened)
        here.add_rows("Add monitoring | | | ", "Train the new ones | | | ")
        others: list[IncidentResult] = []

        def amid() -> Mark:
            """Lose the lock where the rows are known to lack tickets, and nothing is intended."""
            if not others:
                with opened.engine.connect() as connection:
                    connection.execute(DROP)
                others.append(job(here, opened))
            return new_mark()

        result = job(here, opened, amid)
        assert "was lost, and another process works on it now" in " ".join(result.failures)
        assert not others[0].failures
        assert sorted(here.tickets().values()) == ["Add monitoring", "Train the new ones"]
        here.clock.sleep(120)
        assert not job(here, opened).failures
        assert len(here.tickets()) == 2
        assert sorted(here.linked()) == sorted(here.tickets())
        opened.close()
