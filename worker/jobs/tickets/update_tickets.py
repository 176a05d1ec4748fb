"""What rows and tickets that are there take over from each other: looked up, and carried out.

Each action is by itself: what the tracker refuses for one is told, and the others are done.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    OutOfQuota,
    Rejected,
)
from connectors.pacing.side_by_side import in_order
from connectors.ticket_fields import FieldChoice
from worker.jobs.results import Action, Deed
from worker.jobs.run_state import TicketWork, postponing
from worker.log import Log
from worker.tracking.closing import not_moved
from worker.tracking.destinations import ClosingRules, Route
from worker.tracking.new_ticket import remote_links
from worker.tracking.plan_agreement import AgreementRules, TrackerAnswers, questions
from worker.tracking.shared_fields import TRACKER_NAMES, after
from worker.tracking.ticket_actions import (
    AddLinks,
    Cell,
    ChangeTicket,
    CreateTicket,
    MoveTicket,
    Tell,
    TicketAction,
    WriteCell,
)
from worker.tracking.tracked_tickets import row_values, ticket_values

REFUSED_LINKS = "links refused in"
"""The cursor that tells, with a project's name, since when its tickets take no links."""
NEVER = datetime.min.replace(tzinfo=UTC)
MOST_REFUSALS = 3
"""How many refused links of a project one run asks for: one ticket may be a case by itself."""

log = Log(__name__)


def carry_out(work: TicketWork, actions: Sequence[TicketAction]) -> None:
    """Do what was planned, in its order.

    What is refused for one row is told, stays to come, and stops nothing else. Raises
    ``OutOfQuota`` where the tracker takes no more; then all that was left stays to come.
    """
    ahead = _Linking(work, [one for one in actions if isinstance(one, AddLinks)])
    for at, action in enumerate(actions):
        try:
            if isinstance(action, AddLinks):
                ahead.add(action)
            else:
                _do(work, action)
        except OutOfQuota:
            left = [one for one in actions[at:] if isinstance(one, ChangeTicket | MoveTicket)]
            work.postponed.update(one.item.ordinal for one in left)
            raise


def _do(work: TicketWork, action: TicketAction) -> None:
    match action:
        case Tell():
            work.report.warn(action.sentence)
        case ChangeTicket():
            with postponing(work, [action.item]):
                _change(work, action)
        case MoveTicket():
            with postponing(work, [action.item]):
                _move(work, action)


def cell_deed(written: WriteCell) -> Deed:
    """Give what is written into a row as a deed."""
    kinds = {Cell.TICKET: Action.LINKED, Cell.STATUS: Action.STATUS}
    kind = kinds[written.cell] if isinstance(written.cell, Cell) else Action.CHANGED_ROW
    task = written.item.task
    return Deed(kind, task, written.reason, written.key, written.before, written.after)


def tell_plan(work: TicketWork, actions: Sequence[TicketAction]) -> None:
    """Tell what would be done."""
    for action in actions:
        match action:
            case Tell():
                work.report.warn(action.sentence)
            case CreateTicket():
                ticket = action.ticket
                reason = f"{action.reason}, in project {ticket.project}"
                work.report.would(Deed(Action.CREATED, ticket.summary, reason))
                work.report.warn(*problems_told(work, action, "The ticket would be created"))
            case ChangeTicket():
                work.report.would(*_change_deeds(action, ()))
            case MoveTicket():
                work.report.would(_move_deed(action))
            case AddLinks():
                pass


def _change(work: TicketWork, action: ChangeTicket) -> None:
    """Change a ticket, and remember at once that both sides agree now, but for what was refused."""
    ticket = action.ticket
    refused = work.tracker.update(ticket.id, action.changes)
    told = {
        name: f"{work.context.tracker_words.name} refused the new {name} of {ticket.key}: {why}"
        for name, why in refused.items()
    }
    work.report.warn(*(f"{work.named(action.item)}: {one}" for one in told.values()))
    for deed in _change_deeds(action, refused):
        work.report.did(deed)
    read = work.cache.tickets.tickets[ticket.id]
    now = after(read, action.changes, action.accounts, refused)
    tracked = work.rows[action.item.ordinal]
    settled = {TRACKER_NAMES[one.field] for one in action.moves}
    still = {name: why for name, why in tracked.refused.items() if name not in settled}
    agreed = replace(
        tracked, row=row_values(action.item), remote=ticket_values(now), refused=still | told
    )
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
    tickets, to = work.cache.tickets, action.move
    try:
        work.tracker.transition(action.id, to, action.fields)
    except Rejected as error:
        # Not postponed: the cell must not say of an open ticket that it is done.
        work.report.fail(
            f"{work.named(action.item)}: {action.key} was not moved to {to.to_status}: "
            f"{error} {action.lacking}".rstrip()
        )
        return
    before = tickets.tickets[action.id]
    moved = replace(before, status=to.to_status, category=to.to_category)
    tickets.forget([action.id])
    try:
        tickets.read(work.tracker, [action.id], fresh=True)
    except ConnectorError as error:
        # It was moved all the same; the next look reads what else that changed.
        log.info("a ticket could not be read after its move", ticket=action.key, error=str(error))
        tickets.add([moved])
    seen = tickets.tickets.get(action.id)
    if seen is not None and seen.status == before.status != to.to_status:
        told = not_moved(action.key, seen.status, to.to_status, work.context.tracker_words.name)
        work.report.fail(f"{work.named(action.item)}: {told}")
        return
    work.report.did(_move_deed(action))


