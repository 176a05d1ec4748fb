"""A small world for whole runs: both sandboxes over HTTP, a directory, a database, one clock.

The program's clock, its waiting and the sandbox Jira's search index share one time, so that a wait
for the index takes none.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.template_names import Names
from connectors.incidents import IncidentId
from connectors.jira.client import Jira
from connectors.jira.connector import JiraConnector
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.connector import PagerDutyConnector
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios import load
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, LENA
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.retry import Circuit, RetryPolicy
from worker.app.composition import new_mark
from worker.app.registry import words_of
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.drafting.policy import DraftPolicy
from worker.jobs.context import JobContext, JobPolicy, RouteRule
from worker.jobs.incident_job import do_job
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import IncidentResult, RunResult, Trigger
from worker.jobs.run_many import RunRequest, run_many
from worker.journal.database import Database
from worker.journal.incident_locks import FileLocks, ThreadLocks
from worker.journal.journal import Journal
from worker.store.directory.directory_store import DirectoryStore
from worker.store.directory.listing import exact_fingerprint, fingerprint
from worker.tracking.destinations import Route

TEMPLATE = (Path(__file__).parents[2] / "config" / "postmortem.md").read_text("utf-8")
LAG = timedelta(seconds=60)


@dataclass
class Clock:
    """A time that only moves when it is told to."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class World:
    """Everything a run needs, and what the tests ask of it."""

    folder: Path
    pagerduty: PagerDutySandbox
    jira: JiraSandbox
    clock: Clock
    incidents: dict[str, SandboxIncident]
    policy: JobPolicy
    slept: list[float] = field(default_factory=list)
    victim: int | None = None

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    @property
    def database(self) -> Path:
        return self.folder / "postmortem.db"

    @contextmanager
    def context(self, *, dry_run: bool = False, **changes: object) -> Iterator[JobContext]:
        """Open the parts of a process of its own, with fresh connections."""
        url = f"sqlite:///{self.database}"
        database = Database.open_copy(url) if dry_run else Database.open(url)
        policy = RetryPolicy(attempts=2, sleep=self.slept.append)
        source = PagerDuty(self.pagerduty.api_key, self.pagerduty.url, policy=policy)
        tracker = Jira(
            self.jira.url,
            **self.jira.credentials,
            policy=policy,
            circuit=Circuit(limit=50, clock=lambda: self.clock().timestamp()),
        )
        context = JobContext(
            store=DirectoryStore(self.documents),
            journal=Journal(database, self.clock),
            locks=ThreadLocks() if dry_run else FileLocks(self.folder / "locks"),
            policy=self.policy,
            clock=self.clock,
            new_mark=new_mark,
            source=source,
            tracker=tracker,
            source_words=words_of([PagerDutyConnector]),
            tracker_words=words_of([JiraConnector]),
            dry_run=dry_run,
        )
        try:
            yield replace(context, **changes)  # type: ignore[arg-type]  # by name
        finally:
            source.close()
            tracker.close()
            database.close()

    def run(
        self,
        *names: str,
        wait: float = 90.0,
        trigger: Trigger = Trigger.COMMAND,
        dry_run: bool = False,
        since: timedelta | None = None,
        pulls: bool = True,
        tracks: bool = True,
        while_open: bool = False,
        remakes: bool = False,
        at_a_time: int = 1,
        **changes: object,
    ) -> RunResult:
        """Do one run as a process of its own would; names are those of the scenarios."""
        with self.context(dry_run=dry_run, **changes) as context:
            request = RunRequest(
                trigger=trigger,
                incidents=tuple(self.id(name) for name in names),
                pulls=pulls,
                tracks=tracks,
                while_open=while_open,
                remakes=remakes,
                since=since,
                wait=0 if dry_run else wait,
                at_a_time=at_a_time,
                sleep=self.clock.sleep,
            )
            return run_many(context, request)

    def job(self, name: str, trigger: Trigger, **asked: object) -> IncidentResult:
        """Do one incident's job as the queue does, and give its result."""
        with self.context() as context:
            request = JobRequest(self.id(name), trigger, **asked)  # type: ignore[arg-type]  # by name
            return do_job(context, request)[0]

    def id(self, name: str) -> IncidentId:
        """Give the id of a scenario's incident; any other name is an id."""
        return IncidentId(self.incidents[name].id if name in self.incidents else name)

    def sync(self, name: str = "quick fix", **how: object) -> IncidentResult:
        """Sync one incident and give its result."""
        return self.run(name, **how).incidents[0]  # type: ignore[arg-type]  # passed on

    def path(self, name: str = "quick fix") -> Path:
        """Give the file of an incident's one document."""
        (found,) = self.documents.rglob(f"*-{self.incidents[name].id}-*.md")
        return found

    def text(self, name: str = "quick fix") -> str:
        return self.path(name).read_bytes().decode("utf-8")

    def edit(self, change: Callable[[str], str], name: str = "quick fix") -> None:
        """Change a document as a person would, leaving every other byte.

        Ends once the clock of the files has moved on, as it does while a person looks up: until
        then the store reads the file once more, and to it the document was changed just now.
        """
        before = self.text(name)
        after = change(before)
        assert after != before, "the edit changed nothing"
        path = self.path(name)
        path.write_bytes(after.encode("utf-8"))
        while fingerprint(path.stat(), time.time_ns()) != exact_fingerprint(path.stat()):
            time.sleep(0.005)

    def items(self, name: str = "quick fix") -> tuple[ActionItem, ...]:
        return read_items(self.text(name), Names()).items

    def add_rows(self, *rows: str, name: str = "quick fix") -> None:
        """Add rows to the action table, in the place of its placeholders."""
        self.edit(lambda text: with_rows(text, rows), name)

    def tickets(self) -> dict[str, str]:
        """Give every ticket that Jira has: key → summary."""
        return {one.now.key: one.now.summary for one in self.jira.site.records.values()}

    def linked(self, name: str = "quick fix") -> list[str]:
        return [item.ticket.key if item.ticket else "" for item in self.items(name)]

    def statuses(self, name: str = "quick fix") -> list[str]:
        return [item.status_text for item in self.items(name)]


