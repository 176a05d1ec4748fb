"""Jira as a tracker of tickets, Cloud and Data Center alike."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from connectors.connector import Memory
from connectors.errors import AccessDenied, Finding, NotFound, Rejected
from connectors.jira import checks, createmeta, jql, people
from connectors.jira.connection import JiraAccess, JiraConnection
from connectors.jira.payloads import JIRA, Site, SiteKind, account, server, transitions
from connectors.jira.responses import through_gateway, unknown_site
from connectors.jira.searching import Searcher
from connectors.jira.site_memory import ExpiringCache, SiteMemory
from connectors.jira.writing import editing, request_bodies
from connectors.jira.writing.creating import Creator
from connectors.json_fields import JsonValue
from connectors.pacing.rate_limit import NoPace, Pace
from connectors.retry import Circuit, RetryPolicy
from connectors.ticket_fields import CreateFields
from connectors.tickets import (
    Account,
    Created,
    GoingUnlabelled,
    Json,
    NewTicket,
    NoAccount,
    Outcome,
    Refused,
    RemoteLink,
    Ticket,
    TicketChanges,
    TicketId,
    TicketKey,
    Transition,
)
from connectors.tls import Authorities

OVERLAP = timedelta(minutes=5)
"""How far a search for what changed reaches back: more than a search index usually lags."""
KEPT = 600.0
"""Seconds for which people and create fields are kept."""


class Jira:
    """A :class:`~connectors.tickets.TicketTracker`; safe to share between threads."""

    def __init__(
        self,
        url: str,
        *,
        email: str = "",
        api_token: str = "",
        personal_token: str = "",
        timeouts: tuple[float, float] = (5.0, 30.0),
        policy: RetryPolicy | None = None,
        circuit: Circuit | None = None,
        pace: Pace | None = None,
        overlap: timedelta = OVERLAP,
        authorities: Authorities | None = None,
        memory: Memory | None = None,
    ) -> None:
        """Make no request yet. Credentials are e-mail and API token, or a personal token.

        ``timeouts`` are the seconds to wait for a connection and for an answer. Every request takes
        a permit of ``pace``. ``overlap`` is how far :meth:`changed` reaches back. What the site is
        and takes is kept in ``memory`` until the site refuses something. Raises
        ``ConfigurationError`` where credentials are lacking, or would go over plain http to another
        machine.
        """
        access = JiraAccess(url.rstrip("/"), email, api_token, personal_token, timeouts)
        self._connection = JiraConnection(
            access,
            policy or RetryPolicy(),
            circuit or Circuit(),
            pace or NoPace(),
            authorities,
        )
        self._creator = Creator(self._connection)
        self._searcher = Searcher(self._connection)
        self._overlap = overlap
        self._memory = SiteMemory(memory, access)
        self._asks_anew = self._is_remembered = False
        self._site: Site | None = None
        self._finding_out = threading.Lock()
        self._people = ExpiringCache[tuple[str, str, tuple[str, ...]], Account | NoAccount](KEPT)
        self._fields = ExpiringCache[tuple[str, str], CreateFields](KEPT)

    def site(self) -> Site:
        with self._finding_out:
            if self._site is None and not self._asks_anew:
                self._site = self._memory.site()
                self._is_remembered = self._site is not None
                if self._site is not None and self._site.kind is SiteKind.CLOUD:
                    self._connection.version = "3"
            if self._site is None:
                self._site = self._find_out()
                self._memory.keep_site(self._site)
            return self._site

    def create(
        self, tickets: Sequence[NewTicket], going_unlabelled: GoingUnlabelled = lambda _: None
    ) -> Sequence[Outcome]:
        """Send up to 50 tickets in a request.

        A field that Jira refuses is left out and the ticket sent once more, since a refused create
        made nothing; ``Created.dropped`` says so. Nothing else is sent twice.
        """
        with self._doubted():
            outcomes = self._creator.create(self.site(), tickets, going_unlabelled)
        if any(isinstance(one, Refused) or _lacks_some(one) for one in outcomes):
            self._forget()
        return outcomes

    def read(self, ids: Sequence[TicketId], *, fresh: bool = False) -> Mapping[TicketId, Ticket]:
        """Make a request for each 100 tickets."""
        with self._doubted():
            return self._searcher.by_id(self.site(), ids, fresh=fresh)

    def read_keys(self, keys: Sequence[TicketKey]) -> Mapping[TicketKey, Ticket]:
        """Follow a key of old to the ticket, which then has another key."""
        return self._searcher.by_key(self.site(), keys)

    def labelled(self, label: str) -> Sequence[Ticket]:
        with self._doubted():
            return self._searcher.labelled(self.site(), label)

    def made_here(
        self, project: str, since: datetime, known: Collection[TicketId]
    ) -> Sequence[Ticket]:
        """Make a request for each ticket besides on Data Center, whose search tells no marks."""
        with self._doubted():
            return self._searcher.made_here(self.site(), project, since, known)

    def changed(self, label: str, since: datetime) -> Sequence[Ticket]:
        doing = f"search for changed tickets with the label {label}"
        query = jql.changed_query(label, since - self._overlap)
        with self._doubted():
            return self._searcher.search(self.site(), query, doing, {})

    def create_fields(self, project: str, issue_type: str) -> CreateFields:
        """Keep what was told for ten minutes."""
        self.site()

        def ask() -> CreateFields:
            known = None if self._asks_anew else self._memory.fields(project, issue_type)
            if known is None:
                with self._doubted():
                    known = createmeta.fields_of(self._connection, project, issue_type)
                self._memory.keep_fields(project, issue_type, known)
            return known

        return self._fields.get((project, issue_type), ask)

    def account(self, project: str, name: str, team: Sequence[str] = ()) -> Account | NoAccount:
        """Keep what was found for ten minutes."""
        site = self.site()
        key = (project, name.strip().casefold(), tuple(team))

        def ask() -> Account | NoAccount:
            if known := None if self._asks_anew else self._memory.person(key):
                return known
            with self._doubted():
                found = people.find(self._connection, site, project, name, team)
            if isinstance(found, Account):
                self._memory.keep_person(key, found)
            return found

        return self._people.get(key, ask)

    def assignable(self, project: str, words: str) -> Sequence[Account]:
        with self._doubted():
            return people.assignable(self._connection, self.site(), project, words)

    def is_own(self, address: str) -> bool:
        """Tell by host and path; the site's own word for its address counts, and ours."""
        return _is_below(address, (self.site().url, self._connection.access.url))

    def update(self, ticket: TicketId, changes: TicketChanges) -> Mapping[str, str]:
        return editing.change(self._connection, self.site(), ticket, changes)

    def transitions(self, ticket: TicketId) -> Sequence[Transition]:
        self.site()
        path = f"issue/{ticket}/transitions"
        params = {"expand": "transitions.fields"}
        doing = "read the ticket's transitions"
        return transitions(self._connection.ask(doing, "GET", path, params=params))

    def transition(self, ticket: TicketId, to: Transition, fields: Json) -> None:
        """Make a move once, since from where it leads it may not be allowed again."""
        self.site()
        self._connection.ask(
            f"move the ticket to {to.to_status}",
            "POST",
            f"issue/{ticket}/transitions",
            body=request_bodies.transition(to.id, fields),
            repeatable=False,
        )

    def link(self, ticket: TicketId, link: RemoteLink) -> None:
        """Add a remote link, or update the one with the same global id."""
        self.site()
        path = f"issue/{ticket}/remotelink"
        self._connection.ask("link the ticket", "POST", path, body=request_bodies.remote_link(link))

    def check(
        self, project: str, issue_type: str, *, supplied: Iterable[str] = (), resolution: str = ""
    ) -> Sequence[Finding]:
        self._ask_anew()
        return list(
            checks.findings(
                self._connection,
                self.site,
                lambda: self.create_fields(project, issue_type),
                project,
                issue_type,
                supplied,
                resolution,
            )
        )

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _doubted(self) -> Iterator[None]:
        """Take what is remembered for doubtful where the site refuses something."""
        try:
            yield
        except (AccessDenied, NotFound, Rejected):
            self._forget()
            raise

    def _forget(self) -> None:
        self._memory.forget()
        self._ask_anew()

    def _ask_anew(self) -> None:
        """Take nothing from memory any more, and ask again what was taken from it."""
        with self._finding_out:
            self._asks_anew = True
            if self._is_remembered:
                self._site, self._is_remembered = None, False

    def _find_out(self) -> Site:
        # serverInfo answers anybody, so only myself proves the credentials.
        try:
            told = server(
                self._connection.package("find out what it is", lambda client: client.server_info())
            )
        except NotFound as missing:
            raise unknown_site(missing, self._connection.access.is_gateway) from missing
        if told.kind is SiteKind.CLOUD:
            self._connection.version = "3"
        try:
            me = self._connection.package("say who we are", lambda client: client.myself())
        except AccessDenied as denied:
            cloud_id = self._connection.cloud_id() if told.kind is SiteKind.CLOUD else ""
            raise (through_gateway(denied, cloud_id) if cloud_id else denied) from denied
        known = account(JsonValue(me, JIRA), told.kind)
        url = told.url or self._connection.access.url
        return Site(told.kind, url, told.version, known.id, known.name)


def _lacks_some(outcome: Outcome) -> bool:
    return isinstance(outcome, Created) and bool(outcome.dropped)


def _is_below(address: str, sites: Iterable[str]) -> bool:
    """Tell whether an address is on one of the sites, whatever its scheme."""
    try:
        there = urlsplit(address)
        here = [urlsplit(site) for site in sites]
    except ValueError:
        return False
    return any(
        there.netloc.casefold() == one.netloc.casefold()
        and f"{there.path}/".startswith(f"{one.path.rstrip('/')}/")
        for one in here
    )
