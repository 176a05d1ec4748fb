"""What is asked about one incident, from whoever asks through the queue to the job that does it."""

from dataclasses import dataclass
from datetime import datetime

from connectors.incidents import IncidentId
from worker.jobs.results import Trigger

PEOPLE = frozenset({Trigger.PAGE, Trigger.COMMAND})
"""The triggers behind which somebody waits."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One incident's job as it is asked for.

    It ``pulls`` the facts, it ``tracks`` the tickets. ``resolved_at`` (aware UTC) is when the
    source told that the incident was resolved, None where it told nothing of the kind: an incident
    that is still open soon after is looked at again. ``asked`` tells that a person asks, or did
    when the same was asked for first: a job that nobody asked for does not stand for it.

    The rest is for the queue. The same ``event_id`` again asks for nothing new. The job may begin
    in ``delay`` seconds (None: as is usual for the trigger); ``once`` it fails, it is not tried
    again by itself. ``first_at`` (aware UTC) is when the work was first asked for, None for now.
    """

    incident: IncidentId
    trigger: Trigger
    pulls: bool = True
    tracks: bool = True
    resolved_at: datetime | None = None
    asked: bool = False
    event_id: str = ""
    delay: float | None = None
    once: bool = False
    first_at: datetime | None = None

    @property
    def automatic(self) -> bool:
        """Whether nobody waits for it at a terminal or on the page.

        Then the configuration's filter counts, and a document is waited for until it is quiet.
        """
        return self.trigger not in PEOPLE

    def covers(self, other: "JobRequest") -> bool:
        """Tell whether a job that is asked for this also does what ``other`` asks for."""
        return (
            self.pulls >= other.pulls
            and self.tracks >= other.tracks
            and self.for_a_person >= other.for_a_person
            and (self.resolved_at is not None or other.resolved_at is None)
        )

    @property
    def for_a_person(self) -> bool:
        """Whether a person asks, or did at first."""
        return self.asked or not self.automatic
