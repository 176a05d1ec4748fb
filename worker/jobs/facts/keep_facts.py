"""Keeping what is read of incidents, tickets and documents: what figures are counted from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from connectors.errors import ConnectorError
from connectors.incidents import (
    LOG_ENTRIES,
    Incident,
    IncidentId,
    IncidentRecord,
    IncidentStatus,
    LogEntry,
    Reference,
)
from connectors.pacing.side_by_side import in_order
from connectors.tickets import Category, Ticket
from worker.content.clean_text import clean, headline
from worker.document.front_matter import DocumentError
from worker.document.front_matter import read as read_front_matter
from worker.drafting.history.story import end_of, open_periods, open_time
from worker.jobs.context import JobContext, updated
from worker.journal.records import IncidentFacts, TicketFacts, TicketState
from worker.log import Log
from worker.tracking.tracked_tickets import says_else_than_done

log = Log(__name__)

FINAL = "final"
"""The status that people give a document when nothing more is to come."""


def keep_record(context: JobContext, record: IncidentRecord) -> None:
    """Keep an incident as it was pulled, and the keys of its alerts."""
    log_read = not any(one.part == LOG_ENTRIES for one in record.missing)
    left_out = context.policy.only.reason_against_record(record)
    facts = incident_facts(record.incident, record.log_entries, left_out, log_read=log_read)
    keys = (clean(alert.key) for alert in record.alerts if alert.key)
    context.journal.facts.keep([facts], filter(None, keys))


def keep_seen(context: JobContext, incidents: Sequence[Incident]) -> None:
    """Keep incidents that were read alone, as far as no more is known of them as they are now.

    Of one that is under way nothing is kept but that it was opened again.
    """
    known = context.journal.facts.of([one.id for one in incidents])
    seen = []
    for one in incidents:
        before = known.get(one.id)
        is_open = one.status is not IncidentStatus.RESOLVED
        if (before is None and is_open) or (before and before.updated == updated(one)):
            continue
        left_out = context.policy.only.reason_against(one)
        facts = incident_facts(one, (), left_out, log_read=False)
        if before is not None:  # the first acknowledgement stays the first
            facts = replace(facts, acknowledged=before.acknowledged)
            if before.log_read and before.resolved == facts.resolved:
                facts = replace(facts, open_seconds=before.open_seconds, log_read=True)
        seen.append(facts)
    context.journal.facts.keep(seen)


def keep_logs(context: JobContext, incidents: Iterable[Incident]) -> None:
    """Read and keep who acknowledged incidents that get no pull, and when, unless it is known.

    One call for most. Where the source fails the next look asks again: no figure is worth an error.
    """
    source = context.source
    each = {one.id: one for one in incidents if one.merged_into is None}
    known = context.journal.facts.of(list(each))
    unread = [one for name, one in each.items() if name in known and not known[name].log_read]
    if source is None:
        return
    logs = in_order(partial(source.log, one.id) for one in unread)
    try:
        for one, entries in zip(unread, logs, strict=False):
            left_out = context.policy.only.reason_against(one)
            context.journal.facts.keep([incident_facts(one, entries, left_out, log_read=True)])
    except ConnectorError as error:
        log.info("Logs of incidents without a draft could not be read.", error=str(error))


def incident_facts(
    incident: Incident, entries: Sequence[LogEntry], left_out: str, *, log_read: bool
) -> IncidentFacts:
    """Give an incident's facts; without its log, how long it was open after a reopening is unknown.

    It was acknowledged, and was open, as its document says: by the first acknowledgement before
    the first resolution, and for the sum of its open periods.
    """
    periods = open_periods(incident, entries)
    first = periods[0].acknowledgement
    total = open_time(periods) if log_read or incident.reopened_at is None else None
    own = [incident.service] if incident.service else []
    return IncidentFacts(
        incident=incident.id,
        number=incident.number,
        title=headline(incident.title),
        url=incident.url,
        updated=updated(incident),
        started=incident.created_at,
        acknowledged=max(first.created_at, incident.created_at) if first else None,
        resolved=end_of(incident, entries),
        open_seconds=None if total is None else total.total_seconds(),
        urgency=clean(incident.urgency or ""),
        priority=clean(incident.priority or ""),
        service=incident.service.id if incident.service else "",
        services=_names([*own, *incident.impacted_services]),
        teams=_names(incident.teams),
        merged=incident.merged_into is not None,
        left_out=left_out,
        log_read=log_read,
    )


def _names(references: Iterable[Reference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (clean(one.name) for one in references))))


def keep_tickets(context: JobContext, tickets: Iterable[Ticket]) -> None:
    """Keep tickets as they were read."""
    done = context.policy.done_resolutions
    context.journal.facts.keep_tickets(ticket_facts(one, done) for one in tickets)


def ticket_facts(ticket: Ticket, done: frozenset[str]) -> TicketFacts:
    """Give a ticket's facts; ``done`` are the resolutions, in lower case, that mean work was done.

    Whether it is closed, its status tells; whether the work was done, its resolution.
    """
    state = TicketState.OPEN
    if ticket.category is Category.DONE:
        wont_do = says_else_than_done(ticket, done)
        state = TicketState.WONT_DO if wont_do else TicketState.DONE
    closed, is_told = None, ticket.closed_at is not None
    if state is not TicketState.OPEN:
        closed = ticket.closed_at or ticket.updated
    return TicketFacts(ticket.id, ticket.created, state, ticket.due, closed, is_told)


def keep_documents(context: JobContext, texts: Mapping[IncidentId, str]) -> None:
    """Keep which of the incidents' documents are final, by their texts."""
    final = {}
    for incident, text in texts.items():
        try:
            front = read_front_matter(text)
        except DocumentError:  # told where the document is worked on
            continue
        if front is not None:
            final[incident] = is_final(front.status)
    context.journal.facts.keep_statuses(final, context.clock())


def is_final(status: str) -> bool:
    """Tell whether a document's status says that it is final, in any case."""
    return status.strip().casefold() == FINAL
