"""The ticket half of a job: from the rows of a text to their tickets, and back into the text.

What is needed is read, what is to be done is planned as values, and the plan is carried out: first
which ticket each row has or gets, then what row and ticket take over from each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from config.groups import CreateWhen
from connectors.errors import ConnectorError, PartlyRead
from connectors.incidents import Incident
from connectors.tickets import Ticket, TicketId, TicketKey
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.document.action_section import write as write_items
from worker.document.front_matter import read as read_front_matter
from worker.jobs.context import JobContext
from worker.jobs.facts.keep_facts import keep_tickets
from worker.jobs.results import Action, Deed
from worker.jobs.run_state import TicketWork, failures_told
from worker.jobs.tickets.create_tickets import create_tickets, tell_lacking
from worker.jobs.tickets.lost_creates import hides_new, labelled_tickets, look_for_unlabelled
from worker.jobs.tickets.parent_ticket import known_epic, named_parent
from worker.jobs.tickets.update_tickets import (
    agreement_rules,
    carry_out,
    cell_deed,
    look_up,
    tell_plan,
)
from worker.tracking.destinations import Route
from worker.tracking.parents import epic_label
from worker.tracking.plan_agreement import plan_agreement
from worker.tracking.plan_links import plan_links
from worker.tracking.row_cells import plan_cells, remembered
from worker.tracking.row_matching import NamedTickets, adopt_typed, as_remembered, match_keys
from worker.tracking.ticket_actions import (
    LacksTicket,
    LinkPlan,
    LinkState,
    LinkTicket,
    Tell,
    sentences,
)
from worker.tracking.tracked_tickets import EPIC_ROW, TrackedTicket, had_elsewhere


def sync_tickets(
    work: TicketWork, text: str, incident: Incident | None, *, forgotten: bool = False
) -> str:
    """Give every row of the text its ticket and status; see :func:`remember` for afterwards.

    ``incident`` says where the tickets go. ``forgotten`` tells that the journal remembers nothing
    of a document that was there before it. What the tracker refuses is told, row by row, and stops
    nothing else: the text names each ticket that is known by now.
    """
    context = work.context
    table = read_items(text, context.policy.names)
    deadlines = {one.ordinal: one.deadline_problem for one in table.items if one.deadline_problem}
    work.report.warn(*(one for one in table.problems if one not in deadlines.values()))
    work.items = _with_mentions(work, table.items, text)
    remembered_ = context.journal.tickets(work.origin.incident)
    work.tracked = tuple(one for one in remembered_ if one.ordinal != EPIC_ROW)
    work.hold = work.hold or _hold(context, text)
    route = context.policy.route(incident)
    with failures_told(work):
        work.cache.tickets.read(work.tracker, (one.id for one in remembered_))
    lacking: Sequence[LacksTicket] = ()
    with failures_told(work):
        born = context.journal.born_at if forgotten else None
        lacking = _link(work, route, born)
        create_tickets(work, lacking, route, text, known_epic(work, remembered_, born))
    told = work.redated | {one.ordinal for one in lacking}  # by the row's own sentence
    work.report.warn(*(one for ordinal, one in deadlines.items() if ordinal not in told))
    with failures_told(work):
        work.cache.tickets.read(work.tracker, (one.id for one in work.rows.values()))
    rules, to_rows = agreement_rules(work, route), {}
    with failures_told(work):
        answers = look_up(work, route, rules)  # what it cannot find out leaves its row for later
        agreement = plan_agreement(work.sides, answers, rules)
        to_rows = dict(agreement.to_rows)
        work.context.do_or_tell(carry_out, tell_plan)(work, agreement.actions)
    edits, written = plan_cells(work.sides, to_rows, rules)
    for one in written:
        work.report.will(cell_deed(one))
    return write_items(text, context.policy.names, edits)


def remember(work: TicketWork, text: str) -> None:
    """Remember both sides as they agree now that the document is saved with ``text``."""
    policy = work.context.policy
    saved = replace(work.sides, items=read_items(text, policy.names).items)
    work.context.journal.track(remembered(saved, work.tracked, policy.done_resolutions))
    ours = (one.id for one in work.rows.values())
    keep_tickets(work.context, (saved.tickets[one] for one in ours if one in saved.tickets))


def _hold(context: JobContext, text: str) -> str:
    """Say why no ticket may be created for a document now, "" where one may."""
    if context.policy.create is CreateWhen.NEVER:
        return "the configuration creates none (create = 'never')"
    if context.policy.create is CreateWhen.REVIEWED:
        front = read_front_matter(text)
        if front is None or front.status.strip().casefold() == "draft":
            return "its status is still 'draft', and tickets are created after the review"
    return ""


def _link(
    work: TicketWork, route: Route | None, forgotten_since: datetime | None
) -> Sequence[LacksTicket]:
    """Give every row the ticket it has, and say which rows are to get one."""
    tickets = work.cache.tickets
    seen = tickets.tickets
    work.tracked = tuple(
        replace(one, available=one.id in seen) if one.id in tickets.asked else one
        for one in work.tracked
    )
    named = match_keys(work.items, work.tracked, seen, work.origin.document)
    work.rows |= named.rows
    work.repeats = named.repeats
    work.report.warn(*(one.sentence for one in named.told))
    with failures_told(work):
        _adopt_typed(work, named)
    state = _link_state(work, route, forgotten_since)
    plan = plan_links(state)
    if plan.search:
        try:
            labelled = labelled_tickets(work)
            issue_type = route.issue_type if route else ""
            bare = look_for_unlabelled(work, route, issue_type, state.intents, labelled)
        except ConnectorError as error:
            for one in plan.links:
                _take(work, one)
            tell_lacking(work, error)
            return ()
        labelled += bare.found
        plan = plan_links(replace(state, labelled=labelled, untold=bare.untold))
        tickets.add(labelled)
    for one in plan.links:
        _take(work, one)
    _settle_intents(work, plan)
    work.report.warn(*sentences(plan, state))
    work.report.fail(*plan.problems)
    for wait in plan.waits:
        work.report.again(wait.until, work.context.clock())
    return plan.creates


def _link_state(
    work: TicketWork, route: Route | None, forgotten_since: datetime | None
) -> LinkState:
    lag = work.context.policy.index_lag
    every = work.context.journal.intents(work.origin.incident)
    intents = tuple(one for one in every if one.ordinal != EPIC_ROW)
    return LinkState(
        incident=work.origin.incident,
        document=work.origin.document,
        items=tuple(as_remembered(one, work.rows.get(one.ordinal)) for one in work.items),
        tracked=work.tracked,
        intents=intents,
        now=work.context.clock(),
        index_lag=lag,
        hold=work.hold,
        forgotten_until=forgotten_since + lag if forgotten_since else None,
        hides_new=hides_new(work, route) if intents else "",
    )


def _settle_intents(work: TicketWork, plan: LinkPlan) -> None:
    """Strike out the creates whose outcome is known now, but for those to be tried again."""
    known = {one.id for one in work.tracked}
    own = (one for ordinal, one in work.rows.items() if ordinal not in work.repeats)
    gained = [one for one in own if one.id not in known]
    replaced = {one.lost.mark for one in plan.creates if one.lost}
    lost = (one for one in plan.lost if one not in replaced)
    work.context.journal.settle_intents((*plan.settled, *lost), gained)


def _with_mentions(
    work: TicketWork, items: Sequence[ActionItem], text: str
) -> tuple[ActionItem, ...]:
    """Let a ticket of this tracker that is named anywhere in a row be the row's.

    The ticket's own cell comes first. A key alone counts where there is such a ticket or it is of
    a project that tickets go to, a link always: nothing is created beside what cannot be seen. What
    the tickets belong to is none of theirs.
    """
    own = {item.ticket.key for item in items if item.ticket} | {named_parent(text)}
    meant = {
        item.ordinal: [
            one
            for one in item.mentions
            if one.key not in own and (one.url is None or work.tracker.is_own(one.url))
        ]
        for item in items
        if item.ticket is None and item.mentions
    }
    keys = dict.fromkeys(TicketKey(one.key) for many in meant.values() for one in many)
    if not keys:
        return tuple(items)
    held, epics = _held_keys(work, list(keys))
    projects = {rule.route.project for rule in work.context.policy.routes}
    named = {
        ordinal: [
            one
            for one in many
            if (one.url or one.key in held or one.key.rpartition("-")[0] in projects)
            and one.key not in epics
        ]
        for ordinal, many in meant.items()
    }
    taken = [
        replace(one, ticket=named[one.ordinal][0]) if named.get(one.ordinal) else one
        for one in items
    ]
    for one in taken:
        others = dict.fromkeys(other.key for other in named.get(one.ordinal, ()))
        if len(others) > 1:
            work.report.warn(
                f"{work.named(one)} names {', '.join(others)}, and the first is taken for its "
                "ticket. Put another into its ticket's cell if that is meant."
            )
    return tuple(taken)


def _held_keys(
    work: TicketWork, keys: Sequence[TicketKey]
) -> tuple[frozenset[str], frozenset[str]]:
    """Give the keys that tickets have, or may have, and which of them are the incident's epic."""
    unread = frozenset[str]()
    try:
        found = work.tracker.read_keys(keys)
    except ConnectorError as error:
        # Told where these keys are read as typed ones; until then they hold their rows.
        found = error.read if isinstance(error, PartlyRead) else {}
        unread = error.unread if isinstance(error, PartlyRead) else frozenset(keys)
    work.cache.tickets.add(found.values())
    label = epic_label(work.origin.incident)
    epics = frozenset(key for key, ticket in found.items() if label in ticket.labels)
    return unread.union(found), epics


