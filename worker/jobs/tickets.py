"""The ticket half of a job: from the rows of a text to their tickets, and back into the text."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.errors import OutOfQuota, PostmortemError
from connectors.incidents import Incident
from connectors.tickets import TicketTracker
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.document.action_section import write
from worker.document.front_matter import read as read_front_matter
from worker.jobs.agreeing import agree, settle
from worker.jobs.context import CreateWhen, JobContext
from worker.jobs.creating import create
from worker.jobs.linking import link
from worker.jobs.results import Report
from worker.jobs.ticket_work import Accounts, Seen, Work
from worker.journal.records import NO_CLAIM, Claim
from worker.tracking.linking import Create
from worker.tracking.new_ticket import Origin


@dataclass(frozen=True, slots=True)
class Ask:
    """What the ticket half is asked to do for one document.

    ``busy`` is why people are taken to be writing still, "" if not; ``forgotten`` that the journal
    remembers nothing of a document that was there before it. ``claim`` goes with the lock.
    """

    tracker: TicketTracker
    document: str
    origin: Origin
    incident: Incident | None
    seen: Seen
    accounts: Accounts
    busy: str = ""
    forgotten: bool = False
    claim: Claim = NO_CLAIM


def sync_tickets(context: JobContext, ask: Ask, text: str, report: Report) -> tuple[str, Work]:
    """Give every row of the text its ticket and status; see :func:`remember` for afterwards.

    Raises ``ConnectorError`` where the tracker fails; what was done until then is remembered.
    """
    table = read_items(text, context.policy.names)
    report.warn(*table.problems)
    work = _work(context, ask, text, table.items, report)
    work.read()
    decided = link(work)
    _create(work, decided.creates)
    return write(text, context.policy.names, agree(work)), work


def _create(work: Work, creates: Sequence[Create]) -> None:
    """Create what is missing; where that fails, the rows that have tickets are still synced."""
    try:
        create(work, creates)
    except OutOfQuota:
        raise
    except PostmortemError as error:
        rows = "1 action item has" if len(creates) == 1 else f"{len(creates)} action items have"
        work.report.fail(f"{rows} no ticket in {work.document}: {error}")


def remember(context: JobContext, work: Work, text: str) -> None:
    """Remember both sides as they agree now that the document is saved with ``text``."""
    if not context.dry_run:
        items: Sequence[ActionItem] = read_items(text, context.policy.names).items
        context.journal.track(settle(work, items))


def _work(
    context: JobContext, ask: Ask, text: str, items: tuple[ActionItem, ...], report: Report
) -> Work:
    return Work(
        context=context,
        tracker=ask.tracker,
        report=report,
        incident=report.incident,
        document=ask.document,
        origin=ask.origin,
        route=context.policy.route(ask.incident),
        items=items,
        tracked=context.journal.tickets(report.incident),
        seen=ask.seen,
        accounts=ask.accounts,
        hold=ask.busy or _hold(context, text),
        busy=bool(ask.busy),
        forgotten=ask.forgotten,
        claim=ask.claim,
    )


def _hold(context: JobContext, text: str) -> str:
    """Say why no ticket may be created for a document now, "" where one may."""
    if context.policy.create is CreateWhen.NEVER:
        return "the configuration creates none (create = 'never')"
    if context.policy.create is CreateWhen.REVIEWED:
        front = read_front_matter(text)
        if front is None or front.status.strip().casefold() == "draft":
            return "its status is still 'draft', and tickets are created after the review"
    return ""
