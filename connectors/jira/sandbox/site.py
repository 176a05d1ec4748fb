"""What the sandbox Jira holds, and how it changes: tickets, projects, people, a search index.

The index lags: a search sees each ticket as it was ``index_lag`` ago, while everything that reads
by id or key sees it as it is.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import (
    MOVES,
    PEOPLE,
    ROBOT,
    STATUSES,
    Move,
    Person,
    Project,
    Status,
    operations,
)

FIRST_ID = 10_401


@dataclass(frozen=True, slots=True)
class SandboxTicket:
    """A ticket at one moment. ``description`` is ADF on Cloud, a text on Data Center."""

    id: str
    key: str
    project: str
    issue_type: str
    summary: str
    created: datetime
    updated: datetime
    description: Any = None
    labels: tuple[str, ...] = ()
    priority: str | None = None
    due: date | None = None
    assignee: Person | None = None
    creator: Person | None = None
    components: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    status: str = "To Do"
    resolution: str | None = None
    archived: bool = False
    hidden: bool = False
    parent: str | None = None
    resolved: datetime | None = None
    recategorised: datetime | None = None


@dataclass
class TicketRecord:
    """A ticket with its past, and what hangs on it."""

    versions: list[tuple[datetime, SandboxTicket]]
    properties: dict[str, Any] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    old_keys: list[str] = field(default_factory=list)

    @property
    def now(self) -> SandboxTicket:
        """The ticket as it is."""
        return self.versions[-1][1]

    def at(self, moment: datetime) -> SandboxTicket | None:
        """Give the ticket as it was, None before it was made."""
        past = [ticket for when, ticket in self.versions if when <= moment]
        return past[-1] if past else None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class SandboxSite:
    """One Jira. Whoever reads or changes it holds the lock; the sandbox's own methods do.

    ``page_limit`` caps every page. The ids in ``unready`` fail once in a bulk fetch. ``translated``
    maps names of types, priorities, statuses and resolutions to what the account's language makes
    of them: it is shown those, and has to use ids or the names themselves. ``workflow`` are the
    transitions that there are, between ``statuses``.
    Each create sets what ``sets_at_create`` holds, as post functions of a workflow do.
    A create, of one or of many, that holds what the pattern ``poison`` finds is answered with 500.
    A server may have no remote links.
    """

    kind: SiteKind = SiteKind.CLOUD
    index_lag: timedelta = timedelta(0)
    clock: Callable[[], datetime] = _now
    projects: list[Project] = field(default_factory=lambda: [operations()])
    people: Sequence[Person] = PEOPLE
    myself: Person = ROBOT
    page_limit: int = 100
    unready: set[str] = field(default_factory=set)
    translated: dict[str, str] = field(default_factory=dict)
    workflow: Sequence[Move] = MOVES
    statuses: dict[str, Status] = field(default_factory=lambda: dict(STATUSES))
    poison: str = ""
    sets_at_create: dict[str, Any] = field(default_factory=dict)
    has_remote_links: bool = True
    records: dict[str, TicketRecord] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _made: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)

    @property
    def is_cloud(self) -> bool:
        """Tell which kind it is."""
        return self.kind is SiteKind.CLOUD

    def shown(self, name: str) -> str:
        """Give a name as the account's language has it."""
        return self.translated.get(name, name)

    def project(self, key_or_id: str) -> Project | None:
        """Give a project, None where there is none."""
        return next((each for each in self.projects if key_or_id in {each.key, each.id}), None)

    def find(self, id_or_key: str) -> TicketRecord | None:
        """Give a ticket that the account may see, by its id, its key or a key of old."""
        called = id_or_key.upper()
        record = self.records.get(called) or next(
            (
                one
                for one in self.records.values()
                if called == one.now.key or called in one.old_keys
            ),
            None,
        )
        return None if record is None or record.now.hidden else record

    def indexed(self) -> Iterator[tuple[TicketRecord, SandboxTicket]]:
        """Give each ticket as the index knows it; archived and hidden ones it does not."""
        moment = self.clock() - self.index_lag
        for record in self.records.values():
            known = record.at(moment)
            if known is not None and not (record.now.hidden or record.now.archived):
                yield record, known

    def create(self, project: Project, **fields: Any) -> TicketRecord:
        """Make a ticket of fields that were looked at."""
        now = self.clock()
        own = str(FIRST_ID + self._made)
        self._made += 1
        key = self._new_key(project)
        ticket = SandboxTicket(
            own, key, project.key, created=now, updated=now, hidden=project.hides_new, **fields
        )
        self.records[own] = TicketRecord([(now, ticket)])
        if self.sets_at_create:
            self.change(self.records[own], **self.sets_at_create)
        return self.records[own]

    def change(self, record: TicketRecord, **fields: Any) -> None:
        """Change fields; the ticket counts as updated now."""
        now, before = self.clock(), record.now
        after = replace(before, updated=now, **fields)
        if after.resolution != before.resolution:
            after = replace(after, resolved=now if after.resolution else None)
        if self.statuses[after.status].category != self.statuses[before.status].category:
            after = replace(after, recategorised=now)
        record.versions.append((now, after))

    def moves(self, record: TicketRecord) -> list[Move]:
        """List the transitions that the workflow allows now."""
        return [move for move in self.workflow if record.now.status in move.sources]

    def transition(self, record: TicketRecord, move: Move, **fields: Any) -> None:
        """Make a transition, with the fields of its screen."""
        self.change(record, **{"status": move.to, "resolution": move.resolution} | fields)

    def move_to(self, record: TicketRecord, project: Project) -> None:
        """Move a ticket to another project: it gets a new key and answers to the old one too."""
        record.old_keys.append(record.now.key)
        self.change(record, key=self._new_key(project), project=project.key)

    def delete(self, record: TicketRecord) -> None:
        """Delete a ticket for good."""
        del self.records[record.now.id]

    def clear(self) -> None:
        """Forget all tickets, and count from the start again."""
        self.records.clear()
        self.unready.clear()
        self._numbers.clear()
        self._made = 0

    def _new_key(self, project: Project) -> str:
        number = self._numbers.get(project.key, 0) + 1
        self._numbers[project.key] = number
        return f"{project.key}-{number}"
