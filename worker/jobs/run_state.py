"""The state of a run, and of one document's tickets in it.

What the jobs of one run share, so that nothing is read twice and nothing tried in vain; and the
ticket half of one job under way, with how its failures are told.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    OutOfQuota,
    PartlyRead,
    PostmortemError,
    Rejected,
)
from connectors.incidents import IncidentId
from connectors.pages import PageId
from connectors.tickets import Account, NoAccount, Ticket, TicketId, TicketTracker
from worker.document.action_items import ActionItem
from worker.jobs.catalogue import Catalogue, with_document
from worker.jobs.context import JobContext
from worker.jobs.results import Report
from worker.journal.records import NO_CLAIM, Claim
from worker.tracking.new_ticket import Origin
from worker.tracking.plan_agreement import Sides
from worker.tracking.ticket_actions import row_name
from worker.tracking.tracked_tickets import TrackedTicket, row_values

_HANDLE = re.compile(r"[^\s@]+")


@dataclass(slots=True)
class ReadTickets:
    """Tickets as they were read in this run: those asked for, and those that could be seen."""

    asked: set[TicketId] = field(default_factory=set)
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)

    def read(self, tracker: TicketTracker, ids: Iterable[TicketId], fresh: bool = False) -> None:
        """Read those of the tickets that were not asked for yet, in one go.

        Raises ``PartlyRead`` once the others are taken in; what was not read may be asked again.
        """
        new = [one for one in dict.fromkeys(ids) if one not in self.asked]
        if not new:
            return
        try:
            self.tickets.update(tracker.read(new, fresh=fresh))
        except PartlyRead as error:
            self.add(error.read.values())
            self.asked.update(one for one in new if one not in error.unread)
            raise
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
class FoundAccounts:
    """Owners as people write them, looked up once a run and project.

    ``owners`` are the configured names → e-mail or account.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    found: dict[tuple[str, str, tuple[str, ...]], Account | NoAccount] = field(default_factory=dict)

    def find(
        self, tracker: TicketTracker, project: str, word: str, team: Callable[[], tuple[str, ...]]
    ) -> Account | NoAccount:
        """Give the one account that is meant, or a sentence why there is none.

        ``team`` gives the full names of the incident's people; it is asked only about a handle or
        first name that the tracker alone cannot tell.
        """
        found: Account | NoAccount = NoAccount(f"Nobody is named by '{word}'.")
        for name, people in self._meanings(word, team):
            key = (project, name.casefold(), people)
            if key not in self.found:
                try:
                    self.found[key] = tracker.account(project, name, people)
                except (AccessDenied, NotFound, Rejected) as error:
                    refused = f"The owner '{name}' cannot be looked up: {error}"
                    self.found[key] = NoAccount(refused)
            if isinstance(found := self.found[key], Account):
                break
        return found

    def _meanings(
        self, word: str, team: Callable[[], tuple[str, ...]]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Give the names to look up, one after the other, and among which people."""
        meant = {key.casefold(): value for key, value in self.owners.items()}
        bare = word.strip("@[]()~ ")
        name = meant.get(word.casefold(), meant.get(bare.casefold(), word))
        yield name, ()
        if name == word and _HANDLE.fullmatch(bare) and (people := team()):
            yield name, people


@dataclass(slots=True)
class SpacePages:
    """Which page of the space belongs to which incident, by what the pages themselves say.

    They are gone through once in a run, as far as is needed, by one job at a time.
    """

    found: dict[str, PageId] = field(default_factory=dict)
    left: Iterator[tuple[str, PageId]] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def page_of(
        self, incident: IncidentId, listing: Callable[[], Iterator[tuple[str, PageId]]]
    ) -> PageId | None:
        """Give an incident's page, None for none; ``listing`` begins to go through all pages."""
        with self.lock:
            if self.left is None:
                self.left = listing()
            while incident not in self.found:
                if (page := next(self.left, None)) is None:
                    return None
                self.found.setdefault(*page)
            return self.found[incident]


@dataclass(slots=True)
class RunCache:
    """What one run knows: its documents, tickets and accounts, and what need not be tried.

    ``out_of_quota`` and ``source_fails`` tell that a service takes no more for the rest of the run,
    or not these credentials; ``pages_wait`` and ``chat_waits`` why nothing is written there.
    ``refused_links`` counts refusals by project, ``space`` and ``properties`` tell whose pages are.
    """

    catalogue: Catalogue
    accounts: FoundAccounts
    tickets: ReadTickets = field(default_factory=ReadTickets)
    out_of_quota: str = ""
    source_fails: str = ""
    refused_links: Counter[str] = field(default_factory=Counter)
    remembered: dict[IncidentId, tuple[TrackedTicket, ...]] = field(default_factory=dict)
    space: SpacePages = field(default_factory=SpacePages)
    properties: SpacePages = field(default_factory=SpacePages)
    pages_wait: str = ""
    chat_waits: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def part(self, incident: IncidentId) -> "RunCache":
        """Give a part for one incident's job, which may run beside others of this run.

        Its documents and tickets are its own, what is found out of people and refused links shared.
        """
        ids = {one.id for one in self.remembered.get(incident, ())}
        tickets = ReadTickets(self.tickets.asked & ids)
        tickets.tickets = {one: self.tickets.tickets[one] for one in ids & {*self.tickets.tickets}}
        return replace(self, tickets=tickets)

    def take_in(self, part: "RunCache", incident: IncidentId) -> None:
        """Take in what one incident's job has found out with its part."""
        if part is self:
            return
        self.out_of_quota = self.out_of_quota or part.out_of_quota
        self.source_fails = self.source_fails or part.source_fails
        self.pages_wait = self.pages_wait or part.pages_wait
        self.chat_waits = self.chat_waits or part.chat_waits
        with self.lock:
            for document in part.catalogue.own.get(incident, ()):
                self.catalogue = with_document(self.catalogue, document)

    def forget_stale(self, incident: IncidentId, tickets: tuple[TrackedTicket, ...]) -> None:
        """Forget what was read of an incident's tickets if another process changed them since."""
        if tickets != self.remembered.get(incident, tickets):
            self.tickets.forget(one.id for one in tickets)


@dataclass(slots=True)
class TicketWork:
    """One document's ticket half, under way.

    ``rows`` maps the ordinal of each row that has a ticket to what is remembered of it, ``hold``
    says why no ticket may be created now, "" where one may, ``busy`` that people are writing.
    ``people`` gives the full names of the incident's people, where they can be read; ``claim`` goes
    with its lock. ``postponed`` are the rows whose ticket could not follow them, ``asked`` those
    whose key was looked up, ``repeats`` those whose ticket another row speaks for.
    """

    context: JobContext
    tracker: TicketTracker
    report: Report
    origin: Origin
    cache: RunCache
    items: tuple[ActionItem, ...] = ()
    tracked: tuple[TrackedTicket, ...] = ()
    hold: str = ""
    busy: bool = False
    people: Callable[[], tuple[str, ...]] = tuple
    claim: Claim = NO_CLAIM
    rows: dict[int, TrackedTicket] = field(default_factory=dict)
    postponed: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    repeats: frozenset[int] = frozenset()

    @property
    def sides(self) -> Sides:
        """Both sides as they are by now."""
        read = self.cache.tickets
        remembered = {one.id for one in (*self.tracked, *self.rows.values())}
        named = {one.ordinal for one in self.items if one.ticket is not None}
        return Sides(
            self.origin.document,
            self.items,
            self.rows,
            read.tickets,
            busy=self.busy,
            postponed=frozenset(self.postponed),
            unread=frozenset(remembered - read.asked),
            unasked=frozenset(named - self.asked - self.rows.keys()),
            repeats=self.repeats,
        )

    @property
    def redated(self) -> set[int]:
        """The rows whose deadline is another than their ticket was last told."""
        now = [(one.ordinal, row_values(one).deadline) for one in self.items]
        return {at for at, day in now if at in self.rows and self.rows[at].row.deadline != day}

    def named(self, item: ActionItem) -> str:
        """Name a row for a sentence."""
        return row_name(item, self.origin.document)

    def items_of(self, ticket: TicketId) -> list[ActionItem]:
        """Give the rows that have a ticket."""
        own = {ordinal for ordinal, one in self.rows.items() if one.id == ticket}
        return [item for item in self.items if item.ordinal in own]


@contextmanager
def failures_told(work: TicketWork) -> Iterator[None]:
    """Tell what fails as a whole, and go on with what does not turn on it."""
    try:
        yield
    except PostmortemError as error:
        told = str(error)
        if isinstance(error, ConnectorError):
            told = f"The tickets of {work.origin.document} are not up to date: {told}"
        work.report.fail(told)
        if isinstance(error, OutOfQuota):
            work.cache.out_of_quota = str(error)


@contextmanager
def postponing(work: TicketWork, items: Iterable[ActionItem]) -> Iterator[None]:
    """Tell of rows that the tracker failed for, and keep their changes for a later run.

    Raises ``OutOfQuota``, for then nothing else can be asked either.
    """
    items = list(items)
    try:
        yield
    except ConnectorError as error:
        work.postponed.update(item.ordinal for item in items)
        if isinstance(error, OutOfQuota):
            raise
        for item in items:
            key = work.rows[item.ordinal].key if item.ordinal in work.rows else ""
            told = f"{work.named(item)}: {key} could not follow it" if key else work.named(item)
            work.report.fail(f"{told}: {error}")


def not_configured(context: JobContext, *, tracks: bool) -> Iterable[str]:
    """Say what is left out of every job, since a service is not configured."""
    if context.source is None:
        words = context.source_words
        yield (
            f"{words.name} is not configured ({words.setting}), so no draft was written or "
            "refreshed."
        )
    if context.tracker is None and tracks:
        words = context.tracker_words
        yield (
            f"{words.name} is not configured ({words.setting}), so no ticket was created and none "
            "was read."
        )
