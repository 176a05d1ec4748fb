"""What the jobs of one run share, so that nothing is read twice and nothing tried in vain."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from connectors.errors import AccessDenied, NotFound, PartlyRead, Rejected
from connectors.incidents import IncidentId
from connectors.tickets import Account, NoAccount, Ticket, TicketId, TicketTracker
from worker.jobs.catalogue import Catalogue
from worker.tracking.tracked_tickets import TrackedTicket

_HANDLE = re.compile(r"[^\s@]+")


@dataclass(slots=True)
class ReadTickets:
    """Tickets as they were read in this run: those asked for, and those that could be seen."""

    asked: set[TicketId] = field(default_factory=set)
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)

    def read(self, tracker: TicketTracker, ids: Iterable[TicketId]) -> None:
        """Read those of the tickets that were not asked for yet, in one go.

        Raises ``PartlyRead`` once the others are taken in; what was not read may be asked again.
        """
        new = [one for one in dict.fromkeys(ids) if one not in self.asked]
        if not new:
            return
        try:
            self.tickets.update(tracker.read(new))
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
            found = self.found[key]
            if isinstance(found, Account):
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
class RunCache:
    """What one run knows: its documents, tickets and accounts, and what need not be tried.

    ``out_of_quota`` tells that the tracker takes no more, ``source_fails`` that the source takes no
    more either, or not these credentials: both hold for the rest of the run. A source that fails
    for one incident may well give the next. ``refused_links`` counts by project what tickets were
    refused their links. ``remembered`` are the tickets of the incidents as the
    journal had them when they were read.
    """

    catalogue: Catalogue
    accounts: FoundAccounts
    tickets: ReadTickets = field(default_factory=ReadTickets)
    out_of_quota: str = ""
    source_fails: str = ""
    refused_links: Counter[str] = field(default_factory=Counter)
    remembered: dict[IncidentId, tuple[TrackedTicket, ...]] = field(default_factory=dict)

    def forget_stale(self, incident: IncidentId, tickets: tuple[TrackedTicket, ...]) -> None:
        """Forget what was read of an incident's tickets if another process changed them since."""
        if tickets != self.remembered.get(incident, tickets):
            self.tickets.forget(one.id for one in tickets)
