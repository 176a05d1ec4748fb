"""Where a job stands: the value that the queue gives and that pages and the API show."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from worker.jobs.results import IncidentResult
from worker.jobs.wanted import Wanted


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
    ``next_at`` is when a waiting job may begin, at the earliest, ``ended_at`` when a job ended
    (both aware UTC). ``summary`` is a sentence about what was done, ``failures`` are the sentences
    of the last attempt, ``results`` the whole results of all attempts without the documents' text,
    ``notices`` what they noted.
    """

    id: str
    subject: str
    trigger: str
    phase: JobPhase
    attempt: int = 1
    next_at: datetime | None = None
    summary: str = ""
    failures: tuple[str, ...] = ()
    results: tuple[IncidentResult, ...] = ()
    ended_at: datetime | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the queue already means to do for an incident, or has given up.

    Times are aware UTC. ``failed_at`` is when the last attempt began, None where none failed;
    ``began_at`` is when the attempt under way did. ``first_at`` is when the work was first asked
    for, however often it was tried since.
    """

    phase: JobPhase
    wanted: Wanted
    failed_at: datetime | None = None
    began_at: datetime | None = None
    first_at: datetime = field(kw_only=True)

    def sees_to(self, wanted: Wanted, news_at: datetime | None) -> bool:
        """Tell whether nothing need be asked for ``wanted``, of which ``news_at`` is the latest.

        A job that waits sees to it, one that runs only to what was there when it began. One that
        failed is tried again in its own time, or by a person, unless something has changed since.
        """
        if not self.wanted.covers(wanted):
            return False
        if self.phase is JobPhase.RUNNING:
            if news_at is None or self.began_at is None:
                return False
            return news_at <= self.began_at
        if self.phase is JobPhase.WAITING or self.failed_at is None or news_at is None:
            return True
        return news_at <= self.failed_at
