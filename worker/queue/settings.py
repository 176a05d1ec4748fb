"""How the queue behaves."""

from dataclasses import dataclass, field
from datetime import timedelta

from worker.queue.policy import RetryPolicy


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How the queue behaves; times in seconds.

    ``settle`` is how long a job that a webhook asked for waits, since the resolution note may
    follow the resolution, and the REST API may lag the webhook. ``parallel`` bounds the incidents
    that one process works on at a time. ``poll`` is how often an idle process looks for work,
    ``heartbeat`` how often it looks for jobs that a dead process left. ``retention`` is how long
    jobs that are done are remembered, and with them which webhooks were seen;
    ``parked_retention`` is how long those that were given up are.
    """

    settle: float = 10.0
    parallel: int = 4
    poll: float = 0.18
    heartbeat: float = 5.0
    retention: timedelta = timedelta(days=30)
    parked_retention: timedelta = timedelta(days=180)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
