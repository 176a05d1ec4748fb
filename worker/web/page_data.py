"""What the pages and the API need to know and to ask for, and how an address names it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Path, Query

from connectors.incidents import INCIDENT_ID, IncidentId
from worker.jobs.document_status import DocumentStatus, JournalEntry, SkippedIncident
from worker.jobs.job_states import JobState

_JOB = r"^[A-Za-z0-9_:~@.-]{1,200}$"

IncidentInPath = Annotated[
    IncidentId, Path(pattern=f"^{INCIDENT_ID}$", description="The incident's id.")
]
JobInPath = Annotated[str, Path(pattern=_JOB, description="A job's id, as asking for it gave it.")]
JobInQuery = Annotated[str | None, Query(pattern=_JOB)]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document with its text; ``name`` is its path in the store."""

    status: DocumentStatus
    text: str
    name: str


class PageData(Protocol):
    """The documents and the jobs. Every method may raise ``PostmortemError``.

    Methods are called from several threads at once, and may take their time.
    """

    def documents(self) -> Sequence[DocumentStatus]:
        """List all documents, the latest first."""

    def document(self, incident: IncidentId) -> DocumentView | None:
        """Give an incident's document, None where there is none."""

    def attachment(self, incident: IncidentId, name: str) -> bytes | None:
        """Give a file that lies beside an incident's document, None where there is none.

        ``name`` is a plain file name, with no folder in it.
        """

    def journal(self, incident: IncidentId) -> Sequence[JournalEntry]:
        """List what was written for an incident, oldest first."""

    def request_sync(self, incident: IncidentId) -> str:
        """Ask that an incident be synced now; gives the id of the job that will do it."""

    def parked(self) -> Sequence[JobState]:
        """List the jobs that were given up and not made good, the latest first."""

    def skipped(self) -> Sequence[SkippedIncident]:
        """List the latest incidents that got no draft by themselves, the latest first."""

    def job(self, job: str) -> JobState | None:
        """Tell where a job stands, None where it is unknown."""
