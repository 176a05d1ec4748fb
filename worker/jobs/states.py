"""Where a job stands: the value that the queue gives and that pages and the API show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobPhase(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "waiting to be tried again"
    DONE = "done"
    PARKED = "parked"

    @property
    def over(self) -> bool:
        """Whether nothing more happens to the job by itself."""
        return self in {JobPhase.DONE, JobPhase.PARKED}


@dataclass(frozen=True, slots=True)
class JobState:
    """One job as it stands now.

    ``subject`` is the incident, or the name of the schedule. ``attempt`` counts from 1;
    ``next_at`` (aware UTC) is when a waiting job may begin, at the earliest. ``summary`` is a
    sentence about what was done, ``failures`` are the sentences of the last attempt.
    """

    id: str
    subject: str
    trigger: str
    phase: JobPhase
    attempt: int = 1
    next_at: datetime | None = None
    summary: str = ""
    failures: tuple[str, ...] = ()
