"""Where a job comes to its document's page: behind the save, so that a page shows what is saved."""

from dataclasses import dataclass, replace

from connectors.connector import PublishWhen
from worker.document.front_matter import set_values, values
from worker.document.text_edits import SourceText
from worker.jobs.context import JobContext
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.pages.page_work import PageWork
from worker.jobs.pages.publish_page import publish_page
from worker.jobs.pull_incident import Pulled, origin
from worker.jobs.results import Report, Trigger
from worker.jobs.run_state import RunCache
from worker.journal.records import Claim, KnownDocument
from worker.store.document_store import Changed, DocumentBusy


@dataclass(frozen=True, slots=True)
class PageStep:
    """The page step of one job."""

    context: JobContext
    request: JobRequest
    cache: RunCache
    claim: Claim
    report: Report

    def show(
        self,
        document: str,
        text: str,
        known: KnownDocument | None,
        pulled: Pulled | None,
        *,
        forgotten: bool,
    ) -> KnownDocument | None:
        """Bring the page of a document up to date that was saved with ``text``.

        Gives the document as it is known from now on: the page's address comes into its front
        matter with the first page. In a dry run, where nothing was saved, ``known`` is None.
        ``forgotten`` tells that the journal remembers nothing of a document that was there before.
        """
        context, request = self.context, self.request
        if context.publisher is None or context.policy.publish.when is PublishWhen.NEVER:
            return known
        work = PageWork(
            context=context,
            publisher=context.publisher,
            report=self.report,
            cache=self.cache,
            incident=request.incident,
            document=document,
            text=text,
            document_url=origin(context, request.incident, document, pulled).document_url,
            asked=request.trigger in {Trigger.COMMAND, Trigger.PAGE} and not request.found,
            forgotten=forgotten,
            claim=self.claim,
        )
        address = publish_page(work)
        if known is None or not address:
            return known
        return _named_in(work, known, address)


def _named_in(work: PageWork, known: KnownDocument, address: str) -> KnownDocument:
    """Write the page's address into the document, once; whoever takes it out wants another page."""
    context, key = work.context, work.context.publisher_words.key
    page = context.journal.pages.of(work.incident)
    if page is None or page.in_document:
        return known
    if values(work.text) is None:
        return known
    if key not in work.front:
        try:
            stored = context.store.read(known.name)
            if stored.text != work.text:
                return known  # a person was faster; the next job writes it
            edits = set_values(stored.text, {key: address})
            new = SourceText.of(stored.text).apply(edits)
            why = f"Name the page of {known.name.rpartition('/')[2]}"
            version = context.store.write(known.name, new, stored.version, why)
        except (Changed, DocumentBusy):
            return known
        known = replace(known, fingerprint=version.fingerprint)
    work.remember(replace(page, in_document=True))
    return known
