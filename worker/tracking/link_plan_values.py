"""Which row has which ticket: what the decision rests on, and the decision with its sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.incidents import IncidentId
from connectors.tickets import MARK_LABEL_PREFIX, Mark, Ticket, TicketId
from worker.document.action_item_values import ActionItem
from worker.tracking.action_types import LacksTicket, LinkTicket, Wait, row_name
from worker.tracking.tracked_tickets import Intent, TrackedTicket


@dataclass(frozen=True, slots=True)
class LinkState:
    """All that the decision rests on.

    ``labelled`` is None before the search. ``hold`` says why no ticket may be created now, if so.
    ``forgotten_until`` is set for a document that the journal has no memory of: a lost memory may
    hide a create until then. ``hides_new`` names the project whose new tickets this account cannot
    see, if so: no search tells whether one was made there.
    """

    incident: IncidentId
    document: str
    items: tuple[ActionItem, ...]
    tracked: tuple[TrackedTicket, ...]
    intents: tuple[Intent, ...]
    now: datetime
    index_lag: timedelta
    labelled: tuple[Ticket, ...] | None = None
    hold: str = ""
    forgotten_until: datetime | None = None
    hides_new: str = ""


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """The decision; ``search`` asks for a second look with the label's tickets.

    ``held`` are rows that get no ticket now, ``left_out`` those that are to have none. ``lost`` are
    creates that surely made no ticket, ``settled`` those whose ticket was decided, ``orphans``
    tickets whose row a person deleted.
    ``problems`` say of rows that get no ticket why.
    """

    links: tuple[LinkTicket, ...] = ()
    creates: tuple[LacksTicket, ...] = ()
    waits: tuple[Wait, ...] = ()
    held: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    lost: tuple[Mark, ...] = ()
    settled: tuple[Mark, ...] = ()
    orphans: tuple[TrackedTicket, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    search: bool = False


@dataclass(slots=True)
class LinkDecisions:
    """The plan while it is being made."""

    links: list[LinkTicket] = field(default_factory=list)
    creates: list[LacksTicket] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    lost: list[Mark] = field(default_factory=list)
    settled: list[Mark] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def linked(self) -> set[TicketId]:
        """Give the tickets that have found their rows."""
        return {link.tracked.id for link in self.links}


def sentences(decided: LinkPlan, state: LinkState) -> Iterable[str]:
    """Say what is left to people: warnings, tickets without a row, rows without a ticket."""
    yield from decided.warnings
    for one in decided.orphans:
        yield (
            f"The row of {one.key} ('{one.row.task}') is gone from {state.document}. "
            "The ticket is left alone; close it in the tracker if it is not wanted."
        )
    named = {item.ordinal: item for item in state.items}
    for ordinal in decided.left_out:
        yield (
            f"{row_name(named[ordinal], state.document)} {named[ordinal].left_out}, so no ticket "
            "is made for it."
        )
    if decided.held:
        count = len(decided.held)
        rows = "action item has" if count == 1 else "action items have"
        yield f"{count} {rows} no ticket in {state.document}: {state.hold}."


def unknowable(row: str, project: str, mark: Mark) -> str:
    """Say that no search tells whether a create made a ticket, since new ones are hidden."""
    return (
        f"{row} has no ticket that is known: its create had no answer, and this account cannot "
        f"see new tickets of project {project}, so nobody can tell whether one was made. Let "
        f"somebody who sees them search for the label {MARK_LABEL_PREFIX}{mark}, and put the key "
        "into the row; if there is none, that of a ticket made by hand."
    )
