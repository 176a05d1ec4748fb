"""What the program promises, held against what is there in the end."""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.settings import Settings
from config.template_names import Names
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.incident import SandboxIncident
from tests.acceptance.world import with_rows
from tests.service.documents import Edit
from tests.service.installation import INDEX_LAG, Installation
from tests.service.processes import WAIT, until
from worker.app.composition import open_context
from worker.app.registry import load_settings as load
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.jobs.job_lifecycle import JobRetryPolicy
from worker.jobs.results import Trigger
from worker.jobs.run_many import RunRequest, run_many
from worker.queue.job_records import TICK
from worker.queue.jobs_database import InFile, locate
from worker.tracking.new_ticket import incident_label

PAUSES = JobRetryPolicy().pauses[:2]
"""Seconds; in bad weather a job may fail, and fail again, before it succeeds."""


@dataclass
class Promise:
    """The promise for these incidents.

    ``drafted`` are those that get a document, ``left_out`` those that get none. ``edits`` are what
    people did to the documents, by incident. ``killed`` allows the hidden files that a process
    leaves which is killed while it saves: the program says so, and never removes them. Of the
    documents that nobody edited, every ``compared``-th is held against one written in peace.
    """

    here: Installation
    drafted: list[SandboxIncident] = field(default_factory=list)
    left_out: list[SandboxIncident] = field(default_factory=list)
    edits: dict[str, list[Edit]] = field(default_factory=lambda: defaultdict(list))
    killed: bool = False
    compared: int = 1

    def write(self, incident: SandboxIncident, words: str) -> None:
        """Let somebody write a sentence into an incident's document."""
        self.edit(incident, lambda text: with_words(text, words))

    def add_row(self, incident: SandboxIncident, row: str) -> None:
        """Let somebody add an action item to an incident's document."""
        self.edit(incident, lambda text: with_rows(text, (row,)))

    def edit(self, incident: SandboxIncident, edit: Edit) -> None:
        """Let somebody change an incident's document."""
        self.here.documents.edit_of(incident.id, edit)
        self.edits[incident.id].append(edit)

    def wait(self) -> None:
        """Wait until it is kept, as far as can be seen while the program runs.

        What costs most is looked at last: the processor is for the program.
        """

        def kept() -> bool:
            return not (_unfinished(self.here) or self._documents() or self._tickets())

        try:
            until(kept, "the promise is kept", WAIT + sum(PAUSES))
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *self.broken()])) from None

    def broken(self) -> list[str]:
        """Say what of it does not hold, or not yet."""
        return [*self._documents(), *_unfinished(self.here), *self._tickets()]

    def hold(self) -> None:
        """Wait for it, stop the program, and look at everything there is."""
        self.wait()
        stopped = self.here.stop()
        assert set(stopped.values()) <= {0}, f"ended otherwise than well: {stopped}"
        assert self.broken() == []
        assert self.killed or self.here.documents.leftovers() == []
        self.here.pagerduty.faults.clear()
        self.here.jira.faults.clear()
        before = self.here.documents.files()
        told = self.here.told("sync")
        assert [one for one in told["incidents"] if one["deeds"]] == [], "there was more to do"
        assert self.here.documents.files() == before
        assert self.broken() == []
        self._compare()

    def tickets(self) -> dict[str, str]:
        """Give each ticket's summary and status."""
        with self.here.jira.site.lock:
            records = [one.now for one in self.here.jira.site.records.values()]
        return {one.summary: one.status for one in records}

    def _documents(self) -> list[str]:
        names = [name.rpartition("/")[2] for name in self.here.documents.documents()]
        having = Counter(name.split("-")[3] for name in names)
        wanted = {one.id for one in self.drafted}
        told = [
            f"{incident} has {having[incident]} documents"
            for incident in sorted(wanted)
            if having[incident] != 1
        ]
        return told + [f"{one} has a document" for one in sorted(having.keys() - wanted)]

    def _tickets(self) -> list[str]:
        """Say where a row and its one ticket do not agree."""
        documents, told, seen = self.here.documents, [], Counter[str]()
        with self.here.jira.site.lock:
            records = [one.now for one in self.here.jira.site.records.values()]
        by_key = {one.key: one for one in records}
        for name, data in documents.documents().items():
            for item in _items(data):
                ticket = by_key.get(item.ticket.key) if item.ticket else None
                if ticket is None:
                    told.append(f"the row {item.task!r} of {name} has no ticket")
                    continue
                seen[ticket.key] += 1
                label = incident_label(name.rpartition("/")[2].split("-")[3])
                if ticket.summary != item.task or label not in ticket.labels:
                    told.append(f"the row {item.task!r} of {name} has the ticket of another")
                if item.status_text != ticket.status:
                    told.append(f"{ticket.key} is {ticket.status}, {name} says {item.status_text}")
        told += [f"{key} is in {count} rows" for key, count in seen.items() if count > 1]
        spare = sorted(by_key.keys() - seen.keys())
        return told + [f"{key} ({by_key[key].summary!r}) is in no row" for key in spare]

    def _compare(self) -> None:
        """Hold documents against what one undisturbed run makes of their incidents."""
        chosen = [
            one
            for number, one in enumerate(self.drafted)
            if number % self.compared == 0 or one.id in self.edits
        ]
        expected = undisturbed(self.here, [*self.left_out, *chosen], self.edits)
        for one in chosen:
            found, wanted = plain(self.here.documents.text(one.id)), plain(expected[one.id])
            lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), lineterm="")
            assert found == wanted, "\n".join(["otherwise than in peace:", *lines])


