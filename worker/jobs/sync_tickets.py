"""The ticket half of a job: from the rows of a text to their tickets, and back into the text.

What is needed is read, what is to be done is planned as values, and the plan is carried out: first
which ticket each row has or gets, then what row and ticket take over from each other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from config.groups import CreateWhen
from connectors.errors import AccessDenied, NotFound, OutOfQuota, PostmortemError
from connectors.incidents import Incident
from connectors.ticket_fields import Choice, CreateFields
from connectors.tickets import TicketKey
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.document.action_section import write as write_items
from worker.document.front_matter import read as read_front_matter
from worker.jobs.context import JobContext
from worker.jobs.parent_ticket import KnownEpic, StillToCome, known_epic, named_parent, parent_of
from worker.jobs.results import Action, Deed
from worker.jobs.ticket_actions import TicketWork, carry_out, cell_deed
from worker.tracking.agreement import AgreementRules, Answers, plan_agreement, questions
from worker.tracking.closing import ClosingRules
from worker.tracking.link_plan import LinkState, sentences
from worker.tracking.linking import plan_links
from worker.tracking.new_ticket import Route, incident_label, prepare, remote_links
from worker.tracking.parents import belongs, epic_label
from worker.tracking.planned_actions import CreateTicket, LacksTicket, LinkTicket, Tell
from worker.tracking.row_cells import plan_cells, remembered
from worker.tracking.row_matching import NamedTickets, adopt_typed, as_remembered, match_keys
from worker.tracking.tracked_tickets import EPIC_ROW


def sync_tickets(
    work: TicketWork, text: str, incident: Incident | None, *, forgotten: bool = False
) -> str:
    """Give every row of the text its ticket and status; see :func:`remember` for afterwards.

    ``incident`` says where the tickets go. ``forgotten`` tells that the journal remembers nothing
    of a document that was there before it. Raises ``ConnectorError`` where the tracker fails; what
    was done until then is remembered.
    """
    context = work.context
    table = read_items(text, context.policy.names)
    deadlines = {one.ordinal: one.deadline_problem for one in table.items if one.deadline_problem}
    work.report.warn(*(one for one in table.problems if one not in deadlines.values()))
    work.items = _with_mentions(work, table.items, text)
    remembered_ = context.journal.tickets(work.origin.incident)
    work.tracked = tuple(one for one in remembered_ if one.ordinal != EPIC_ROW)
    work.hold = work.hold or _hold(context, text)
    work.cache.tickets.read(work.tracker, (one.id for one in remembered_))
    route = context.policy.route(incident)
    born = context.journal.born_at if forgotten else None
    lacking = _link(work, born)
    told = work.redated | {one.ordinal for one in lacking}  # by the row's own sentence
    work.report.warn(*(one for ordinal, one in deadlines.items() if ordinal not in told))
    try:
        epic = known_epic(work, remembered_, born)
        carry_out(work, _plan_creates(work, lacking, route, text, epic))
    except StillToCome:
        pass  # it is told when to try again
    except OutOfQuota:
        raise
    except PostmortemError as error:  # the rows that have tickets are synced all the same
        rows = "1 action item has" if len(lacking) == 1 else f"{len(lacking)} action items have"
        work.report.fail(f"{rows} no ticket in {work.origin.document}: {error}")
    work.cache.tickets.read(work.tracker, (one.id for one in work.rows.values()))
    rules = _rules(work, route)
    agreement = plan_agreement(work.sides, _look_up(work, route, rules), rules)
    carry_out(work, agreement.actions)
    edits, written = plan_cells(work.sides, agreement.to_rows, rules)
    for one in written:
        work.report.will(cell_deed(one))
    return write_items(text, context.policy.names, edits)


def remember(work: TicketWork, text: str) -> None:
    """Remember both sides as they agree now that the document is saved with ``text``."""
    policy = work.context.policy
    saved = replace(work.sides, items=read_items(text, policy.names).items)
    work.context.journal.track(remembered(saved, work.tracked, policy.done_resolutions))


def _hold(context: JobContext, text: str) -> str:
    """Say why no ticket may be created for a document now, "" where one may."""
    if context.policy.create is CreateWhen.NEVER:
        return "the configuration creates none (create = 'never')"
    if context.policy.create is CreateWhen.REVIEWED:
        front = read_front_matter(text)
        if front is None or front.status.strip().casefold() == "draft":
            return "its status is still 'draft', and tickets are created after the review"
    return ""


def _link(work: TicketWork, forgotten_since: datetime | None) -> Sequence[LacksTicket]:
    """Give every row the ticket it has, and say which rows are to get one."""
    journal, tickets = work.context.journal, work.cache.tickets
    seen = tickets.tickets
    work.tracked = tuple(replace(one, available=one.id in seen) for one in work.tracked)
    named = match_keys(work.items, work.tracked, seen, work.origin.document)
    work.rows |= named.rows
    work.report.warn(*(one.sentence for one in named.told))
    _adopt_typed(work, named)
    lag = work.context.policy.index_lag
    state = LinkState(
        incident=work.origin.incident,
        document=work.origin.document,
        items=tuple(as_remembered(one, work.rows.get(one.ordinal)) for one in work.items),
        tracked=work.tracked,
        intents=tuple(
            one for one in journal.intents(work.origin.incident) if one.ordinal != EPIC_ROW
        ),
        now=work.context.clock(),
        index_lag=lag,
        hold=work.hold,
        forgotten_until=forgotten_since + lag if forgotten_since else None,
    )
    plan = plan_links(state)
    if plan.search:
        labelled = tuple(work.tracker.labelled(incident_label(work.origin.incident)))
        plan = plan_links(replace(state, labelled=labelled))
        tickets.add(labelled)
    for one in plan.links:
        _take(work, one)
    known = {one.id for one in work.tracked}
    gained = [one for one in work.rows.values() if one.id not in known]
    journal.settle_intents((*plan.settled, *plan.lost), gained)
    work.report.warn(*sentences(plan, state))
    for wait in plan.waits:
        work.report.again(wait.until, work.context.clock())
    return plan.creates


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
    keys = [TicketKey(one.key) for many in meant.values() for one in many]
    if not keys:
        return tuple(items)
    found = work.tracker.read_keys(list(dict.fromkeys(keys)))
    work.cache.tickets.add(found.values())
    label = epic_label(work.origin.incident)
    epics = {key for key, ticket in found.items() if label in ticket.labels}
    projects = {rule.route.project for rule in work.context.policy.routes}
    named = {
        ordinal: [
            one
            for one in many
            if (one.key in found or one.url or one.key.rpartition("-")[0] in projects)
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


def _adopt_typed(work: TicketWork, named: NamedTickets) -> None:
    """Adopt tickets whose keys people typed or pasted, as the tracker knows them."""
    if not named.typed:
        return
    found = work.tracker.read_keys(list(dict.fromkeys(named.typed.values())))
    elsewhere = work.context.journal.tracked([ticket.id for ticket in found.values()])
    work.cache.tickets.add(found.values())
    for item in work.items:
        if item.ordinal not in named.typed:
            continue
        ticket = found.get(named.typed[item.ordinal])
        known = elsewhere.get(ticket.id) if ticket else None
        origin = work.origin
        for one in adopt_typed(item, ticket, known, origin.incident, origin.document):
            match one:
                case Tell(sentence):
                    work.report.warn(sentence)
                case LinkTicket():
                    _take(work, one)


def _take(work: TicketWork, link: LinkTicket) -> None:
    """Count a ticket as a row's own; it is told once the document is saved."""
    work.rows[link.ordinal] = link.tracked
    action = Action.ADOPTED if link.adopted else Action.LINKED
    item = next(one for one in work.items if one.ordinal == link.ordinal)
    work.report.will(Deed(action, item.task, link.reason, link.tracked.key))


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
    parent = parent_of(work, text, route, fields, epic)
    items = {one.ordinal: one for one in work.items}
    creates = []
    for one in lacking:
        item, owner = items[one.ordinal], None
        if item.owner:
            owner = work.cache.accounts.find(work.tracker, route.project, item.owner, work.people)
        creates.append(
            prepare(
                item,
                one.reason,
                work.context.new_mark(),
                work.origin,
                route,
                fields,
                work.context.policy.priorities,
                owner,
            )
        )
    return [belongs(one, parent, fields) for one in creates] if parent else creates


