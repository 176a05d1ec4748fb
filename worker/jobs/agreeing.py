"""Bringing each row and its ticket into agreement: link, status, and the four shared fields."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.tickets import Account, Category, Ticket, TicketChanges
from worker.document.action_items import ActionItem, CellEdit, TicketCell
from worker.jobs.results import Action, Deed
from worker.jobs.ticket_work import Work
from worker.tracking.fields import (
    Field,
    ToRow,
    ToTicket,
    Vocabulary,
    changed,
    closing,
    compare,
    translate,
    wants_move,
)
from worker.tracking.memory import TrackedTicket, Values, row_values, ticket_values
from worker.tracking.new_ticket import remote_links
from worker.tracking.status import UNAVAILABLE, status_text


def agree(work: Work) -> list[CellEdit]:
    """Change tickets as people changed rows, and give the cells that follow the tickets."""
    work.seen.read(work.tracker, (one.id for one in work.rows.values()))
    edits = []
    for item in work.items:
        tracked = work.rows.get(item.ordinal)
        if tracked is not None:
            edits.append(_agree_row(work, item, tracked))
        elif item.ticket is not None:
            edits.append(_status_edit(work, item, None, ""))
    return edits


def settle(work: Work, items: Sequence[ActionItem]) -> list[TrackedTicket]:
    """Give what to remember of each row's ticket, once the document with ``items`` is saved."""
    settled = {}
    for item in items:
        tracked = work.rows.get(item.ordinal)
        if tracked is None or item.ticket is None or tracked.id in settled:
            continue
        ticket = work.ticket(tracked)
        settled[tracked.id] = replace(
            tracked,
            key=ticket.key if ticket else tracked.key,
            url=ticket.url if ticket else tracked.url,
            ordinal=item.ordinal,
            row=_settled_row(item, tracked, ticket),
            remote=ticket_values(ticket) if ticket else tracked.remote,
            status_cell=_status(work, ticket),
            linked=True,
            available=ticket is not None,
            done=ticket is not None and ticket.category is Category.DONE,
        )
    gone = [
        replace(one, status_cell=UNAVAILABLE) if not one.available else one
        for one in work.tracked
        if one.id not in settled
    ]
    return [*settled.values(), *gone]


def _settled_row(item: ActionItem, tracked: TrackedTicket, ticket: Ticket | None) -> Values:
    """Keep what a person changed and the ticket could not yet follow as a change to come."""
    return row_values(item) if ticket else tracked.row


def _status(work: Work, ticket: Ticket | None) -> str:
    return status_text(ticket, work.context.policy.done_resolutions)


def _agree_row(work: Work, item: ActionItem, tracked: TrackedTicket) -> CellEdit:
    ticket = work.ticket(tracked)
    if ticket is None:
        _tell_unavailable(work, item, tracked)
        return _status_edit(work, item, None, tracked.status_cell)
    words = _vocabulary(work, item, tracked, ticket)
    agreement = compare(item, tracked, ticket, words)
    if not work.busy:
        ticket = _take_to_ticket(work, item, tracked, ticket, agreement.to_ticket, words)
        ticket = _take_move(work, item, tracked, ticket)
        _add_links(work, tracked)
    edit = _status_edit(work, item, ticket, tracked.status_cell)
    for move in agreement.to_row:
        _tell_row_change(work, item, ticket, move)
        edit = _with_value(edit, move)
    return edit


def _with_value(edit: CellEdit, move: ToRow) -> CellEdit:
    match move.field:
        case Field.TASK:
            return replace(edit, task=move.value)
        case Field.OWNER:
            return replace(edit, owner=move.value)
        case Field.PRIORITY:
            return replace(edit, priority=move.value)
        case Field.DEADLINE:
            return replace(edit, deadline=move.value)


def _status_edit(work: Work, item: ActionItem, ticket: Ticket | None, before: str) -> CellEdit:
    status = _status(work, ticket)
    cell = None
    if ticket is not None:
        cell = TicketCell(key=ticket.key, url=ticket.url)
        old = item.ticket.key if item.ticket else ""
        if old and old != ticket.key:
            reason = "the ticket was moved to another project"
            work.report.will(Deed(Action.LINKED, item.task, reason, ticket.key, old, ticket.key))
    if status != item.status_text:
        key = ticket.key if ticket else (item.ticket.key if item.ticket else "")
        reason = "the tracker says so" if before else "the row has a ticket now"
        work.report.will(Deed(Action.STATUS, item.task, reason, key, item.status_text, status))
    return CellEdit(ordinal=item.ordinal, ticket=cell, status=status)


def _tell_unavailable(work: Work, item: ActionItem, tracked: TrackedTicket) -> None:
    if tracked.status_cell != UNAVAILABLE:
        work.report.warn(
            f"{work.named(item)} has the ticket {tracked.key}, which cannot be seen any more: it "
            "was deleted, or hidden from this account. No other is created; clear the Ticket cell "
            "to have a new one."
        )


