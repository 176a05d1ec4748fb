"""A sync in which nothing changed, over many documents with five tickets each in one directory.

Then *measured / limit / ratio* of one document's job among many, in a directory and in Git (without
git's own CPU), and of a sync over many.

    python -m bench.many
"""

import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bench.distance import line
from config.template_names import Names
from connectors.tickets import TicketId, TicketKey
from tests.acceptance.world import World, with_rows, world
from worker.document.action_section import read
from worker.document.fill_template import file_name, fill
from worker.drafting.draft import draft
from worker.jobs.context import JobContext
from worker.jobs.results import Trigger
from worker.jobs.run_many import RunRequest, run_many
from worker.journal.records import KnownDocument
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import DocumentStore, Listed, Stored
from worker.store.git.git_store import GitStore
from worker.tracking.tracked_tickets import TrackedTicket, Values, row_values

TICKETS = 5
FEW, MANY = 100, 50_000


@dataclass
class Counting(DirectoryStore):
    """A directory store that counts the files it reads."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads = 0

    def read(self, name: str) -> Stored:
        """Give a document, and count it."""
        self.reads += 1
        return super().read(name)


def fill_directory(here: World, context: JobContext, count: int) -> None:
    """Write documents with linked rows, their tickets, and the memory of both."""
    assert context.source is not None
    record = context.source.record(here.incidents["quick fix"].id)
    content = draft(record, here.policy.drafting).content
    project = here.jira.site.project("OPS")
    assert project is not None
    here.documents.mkdir()
    tickets = []
    for number in range(count):
        incident = f"QB{number:08}"
        rows = []
        for _ in range(TICKETS):
            made = here.jira.site.create(
                project, issue_type="Task", summary="Do it", labels=("postmortem-worker",)
            ).now
            url = f"{here.jira.url}/browse/{made.key}"
            rows.append(f"Do it | | Medium | | [{made.key}]({url}) | To Do")
            tickets.append((incident, len(rows) - 1, made, url))
        text = fill(here.policy.template, replace(content, incident=incident), Names()).text
        text = text.replace("| Deadline      |", "| Deadline | Ticket | Status |", 1)
        text = text.replace("|---------------|\n| [Action", "|---|---|---|\n| [Action", 1)
        name = file_name(incident, "Many", content.starts_on)
        (here.documents / name).write_text(with_rows(text, tuple(rows)), "utf-8")
    items = read((here.documents / name).read_text("utf-8"), Names()).items
    assert [item.status_text for item in items] == ["To Do"] * TICKETS
    row = row_values(items[0])
    context.journal.track(
        TrackedTicket(
            id=TicketId(made.id),
            key=TicketKey(made.key),
            url=url,
            incident=incident,
            ordinal=ordinal,
            row=row,
            remote=Values(task="Do it", priority="Medium"),
            status_cell="To Do",
            linked=True,
        )
        for incident, ordinal, made, url in tickets
    )


def settle(context: JobContext, listed: list[Listed]) -> None:
    """Remember the documents as dealt with."""
    context.journal.remember(
        KnownDocument(
            one.name, one.fingerprint, one.name.split("-")[3], context.clock(), settled=True
        )
        for one in listed
    )


def measure(count: int) -> None:
    """Print what one sync over so many documents costs."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as here:
        store = Counting(here.documents)
        with here.context(store=store) as context:
            fill_directory(here, context, count)
            time.sleep(2.1)  # a fingerprint counts as settled once the file's time is past
            settle(context, list(store.list()))
            begin = time.perf_counter()
            listed = len(store.list())
            listing = time.perf_counter() - begin
            here.policy = replace(here.policy, look_back=timedelta(hours=1))
            for cursor in ("tickets changed", "tickets read in full", "incidents resolved"):
                context.journal.move_cursor(cursor, here.clock() + timedelta(minutes=30))
            here.clock.sleep(3600)
            here.jira.forget()
            here.pagerduty.forget()
            store.reads = 0
            begin = time.perf_counter()
            result = run_many(replace(context, policy=here.policy), RunRequest(Trigger.COMMAND))
            seconds = time.perf_counter() - begin
            assert not result.failed
            assert result.unchanged == listed == count
            calls = len(here.jira.served) + len(here.pagerduty.calls())
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count:6} documents, {count * TICKETS:6} tickets: {calls} calls, "
                f"{store.reads} files read, {seconds:.2f} s ({seconds / listing:.1f} x a listing), "
                f"peak {peak:.0f} MB with the sandboxes"
            )