def _adopt_typed(work: TicketWork, named: NamedTickets) -> None:
    """Adopt tickets whose keys people typed or pasted, as the tracker knows them."""
    if not named.typed:
        return
    unread: frozenset[str] = frozenset()
    try:
        found = work.tracker.read_keys(list(dict.fromkeys(named.typed.values())))
    except PartlyRead as error:
        work.report.fail(f"The tickets of {work.origin.document} are not up to date: {error}")
        found = {TicketKey(key): ticket for key, ticket in error.read.items()}
        unread = error.unread
    work.asked.update(at for at, key in named.typed.items() if key not in unread)
    elsewhere = _named_elsewhere(work, found.values())
    work.cache.tickets.add(found.values())
    for item in work.items:
        if item.ordinal not in work.asked:
            continue
        ticket = found.get(named.typed[item.ordinal])
        known = elsewhere.get(ticket.id) if ticket else None
        origin = work.origin
        for one in adopt_typed(item, ticket, known, origin.incident, origin.document):
            match one:
                case Tell(sentence):
                    work.report.warn(sentence)
                case LinkTicket() if known:
                    work.rows[item.ordinal] = one.tracked
                    work.repeats |= {item.ordinal}
                case LinkTicket():
                    _take(work, one)


def _named_elsewhere(
    work: TicketWork, tickets: Iterable[Ticket]
) -> Mapping[TicketId, TrackedTicket]:
    """Give those of the tickets that another incident's document has."""
    journal, own = work.context.journal, work.origin.incident
    known = journal.tracked([one.id for one in tickets])
    if all(one.incident == own for one in known.values()):
        return {}
    naming = journal.index.naming()
    return had_elsewhere(
        known, own, {key: {one.incident for one in rows} for key, rows in naming.items()}
    )


def _take(work: TicketWork, link: LinkTicket) -> None:
    """Count a ticket as a row's own; it is told once the document is saved."""
    work.rows[link.ordinal] = link.tracked
    action = Action.ADOPTED if link.adopted else Action.LINKED
    item = next(one for one in work.items if one.ordinal == link.ordinal)
    work.report.will(Deed(action, item.task, link.reason, link.tracked.key))
