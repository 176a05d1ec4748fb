"""The report over a period: figures from the journal's own facts, which no request is made for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.jobs.facts.keep_facts import is_final
from worker.jobs.reports.figures import (
    DEFINITIONS,
    KnownFacts,
    ReportBy,
    ReportGroup,
    count_groups,
    sources,
)
from worker.jobs.reports.period import Period, read_period
from worker.journal.document_index import NamingRow
from worker.journal.records import ItemFacts
from worker.log import Log

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """The figures of a period, which begins at ``since`` and ends before ``until`` (ISO 8601).

    ``definitions`` has a sentence for each figure: how it is counted, and from which incidents.
    """

    since: str
    until: str
    by: ReportBy | None
    groups: Sequence[ReportGroup]
    definitions: Mapping[str, str] = field(default_factory=dict)


def report_period(
    context: JobContext, since: str = "", until: str = "", by: ReportBy | None = None
) -> PeriodReport:
    """Count a period's figures. Raises ``NotAPeriod``; see :func:`read_period` for its words."""
    now = context.clock()
    period = read_period(since, until, now, context.policy.drafting.timezone)
    return report_of(known_facts(context), period, by, now)


def report_of(
    known: KnownFacts, period: Period, by: ReportBy | None, now: datetime
) -> PeriodReport:
    """Count a period's figures from what is known."""
    counted_from = sources(known, period)
    return PeriodReport(
        since=_told(period.since, period),
        until=_told(period.until, period),
        by=by,
        groups=count_groups(known, period, by, now),
        definitions={
            name: f"{told}{counted_from.get(name, '')}" for name, told in DEFINITIONS.items()
        },
    )


def known_facts(context: JobContext) -> KnownFacts:
    """Give all facts that the journal has, and the documents as they were last seen.

    Those that lie on this machine are seen now: no service is asked for it.
    """
    if context.policy.documents_are_near:
        try:
            look(context)
        except PostmortemError as error:
            log.warning("The documents were counted as they were last seen.", why=str(error))
    facts = context.journal.facts
    # documents that were final before it was kept when they became so
    read = context.journal.index.statuses().items()
    final = {IncidentId(name): True for name, status in read if is_final(status)}
    facts.keep_statuses(final, context.clock(), new_alone=True)
    naming = context.journal.index.naming()
    return KnownFacts(
        incidents=facts.every(),
        items=[_item(one, naming.get(one.key, ())) for one in facts.items()],
        documented={one.incident for one in context.journal.documents().values()},
        final=facts.final(),
    )


def _item(item: ItemFacts, rows: Sequence[NamingRow]) -> ItemFacts:
    """Add the other postmortems that name an item's ticket: then it is due when the first says so.

    The journal keeps a ticket with the document that was synced last.
    """
    incidents = sorted({one.incident for one in rows} | {item.incident})
    if len(incidents) == 1:
        return item
    days = [one.deadline for one in rows if one.deadline]
    due = min(days, default=item.facts.due)
    others = tuple(one for one in incidents if one != item.incident)
    return replace(item, deadline=due, others=others)


def without_facts(context: JobContext) -> Sequence[IncidentId]:
    """Give the incidents that have a document and were not read since facts are kept."""
    documented = {one.incident for one in context.journal.documents().values() if one.incident}
    return sorted(documented - context.journal.facts.every().keys())


def _told(at: datetime, period: Period) -> str:
    return at.astimezone(period.zone).isoformat(timespec="seconds")
