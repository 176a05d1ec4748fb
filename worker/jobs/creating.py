"""Creating the tickets that rows lack: written down first, tried once, never blindly again."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.errors import ConnectorError
from connectors.tickets import (
    Account,
    AccountId,
    Created,
    NotSent,
    Outcome,
    Refused,
    Unknown,
)
from worker.document.action_items import ActionItem
from worker.jobs.results import Action, Deed
from worker.jobs.ticket_work import Work
from worker.tracking.linking import Create
from worker.tracking.memory import Intent, TrackedTicket, row_values
from worker.tracking.new_ticket import Prepared, Route, prepare


def create(work: Work, creates: Sequence[Create]) -> None:
    """Create a ticket for each of the rows, in one go, and remember each outcome.

    A dry run only tells. Where no project is configured for the incident, that is a failure.
    """
    if not creates:
        return
    if work.route is None:
        work.report.fail(
            f"No ticket was created for {work.document}: no route says in which project. "
            "Set JIRA_PROJECT, or a route in the configuration."
        )
        return
    prepared = [_prepare(work, work.route, work.item(one.ordinal)) for one in creates]
    if work.context.dry_run:
        for one, ready in zip(creates, prepared, strict=True):
            reason = f"{one.reason}, in project {ready.ticket.project}"
            work.report.did(Deed(Action.CREATED, ready.ticket.summary, reason))
            work.report.warn(*_problems(work, one, ready, "would be created"))
        return
    outcomes = _try(work, creates, prepared)
    for one, ready, outcome in zip(creates, prepared, outcomes, strict=True):
        _conclude(work, one, ready, outcome)


def _prepare(work: Work, route: Route, item: ActionItem) -> Prepared:
    account: AccountId | None = None
    problem = ""
    if item.owner:
        found = work.accounts.find(work.tracker, route.project, item.owner)
        if isinstance(found, Account):
            account = found.id
        else:
            problem = found.reason
    return prepare(
        item,
        work.context.new_mark(),
        work.origin,
        route,
        work.create_fields(route.project, route.issue_type),
        work.context.policy.priorities,
        account,
        problem,
    )


def _try(work: Work, creates: Sequence[Create], prepared: Sequence[Prepared]) -> Sequence[Outcome]:
    """Write the intents down, send the creates once, and note at once what is not known."""
    journal = work.context.journal
    intents = [
        Intent(
            mark=ready.ticket.mark,
            incident=work.incident,
            task=work.item(one.ordinal).task,
            ordinal=one.ordinal,
            opened_at=work.context.clock(),
        )
        for one, ready in zip(creates, prepared, strict=True)
    ]
    journal.intend(intents, work.claim)
    try:
        outcomes = work.tracker.create([ready.ticket for ready in prepared])
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
    return outcomes


def _conclude(work: Work, one: Create, ready: Prepared, outcome: Outcome) -> None:
    item = work.item(one.ordinal)
    journal, report = work.context.journal, work.report
    match outcome:
        case Created():
            tracked = TrackedTicket(
                id=outcome.id,
                key=outcome.key,
                url=outcome.url,
                incident=work.incident,
                ordinal=one.ordinal,
                row=row_values(item),
                mark=ready.ticket.mark,
                has_links=False,
            )
            journal.settle_intents([ready.ticket.mark], [tracked])
            _forget_replaced(work, item)
            work.rows[one.ordinal] = tracked
            report.did(Deed(Action.CREATED, item.task, one.reason, outcome.key))
            report.warn(*_problems(work, one, ready, f"{outcome.key} was created"))
            for name, why in outcome.dropped.items():
                report.warn(
                    f"Jira refused the {_field(name, ready)} of {work.named(item)}: {why} "
                    f"The ticket {outcome.key} was created without it."
                )
        case Refused():
            journal.settle_intents([ready.ticket.mark])
            report.fail(f"{work.named(item)} has no ticket: {outcome.reason}")
        case NotSent():
            journal.settle_intents([ready.ticket.mark])
            report.fail(f"{work.named(item)} has no ticket yet: {outcome.reason}")
        case Unknown():
            now = work.context.clock()
            report.again(now + work.context.policy.index_lag, now)


def _forget_replaced(work: Work, item: ActionItem) -> None:
    """Forget a ticket that cannot be seen any more, once a person had its row get another."""
    named = {other.ticket.key for other in work.items if other.ticket is not None}
    gone = [
        one.id
        for one in work.tracked
        if not one.available and one.key not in named and one.row.task == item.task
    ]
    work.context.journal.untrack(gone)
    work.tracked = tuple(one for one in work.tracked if one.id not in gone)


def _field(name: str, ready: Prepared) -> str:
    values = {
        "duedate": ("due date", ready.ticket.due),
        "priority": ("priority", ready.ticket.priority),
        "assignee": ("assignee", ready.ticket.assignee),
        "components": ("components", ", ".join(ready.ticket.components)),
    }
    word, value = values.get(name, (f"field '{name}'", None))
    return f"{word} '{value}'" if value else word


def _problems(work: Work, one: Create, ready: Prepared, done: str) -> list[str]:
    named = work.named(work.item(one.ordinal))
    return [f"{named}: {problem} {done} without it." for problem in ready.problems]
