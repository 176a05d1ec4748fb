"""One document in a directory, served for whoever writes in it: by the API, a form, or a file."""

import html
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from config.page_users import PeopleSettings
from tests.acceptance.world import usual_policy
from tests.integration.web_support import NOBODY_LISTED, served
from worker.app.composition import new_mark
from worker.app.stored_page_data import StoredPageData
from worker.jobs.context import JobContext
from worker.jobs.job_lifecycle import JobOutcome
from worker.journal.database import Database
from worker.journal.incident_locks import ThreadLocks
from worker.journal.journal import Journal
from worker.queue.queue import Queue
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import DocumentStore

WAIT = 60.0
TEXT = """---
incident: QEDIT
status: draft
---
# Postmortem: Down

## 3. Root Cause Analysis

- **Root Cause:** [why]

## 6. Action Items

| Task Description | Owner | Priority | Deadline |
|---|---|---|---|
| Warn earlier | Ada | | |
"""
FILED = (
    TEXT.replace("| Deadline |", "| Deadline | Ticket | Status |")
    .replace("|---|---|---|---|", "|---|---|---|---|---|---|")
    .replace("| Ada | | |", "| Ada | | | [OPS-1](https://jira.example.com/browse/OPS-1) | To Do |")
)


@dataclass
class Desk:
    """One document in a directory, the service, and what its journal says."""

    url: str
    file: Path
    data: StoredPageData
    journal: Journal

    @property
    def api(self) -> str:
        return f"{self.url}/api/documents/QEDIT"

    @property
    def page(self) -> str:
        return f"{self.url}/postmortems/QEDIT/edit"

    def text(self) -> str:
        return self.file.read_bytes().decode()

    def write(self, text: str) -> None:
        self.file.write_bytes(text.encode())

    def tag(self) -> str:
        return requests.get(self.api, timeout=WAIT).headers["ETag"]

    def put(self, text: object, tag: str | None) -> requests.Response:
        headers = {} if tag is None else {"If-Match": tag}
        return requests.put(self.api, json={"text": text}, headers=headers, timeout=WAIT)

    def form(self) -> dict[str, str]:
        """Open the editor; gives what its form would send as it is."""
        answer = requests.get(self.page, timeout=WAIT)
        assert answer.status_code == 200
        return form_of(answer.text)

    def save(self, form: dict[str, str]) -> requests.Response:
        """Send a form as browsers do: every line end is CRLF."""
        sent = {**form, "text": re.sub(r"\r\n|\r|\n", "\r\n", form["text"])}
        return requests.post(self.page, data=sent, timeout=WAIT, allow_redirects=False)


def form_of(page: str) -> dict[str, str]:
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    text = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert text
    return {**dict(hidden), "text": html.unescape(text[1])}


def context_over(store: DocumentStore, journal: Journal, now: Callable[[], datetime]) -> JobContext:
    """Give what jobs in this process alone work with, asking neither source nor tracker."""
    return JobContext(
        store=store,
        journal=journal,
        locks=ThreadLocks(),
        policy=usual_policy(),
        clock=now,
        new_mark=new_mark,
    )


def data_over(
    store: DocumentStore, journal: Journal, queue: str, now: Callable[[], datetime]
) -> StoredPageData:
    """Give the data of pages over a store, as they are after a start of the process."""
    context = context_over(store, journal, now)
    return StoredPageData(context, Queue(queue, lambda *_: JobOutcome()))


@contextmanager
def desk_in(
    tmp_path: Path, *, token: str | None = None, people: PeopleSettings = NOBODY_LISTED
) -> Iterator[Desk]:
    """Serve a document in a new folder."""
    folder = tmp_path / "documents"
    folder.mkdir()
    file = folder / "2026-11-19-QEDIT-down.md"
    file.write_bytes(TEXT.encode())
    url = f"sqlite:///{tmp_path}/postmortem.db"
    database = Database.open(url)

    def now() -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    store = DirectoryStore(folder, clock=lambda: time.time_ns() + 10**11)
    journal = Journal(database, now)
    data, writers = data_over(store, journal, url, now), journal.web_writers
    with served(data, token=token, people=people, writers=writers) as address:  # type: ignore[arg-type]  # the real library in the shelf's place
        yield Desk(address, file, data, journal)
    database.close()
