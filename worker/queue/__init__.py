"""The durable queue and the schedule: jobs that survive the process that took them on."""

from worker.jobs.job import JobRetryPolicy
from worker.queue.engine import QueueSettings
from worker.queue.queue import Client, Queue
from worker.queue.schedule import Rounds, Schedule

__all__ = ["Client", "JobRetryPolicy", "Queue", "QueueSettings", "Rounds", "Schedule"]
