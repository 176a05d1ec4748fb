"""Finding the ticket that each row already has, before any is created."""

from dataclasses import replace
from datetime import datetime

from connectors.tickets import Ticket, TicketKey
from worker.document.action_items import ActionItem
from worker.jobs.results import Action, Deed
from worker.jobs.ticket_work import Work
from worker.tracking.linking import Link, Plan, State, plan
from worker.tracking.memory import TrackedTicket, row_values
from worker.tracking.new_ticket import incident_label


def link(work: Work) -> Plan:
    """Give every row the ticket it has, and say what is to be done about the others."""
    _named_rows(work)
    _typed_keys(work)
    searched_at = work.context.clock()
    state = State(
        items=tuple(_as_planned(work, item) for item in work.items),
        tracked=work.tracked,
        intents=work.context.journal.intents(work.incident),
        now=searched_at,
        index_lag=work.context.policy.index_lag,
        hold=work.hold,
        forgotten_until=_forgotten_until(work),
    )
    decided = plan(state)
    if decided.search:
        labelled = tuple(work.tracker.labelled(incident_label(work.incident)))
        decided = plan(replace(state, labelled=labelled))
        work.seen.add(labelled)
    for found in decided.links:
        _take(work, found)
    if not work.context.dry_run:
        gained = [one for one in work.rows.values() if not _remembered(work, one)]
        work.context.journal.settle_intents((*decided.settled, *decided.lost), gained)
    _tell(work, decided)
    return decided


def _forgotten_until(work: Work) -> datetime | None:
    return work.context.journal.born_at + work.context.policy.index_lag if work.forgotten else None


def _as_planned(work: Work, item: ActionItem) -> ActionItem:
    """Show the plan a moved ticket's row under the key that the memory knows."""
    tracked = work.rows.get(item.ordinal)
    if tracked is None or item.ticket is None or item.ticket.key == tracked.key:
        return item
    return replace(item, ticket=replace(item.ticket, key=tracked.key))


def _named_rows(work: Work) -> None:
    """Match rows to remembered tickets by key, the old one and the one it moved to."""
    by_key: dict[str, TrackedTicket] = {}
    for one in work.tracked:
        by_key[one.key] = one
        if ticket := work.ticket(one):
            by_key[ticket.key] = one
    first: dict[str, ActionItem] = {}
    for item in work.items:
        if item.ticket is None:
            continue
        key = item.ticket.key
        if key in first:
            work.report.warn(
                f"{work.named(item)} and row {first[key].ordinal + 1} both name {key}. "
                "Both show its status; clear the cell of one to have a ticket for it."
            )
        first.setdefault(key, item)
        if key in by_key:
            work.rows[item.ordinal] = by_key[key]


def _typed_keys(work: Work) -> None:
    """Adopt tickets whose keys people typed or pasted, as the tracker knows them."""
    typed = {
        item.ordinal: TicketKey(item.ticket.key)
        for item in work.items
        if item.ticket is not None and item.ordinal not in work.rows
    }
    if not typed:
        return
    found = work.tracker.read_keys(list(dict.fromkeys(typed.values())))
    elsewhere = work.context.journal.tracked([ticket.id for ticket in found.values()])
    for ordinal, key in typed.items():
        item, ticket = work.item(ordinal), found.get(key)
        if ticket is None:
            work.report.warn(
                f"{work.named(item)} names {key}, which cannot be seen: there is no such ticket, "
                "or the account may not see it. Correct the key, or clear the cell."
            )
            continue
        owner = elsewhere.get(ticket.id)
        if owner is not None and owner.incident != work.incident:
            work.report.warn(
                f"{work.named(item)} names {key}, which is already the ticket of a row in the "
                f"postmortem of {owner.incident}. Its status is shown in both."
            )
        work.seen.add([ticket])
        work.rows[ordinal] = _adopted(work, item, ticket)
        work.report.will(
            Deed(Action.ADOPTED, item.task, "a person put its key into the row", ticket.key)
        )


def _adopted(work: Work, item: ActionItem, ticket: Ticket) -> TrackedTicket:
    return TrackedTicket(
        id=ticket.id,
        key=ticket.key,
        url=ticket.url,
        incident=work.incident,
        ordinal=item.ordinal,
        row=row_values(item),
        mark=ticket.mark,
        linked=True,
    )


def _remembered(work: Work, one: TrackedTicket) -> bool:
    return any(known.id == one.id for known in work.tracked)


def _take(work: Work, found: Link) -> None:
    item = work.item(found.ordinal)
    known = {one.id: one for one in work.tracked}.get(found.id)
    work.rows[found.ordinal] = known or TrackedTicket(
        id=found.id,
        key=found.key,
        url=found.url,
        incident=work.incident,
        ordinal=found.ordinal,
        row=replace(row_values(item), task=found.task or item.task),
        mark=found.mark,
        has_links=False,
    )
    action = Action.ADOPTED if found.adopted else Action.LINKED
    work.report.will(Deed(action, item.task, found.reason, found.key))


def _tell(work: Work, decided: Plan) -> None:
    work.report.warn(*decided.warnings)
    for one in decided.orphans:
        work.report.warn(
            f"The row of {one.key} ('{one.row.task}') is gone from {work.document}. "
            "The ticket is left alone; close it in the tracker if it is not wanted."
        )
    if decided.held:
        count = len(decided.held)
        rows = "action item has" if count == 1 else "action items have"
        work.report.warn(f"{count} {rows} no ticket in {work.document}: {work.hold}.")
    for wait in decided.waits:
        work.report.again(wait.until, work.context.clock())
