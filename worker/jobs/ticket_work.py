"""What the steps of the ticket half share while they work on one document."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from connectors.errors import AccessDenied, NotFound, PostmortemError, Rejected
from connectors.tickets import (
    Account,
    CreateFields,
    NoAccount,
    Ticket,
    TicketId,
    TicketTracker,
)
from worker.document.action_items import ActionItem
from worker.jobs.context import JobContext
from worker.jobs.results import Report
from worker.journal.records import NO_CLAIM, Claim
from worker.tracking.memory import TrackedTicket
from worker.tracking.new_ticket import Origin, Route

TASK_SHOWN = 60
"""How many characters of a task a sentence quotes."""


@dataclass(slots=True)
class Seen:
    """Tickets as they were read in this run: those asked for, and those that could be seen."""

    asked: set[TicketId] = field(default_factory=set)
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)

    def read(self, tracker: TicketTracker, ids: Iterable[TicketId]) -> None:
        """Read those of the tickets that were not asked for yet, in one go."""
        new = [one for one in dict.fromkeys(ids) if one not in self.asked]
        if new:
            self.tickets.update(tracker.read(new))
            self.asked.update(new)

    def forget(self, ids: Iterable[TicketId]) -> None:
        """Let tickets be read again."""
        for one in ids:
            self.asked.discard(one)
            self.tickets.pop(one, None)

    def add(self, tickets: Iterable[Ticket]) -> None:
        """Take in tickets that came by another way than a read."""
        for ticket in tickets:
            self.tickets[ticket.id] = ticket
            self.asked.add(ticket.id)


@dataclass(slots=True)
class Accounts:
    """Owners as people write them, looked up once a run and project.

    ``owners`` are the configured names → e-mail or account.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    found: dict[tuple[str, str], Account | NoAccount] = field(default_factory=dict)

    def find(self, tracker: TicketTracker, project: str, word: str) -> Account | NoAccount:
        """Give the one account that is meant, or a sentence why there is none."""
        meant = {key.casefold(): value for key, value in self.owners.items()}
        name = meant.get(word.casefold(), meant.get(word.lstrip("@").casefold(), word))
        key = (project, name.casefold())
        if key not in self.found:
            try:
                self.found[key] = tracker.account(project, name)
            except (AccessDenied, NotFound, Rejected) as error:
                self.found[key] = NoAccount(f"The owner '{word}' cannot be looked up: {error}")
        return self.found[key]


@dataclass(slots=True)
class Work:
    """One document's ticket half, under way.

    ``rows`` maps the ordinal of each row that has a ticket to what is remembered of it. ``hold``
    says why no ticket may be created now, "" where one may; ``busy`` that people are writing, so
    that nothing half-written is taken to the tracker. ``claim`` goes with the incident's lock.
    """

    context: JobContext
    tracker: TicketTracker
    report: Report
    incident: str
    document: str
    origin: Origin
    route: Route | None
    items: tuple[ActionItem, ...]
    tracked: tuple[TrackedTicket, ...]
    seen: Seen
    accounts: Accounts
    hold: str = ""
    busy: bool = False
    forgotten: bool = False
    claim: Claim = NO_CLAIM
    rows: dict[int, TrackedTicket] = field(default_factory=dict)

    def item(self, ordinal: int) -> ActionItem:
        """Give the row with this ordinal."""
        return next(one for one in self.items if one.ordinal == ordinal)

    def named(self, item: ActionItem) -> str:
        """Name a row for a sentence: which, its words, and in which document."""
        task = textwrap.shorten(item.task, TASK_SHOWN, placeholder="…")
        return f"Row {item.ordinal + 1} ('{task}') of {self.document}"

    def ticket(self, tracked: TrackedTicket) -> Ticket | None:
        """Give a ticket as it was read, None where it cannot be seen."""
        return self.seen.tickets.get(tracked.id)

    def read(self) -> None:
        """Read every ticket of this document that was not read yet, and note its key and place."""
        self.seen.read(self.tracker, (one.id for one in self.tracked))
        self.tracked = tuple(
            replace(one, available=one.id in self.seen.tickets) for one in self.tracked
        )

    def priorities(self, route: Route) -> tuple[str, ...]:
        """Give the priorities that tickets on this route may have, none where that is not told."""
        try:
            return self.tracker.create_fields(route.project, route.issue_type).priorities
        except (AccessDenied, NotFound) as error:
            self.report.warn(f"The priorities of project {route.project} are not told: {error}")
            return ()

    def create_fields(self, project: str, issue_type: str) -> CreateFields:
        """Tell what a create takes. Raises ``PostmortemError`` where none is possible."""
        try:
            return self.tracker.create_fields(project, issue_type)
        except (AccessDenied, NotFound) as error:
            raise PostmortemError(
                f"No ticket can be created in project {project}: {error.what}",
                error.remedy or "Run `postmortem check`.",
            ) from error
