"""One incident's job: the same whoever asks for it, safe to run twice, serial per incident."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.errors import (
    ConnectorError,
    NotFound,
    OutOfQuota,
    PostmortemError,
)
from connectors.incidents import Incident, IncidentId
from worker.document.front_matter import DocumentError
from worker.jobs.catalogue import Catalogue, look, up_to_date, with_document
from worker.jobs.context import JobContext
from worker.jobs.job import Job
from worker.jobs.pull import Pulled, obtain, origin, what_happened
from worker.jobs.results import Deed, IncidentResult, Report, entries
from worker.jobs.ticket_work import Work
from worker.jobs.tickets import Ask, remember, sync_tickets
from worker.jobs.write_document import KeepsChanging, Open, compose, open_document, save
from worker.journal.records import NO_CLAIM, Claim, KnownDocument
from worker.store.base import Changed

ATTEMPTS = 5
"""How often a document that changed under the program is read and merged again."""


def run(
    context: JobContext, job: Job, incident: str, catalogue: Catalogue
) -> tuple[IncidentResult, KnownDocument | None]:
    """Do one incident's job; give its result, and its document as it is known from now on.

    What source and tracker refuse is in the result. Raises ``PostmortemError`` where the document
    itself cannot be used: copied, not readable, changing all the time.
    """
    if context.dry_run:
        return _Run(context, job, incident, catalogue).result()
    with context.locks.held(incident, context.policy.lock_wait) as claim:
        job.shared.forget_stale(incident, context.journal.tickets(incident))
        catalogue = up_to_date(context, catalogue, incident)
        return _Run(context, job, incident, catalogue, claim).result()


class _Run:
    """The steps of one job, on one incident."""

    def __init__(
        self,
        context: JobContext,
        job: Job,
        incident: str,
        catalogue: Catalogue,
        claim: Claim = NO_CLAIM,
    ) -> None:
        self.context = context
        self.claim = claim
        self.job = job
        self.incident = incident
        self.catalogue = catalogue
        self.report = Report(incident, self._keep)
        self.pulled: Pulled | None = None
        self.drafted = False

    def result(self) -> tuple[IncidentResult, KnownDocument | None]:
        """Go through the steps, and give the result."""
        has_document = self.catalogue.find(self.incident) is not None
        obtained = obtain(self.context, self.job, self.report, has_document=has_document)
        if isinstance(obtained, IncidentResult):
            return obtained, None
        self.pulled = obtained
        if self._has_nothing_to_write():
            return replace(self.report.result(), skipped="it has no document any more"), None
        known = self._write_until_saved()
        if not self.context.dry_run:
            self._remember(known)
        return self.report.result(), known

    def _has_nothing_to_write(self) -> bool:
        """Tell whether this is about the tickets of a document that somebody removed.

        Only whoever asks for the facts as well gets another one.
        """
        pulls = self.job.request.pulls or self.context.source is None
        return not pulls and self.catalogue.find(self.incident) is None

    def _write_until_saved(self) -> KnownDocument | None:
        for _ in range(ATTEMPTS):
            at = open_document(self.context, self.catalogue, self.incident, self.pulled)
            if at is None:
                self.report.fail(
                    f"Incident {self.incident} has no document, and PagerDuty is not configured "
                    "to draft one. Set PAGERDUTY_API_KEY."
                )
                return None
            try:
                if at.text is not None or self.context.dry_run:
                    return self._write(at)
                self._draft(at)
            except Changed:
                self.report.start_over()
                self.catalogue = look(self.context)
            except DocumentError as error:
                told = f"{at.name} was left as it is: {error.what}"
                raise PostmortemError(told, error.remedy) from error
        raise KeepsChanging(
            f"The document of incident {self.incident} changed {ATTEMPTS} times while it was "
            "being brought up to date, so it was left as it is.",
            "Run the command again when nobody is writing.",
        )

    def _draft(self, at: Open) -> None:
        """Save a new document before its first ticket is created.

        So a ticket without a document cannot be: where there is none, no create was lost.
        """
        composed = compose(self.context, at, self.pulled, self.report)
        known = save(self.context, at, composed, self.report)
        if known is not None:
            self.catalogue = with_document(self.catalogue, known)
        self.drafted = True

    def _write(self, at: Open) -> KnownDocument | None:
        """Bring the text up to date, do the ticket half, and save both."""
        composed = compose(self.context, at, self.pulled, self.report)
        text, work = self._tickets(at, composed.text)
        known = save(self.context, at, replace(composed, text=text), self.report)
        if work is not None:
            remember(self.context, work, text)
        if known is None:
            return None
        unfinished = self.report.failures or self.report.again_in or (work and work.busy)
        settled = self._was_settled(known) if work is None else not unfinished
        return replace(known, settled=settled)

    def _was_settled(self, known: KnownDocument) -> bool:
        """Tell whether the ticket half, left out now, was done for the document as it is."""
        before = None if self.drafted else self.catalogue.find(self.incident)
        return before is not None and before.settled and before.fingerprint == known.fingerprint

    def _tickets(self, at: Open, text: str) -> tuple[str, Work | None]:
        """Do the ticket half; where the tracker fails, the document's half is saved without it."""
        tracker = self.context.tracker
        if tracker is None or not self.job.request.tracks:
            return text, None
        if self.job.shared.out_of_quota:
            self.report.fail(
                f"The tickets of {at.name} were left for the next run: "
                f"{self.job.shared.out_of_quota}"
            )
            return text, None
        try:
            ask = Ask(
                tracker=tracker,
                document=at.name,
                origin=origin(self.context, self.incident, at.name, self.pulled),
                incident=self.pulled.record.incident if self.pulled else self._incident(),
                seen=self.job.shared.seen,
                accounts=self.job.shared.accounts,
                busy=self._busy(at),
                forgotten=at.text is not None and self._forgotten(),
                claim=self.claim,
            )
            return sync_tickets(self.context, ask, text, self.report)
        except OutOfQuota as error:
            self.job.shared.out_of_quota = str(error)
            self.report.fail(f"The tickets of {at.name} are not up to date: {error}")
        except ConnectorError as error:
            self.report.fail(f"The tickets of {at.name} are not up to date: {error}")
        except PostmortemError as error:
            self.report.fail(str(error))
        return text, None

    def _incident(self) -> Incident | None:
        """Read the incident alone, for its route, where nothing else was pulled."""
        needs_route = any(one.services or one.teams for one in self.context.policy.routes)
        if self.context.source is None or not needs_route:
            return None
        try:
            return self.context.source.incident(IncidentId(self.incident))
        except NotFound:
            return None

    def _busy(self, at: Open) -> str:
        if not self.job.request.automatic or at.text is None:
            return ""
        known = self.catalogue.find(self.incident)
        if known is None or known.settled:
            return ""
        quiet_at = known.seen_at + self.context.policy.quiet_for
        now = self.context.clock()
        if now >= quiet_at:
            return ""
        minutes = (quiet_at - now).total_seconds() / 60
        return f"it was changed just now; the schedule waits {minutes:.0f} min more for quiet"

    def _forgotten(self) -> bool:
        known = self.context.journal.incident(self.incident)
        return known is None or not known.made

    def _remember(self, known: KnownDocument | None) -> None:
        journal = self.context.journal
        if known is not None:
            journal.remember([known])
            journal.skips.forget(self.incident)
        if self.pulled is not None:
            told = self.pulled.record.incident
            updated = told.updated_at.isoformat() if told.updated_at else ""
            journal.note_incident(
                self.incident,
                updated=updated,
                title=told.title,
                url=told.url,
                number=told.number,
                summary=what_happened(self.pulled.content),
                merged_into="",
            )

    def _keep(self, deeds: Sequence[Deed]) -> None:
        if not self.context.dry_run:
            at = self.context.clock()
            self.context.journal.record(entries(deeds, self.incident, self.job.request.trigger, at))
