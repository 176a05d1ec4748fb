"""Whether a job is tried again, and when: a decision made from its outcome alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from worker.jobs.results import IncidentResult


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
class RetryPolicy:
    """How often, and after which pauses (seconds), a failed job is tried again.

    The default tries nine times over some ten hours: long enough for an outage of a service or
    for somebody to renew a token, short enough that a job that cannot succeed is soon reported.
    ``most_attempts`` also bounds the attempts that did not fail but asked to be continued.
    """

    pauses: tuple[float, ...] = (60, 300, 900, 1800, 3600, 7200, 10_800, 10_800)
    most_attempts: int = 40


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing left to do, or nothing that can be done."""


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt follows in ``after`` seconds; ``failed`` attempts are behind it."""

    after: float
    failed: int


@dataclass(frozen=True, slots=True)
class Parked:
    """No further attempt follows by itself; ``reasons`` are sentences."""

    reasons: tuple[str, ...]


Decision = Done | Again | Parked


def decide(outcome: JobOutcome, attempt: int, failed: int, policy: RetryPolicy) -> Decision:
    """Decide what follows the ``attempt``-th attempt, with ``failed`` failed ones before it."""
    if outcome.failures:
        if outcome.hopeless:
            return Done()
        if failed >= len(policy.pauses) or attempt >= policy.most_attempts:
            return Parked(outcome.failures)
        return Again(max(policy.pauses[failed], outcome.again_in or 0.0), failed + 1)
    if outcome.again_in is None:
        return Done()
    if attempt >= policy.most_attempts:
        return Parked((f"The job asked {attempt} times to be continued and never came to an end.",))
    return Again(outcome.again_in, failed)
