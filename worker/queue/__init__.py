"""The durable queue and the schedule: jobs that survive the process that took them on."""

from worker.queue.queue import Queue, QueueSettings
from worker.queue.retry_policy import JobRetryPolicy
from worker.queue.schedule import Schedule

__all__ = ["JobRetryPolicy", "Queue", "QueueSettings", "Schedule"]
