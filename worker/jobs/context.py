"""What a job works with: its collaborators, and the decisions of the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from config.sections import Names
from connectors.connector import ServiceWords
from connectors.incidents import Incident, IncidentSource
from connectors.tickets import Mark, TicketTracker
from worker.drafting.policy import DraftPolicy
from worker.jobs.draft_filter import DraftFilter, meets
from worker.journal.incident_locks import IncidentLocks
from worker.journal.journal import Journal
from worker.store.base import DocumentStore
from worker.tracking.new_ticket import Route
from worker.tracking.status import DONE_RESOLUTIONS

NO_SOURCE = ServiceWords("A source of incidents", "its settings")
NO_TRACKER = ServiceWords("A tracker of tickets", "its settings")


class CreateWhen(Enum):
    """When a row becomes a ticket."""

    ALWAYS = "always"
    REVIEWED = "reviewed"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Which incidents take a route; without services and teams, all do. Names or ids."""

    route: Route
    services: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JobPolicy:
    """The decisions of the configuration, in the terms of the job.

    ``index_lag`` is how long after a create a search may still miss it, ``quiet_for`` how long the
    scheduled job leaves a document alone after a change, ``full_pass`` how often every ticket is
    read, ``lock_wait`` how many seconds a job waits for another on the same incident.
    """

    template: str
    drafting: DraftPolicy
    names: Names = field(default_factory=Names)
    only: DraftFilter = field(default_factory=DraftFilter)
    routes: tuple[RouteRule, ...] = ()
    create: CreateWhen = CreateWhen.ALWAYS
    close_from_document: bool = False
    quiet_for: timedelta = timedelta(minutes=10)
    full_pass: timedelta = timedelta(hours=6)
    index_lag: timedelta = timedelta(seconds=60)
    look_back: timedelta = timedelta(days=2)
    priorities: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    public_url: str = ""
    chart: bool = True
    done_resolutions: frozenset[str] = DONE_RESOLUTIONS
    lock_wait: float = 120.0

    def route(self, incident: Incident | None) -> Route | None:
        """Choose where an incident's tickets go, None where no project is configured."""
        for rule in self.routes:
            if not rule.services and not rule.teams:
                return rule.route
            if incident is None:
                continue
            services = {incident.service} if incident.service else set()
            if meets(rule.services, services) or meets(rule.teams, set(incident.teams)):
                return rule.route
        return None


@dataclass(frozen=True, slots=True)
class JobContext:
    """A job's collaborators. With ``dry_run`` the journal is a rehearsal and nothing is written.

    ``source`` or ``tracker`` is None where it is not configured: its half is then left out.
    ``clock`` gives aware UTC times, ``new_mark`` a random mark each time.
    """

    store: DocumentStore
    journal: Journal
    locks: IncidentLocks
    policy: JobPolicy
    clock: Callable[[], datetime]
    new_mark: Callable[[], Mark]
    source: IncidentSource | None = None
    tracker: TicketTracker | None = None
    dry_run: bool = False
    source_words: ServiceWords = NO_SOURCE
    tracker_words: ServiceWords = NO_TRACKER