def _create_fields(work: TicketWork, route: Route) -> CreateFields:
    try:
        return work.tracker.create_fields(route.project, route.issue_type)
    except (AccessDenied, NotFound) as error:
        raise PostmortemError(
            f"No ticket can be created in project {route.project}: {error.what}",
            error.remedy or "Run `postmortem check`.",
        ) from error


def _rules(work: TicketWork, route: Route | None) -> AgreementRules:
    policy = work.context.policy
    return AgreementRules(
        done=policy.done_resolutions,
        close=policy.close_from_document,
        closing=route.closing if route else ClosingRules(),
        priorities=policy.priorities,
        owners=policy.owners,
        links=remote_links(work.origin),
    )


def _look_up(work: TicketWork, route: Route | None, rules: AgreementRules) -> Answers:
    """Ask the tracker what the agreement turns on."""
    wanted = questions(work.sides, rules)
    return Answers(
        owners={
            (project, word): work.cache.accounts.find(work.tracker, project, word, work.people)
            for project, word in wanted.owners
        },
        priorities=_priorities(work, route) if wanted.priorities and route else (),
        moves={one: work.tracker.transitions(one) for one in wanted.moves},
    )


def _priorities(work: TicketWork, route: Route) -> tuple[Choice, ...]:
    """Give the priorities that tickets on this route may have, none where that is not told."""
    try:
        return work.tracker.create_fields(route.project, route.issue_type).priorities
    except (AccessDenied, NotFound) as error:
        work.report.warn(f"The priorities of project {route.project} are not told: {error}")
        return ()
