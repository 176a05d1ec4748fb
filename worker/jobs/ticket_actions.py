"""Carrying out what was planned between rows and tickets: the one place that writes to a tracker.

A create is written down first, tried once, and never blindly again.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace

from connectors.errors import ConnectorError, Rejected
from connectors.tickets import (
    Created,
    NotSent,
    Outcome,
    Refused,
    TicketField,
    TicketTracker,
    Unknown,
)
from worker.document.action_items import ActionItem
from worker.jobs.context import JobContext
from worker.jobs.results import Action, Deed, Report
from worker.jobs.run_cache import RunCache
from worker.journal.records import NO_CLAIM, Claim
from worker.tracking.agreement import Sides
from worker.tracking.new_ticket import Origin
from worker.tracking.planned_actions import (
    AddLinks,
    Cell,
    ChangeTicket,
    CreateTicket,
    MoveTicket,
    Tell,
    TicketAction,
    WriteCell,
    row_name,
)
from worker.tracking.shared_fields import TRACKER_NAMES, after
from worker.tracking.tracked_tickets import Intent, TrackedTicket, row_values, ticket_values


@dataclass(slots=True)
class TicketWork:
    """One document's ticket half, under way.

    ``rows`` maps the ordinal of each row that has a ticket to what is remembered of it. ``hold``
    says why no ticket may be created now, "" where one may; ``busy`` that people are writing.
    ``people`` gives the full names of those who took part in the incident, where they can be read.
    ``claim`` goes with the incident's lock.
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

    @property
    def sides(self) -> Sides:
        """Both sides as they are by now."""
        tickets = self.cache.tickets.tickets
        return Sides(self.origin.document, self.items, self.rows, tickets, busy=self.busy)

    @property
    def redated(self) -> set[int]:
        """The rows whose deadline is another than their ticket was last told."""
        now = [(one.ordinal, row_values(one).deadline) for one in self.items]
        return {at for at, day in now if at in self.rows and self.rows[at].row.deadline != day}

    def named(self, item: ActionItem) -> str:
        """Name a row for a sentence."""
        return row_name(item, self.origin.document)


def carry_out(work: TicketWork, actions: Sequence[TicketAction]) -> None:
    """Do what was planned, in its order, the creates in one go; a dry run only tells.

    Raises ``ConnectorError`` where the tracker fails; what was done until then is remembered.
    """
    if work.context.dry_run:
        _tell_plan(work, actions)
        return
    if creates := [one for one in actions if isinstance(one, CreateTicket)]:
        create_tickets(work, creates)
    for action in actions:
        match action:
            case Tell():
                work.report.warn(action.sentence)
            case ChangeTicket():
                _change(work, action)
            case MoveTicket():
                _move(work, action)
            case AddLinks():
                _add_links(work, action)


def cell_deed(written: WriteCell) -> Deed:
    """Give what is written into a row as a deed."""
    kinds = {Cell.TICKET: Action.LINKED, Cell.STATUS: Action.STATUS}
    kind = kinds[written.cell] if isinstance(written.cell, Cell) else Action.CHANGED_ROW
    task = written.item.task
    return Deed(kind, task, written.reason, written.key, written.before, written.after)


def _tell_plan(work: TicketWork, actions: Sequence[TicketAction]) -> None:
    for action in actions:
        match action:
            case Tell():
                work.report.warn(action.sentence)
            case CreateTicket():
                ticket = action.ticket
                reason = f"{action.reason}, in project {ticket.project}"
                work.report.would(Deed(Action.CREATED, ticket.summary, reason))
                work.report.warn(*_problems(work, action, "The ticket would be created"))
            case ChangeTicket():
                work.report.would(*_change_deeds(action, ()))
            case MoveTicket():
                work.report.would(_move_deed(action))
            case AddLinks():
                pass


def create_tickets(work: TicketWork, creates: Sequence[CreateTicket]) -> Sequence[Outcome]:
    """Write the intents down, send the creates once, and note at once what is not known.

    Gives the outcomes, each told and remembered by then.
    """
    journal = work.context.journal
    intents = [
        Intent(
            mark=one.ticket.mark,
            incident=work.origin.incident,
            task=one.item.task,
            ordinal=one.item.ordinal,
            opened_at=work.context.clock(),
        )
        for one in creates
    ]
    journal.intend(intents, work.claim)
    try:
        outcomes = work.tracker.create([one.ticket for one in creates])
    except ConnectorError:
        # The tracker promises to raise only where surely no ticket was made.
        journal.settle_intents(intent.mark for intent in intents)
        raise
    now = work.context.clock()
    journal.intend(
        replace(intent, unknown_since=now)
        for intent, outcome in zip(intents, outcomes, strict=True)
        if isinstance(outcome, Unknown)
    )
    for one, outcome in zip(creates, outcomes, strict=True):
        _conclude(work, one, outcome)
    return outcomes


