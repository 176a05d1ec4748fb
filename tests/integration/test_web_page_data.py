"""What the pages are given of a real queue: jobs that were given up, and the figures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

import pytest

from connectors.errors import PostmortemError
from tests.integration.desk import context_over
from tests.integration.queue_support import KINDS, WAIT, ask, database
from worker.app.service import figures
from worker.app.stored_page_data import StoredPageData
from worker.jobs.job_lifecycle import JobOutcome, JobPhase, JobRetryPolicy
from worker.jobs.results import Trigger
from worker.journal.database import Database
from worker.journal.journal import Journal
from worker.queue.engine import QueueSettings
from worker.queue.queue import Queue
from worker.store.directory.directory_store import DirectoryStore


@contextmanager
def library(
    url: str, folder, run: Callable[..., JobOutcome]
) -> Iterator[tuple[StoredPageData, Queue]]:
    journal = Database.open(f"sqlite:///{folder}/journal.db")

    def now() -> datetime:
        return datetime.now(UTC)

    context = context_over(DirectoryStore(folder / "documents"), Journal(journal, now), now)
    queue = Queue(url, run, settings=QueueSettings(poll=0.05, retry=JobRetryPolicy(pauses=())))
    queue.start()
    try:
        yield StoredPageData(context, queue), queue
    finally:
        queue.stop()
        journal.close()


@pytest.fixture(params=KINDS)
def url(request, tmp_path) -> Iterator[str]:
    with database(request.param, tmp_path) as url:
        yield url


def test_a_job_that_was_given_up_is_listed_until_another_try_makes_it_good(url, tmp_path):
    broken = [True]

    def run(*_: object) -> JobOutcome:
        return JobOutcome(failures=("Jira is down.",)) if broken else JobOutcome("done")

    with library(url, tmp_path, run) as (shelf, queue):
        for incident in ("PA", "PB"):
            queue.wait(ask(queue, incident, Trigger.WEBHOOK, delay=0), WAIT)
        assert [one.subject for one in shelf.parked()] == ["PB", "PA"]
        assert shelf.parked()[0].failures == ("Jira is down.",)
        assert figures(queue).parked == 2
        broken.clear()
        again = shelf.request_sync("PB")
        assert queue.wait(again, WAIT).phase is JobPhase.DONE
        assert [one.subject for one in shelf.parked()] == ["PA"]


def test_the_figures_are_those_of_the_queue(url, tmp_path):
    with library(url, tmp_path, lambda *_: JobOutcome()) as (_, queue):
        ask(queue, "PLATER", Trigger.PAGE, delay=3600)
        told = figures(queue)
        assert (told.waiting, told.oldest, told.parked, told.workers) == (1, 0, 0, 1)
        assert told.last_schedule_success is None
    with pytest.raises(PostmortemError):
        figures(queue)


def test_a_second_click_joins_a_job_that_has_not_begun(url, tmp_path):
    begun, go_on = Event(), Event()

    def run(*_: object) -> JobOutcome:
        begun.set()
        assert go_on.wait(60)
        return JobOutcome("done")

    with library(url, tmp_path, run) as (data, queue):
        first = data.request_sync("QONE")
        assert begun.wait(60)
        second = data.request_sync("QONE")
        assert second != first, "the first may have looked already"
        assert data.request_sync("QONE") == second
        assert data.request_sync("QTWO") not in {first, second}
        go_on.set()
        assert queue.wait(second, 60).phase is JobPhase.DONE
