"""The durable queue and the schedule: jobs that survive the process that took them on."""

from worker.queue.durable import Queue
from worker.queue.policy import JobOutcome, RetryPolicy
from worker.queue.schedule import Schedule
from worker.queue.settings import QueueSettings
from worker.queue.wish import Wish

__all__ = ["JobOutcome", "Queue", "QueueSettings", "RetryPolicy", "Schedule", "Wish"]
