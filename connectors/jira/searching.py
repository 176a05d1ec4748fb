"""Reading tickets: many by id or key, and by label in Jira's query language (JQL).

Cloud reads many by ``bulkfetch``, which sees a ticket at once. Data Center reads them by search,
whose index lags and leaves out archived tickets; so there each one that search does not know is
asked for by itself before it counts as gone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    NotPermitted,
    OutOfQuota,
    PartlyRead,
    PayloadError,
    Rejected,
    StrayPage,
)
from connectors.jira.connection import JiraConnection
from connectors.jira.jql import id_query, key_query, label_query, made_here_query
from connectors.jira.payloads import (
    JIRA,
    TICKET_FIELDS,
    Site,
    SiteKind,
    TicketPage,
    found,
    oddity,
    ticket,
)
from connectors.json_fields import JsonValue
from connectors.tickets import MARK_PROPERTY, Ticket, TicketId, TicketKey

MOST_ASKED = 100
"""How many tickets are asked for one by one to find a lost one among them."""
PAGE = 100
"""How many tickets one request reads: the limit of Cloud's bulk fetch."""

_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+")
T = TypeVar("T")
K = TypeVar("K", bound=str)


class Searcher:
    """Reads the tickets of one site."""

    def __init__(self, connection: JiraConnection) -> None:
        """Make no request yet."""
        self._connection = connection

    def by_id(
        self, site: Site, ids: Sequence[TicketId], *, fresh: bool = False
    ) -> Mapping[TicketId, Ticket]:
        """Read tickets by id, wherever they moved; those not to be seen are absent.

        Where they are to be ``fresh`` Data Center is asked for each by itself.
        """
        wanted = list(dict.fromkeys(own for own in ids if own.isascii() and own.isdecimal()))
        read: dict[TicketId, Ticket] = {}
        unread: dict[str, str] = {}
        searched = not fresh or site.kind is SiteKind.CLOUD
        for chunk in _chunks(wanted if searched else ()):
            found = self._many(site, chunk, id_query, unread)
            read.update((each.id, each) for each in found)
        if site.kind is SiteKind.DATA_CENTER:
            for own in [own for own in wanted if own not in read]:
                read.update((each.id, each) for each in self._one(site, own, unread))
        return _all_or_partly({own: read[own] for own in wanted if own in read}, unread)

    def by_key(self, site: Site, keys: Sequence[TicketKey]) -> Mapping[TicketKey, Ticket]:
        """Read tickets by the keys that people typed, in either case, also by keys of old.

        A ticket that moved answers to its old key but names itself by the new one, so each key that
        no answer has is asked for by itself.
        """
        asked = {key: TicketKey(key.strip().upper()) for key in keys}
        wanted = [key for key in dict.fromkeys(asked.values()) if _KEY.fullmatch(key)]
        read: dict[TicketKey, Ticket] = {}
        unread: dict[str, str] = {}
        for chunk in _chunks(wanted):
            # What a bulk fetch could not give is asked for by itself below.
            found = self._many(site, chunk, key_query, {})
            read.update((each.key, each) for each in found)
        for key in wanted:
            if key not in read:
                read.update((key, each) for each in self._one(site, key, unread))
        told = {str(typed): unread[key] for typed, key in asked.items() if key in unread}
        known = {typed: read[key] for typed, key in asked.items() if key in read}
        return _all_or_partly(known, told)

    def search(
        self,
        site: Site,
        query: str,
        doing: str,
        unread: dict[str, str],
        *,
        strict: bool = False,
    ) -> list[Ticket]:
        """Give all that a query finds, lowest id first, each once.

        Those that cannot be read are put among the ``unread``, by id with the reason. A ``strict``
        query is refused where it names what there is not; of another Data Center passes that over.
        """
        cloud = site.kind is SiteKind.CLOUD
        pages = (
            self._cloud_pages(query, doing) if cloud else self._pages(query, doing, strict=strict)
        )
        read = (found(page, site.kind, site.url, unread) for page in pages)
        known = {each.id: each for page in read for each in page.tickets}
        return sorted(known.values(), key=lambda each: int(each.id))

    def labelled(self, site: Site, label: str) -> Sequence[Ticket]:
        """Give the tickets with a label. Raises ``PartlyRead`` where some could not be read."""
        unread: dict[str, str] = {}
        doing = f"search for tickets with the label {label}"
        read = self.search(site, label_query(label), doing, unread)
        return list(_all_or_partly({one.id: one for one in read}, unread).values())

    def made_here(
        self, site: Site, project: str, since: datetime, known: Collection[TicketId]
    ) -> list[Ticket]:
        """Give what this account made in a project or, for "", in any.

        What could hide one from it is an error.

        Data Center tells the property of a ticket only where it is asked for by itself.
        """
        where = f"project {project}" if project else "all projects"
        doing = f"search {where} for tickets that this account made"
        query = made_here_query(project, since)
        unread: dict[str, str] = {}
        every = self.search(site, query, doing, unread, strict=True)
        made = [one for one in every if one.id not in known]
        odd = {own: why for own, why in unread.items() if own not in known}
        told = [one for one in made if one.mark is not None]
        untold = [one for one in made if one.mark is None]
        if odd:
            raise PayloadError(next(iter(odd.values())))
        if site.kind is SiteKind.CLOUD or not untold:
            return made
        if len(untold) > MOST_ASKED:
            raise Rejected(
                f"Of the tickets in {where} that this account made, {len(untold)} may be the one "
                "that is looked for."
            )
        read = [again for one in untold for again in self._one(site, one.id, odd)]
        if odd:
            raise PayloadError(next(iter(odd.values())))
        return sorted([*told, *read], key=lambda one: int(one.id))

    def _many(
        self,
        site: Site,
        asked: Sequence[T],
        query: Callable[[Iterable[T]], str],
        unread: dict[str, str],
    ) -> Iterable[Ticket]:
        """Read up to :data:`PAGE` tickets, in any order, some perhaps missing.

        Those that Jira could not give for now are put among the ``unread``, with the reason.
        """
        if site.kind is SiteKind.DATA_CENTER:
            return self.search(site, query(asked), f"read {len(asked)} tickets", unread)
        first = self._fetch(site, asked, unread)
        if not first.failed:
            return first.tickets
        second = self._fetch(site, first.failed, unread)
        named = ", ".join(second.failed)
        for own in second.failed:
            unread[own] = f"Jira could not give the tickets with the ids {named} for now."
        return (*first.tickets, *second.tickets)

    def _fetch(self, site: Site, asked: Sequence[object], unread: dict[str, str]) -> TicketPage:
        body = {
            "issueIdsOrKeys": list(asked),
            "fields": list(TICKET_FIELDS),
            "properties": [MARK_PROPERTY],
        }
        doing = f"read {len(asked)} tickets"
        answer = self._connection.ask(doing, "POST", "issue/bulkfetch", body=body)
        return found(answer, site.kind, site.url, unread)

    def _one(self, site: Site, asked: str, unread: dict[str, str]) -> Iterator[Ticket]:
        """Read one ticket, or none where it is gone or hidden: Jira answers 404 to both.

        Old releases of Data Center answer 403 to the hidden one. Another refusal is about this
        ticket alone, and makes it one of the ``unread``.
        """
        params = {"fields": ",".join(TICKET_FIELDS), "properties": MARK_PROPERTY}
        try:
            answer = self._connection.ask(
                f"read the ticket {asked}", "GET", f"issue/{asked}", params=params
            )
        except StrayPage as error:
            unread[asked] = str(error)
            return
        except (NotFound, NotPermitted):
            return
        except (OutOfQuota, AccessDenied):
            raise
        except ConnectorError as error:
            unread[asked] = str(error)
            return
        part = JsonValue(answer, JIRA)
        try:
            read = ticket(part, site.kind, site.url)
        except PayloadError as error:
            unread[asked] = oddity(part, error)
            return
        yield read

    def _cloud_pages(self, query: str, doing: str) -> Iterator[object]:
        """Go through an enhanced search; the last page is the one without a token."""
        body: dict[str, object] = {
            "jql": query,
            "maxResults": PAGE,
            "fields": list(TICKET_FIELDS),
            "properties": [MARK_PROPERTY],
        }
        seen = {""}
        while True:
            page = self._connection.ask(doing, "POST", "search/jql", body=body)
            yield page
            token = JsonValue(page, JIRA)["nextPageToken"].text_or_none()
            if token is None:
                return
            if token in seen:
                raise PayloadError("Jira's search gave the same page token twice.")
            seen.add(token)
            body["nextPageToken"] = token

    def _pages(self, query: str, doing: str, *, strict: bool) -> Iterator[object]:
        """Go through a Data Center search, whose pages may be smaller than was asked for."""
        start = 0
        while True:
            params: dict[str, str | int] = {
                "jql": query,
                "startAt": start,
                "maxResults": PAGE,
                "validateQuery": "true" if strict else "false",
                "fields": ",".join(TICKET_FIELDS),
            }
            page = self._connection.ask(doing, "GET", "search", params=params)
            yield page
            got = len(JsonValue(page, JIRA)["issues"].each())
            start += got
            if not got or start >= JsonValue(page, JIRA)["total"].number():
                return


def _all_or_partly(read: Mapping[K, Ticket], unread: Mapping[str, str]) -> Mapping[K, Ticket]:
    """Give what was read. Raises ``PartlyRead`` with it where some could not be read for now."""
    if unread:
        what = " ".join(dict.fromkeys(unread.values()))
        raise PartlyRead(what, read, unread, "Try again later.")
    return read


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + PAGE] for start in range(0, len(items), PAGE))
