"""The durable queue and the schedule: jobs that survive the process that took them on.

What it stands on takes half a second to load: that is done with the first name that is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.jobs.job_lifecycle import JobRetryPolicy
    from worker.queue.engine import QueueSettings
    from worker.queue.queue import Client, Queue
    from worker.queue.schedule import Rounds, Schedule

__all__ = ["Client", "JobRetryPolicy", "Queue", "QueueSettings", "Rounds", "Schedule"]

_HOMES = {
    "Client": "worker.queue.queue",
    "JobRetryPolicy": "worker.jobs.job_lifecycle",
    "Queue": "worker.queue.queue",
    "QueueSettings": "worker.queue.engine",
    "Rounds": "worker.queue.schedule",
    "Schedule": "worker.queue.schedule",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