def _vocabulary(work: Work, item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> Vocabulary:
    """Look up what the comparison needs: an owner or the priorities only where they changed."""
    fields = changed(item, tracked, ticket)
    accounts: dict[str, Account] = {}
    if Field.OWNER in fields and item.owner:
        found = work.accounts.find(work.tracker, ticket.project, item.owner)
        if isinstance(found, Account):
            accounts[item.owner] = found
        else:
            work.report.warn(f"{work.named(item)}: {found.reason}")
    allowed: tuple[str, ...] = ()
    if Field.PRIORITY in fields and work.route is not None:
        allowed = work.priorities(work.route)
    policy = work.context.policy
    return Vocabulary(accounts, policy.priorities, allowed, policy.owners)


def _take_to_ticket(
    work: Work,
    item: ActionItem,
    tracked: TrackedTicket,
    ticket: Ticket,
    moves: Sequence[ToTicket],
    words: Vocabulary,
) -> Ticket:
    """Change the ticket as the row was changed; give the ticket as it then is."""
    translated = translate(moves, item, words)
    for problem in translated.problems:
        work.report.warn(f"{work.named(item)}: {problem} {ticket.key} keeps what it had.")
    if not translated.made:
        return ticket
    refused = {} if work.context.dry_run else work.tracker.update(ticket.id, translated.changes)
    for name, why in refused.items():
        work.report.warn(f"Jira refused the new {name} of {ticket.key}: {why}")
    for move in translated.made:
        if JIRA_FIELDS[move.field] not in refused:
            reason = f"{move.field.value} changed in the document"
            work.report.did(
                Deed(Action.CHANGED_TICKET, item.task, reason, ticket.key, move.before, move.value)
            )
    now = _after(ticket, translated.changes, words, set(refused))
    if not work.context.dry_run:
        agreed = replace(tracked, row=row_values(item), remote=ticket_values(now))
        work.context.journal.track([agreed])
        work.rows[item.ordinal] = agreed
        work.seen.tickets[ticket.id] = now
    return now


JIRA_FIELDS = {
    Field.TASK: "summary",
    Field.OWNER: "assignee",
    Field.PRIORITY: "priority",
    Field.DEADLINE: "duedate",
}
"""What Jira calls the shared fields, in its refusals."""


def _after(ticket: Ticket, changes: TicketChanges, words: Vocabulary, refused: set[str]) -> Ticket:
    """Give the ticket as an accepted change leaves it, without reading it back."""
    if changes.summary is not None and "summary" not in refused:
        ticket = replace(ticket, summary=changes.summary)
    if changes.priority is not None and "priority" not in refused:
        ticket = replace(ticket, priority=changes.priority)
    if (changes.due or changes.clear_due) and "duedate" not in refused:
        ticket = replace(ticket, due=changes.due)
    if (changes.assignee or changes.clear_assignee) and "assignee" not in refused:
        known = {account.id: account for account in words.accounts.values()}
        assignee = known.get(changes.assignee) if changes.assignee else None
        ticket = replace(ticket, assignee=assignee)
    return ticket


def _take_move(work: Work, item: ActionItem, tracked: TrackedTicket, ticket: Ticket) -> Ticket:
    """Move the ticket where a person asked for it in the row and the configuration allows it."""
    wanted = wants_move(item, tracked, ticket)
    if not wanted:
        return ticket
    allowed = work.context.policy.close_from_document
    decided = closing(
        wanted, ticket.key, allowed, work.tracker.transitions(ticket.id) if allowed else ()
    )
    if decided.transition is None:
        work.report.warn(decided.problem)
        return ticket
    to = decided.transition
    if not work.context.dry_run:
        work.tracker.transition(ticket.id, to)
        ticket = work.tracker.read([ticket.id]).get(ticket.id, ticket)
        work.seen.tickets[ticket.id] = ticket
    reason = "a person closed it in the document"
    work.report.did(
        Deed(Action.MOVED, item.task, reason, ticket.key, tracked.status_cell, to.to_status)
    )
    return ticket


def _add_links(work: Work, tracked: TrackedTicket) -> None:
    """Show the incident and the document on a ticket of ours that does not show them yet."""
    if tracked.has_links or work.context.dry_run:
        return
    for link in remote_links(work.origin):
        work.tracker.link(tracked.id, link)
    known = work.rows.get(tracked.ordinal, tracked)
    linked = replace(known if known.id == tracked.id else tracked, has_links=True)
    for ordinal, one in list(work.rows.items()):
        if one.id == tracked.id:
            work.rows[ordinal] = linked
    work.context.journal.track([linked])


def _tell_row_change(work: Work, item: ActionItem, ticket: Ticket, move: ToRow) -> None:
    reason = f"{move.field.value} changed in the tracker"
    if move.lost:
        reason += f" and in the document ('{move.lost}'); the tracker's stands"
        work.report.warn(
            f"{work.named(item)}: the {move.field.value} was changed to '{move.lost}' in the "
            f"document and to '{move.value}' in {ticket.key}. The tracker's stands; change the row "
            "again if it should not."
        )
    work.report.will(
        Deed(Action.CHANGED_ROW, item.task, reason, ticket.key, move.before, move.value)
    )