def _move_deed(action: MoveTicket) -> Deed:
    to = action.move.to_status
    return Deed(Action.MOVED, action.item.task, action.reason, action.key, action.before, to)


class _Linking:
    """Shows incident and document on tickets of ours that do not show them yet.

    Some tickets at a time once one was taken: a site that takes none is not asked by four at once,
    the first tells. Where links are refused, that is told once for each project, and nothing else
    turns on it: sites have been seen without such links, and accounts without the permission.
    """

    def __init__(self, work: TicketWork, actions: Sequence[AddLinks]) -> None:
        self._work = work
        self._left = list(actions)
        self._ahead: Iterator[ConnectorError | None] | None = None
        self._stopped: OutOfQuota | None = None

    def add(self, action: AddLinks) -> None:
        """Add the links of the next ticket. Raises ``OutOfQuota``."""
        self._left.remove(action)
        project = self._work.cache.tickets.tickets[action.id].project
        is_asked = self._work.cache.refused_links[project] < MOST_REFUSALS
        error: ConnectorError | None = None
        if self._ahead is not None:
            error = next(self._ahead)
        elif is_asked:
            error = self._sent(action)
            if error is None:
                self._ahead = in_order([partial(self._sent, one) for one in self._left])
        if isinstance(error, OutOfQuota):
            raise error
        if is_asked:
            self._tell(action, error)

    def _sent(self, action: AddLinks) -> ConnectorError | None:
        if self._stopped is not None:
            return self._stopped
        try:
            for link in action.links:
                self._work.tracker.link(action.id, link)
        except ConnectorError as error:
            if isinstance(error, OutOfQuota):
                self._stopped = error
            return error
        return None

    def _tell(self, action: AddLinks, error: ConnectorError | None) -> None:
        """Remember what became of a ticket's links, and say what people are to know of it."""
        work, ticket = self._work, self._work.cache.tickets.tickets[action.id]
        journal, refused = work.context.journal, f"{REFUSED_LINKS} {ticket.project}"
        told = journal.cursor(refused) or NEVER
        if isinstance(error, AccessDenied | NotFound | Rejected):
            work.cache.refused_links[ticket.project] += 1
            if told == NEVER:
                work.report.warn(
                    f"{ticket.key} does not show its incident and document, and other tickets of "
                    f"project {ticket.project} may not either: {error} It takes the permission "
                    "Link Issues and a site that has remote links. All else goes on; it is told "
                    "only once."
                )
                journal.move_cursor(refused, work.context.clock())
            return
        if error is not None:
            work.report.fail(f"{ticket.key} does not show its incident and document yet: {error}")
            return
        if told > NEVER:
            journal.move_cursor(refused, NEVER)
        shown = {
            ordinal: replace(one, has_links=True)
            for ordinal, one in work.rows.items()
            if one.id == action.id
        }
        work.rows |= shown
        journal.track(list(shown.values())[:1])


def problems_told(work: TicketWork, one: CreateTicket, done: str) -> list[str]:
    """Say of each field that cannot be used that the ticket is ``done`` without it."""
    return [f"{work.named(one.item)}: {problem} {done} without it." for problem in one.problems]


def agreement_rules(work: TicketWork, route: Route | None) -> AgreementRules:
    """Give what the configuration says of who follows whom."""
    policy = work.context.policy
    return AgreementRules(
        done=policy.done_resolutions,
        close=policy.close_from_document,
        closing=route.closing if route else ClosingRules(),
        priorities=policy.priorities,
        owners=policy.owners,
        links=remote_links(work.origin),
    )


def look_up(work: TicketWork, route: Route | None, rules: AgreementRules) -> TrackerAnswers:
    """Ask the tracker what the agreement turns on; a row for which it fails is left for later."""
    wanted = questions(work.sides, rules)
    owners, moves = {}, {}
    priorities: dict[str, tuple[FieldChoice, ...]] = {}
    for project, word in wanted.owners:
        with postponing(work, [one for one in work.items if one.owner == word]):
            owners[project, word] = work.cache.accounts.find(
                work.tracker, project, word, work.people
            )
    for project in wanted.priorities:
        with postponing(work, [one for one in work.items if one.ordinal in work.rows]):
            priorities |= _priorities(work, route, project)
    for own in wanted.moves:
        with postponing(work, work.items_of(own)):
            moves[own] = work.tracker.transitions(own)
    return TrackerAnswers(owners, priorities, moves)


def _priorities(
    work: TicketWork, route: Route | None, project: str
) -> dict[str, tuple[FieldChoice, ...]]:
    """Give the priorities that tickets of a project may have, {} where that is not told.

    A ticket may be of another project than new ones: it was moved, or the routes were changed.
    """
    routes = (route, *(one.route for one in work.context.policy.routes))
    known = next((one for one in routes if one and one.project == project), route)
    if known is None:
        return {}
    try:
        fields = work.tracker.create_fields(project, known.issue_type)
    except (AccessDenied, NotFound) as error:
        log.info("the priorities of a project are not told", project=project, error=str(error))
        return {}
    return {project: fields.priorities} if fields.settable else {}
