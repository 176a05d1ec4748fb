"""The program, but for how long it pauses: it tries again, and looks for work, within seconds.

It pauses a minute otherwise, or ten seconds: long enough for a service to come back. A test that
mends at once what was broken would only wait for that. How long the pauses are and how they grow is
a table of values, tested as such; that a job is told to be tried again in a minute is tested
on the program as it is.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from worker.app import service
from worker.cli.main import main
from worker.jobs.job_lifecycle import JobOutcome, JobRetryPolicy
from worker.queue.engine import QueueSettings
from worker.queue.schedule import Schedule

RETRY = JobRetryPolicy(pauses=(2, 4, 8, 16, 32, 64, 128, 256), first_wait=1.0)
"""As many tries as the program's own, closer together."""

SHORTEST = timedelta(seconds=10)
"""How often the schedule may run at most, by the settings."""


def sooner(name: str, every: timedelta, look: Callable[[], JobOutcome]) -> Schedule:
    """Make a schedule that runs every other second where it is to run as often as it may."""
    return Schedule(name, timedelta(seconds=2) if every == SHORTEST else every, look)


if __name__ == "__main__":
    setattr(service, "Schedule", sooner)  # noqa: B010 - as below
    setattr(service, "QueueSettings", partial(QueueSettings, retry=RETRY))  # noqa: B010 - no alias of a type
    sys.exit(main())
