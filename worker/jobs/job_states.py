"""How a job ended and where it stands: what it gives the queue, and the queue pages and the API."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from worker.jobs.job_request import JobRequest
from worker.jobs.results import IncidentResult


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


_RANKS = (JobPhase.PARKED, JobPhase.RUNNING, JobPhase.RETRYING, JobPhase.WAITING)


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How one attempt ended.

    ``summary`` is one line about what was done; ``failures`` are sentences about what was not.
    ``again_in`` is in how many seconds there is more to do, failure or not. ``results`` are what
    the summary is made of, ``notices`` hold for the whole attempt. ``left`` tells that it did
    nothing of what was wanted, ``hopeless`` that no repetition mends its failures.
    """

    summary: str = ""
    failures: tuple[str, ...] = ()
    again_in: float | None = None
    results: tuple[IncidentResult, ...] = ()
    left: bool = False
    hopeless: bool = False
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, results: Sequence[IncidentResult], notices: Sequence[str] = ()) -> Self:
        """Read the outcome off the results of a job: its incident's, and that of a merge's target.

        The documents' text is left out of what is kept. The job is hopeless only if all that
        failed is.
        """
        counts = Counter(deed.action.value for one in results for deed in one.deeds)
        done = ", ".join(f"{count} {action}" for action, count in counts.items())
        skipped = next((one.skipped for one in results if one.skipped), "")
        waits = [one.again_in for one in results if one.again_in is not None]
        failed = [one for one in results if one.failures]
        return cls(
            "; ".join(word for word in (skipped, done) if word)
            or ("" if failed else "Nothing had to be done."),
            tuple(failure for one in failed for failure in one.failures),
            max(waits, default=None),
            tuple(replace(one, diff="") for one in results),
            hopeless=bool(failed) and all(one.hopeless for one in failed),
            notices=tuple(notices),
        )


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

    ``request`` is what was asked for, and ``first_at`` when first, however often it was tried
    since. ``failed_at`` is when the last attempt began, None where none failed; ``began_at`` is
    when the attempt under way did. Times are aware UTC.
    """

    phase: JobPhase
    request: JobRequest
    first_at: datetime
    failed_at: datetime | None = None
    began_at: datetime | None = None

    def sees_to(self, request: JobRequest, news_at: datetime | None) -> bool:
        """Tell whether ``request`` need not be asked for; ``news_at`` is the latest it is about.

        A job that waits sees to it, one that runs only to what was there when it began. One that
        failed is tried again in its own time, or by a person, unless something has changed since.
        """
        if not self.request.covers(request):
            return False
        if self.phase is JobPhase.RUNNING:
            if news_at is None or self.began_at is None:
                return False
            return news_at <= self.began_at
        if self.phase is JobPhase.WAITING or self.failed_at is None or news_at is None:
            return True
        return news_at <= self.failed_at

    def outranks(self, other: "Standing") -> bool:
        """Tell which of an incident's jobs counts: the one that has seen least will see most.

        One that waits does before one that is to be tried again, and that before one that runs.
        """
        return self._rank > other._rank

    @property
    def _rank(self) -> tuple[int, int]:
        asked = self.request
        does = (asked.pulls, asked.tracks, asked.for_a_person, asked.resolved_at is not None)
        return _RANKS.index(self.phase), sum(does)
