"""Giving rows new tickets: a create is written down first, tried once, and never blindly again.

All that are new go in one request. A row whose last create had no answer, though surely no ticket
came of it, goes by itself, so that what cannot be stored keeps no other row from its ticket.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from connectors.errors import AccessDenied, ConnectorError, NotFound, OutOfQuota, PostmortemError
from connectors.ticket_fields import CreateFields, TicketField
from connectors.tickets import Created, Mark, NoAccount, NotSent, Outcome, Refused, Unknown
from worker.document.action_items import ActionItem
from worker.jobs.results import Action, Deed
from worker.jobs.run_state import TicketWork
from worker.jobs.tickets.parent_ticket import KnownEpic, StillToCome, parent_of
from worker.jobs.tickets.update_tickets import problems_told, tell_plan
from worker.tracking.destinations import Route
from worker.tracking.new_ticket import field_name, incident_label, prepare, sent_values
from worker.tracking.parents import belongs
from worker.tracking.row_matching import Wording, pair
from worker.tracking.ticket_actions import CreateTicket, LacksTicket, unknowable
from worker.tracking.tracked_tickets import Intent, TrackedTicket, row_values, row_words

SHARED = frozenset(TicketField)
MOST_UNKNOWN = 10
"""How many creates by themselves may end without an answer before the others wait for a run."""


def create_tickets(
    work: TicketWork,
    lacking: Sequence[LacksTicket],
    route: Route | None,
    text: str,
    epic: KnownEpic,
) -> None:
    """Give the rows their tickets; what fails is told, and the rows that have tickets go on."""
    try:
        creates = _plan_creates(work, lacking, route, text, epic)
        work.context.do_or_tell(_send_all, tell_plan)(work, creates)
    except StillToCome:
        pass  # it is told when to try again
    except PostmortemError as error:
        tell_lacking(work, error, lacking)


def _send_all(work: TicketWork, creates: Sequence[CreateTicket]) -> None:
    _send(work, [one for one in creates if one.lost is None])
    _send_alone(work, [one for one in creates if one.lost is not None])


def tell_lacking(
    work: TicketWork, error: PostmortemError, lacking: Sequence[LacksTicket] | None = None
) -> None:
    """Say how many rows (of those that were lacking one) are without a ticket, and why."""
    bare = {item.ordinal for item in work.items if item.ticket is None}
    if lacking is not None:
        bare = {one.ordinal for one in lacking}
    count = len(bare - work.rows.keys())
    rows = "1 action item has" if count == 1 else f"{count} action items have"
    told = f"{rows} no ticket in {work.origin.document}"
    if lacking is None:
        told = f"The tickets of {work.origin.document} are not up to date, and {rows} none"
    work.report.fail(f"{told}: {error}")
    if isinstance(error, OutOfQuota):
        work.cache.out_of_quota = str(error)


def _plan_creates(
    work: TicketWork,
    lacking: Sequence[LacksTicket],
    route: Route | None,
    text: str,
    epic: KnownEpic,
) -> list[CreateTicket]:
    """Prepare a ticket for each of the rows; without a project to put them into, that is told."""
    if not lacking:
        return []
    if route is None:
        work.report.fail(
            f"No ticket was created for {work.origin.document}: no route says in which project. "
            f"Set {work.context.tracker_words.project_setting}, or a route in the configuration."
        )
        return []
    fields = _create_fields(work, route)
    parent = parent_of(work, text, route, fields, epic, _send)
    items = {one.ordinal: one for one in work.items}
    creates = []
    for one in lacking:
        item, owner, later = items[one.ordinal], None, False
        try:
            if item.owner:
                accounts = work.cache.accounts
                owner = accounts.find(work.tracker, route.project, item.owner, work.people)
        except OutOfQuota:
            raise
        except ConnectorError as error:
            told = f"The owner '{item.owner}' cannot be looked up now: {error}"
            owner, later = NoAccount(told), True
        if isinstance(owner, NoAccount) and not later:
            owner = NoAccount(f"The owner '{item.owner}' cannot be used. {owner.reason}")
        create = prepare(
            item,
            one.reason,
            work.context.new_mark(),
            work.origin,
            route,
            fields,
            work.context.policy.priorities,
            owner,
        )
        creates += [replace(create, lost=one.lost, owner_later=later)]
    return [belongs(one, parent, fields) for one in creates] if parent else creates


def _create_fields(work: TicketWork, route: Route) -> CreateFields:
    try:
        return work.tracker.create_fields(route.project, route.issue_type)
    except (AccessDenied, NotFound) as error:
        raise PostmortemError(
            f"No ticket can be created in project {route.project}: {error.what}",
            error.remedy or "Run `postmortem check`.",
        ) from error


def _send(work: TicketWork, creates: Sequence[CreateTicket]) -> Sequence[Outcome]:
    """Write the intents down, send the creates once, and note at once what is not known."""
    if not creates:
        return ()
    journal = work.context.journal
    intents = {one.ticket.mark: _intent(work, one) for one in creates}
    lost = [one.lost.mark for one in creates if one.lost]
    journal.intend(intents.values(), work.claim, lost=lost)

    def going_unlabelled(marks: Collection[Mark]) -> None:
        projects = {one.ticket.mark: one.ticket.project for one in creates}
        going = {one: replace(intents[one], unlabelled_in=projects[one]) for one in marks}
        intents.update(going)
        journal.intend(going.values(), work.claim)

    try:
        outcomes = work.tracker.create([one.ticket for one in creates], going_unlabelled)
    except ConnectorError:
        # The tracker promises to raise only where surely no ticket was made.
        _strike_out(work, creates)
        raise
    now, alone = work.context.clock(), len(creates) == 1
    journal.intend(
        replace(
            intent,
            unknown_since=now,
            failures=intent.failures + (alone and outcome.failed),
            reason=outcome.reason,
        )
        for intent, outcome in zip(intents.values(), outcomes, strict=True)
        if isinstance(outcome, Unknown)
    )
    for one, outcome in zip(creates, outcomes, strict=True):
        _conclude(work, one, outcome)
    return outcomes


def _intent(work: TicketWork, one: CreateTicket) -> Intent:
    """Give the create to write down; it goes on counting where the row is what it was."""
    words = row_words(one.item)
    same = one.lost is not None and one.lost.words == words
    return Intent(
        mark=one.ticket.mark,
        incident=work.origin.incident,
        task=one.item.task,
        ordinal=one.item.ordinal,
        opened_at=work.context.clock(),
        failures=one.lost.failures if one.lost and same else 0,
        reason=one.lost.reason if one.lost and same else "",
        words=words,
    )


def _send_alone(work: TicketWork, creates: Sequence[CreateTicket]) -> None:
    """Send creates one by one, those first at which the tracker failed least often.

    What is not sent stays written down as it was, and is told.
    """
    left = sorted(creates, key=lambda one: one.lost.failures if one.lost else 0)
    unknown = 0
    while left:
        one = left.pop(0)
        (outcome,) = _send(work, [one])
        if isinstance(outcome, Unknown):
            unknown += 1
            if left and (unknown >= MOST_UNKNOWN or not _answers(work)):
                why = "the tracker gave no answer to the creates before it"
                work.report.fail(
                    *(f"{work.named(each.item)} has no ticket yet: {why}." for each in left)
                )
                return
        elif isinstance(outcome, Created) and left and _is_hidden(work, outcome):
            for each in left:
                mark = each.lost.mark if each.lost else each.ticket.mark
                project = each.ticket.project
                work.report.fail(unknowable(work.named(each.item), project, mark))
            return


def _answers(work: TicketWork) -> bool:
    """Tell whether the tracker is up at all, after a create that had no answer."""
    try:
        work.tracker.labelled(incident_label(work.origin.incident))
    except ConnectorError:
        return False
    return True


def _is_hidden(work: TicketWork, made: Created) -> bool:
    """Tell whether a ticket just made cannot be seen, so that no search tells of others."""
    try:
        work.cache.tickets.read(work.tracker, [made.id])
    except OutOfQuota:
        raise
    except ConnectorError:
        return False
    return made.id not in work.cache.tickets.tickets


def _conclude(work: TicketWork, one: CreateTicket, outcome: Outcome) -> None:
    journal, report, mark = work.context.journal, work.report, one.ticket.mark
    match outcome:
        case Created():
            row, words = row_values(one.item), work.context.tracker_words.name
            refused = {
                name: f"{words} refused the {field_name(name, one)} of {outcome.key}: {why}"
                for name, why in outcome.dropped.items()
                if name != TicketField.ASSIGNEE
            }
            if one.owner_later or TicketField.ASSIGNEE in outcome.dropped:
                row = replace(row, owner="")  # still to come, as a change by itself
            tracked = TrackedTicket(
                id=outcome.id,
                key=outcome.key,
                url=outcome.url,
                incident=work.origin.incident,
                ordinal=one.item.ordinal,
                row=row,
                mark=mark,
                has_links=False,
                sent=sent_values(one.ticket, outcome.dropped),
                refused={name: why for name, why in refused.items() if name in SHARED},
            )
            journal.settle_intents([mark], [tracked])
            _forget_replaced(work, one.item)
            work.rows[one.item.ordinal] = tracked
            report.did(Deed(Action.CREATED, one.item.task, one.reason, outcome.key))
            report.warn(*problems_told(work, one, f"The ticket {outcome.key} was created"))
            report.warn(*(f"{work.named(one.item)}: {why}" for why in refused.values()))
        case Refused():
            _strike_out(work, [one])
            report.fail(f"{work.named(one.item)} has no ticket: {outcome.reason}")
        case NotSent():
            _strike_out(work, [one])
            report.fail(f"{work.named(one.item)} has no ticket yet: {outcome.reason}")
        case Unknown():
            now = work.context.clock()
            report.again(now + work.context.policy.index_lag, now)
            if one.lost is not None:
                report.fail(f"{work.named(one.item)} has no ticket yet: {outcome.reason}")


def _strike_out(work: TicketWork, creates: Sequence[CreateTicket]) -> None:
    """Strike out creates that surely made nothing; what was known of those before them stands."""
    work.context.journal.intend([one.lost for one in creates if one.lost])
    work.context.journal.settle_intents(one.ticket.mark for one in creates)


def _forget_replaced(work: TicketWork, item: ActionItem) -> None:
    """Forget a ticket that cannot be seen any more, once a person had its row get another."""
    named = {other.ticket.key for other in work.items if other.ticket is not None}
    taken = {one.id for one in work.rows.values()}
    gone = [
        one.id
        for one in work.tracked
        if not one.available
        and one.id not in taken
        and one.key not in named
        and pair([Wording(0, item.task)], [Wording(0, one.row.task)])
    ]
    work.context.journal.untrack(gone)
    work.tracked = tuple(one for one in work.tracked if one.id not in gone)