def cells_of(row: str) -> list[str]:
    """Split a row as tests write it: bars with spaces around them, also where nothing is between."""
    spaced = f"{row} "
    while " | | " in spaced:
        spaced = spaced.replace(" | | ", " |  | ")
    return [cell.strip() for cell in spaced.split(" | ")]


def with_rows(text: str, rows: tuple[str, ...]) -> str:
    """Put rows below the action table's delimiter; placeholders stay as they are."""
    lines = text.split("\n")
    heading = next(at for at, line in enumerate(lines) if line.startswith("## 6."))
    table = next(at for at in range(heading, len(lines)) if lines[at].startswith("|"))
    end = next(at for at in range(table, len(lines)) if not lines[at].startswith("|"))
    width = lines[table].count("|") - 1
    new = []
    for row in rows:
        cells = cells_of(row)
        new.append("| " + " | ".join(cells + [""] * (width - len(cells))) + " |")
    lines[end:end] = new
    return "\n".join(lines)


def usual_policy() -> JobPolicy:
    """Give the policy of a new installation: one project, times in Berlin."""
    return JobPolicy(
        template=TEMPLATE,
        drafting=DraftPolicy(timezone=ZoneInfo("Europe/Berlin")),
        routes=(RouteRule(Route("OPS", "Task")),),
        index_lag=LAG,
    )


@contextmanager
def world(
    folder: Path, kind: SiteKind = SiteKind.CLOUD, *, lag: timedelta = timedelta(0)
) -> Iterator[World]:
    """Start both sandboxes, with every scenario in them."""
    clock = Clock()
    with (
        PagerDutySandbox() as pagerduty,
        JiraSandbox(kind, index_lag=lag, clock=clock) as jira,
    ):
        incidents = load(pagerduty.account)
        yield World(folder, pagerduty, jira, clock, incidents, usual_policy())


def opened(here: World, title: str = "Queue is long") -> tuple[SandboxIncident, datetime]:
    """An incident with one alert, an hour and a half ago."""
    at = here.clock.now - timedelta(minutes=90)
    incident = here.pagerduty.account.open(CHECKOUT, title, at=at)
    incident.alert(title, at, key="one")
    here.incidents["it"] = incident
    return incident, at


def told(here: World, incident: SandboxIncident) -> str:
    """The draft, once the incident is resolved."""
    incident.resolve(here.clock.now, by=LENA)
    assert not here.sync("it").failures
    return here.text("it")
