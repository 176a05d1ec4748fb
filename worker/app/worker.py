"""The program without its page: the queue and the schedule, and the jobs that webhooks ask for."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

from structlog.contextvars import bound_contextvars

from config.settings import Settings
from connectors.incidents import IncidentId
from connectors.webhook_events import EventKind, WebhookEvent
from worker.app.binding import Moved
from worker.app.composition import open_context
from worker.app.listing.index_filler import IndexFiller
from worker.app.run_or_enqueue import enqueue_due
from worker.jobs.context import JobContext
from worker.jobs.job_lifecycle import JobOutcome, JobRequest, JobState
from worker.jobs.last_results import end_look, keep_end, log_end, log_result
from worker.jobs.results import IncidentResult, Trigger
from worker.jobs.run_state import not_configured
from worker.locks import FIRST_USE
from worker.queue.engine import QueueSettings
from worker.queue.queue import Queue
from worker.queue.schedule import Schedule
from worker.store.document_store import StoreAway

SCHEDULE = "sync"
REMEMBERED = 1000
"""How many of the latest jobs that webhooks asked for can be waited for."""
SOON = 2.0
"""Seconds that a job waits after a channel's event: nothing is to follow it but other picks."""


class Counts(Protocol):
    """Who counts what became of jobs, for those who watch."""

    def attempt(self, state: JobState, *, recurs: bool) -> None:
        """Count an attempt that ended; ``recurs`` where it is the schedule's."""

    def result(self, result: IncidentResult) -> None:
        """Count what became of an incident."""


class Worker:
    """The queue and the schedule, on the parts that the settings describe."""

    def __init__(
        self,
        settings: Settings,
        counts: Counts | None = None,
        *,
        settle: float | None = None,
        moved: Moved = Moved.REFUSE,
    ) -> None:
        """Begin nothing yet; without ``counts`` nobody watches.

        ``settle`` is how many seconds a job waits after its webhook (None: as usual).
        """
        self.settings = settings
        self._counts = counts
        self._open = ExitStack()
        self.context: JobContext = self._open.enter_context(open_context(settings, moved=moved))
        seconds = settings.schedule.settle.total_seconds() if settle is None else settle
        self._looks = Schedule(SCHEDULE, settings.schedule.every, self._look_for_work)
        self.queue = Queue(
            settings.database_url.get_secret_value(),
            self._run_incident,
            [self._looks],
            QueueSettings(settle=seconds),
            on_end=self._ended,
        )
        self.kept: deque[str] = deque(maxlen=REMEMBERED)
        self.filler = IndexFiller(self.context)

    def start(self) -> None:
        """Begin to work. Raises ``PostmortemError``."""
        self.queue.start()
        self._remind()
        self.filler.start()

    def _remind(self) -> None:
        if self.context.policy.reminders.every is None:
            return
        with FIRST_USE:
            from worker.app.digest_rounds import reminding  # noqa: PLC0415 - read for digests alone
        self._open.enter_context(reminding(self.context, self.settings))

    def stop(self) -> bool:
        """Take on nothing more and let go of everything; give whether all work under way ended.

        Where it did not, the process should end at once: threads of the queue would keep it alive.
        """
        ended = self.queue.stop()
        self.filler.stop()
        self._open.close()
        return ended

    def keep(self, events: Sequence[WebhookEvent]) -> None:
        """Store what webhooks told, all or none; when this returns, it is on disk."""
        events = [self.context.masking.record(one) for one in events]
        told = [(one.incident, each) for one in events if one.incident for each in one.reports]
        if told:  # first: the job that follows may read it at once
            self.context.journal.reports.keep(told)
        self.kept.extend(self.queue.enqueue_all(hinted_jobs(self.context, events)))

    def _ended(self, state: JobState) -> None:
        """Count an attempt that ended, keep what its results do not tell, and tell operators."""
        if self._counts:
            self._counts.attempt(state, recurs=state.subject == SCHEDULE)
        if state.subject != SCHEDULE:
            log_end(state)
            keep_end(self.context, state)
            return
        now = self.context.clock()
        next_at = self._looks.next_after(now, self.settings.quiet_for)
        end_look(self.context, state, next_at, looked=not self.settings.is_quiet(now))

    def _run_incident(self, request: JobRequest) -> JobOutcome:
        now = self.context.clock()
        if request.trigger is Trigger.SCHEDULE and self.settings.is_quiet(now):
            seconds = self.settings.quiet_for(now).total_seconds()
            told = "Left for the end of the quiet time."
            return JobOutcome(told, again_in=seconds, left=True)
        with FIRST_USE:
            from worker.jobs.incident_job import do_job  # noqa: PLC0415 - a tenth of an idle process
        try:
            results = do_job(self.context, request)
        except StoreAway as error:
            return JobOutcome(failures=(str(error),), left=True, waits=True)
        for one in results:
            if self._counts:
                self._counts.result(one)
            with bound_contextvars(incident=one.incident):  # or the one that it was merged into
                log_result(one, failures=False)
        return JobOutcome.of(results, tuple(not_configured(self.context, tracks=request.tracks)))

    def _look_for_work(self) -> JobOutcome:
        if self.settings.is_quiet(self.context.clock()):
            return JobOutcome("Nothing was looked for: it is a quiet time.", left=True)
        handed = enqueue_due(self.context, self.queue, Trigger.SCHEDULE)
        told = f"{len(handed.jobs)} incidents have something to do; {handed.unchanged} have not."
        return JobOutcome(told, handed.failures)


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
