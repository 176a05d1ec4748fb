"""Whether a job is tried again, and when: a decision made from its outcome alone."""

from dataclasses import dataclass

from worker.jobs.job_states import JobOutcome


@dataclass(frozen=True, slots=True)
class JobRetryPolicy:
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
class TryAgain:
    """Another attempt follows in ``after`` seconds; ``failed`` attempts are behind it."""

    after: float
    failed: int


@dataclass(frozen=True, slots=True)
class Parked:
    """No further attempt follows by itself; ``reasons`` are sentences."""

    reasons: tuple[str, ...]


Decision = Done | TryAgain | Parked


def decide(outcome: JobOutcome, attempt: int, failed: int, policy: JobRetryPolicy) -> Decision:
    """Decide what follows the ``attempt``-th attempt, with ``failed`` failed ones before it."""
    if outcome.failures:
        if outcome.hopeless:
            return Done()
        if failed >= len(policy.pauses) or attempt >= policy.most_attempts:
            return Parked(outcome.failures)
        return TryAgain(max(policy.pauses[failed], outcome.again_in or 0.0), failed + 1)
    if outcome.again_in is None:
        return Done()
    if attempt >= policy.most_attempts:
        return Parked((f"The job asked {attempt} times to be continued and never came to an end.",))
    return TryAgain(outcome.again_in, failed)
