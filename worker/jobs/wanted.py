"""What one incident's job is asked to do, and by whom: the value that the queue keeps."""

from dataclasses import dataclass
from datetime import datetime

from worker.jobs.results import Trigger


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which halves of a job are wanted: it ``pulls`` the facts, it ``tracks`` the tickets.

    ``resolved_at`` (aware UTC) is when the source told that the incident was resolved, None where
    it told nothing of the kind. An incident that is still open soon after is looked at again.
    ``asked`` tells that a person asks: then filters do not count, and nobody waits for quiet.
    """

    pulls: bool = True
    tracks: bool = True
    resolved_at: datetime | None = None
    asked: bool = False

    def covers(self, other: "Wanted") -> bool:
        """Tell whether a job that is asked for this also does what ``other`` asks for."""
        return (
            self.pulls >= other.pulls
            and self.tracks >= other.tracks
            and self.asked >= other.asked
            and (self.resolved_at is not None or other.resolved_at is None)
        )


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One attempt at one incident's job."""

    incident: str
    trigger: Trigger
    wanted: Wanted = Wanted()
