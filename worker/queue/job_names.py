"""The names under which the engine knows the queues, what they run, and each job.

``PT4KHLK:01BC7~2`` is the second attempt at what the event ``01BC7`` asked for incident
``PT4KHLK``. The same event therefore always names the same job, which is how a webhook that is
delivered twice becomes one job. ``@look:900:1983`` is a tick of the schedule ``look``.
"""

import hashlib
import re

from connectors.errors import PayloadError

INCIDENTS = "incidents"
"""One job at a time for each incident, several incidents at a time."""
TICKS = "schedule"
"""One at a time of all the scheduled work."""
INCIDENT_JOB = "incident job"
TICK = "scheduled work"

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")


def first(incident: str, event: str) -> str:
    """Name the first attempt. Raises ``PayloadError`` where ``incident`` cannot be an id.

    A document that a person wrote may name its incident otherwise than a source does. An event's id
    with characters that an address cannot carry is replaced by its digest.
    """
    if not _PLAIN.fullmatch(incident):
        raise PayloadError(f"{incident!r} is not an incident's id.", "Use letters and digits.")
    if not _PLAIN.fullmatch(event):
        event = hashlib.sha256(event.encode()).hexdigest()[:32]
    return f"{incident}:{event}"


def attempt(job: str) -> int:
    """Tell which attempt the name stands for, from 1."""
    return int(job.partition("~")[2] or 1)


def successor(job: str) -> str:
    """Name the attempt after this one."""
    return f"{job.partition('~')[0]}~{attempt(job) + 1}"


def prefix(subject: str) -> str:
    """Give what the names of all jobs of an incident (or ``@`` and a schedule) begin with."""
    return f"{subject}:"


def tick(schedule: str, seconds: float, period: int) -> str:
    """Name the work of one period of a schedule whose periods are ``seconds`` long."""
    return f"@{schedule}:{seconds:g}:{period}"


def subject(job: str) -> str:
    """Tell the incident, or the schedule, that the name stands for."""
    return job.partition(":")[0].removeprefix("@")
