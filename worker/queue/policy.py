"""Whether a job is tried again, and when: a decision made from its outcome alone."""

from collections import Counter
from dataclasses import dataclass
from typing import Self

from worker.jobs.results import IncidentResult


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How one attempt ended.

    ``summary`` is one line about what was done; ``failures`` are sentences about what was not.
    ``again_in`` is in how many seconds there is more to do, failure or not.
    """

    summary: str = ""
    failures: tuple[str, ...] = ()
    again_in: float | None = None

    @classmethod
    def of(cls, result: IncidentResult) -> Self:
        """Read the outcome off the result of an incident's job."""
        counts = Counter(deed.action.value for deed in result.deeds)
        done = ", ".join(f"{count} {action}" for action, count in counts.items())
        summary = result.skipped or done or "Nothing had to be done."
        return cls(summary, result.failures, result.again_in)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and after which pauses (seconds), a failed job is tried again.

    The default tries seven times over some ten hours: long enough for an outage of a service or
    for somebody to renew a token, short enough that a job that cannot succeed is soon reported.
    ``most_attempts`` also bounds the attempts that did not fail but asked to be continued.
    """

    pauses: tuple[float, ...] = (60, 300, 900, 3600, 10_800, 21_600)
    most_attempts: int = 40


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing left to do."""


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
        if failed >= len(policy.pauses) or attempt >= policy.most_attempts:
            return Parked(outcome.failures)
        return Again(max(policy.pauses[failed], outcome.again_in or 0.0), failed + 1)
    if outcome.again_in is None:
        return Done()
    if attempt >= policy.most_attempts:
        return Parked((f"The job asked {attempt} times to be continued and never came to an end.",))
    return Again(outcome.again_in, failed)
