"""Taking over into a document what people wrote on its page."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from connectors.pages import Page
from worker.jobs.catalogue import near
from worker.jobs.context import JobContext
from worker.jobs.results import Action, Deed, IncidentResult, Report, RunResult, Trigger, entries
from worker.jobs.write_document import unified
from worker.publishing.known_page import KnownPage, PageStanding, standing
from worker.publishing.storage_text import fingerprint, words_shown
from worker.publishing.taken_words import take_over

WHY = "people wrote it on the page"


def take_over_page(context: JobContext, incident: IncidentId) -> RunResult:
    """Put the words that people changed on an incident's page into its document.

    With a dry run nothing is written. Raises ``PostmortemError`` where there is no such page, or
    the document changed meanwhile.
    """
    with context.locks.held(incident, context.policy.lock_wait):
        return RunResult((_taken_over(context, incident),), dry_run=context.dry_run)


def _taken_over(context: JobContext, incident: IncidentId) -> IncidentResult:
    service, known = context.publisher_words, context.journal.pages.of(incident)
    document = near(context, [incident]).find(incident)
    if context.publisher is None:
        told = f"{service.name} is not configured, so no page can be read."
        raise PostmortemError(told, service.remedy)
    if document is None or known is None or not known.page:
        told = f"No page of incident {incident} is known, so nothing can be taken over from it."
        raise PostmortemError(told, f"Publish it first: postmortem sync {incident}")
    page = context.publisher.read(known.page)
    report = Report(incident, partial(_keep, context, incident), document=document.name)
    if standing(known, page) is PageStanding.EDITED:
        _take_over(context, report, known, page)
    return report.result()


def _take_over(context: JobContext, report: Report, known: KnownPage, page: Page) -> None:
    stored = context.store.read(report.document)
    taken = take_over(stored.text, known.sent, page.body)
    report.diff = unified(report.document, stored.text, taken.text)
    deeds = [Deed(Action.TAKEN_OVER, old, WHY, "", old, new) for old, new in taken.taken]
    if taken.left:
        report.warn(
            f"These lines of the page '{page.title}' were left to you, for they were added, taken "
            f"out or moved as a whole: {' | '.join(taken.left)}"
        )
    if context.dry_run:
        report.would(*deeds)
        return
    if deeds:
        why = f"Take over what people wrote on the page of {report.document.rpartition('/')[2]}"
        context.store.write(report.document, taken.text, stored.version, why)
    for one in deeds:
        report.did(one)
    if not taken.left:  # the page says nothing any more that the document does not
        agreed = replace(
            known,
            version=page.version,
            shown=(fingerprint(page.body),),
            sent=words_shown(page.body),
            digest="",
            told="",
            left="",
        )
        context.journal.pages.put(agreed)


def _keep(context: JobContext, incident: IncidentId, deeds: Sequence[Deed]) -> None:
    at = context.clock()
    context.journal.record(entries(deeds, incident, Trigger.COMMAND, at))
