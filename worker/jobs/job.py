"""What one incident's job is asked to do, and what the jobs of one run share."""

from dataclasses import dataclass, field

from worker.jobs.job_request import JobRequest
from worker.jobs.ticket_work import Accounts, Seen
from worker.tracking.memory import TrackedTicket


@dataclass(slots=True)
class Shared:
    """What the jobs of one run share: tickets read, accounts found, and what need not be tried.

    ``out_of_quota`` tells that the tracker takes no more, ``source_fails`` that the source takes no
    more either, or not these credentials: both hold for the rest of the run. A source that fails
    for one incident may well give the next. ``remembered`` are the tickets of the incidents as the
    journal had them when they were read.
    """

    seen: Seen = field(default_factory=Seen)
    accounts: Accounts = field(default_factory=Accounts)
    out_of_quota: str = ""
    source_fails: str = ""
    remembered: dict[str, tuple[TrackedTicket, ...]] = field(default_factory=dict)

    def forget_stale(self, incident: str, tickets: tuple[TrackedTicket, ...]) -> None:
        """Forget what was read of an incident's tickets if another process changed them since."""
        if tickets != self.remembered.get(incident, tickets):
            self.seen.forget(one.id for one in tickets)


@dataclass(frozen=True, slots=True)
class Job:
    """What one incident's job is asked to do."""

    request: JobRequest
    shared: Shared = field(default_factory=Shared)
