"""The durable queue and the schedule: jobs that survive the process that took them on."""
