"""Rows, tickets and memories for the tests of tracking, each with sensible defaults."""

from datetime import UTC, date, datetime, timedelta

from config.template_names import Names
from connectors.incidents import IncidentId
from connectors.tickets import Account, AccountId, Category, Mark, Ticket, TicketId, TicketKey
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.tracking.plan_agreement import Sides
from worker.tracking.ticket_actions import LinkState
from worker.tracking.tracked_tickets import Intent, TrackedTicket, Values

NOW = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
LAG = timedelta(seconds=60)
INCIDENT = IncidentId("Q0STORM")


def rows(*written: str) -> tuple[ActionItem, ...]:
    """Read action items from rows as people write them, the cells between pipes."""
    header = "| Task Description | Owner | Priority | Deadline | Ticket | Status |"
    lines = [header, "|---|---|---|---|---|---|", *(f"| {row} |" for row in written)]
    text = "## 6. Action Items\n" + "\n".join(lines) + "\n"
    return read_items(text, Names()).items


def row(
    task: str,
    owner: str = "",
    priority: str = "",
    deadline: str = "",
    ticket: str = "",
    status: str = "",
) -> ActionItem:
    """Read the one action item of a row with these cells."""
    return rows(" | ".join((task, owner, priority, deadline, ticket, status)))[0]


def ticket(number: int, summary: str, **values: object) -> Ticket:
    """Give a ticket OPS-<number> with the id 10000 + number."""
    plain: dict[str, object] = {
        "id": TicketId(str(10_000 + number)),
        "key": TicketKey(f"OPS-{number}"),
        "url": f"https://jira.example.com/browse/OPS-{number}",
        "summary": summary,
        "status": "To Do",
        "category": Category.NEW,
        "created": NOW,
        "updated": NOW,
        "project": "OPS",
    }
    return Ticket(**{**plain, **values})  # type: ignore[arg-type]  # built by name


def tracked(number: int, task: str, **values: object) -> TrackedTicket:
    """Give the memory of OPS-<number>, linked in the row of ``task``."""
    plain: dict[str, object] = {
        "id": TicketId(str(10_000 + number)),
        "key": TicketKey(f"OPS-{number}"),
        "url": f"https://jira.example.com/browse/OPS-{number}",
        "incident": INCIDENT,
        "ordinal": 0,
        "row": Values(task=task),
        "remote": Values(task=task),
        "status_cell": "To Do",
        "linked": True,
    }
    return TrackedTicket(**{**plain, **values})  # type: ignore[arg-type]  # built by name


def intent(mark: str, task: str, ordinal: int = 0, age: float = 0.0) -> Intent:
    """Give a create without an answer, ``age`` seconds old."""
    opened = NOW - timedelta(seconds=age)
    return Intent(Mark(mark), INCIDENT, task, ordinal, opened)


def state(items: tuple[ActionItem, ...], **values: object) -> LinkState:
    """Give a state at ``NOW`` in which nothing is known but what is said."""
    plain: dict[str, object] = {
        "incident": INCIDENT,
        "document": "storm.md",
        "items": items,
        "tracked": (),
        "intents": (),
        "now": NOW,
        "index_lag": LAG,
    }
    return LinkState(**{**plain, **values})  # type: ignore[arg-type]  # built by name


ALICE = Account(AccountId("acc-alice"), "Alice Moreau", "alice@example.com", "alice")
TOMORROW = date(2026, 10, 15)


def sides_of(*written: str, memory: TrackedTicket, seen: Ticket, **values: object) -> Sides:
    """Give rows that all have the ticket of ``memory``, seen as ``seen``, unless said otherwise."""
    items = rows(*written)
    plain: dict[str, object] = {
        "document": "storm.md",
        "items": items,
        "rows": {item.ordinal: memory for item in items},
        "tickets": {seen.id: seen},
    }
    return Sides(**{**plain, **values})  # type: ignore[arg-type]  # built by name