def with_words(text: str, words: str) -> str:
    """Write a sentence below the heading of the lessons."""
    before, heading, after = text.partition("## 7. Lessons Learned\n")
    assert heading, "the document has no such heading"
    return f"{before}{heading}\n{words}\n\n{after.lstrip()}"


def plain(text: str) -> str:
    """Give a document without keys, addresses, statuses and widths, which need not be the same."""
    text = re.sub(r"http://127\.0\.0\.1:\d+/", "JIRA/", text)
    text = re.sub(r"\bOPS-\d+\b", "OPS-#", text)
    text = re.sub(r"\| (To Do|In Progress|Done) +\|", "| STATUS |", text)
    return re.sub(r" +", " ", re.sub(r"-{3,}", "---", text))


def undisturbed(
    here: Installation,
    incidents: Sequence[SandboxIncident],
    edits: dict[str, list[Edit]],
) -> dict[str, str]:
    """Give the documents as a new installation writes them in peace, with the same edits."""
    folder = here.folder / "in-peace"
    folder.mkdir()
    with JiraSandbox(index_lag=INDEX_LAG) as jira:
        settings = _settings(here, folder, jira)
        with open_context(settings) as context:
            names = tuple(one.id for one in incidents)
            _run_well(context, names)
            edited = tuple(name for name in names if edits.get(name))
            for name in edited:
                for edit in edits[name]:
                    _document(folder, name).write_text(edit(_text(folder, name)), "utf-8")
            if edited:
                _run_well(context, edited)
    documents = (folder / "documents").rglob("*.md")
    return {path.name.split("-")[3]: path.read_bytes().decode("utf-8") for path in documents}


def _run_well(context: object, names: tuple[str, ...]) -> None:
    result = run_many(context, RunRequest(Trigger.SCHEDULE, names, wait=10))  # type: ignore[arg-type]  # as opened
    assert [one.failures for one in result.incidents if one.failures] == []


def _settings(here: Installation, folder: Path, jira: JiraSandbox) -> Settings:
    environment = here.environment | {
        "JIRA_URL": jira.url,
        "POSTMORTEM_DOCUMENTS": str(folder / "documents"),
        "POSTMORTEM_DATABASE_URL": f"sqlite:///{folder}/postmortem.db",
    }
    return load(here.folder / "postmortem.toml", environment)


def _document(folder: Path, incident: str) -> Path:
    (found,) = (folder / "documents").rglob(f"*-{incident}-*.md")
    return found


def _text(folder: Path, incident: str) -> str:
    return _document(folder, incident).read_bytes().decode("utf-8")


@lru_cache(500)  # while it is waited, most documents stay as they are
def _items(document: bytes) -> tuple[ActionItem, ...]:
    return read_items(document.decode("utf-8"), Names()).items


def _unfinished(here: Installation) -> list[str]:
    """Say which jobs are not done, and which creates have no known outcome."""
    return [*_jobs(here.database), *_intents(here.database)]


def _jobs(database: str) -> list[str]:
    location = locate(database)
    if isinstance(location, InFile):
        table = sa.table("workflow_status")
        if not location.path.exists():
            return []
    else:
        table = sa.table("workflow_status", schema="dbos")
        if not _rows(location.url, _TABLES.where(sa.column("table_schema") == "dbos")):
            return []
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(sa.column("workflow_uuid"), sa.column("status"), sa.column("created_at"))
        .select_from(table)
        .where(sa.column("name") != TICK)
        .order_by(sa.column("created_at"))
    )
    latest: dict[str, str] = {}
    told = []
    for job, status, _ in _rows(location.url, query):
        if status in {"ENQUEUED", "DELAYED", "PENDING"}:
            told.append(f"the job {job} is {status}")
        if status in {"SUCCESS", "ERROR"}:
            latest[job.partition(":")[0]] = status
    return told + [f"{one} is parked" for one, status in latest.items() if status == "ERROR"]


_TABLES: sa.Select[Any] = sa.select(sa.column("table_name")).select_from(
    sa.table("tables", schema="information_schema")
)


def _intents(database: str) -> list[str]:
    query: sa.Select[*tuple[Any, ...]] = sa.select(
        sa.column("incident"), sa.column("task")
    ).select_from(sa.table("intents"))
    return [f"the create of {task!r} for {one} is open" for one, task in _rows(database, query)]


def _rows(url: str, query: sa.Select[*tuple[Any, ...]]) -> list[Sequence[Any]]:
    made = sa.make_url(url)
    if made.get_backend_name() == "postgresql":
        made = made.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(made, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            return list(connection.execute(query))
    finally:
        engine.dispose()