def small(count: int) -> Iterator[tuple[str, bytes]]:
    """Give the names and texts of documents that say whose they are, and nothing else."""
    for number in range(count):
        incident = f"QB{number:08}"
        name = f"{2020 + number % 6}/{2020 + number % 6}-01-02-{incident}-many.md"
        yield name, f"---\nincident: {incident}\n---\n\n# Postmortem: Many\n".encode()


def in_directory(folder: Path, count: int) -> DocumentStore:
    """Put small documents into a directory."""
    for name, text in small(count):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return DirectoryStore(folder)


def in_git(folder: Path, count: int) -> DocumentStore:
    """Put small documents into a bare repository, in one commit."""
    git = ("git", "-C", str(folder))
    folder.mkdir()
    subprocess.run((*git, "init", "--quiet", "--bare", "--initial-branch=main"), check=True)  # noqa: S603 - git, in a folder of our own
    head = b"commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 4\nMany\n"
    files = (
        b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(text), text)
        for name, text in small(count)
    )
    fed = head + b"".join(files)
    subprocess.run((*git, "fast-import", "--quiet"), input=fed, check=True)  # noqa: S603 - as above
    cache = folder.with_name("cache")
    return GitStore(f"file://{folder}", "main", author="A <a@example.com>", cache=cache)


def measure_job(place: str, fill_store: Callable[[Path, int], DocumentStore]) -> None:
    """Print what one document's job costs more among many, where nothing is to be done."""
    seconds = {count: job_seconds(fill_store, count) for count in (FEW, MANY)}
    more = (seconds[MANY] - seconds[FEW]) * 1000
    line(f"a job among {MANY:,} documents in {place}", more, 10, f"ms of CPU more than among {FEW}")


def job_seconds(fill_store: Callable[[Path, int], DocumentStore], count: int) -> float:
    """Give the least CPU that one document's job costs among so many."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as here:
        store = fill_store(Path(folder) / "store", count)
        incident = here.id("quick fix")
        with here.context(store=store) as context:
            time.sleep(2.1)  # as above
            settle(context, list(store.list()))
            run_many(context, RunRequest(Trigger.COMMAND, (incident,)))
            time.sleep(2.1)
            asked = RunRequest(Trigger.COMMAND, (incident,), pulls=False)
            return least(lambda: run_many(context, asked))


def measure_sync() -> None:
    """Print what a sync over many documents costs in which nothing changed."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as here:
        store = in_directory(Path(folder) / "store", MANY)
        with here.context(store=store) as context:
            time.sleep(2.1)  # as above
            settle(context, list(store.list()))
            here.policy = replace(here.policy, look_back=timedelta(hours=1))
            here.clock.sleep(3600)
            quiet = replace(context, policy=here.policy)
            seconds = least(lambda: run_many(quiet, RunRequest(Trigger.COMMAND)))
            listing = least(store.list)
            what = f"a sync over {MANY:,} in which nothing changed"
            line(what, seconds / listing, 1.5, f"of a bare listing ({listing:.2f} s of CPU)")


def least(work: Callable[[], object]) -> float:
    """Give the least CPU of a few rounds of work, in seconds."""
    seconds = []
    for _ in range(4):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def main() -> None:
    """Print all sizes."""
    for count in (1_000, 10_000):
        measure(count)
    for place, fill_store in (("a directory", in_directory), ("Git", in_git)):
        measure_job(place, fill_store)
    measure_sync()


if __name__ == "__main__":
    main()
