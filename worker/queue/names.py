"""The names under which the engine knows the queues and what they run."""

INCIDENTS = "incidents"
"""One job at a time for each incident, several incidents at a time."""
TICKS = "schedule"
"""One at a time of all the scheduled work."""

INCIDENT_JOB = "incident job"
TICK = "scheduled work"

LOST = "The process that ran the job ended before the job did, or its end could not be stored."
"""Why an attempt failed that left no word."""
