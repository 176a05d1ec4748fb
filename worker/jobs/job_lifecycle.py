"""A job: what is asked about one incident, how it ended, where it stands, when it is retried."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from connectors.incidents import IncidentId
from worker.jobs.results import IncidentResult, Trigger

PEOPLE = frozenset({Trigger.PAGE, Trigger.COMMAND})
"""The triggers behind which somebody waits."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One incident's job as it is asked for.

    It ``pulls`` the facts, it ``tracks`` the tickets; ``while_open`` it drafts an incident that is
    not resolved yet, too. ``resolved_at`` (aware UTC) is when the
    source told that the incident was resolved, None where it told nothing of the kind: an incident
    that is still open soon after is looked at again. ``asked`` tells that a person asks, or did
    when the same was asked for first: a job that nobody asked for does not stand for it.

    The rest is for the queue. The same ``event_id`` again asks for nothing new. The job may begin
    in ``delay`` seconds (None: as is usual for the trigger); ``once`` it fails, it is not tried
    again by itself. With ``follows_merge`` another incident was merged into this one, which may
    still be open. With ``remakes`` a document that a person removed is made again. ``found`` tells
    that nobody named the incident, so that the filter counts whoever asks. ``first_at`` (aware UTC)
    is when the work was first asked for, None for now.
    """

    incident: IncidentId
    trigger: Trigger
    pulls: bool = True
    tracks: bool = True
    resolved_at: datetime | None = None
    while_open: bool = False
    asked: bool = False
    event_id: str = ""
    delay: float | None = None
    once: bool = False
    follows_merge: bool = False
    found: bool = False
    remakes: bool = False
    first_at: datetime | None = None

    @property
    def automatic(self) -> bool:
        """Whether nobody waits for it at a terminal or on the page.

        Then the configuration's filter counts, and a document is waited for until it is quiet.
        """
        return self.trigger not in PEOPLE

    def covers(self, other: "JobRequest") -> bool:
        """Tell whether a job that is asked for this also does what ``other`` asks for."""
        return (
            self.pulls >= other.pulls
            and self.tracks >= other.tracks
            and self.while_open >= other.while_open
            and self.remakes >= other.remakes
            and self.for_a_person >= other.for_a_person
            and (not self.found or other.found or not other.for_a_person)
            and (self.resolved_at is not None or other.resolved_at is None)
        )

    @property
    def for_a_person(self) -> bool:
        """Whether a person asks, or did at first."""
        return self.asked or not self.automatic


class JobPhase(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"
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
    nothing of what was wanted, ``hopeless`` that no repetition mends its failures, ``waits`` that
    they are of a store that is away: it is waited for as long as that takes.
    """

    summary: str = ""
    failures: tuple[str, ...] = ()
    again_in: float | None = None
    results: tuple[IncidentResult, ...] = ()
    left: bool = False
    hopeless: bool = False
    notices: tuple[str, ...] = ()
    waits: bool = False

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


@dataclass(frozen=True, slots=True)
class JobRetryPolicy:
    """How often, and after which pauses (seconds), a failed job is tried again.

    The default tries nine times over some ten hours: long enough for an outage of a service or
    for somebody to renew a token, short enough that a job that cannot succeed is soon reported.
    ``most_attempts`` also bounds the attempts that did not fail but asked to be continued. A store
    that is away is waited for without end, with pauses that double up to the ``longest_wait``.
    """

    pauses: tuple[float, ...] = (60, 300, 900, 1800, 3600, 7200, 10_800, 10_800)
    most_attempts: int = 40
    first_wait: float = 10.0
    longest_wait: float = 300.0

    def wait(self, attempt: int) -> float:
        """Give how many seconds to wait for what is away, after so many attempts."""
        return min(self.first_wait * 2.0 ** min(attempt - 1, 10), self.longest_wait)


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing left to do, or nothing that can be done."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Another attempt follows in ``after`` seconds; ``failed`` attempts are behind it."""

    after: float
    failed: int


@dataclass(frozen=True, slots=True)
class Parked:
    """No further attempt follows by itself; ``reasons`` are sentences."""

    reasons: tuple[str, ...]


Decision = Done | TryAgain | Parked


def decide(
    outcome: JobOutcome,
    attempt: int,
    failed: int,
    policy: JobRetryPolicy,
    *,
    for_a_person: bool = True,
) -> Decision:
    """Decide what follows the ``attempt``-th attempt, with ``failed`` failed ones before it.

    What is hopeless is over at once for the person who asked, and is told so; else it is parked,
    since nobody would hear of it.
    """
    if outcome.failures:
        if outcome.hopeless:
            return Done() if for_a_person else Parked(outcome.failures)
        return _after_failure(outcome, attempt, failed, policy)
    if outcome.again_in is None:
        return Done()
    if attempt >= policy.most_attempts:
        return Parked((f"The job asked {attempt} times to be continued and never came to an end.",))
    return TryAgain(outcome.again_in, failed)


def _after_failure(
    outcome: JobOutcome, attempt: int, failed: int, policy: JobRetryPolicy
) -> Decision:
    if outcome.waits:
        return TryAgain(policy.wait(attempt), failed)
    if failed >= len(policy.pauses) or attempt >= policy.most_attempts:
        return Parked(outcome.failures)
    return TryAgain(max(policy.pauses[failed], outcome.again_in or 0.0), failed + 1)