def _conclude(work: TicketWork, one: CreateTicket, outcome: Outcome) -> None:
    journal, report, mark = work.context.journal, work.report, one.ticket.mark
    match outcome:
        case Created():
            row = row_values(one.item)
            if TicketField.ASSIGNEE in outcome.dropped:  # still to come, as a change by itself
                row = replace(row, owner="")
            tracked = TrackedTicket(
                id=outcome.id,
                key=outcome.key,
                url=outcome.url,
                incident=work.origin.incident,
                ordinal=one.item.ordinal,
                row=row,
                mark=mark,
                has_links=False,
            )
            journal.settle_intents([mark], [tracked])
            _forget_replaced(work, one.item)
            work.rows[one.item.ordinal] = tracked
            report.did(Deed(Action.CREATED, one.item.task, one.reason, outcome.key))
            report.warn(*_problems(work, one, f"The ticket {outcome.key} was created"))
            dropped = {k: why for k, why in outcome.dropped.items() if k != TicketField.ASSIGNEE}
            for name, why in dropped.items():
                report.warn(
                    f"{work.context.tracker_words.name} refused the {_field(name, one)} of "
                    f"{work.named(one.item)}: {why} "
                    f"The ticket {outcome.key} was created without it."
                )
        case Refused():
            journal.settle_intents([mark])
            report.fail(f"{work.named(one.item)} has no ticket: {outcome.reason}")
        case NotSent():
            journal.settle_intents([mark])
            report.fail(f"{work.named(one.item)} has no ticket yet: {outcome.reason}")
        case Unknown():
            now = work.context.clock()
            report.again(now + work.context.policy.index_lag, now)


def _forget_replaced(work: TicketWork, item: ActionItem) -> None:
    """Forget a ticket that cannot be seen any more, once a person had its row get another."""
    named = {other.ticket.key for other in work.items if other.ticket is not None}
    gone = [
        one.id
        for one in work.tracked
        if not one.available and one.key not in named and one.row.task == item.task
    ]
    work.context.journal.untrack(gone)
    work.tracked = tuple(one for one in work.tracked if one.id not in gone)


def _field(name: str, one: CreateTicket) -> str:
    if one.ticket.parent and name == one.ticket.parent.field:
        return f"parent '{one.ticket.parent.key}'"
    values = {
        TicketField.DUE: one.ticket.due,
        TicketField.PRIORITY: one.ticket.priority and one.ticket.priority.name,
        TicketField.ASSIGNEE: one.ticket.assignee,
        "components": ", ".join(each.name for each in one.ticket.components),
    }
    if name not in values:
        return f"field '{name}'"
    return f"{name} '{values[name]}'" if values[name] else name


def _problems(work: TicketWork, one: CreateTicket, done: str) -> list[str]:
    return [f"{work.named(one.item)}: {problem} {done} without it." for problem in one.problems]


def _change(work: TicketWork, action: ChangeTicket) -> None:
    """Change a ticket, and remember at once that both sides agree now, but for what was refused."""
    ticket = action.ticket
    refused = work.tracker.update(ticket.id, action.changes)
    for name, why in refused.items():
        tracker = work.context.tracker_words.name
        work.report.warn(f"{tracker} refused the new {name} of {ticket.key}: {why}")
    for deed in _change_deeds(action, refused):
        work.report.did(deed)
    read = work.cache.tickets.tickets[ticket.id]
    now = after(read, action.changes, action.accounts, refused)
    tracked = work.rows[action.item.ordinal]
    agreed = replace(tracked, row=row_values(action.item), remote=ticket_values(now))
    work.context.journal.track([agreed])
    work.rows[action.item.ordinal] = agreed
    work.cache.tickets.add([now])


def _change_deeds(action: ChangeTicket, refused: Container[str]) -> list[Deed]:
    task, key = action.item.task, action.ticket.key
    return [
        Deed(Action.CHANGED_TICKET, task, one.reason, key, one.before, one.value)
        for one in action.moves
        if TRACKER_NAMES[one.field] not in refused
    ]


def _move(work: TicketWork, action: MoveTicket) -> None:
    """Move a ticket; what the tracker asks for besides is told with its refusal."""
    try:
        work.tracker.transition(action.id, action.move, action.fields)
    except Rejected as error:
        work.report.fail(
            f"{work.named(action.item)}: {action.key} was not moved to "
            f"{action.move.to_status}: {error} {action.lacking}".rstrip()
        )
        return
    work.cache.tickets.add(work.tracker.read([action.id]).values())
    work.report.did(_move_deed(action))


def _move_deed(action: MoveTicket) -> Deed:
    to = action.move.to_status
    return Deed(Action.MOVED, action.item.task, action.reason, action.key, action.before, to)


def _add_links(work: TicketWork, action: AddLinks) -> None:
    """Show the incident and the document on a ticket of ours that does not show them yet."""
    for link in action.links:
        work.tracker.link(action.id, link)
    shown = {
        ordinal: replace(one, has_links=True)
        for ordinal, one in work.rows.items()
        if one.id == action.id
    }
    work.rows |= shown
    work.context.journal.track(list(shown.values())[:1])
