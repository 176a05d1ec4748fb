"""What webhooks told, as the jobs that follow: of an incident, a ticket, or a channel."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from connectors.incidents import IncidentId
from connectors.webhook_events import EventKind, WebhookEvent
from worker.jobs.context import JobContext
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger

SOON = 2.0
"""Seconds that a job waits after a channel's event: nothing is to follow it but other picks."""


def hinted_jobs(context: JobContext, events: Sequence[WebhookEvent]) -> list[JobRequest]:
    """Give a job for each event that a document may have to follow.

    A ticket's or a channel's event is one of the documents that it is known of.
    """
    tickets = [one.ticket for one in events if one.ticket is not None]
    known = context.journal.tracked(tickets) if tickets else {}
    talked = _by_channel(context) if any(one.channel for one in events) else {}
    requests = []
    for event in events:
        ticket = known.get(event.ticket) if event.ticket else None
        named = event.incident or (ticket.incident if ticket else None)
        several = [IncidentId(named)] if named else talked.get(event.channel, ())
        requests += [_request(event, one) for one in several if _follows(context, event, one)]
    return requests


def _by_channel(context: JobContext) -> Mapping[str, Sequence[IncidentId]]:
    """Give the incidents whose documents may still follow a channel."""
    found: defaultdict[str, list[IncidentId]] = defaultdict(list)
    for channel, incident in _channels(context):
        found[channel].append(incident)
    return found


def _channels(context: JobContext) -> Iterator[tuple[str, IncidentId]]:
    for known in context.journal.picks.open():
        for channel in known.channels:
            yield channel, known.incident


def _follows(context: JobContext, event: WebhookEvent, incident: IncidentId) -> bool:
    """Tell whether a job follows an event: an open incident may have no document to refresh."""
    needs_document = event.kind is EventKind.UNDER_WAY or bool(event.channel)
    return not needs_document or bool(context.journal.documents_of(incident))


def _request(event: WebhookEvent, incident: IncidentId) -> JobRequest:
    return JobRequest(
        incident,
        Trigger.WEBHOOK,
        pulls=event.incident is not None or bool(event.channel),
        resolved_at=event.occurred_at if event.kind is EventKind.RESOLVED else None,
        event_id=event.id,
        delay=SOON if event.channel else None,
    )
