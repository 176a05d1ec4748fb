"""Taking over into a document what people wrote on its page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from config.template_names import Column
from connectors import TAKE_OVER_OPTION
from connectors.errors import ConfigurationError, PostmortemError
from connectors.incidents import IncidentId
from connectors.pages import Page
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.pages.left_pages import worded
from worker.jobs.results import (
    Action,
    Deed,
    IncidentResult,
    Report,
    RunResult,
    Trigger,
    entries,
    together,
    unified,
)
from worker.publishing.known_page import KnownPage
from worker.publishing.page_edits import NO_WORDS, UNKNOWN
from worker.publishing.page_standing import PageStanding, belongs, standing, up_to_note
from worker.publishing.storage_text import fingerprint, is_set_alike, lines_shown
from worker.publishing.taken_words import Taken, take_over
from worker.store.document_store import Version

WHY = "people wrote it on the page"
OFFERED = " offered"
"""Behind how a page stood: what cannot be taken over from it was told already."""


def take_over_page_edits(
    context: JobContext,
    incident: IncidentId,
    do_job: Callable[[JobContext, JobRequest], Sequence[IncidentResult]],
) -> RunResult:
    """Put the words that people changed on an incident's page into its document.

    ``do_job`` then makes all agree, the page included.
    What cannot be taken over is told, and the page is kept until the document says the same, or
    the same is asked once more: then the page is written over. With a dry run nothing is written.
    Raises ``PostmortemError`` where there is no such page, or the document changed meanwhile.
    """
    with context.locks.held(incident, context.policy.lock_wait):
        result = _taken_over(context, incident)
    request = JobRequest(incident, Trigger.COMMAND, pulls=False)
    result = context.do_or_tell(
        lambda: together(result, do_job(context, request)[0]), lambda: result
    )()
    return RunResult((result,), dry_run=context.dry_run)


def _taken_over(context: JobContext, incident: IncidentId) -> IncidentResult:
    service, known = context.publisher_words, context.journal.pages.of(incident)
    if context.publisher is None:
        told = f"{service.name} is not configured, so no page can be read."
        raise ConfigurationError(told, service.remedy)
    document = look(context).find(incident)
    if document is None or known is None or not known.page:
        told = f"No page of incident {incident} is known, so nothing can be taken over from it."
        raise PostmortemError(told, f"Publish it first: postmortem sync {incident}")
    page = context.publisher.read(known.page)
    if not belongs(page, incident):
        told = f"The page '{page.title}' ({page.address}) is not the page of incident {incident}."
        raise PostmortemError(told, "Nothing was taken over from it.")
    report = Report(incident, partial(_keep, context, incident), document=document.name)
    known = up_to_note(known, page)
    if standing(known, page) is PageStanding.EDITED:
        spoken = replace(page, body=worded(context.publisher, page))
        _take_over(context, report, known, spoken)
    return report.result()


def _take_over(context: JobContext, report: Report, known: KnownPage, page: Page) -> None:
    stored = context.store.read(report.document)
    columns = context.policy.names.columns
    tracked = (columns[Column.TICKET], columns[Column.STATUS])
    taken = Taken(stored.text)
    if known.sent:
        taken = take_over(stored.text, known.sent, page.body, tracked)
    report.diff = unified(report.document, stored.text, taken.text)
    deeds = [Deed(Action.TAKEN_OVER, old, WHY, "", old, new) for old, new in taken.taken]
    how = f"{PageStanding.EDITED.name} {page.version}{OFFERED}"
    is_done = not deeds and known.left == how
    left = taken.left or tuple(_unworded(known, page))
    told = "" if is_done or not left else _left_over(report, page, left)
    if is_done:
        report.warn(
            f"The page '{page.title}' is written over: {' | '.join(left)} stays behind in its "
            f"history, as version {page.version}."
        )
    elif told:
        report.warn(told)
    # where nothing is told, the page says nothing more that is to stay and that the document lacks
    now = _agreed(known, page)
    if told:
        now = replace(known, sent=taken.agreed or known.sent, told=told, left=how)
    context.do_or_tell(
        lambda: _write(context, report, taken.text, stored.version, deeds, now),
        lambda: report.would(*deeds),
    )()


def _write(
    context: JobContext,
    report: Report,
    text: str,
    version: Version,
    deeds: Sequence[Deed],
    now: KnownPage,
) -> None:
    if deeds:
        why = f"Take over what people wrote on the page of {report.document.rpartition('/')[2]}"
        context.store.write(report.document, text, version, why)
    for one in deeds:
        report.did(one)
    context.journal.pages.put(now)


def _unworded(known: KnownPage, page: Page) -> Iterator[str]:
    """Say what else people changed, where it is not their words."""
    now = fingerprint(page.body)
    if not known.sent:
        yield UNKNOWN
    elif not any(is_set_alike(one, now) for one in known.shown):
        yield NO_WORDS


def _agreed(known: KnownPage, page: Page) -> KnownPage:
    """Give what is known of a page whose present version counts as seen."""
    return replace(
        known,
        version=page.version,
        shown=(fingerprint(page.body),),
        sent=lines_shown(page.body),
        digest="",
        told="",
        left="",
    )


def _left_over(report: Report, page: Page, left: Sequence[str]) -> str:
    """Say what people have to see to themselves, and how the page goes on."""
    return (
        f"The page '{page.title}' of {report.document} (version {page.version}) says what was left "
        f"to you: {' | '.join(left).removesuffix('.')}. Write into the document what is to stay, "
        f"and the page goes on; or run `postmortem sync {TAKE_OVER_OPTION} {report.incident}` once "
        "more, and the page is written over."
    )


def _keep(context: JobContext, incident: IncidentId, deeds: Sequence[Deed]) -> None:
    at = context.clock()
    context.journal.record(entries(deeds, incident, Trigger.COMMAND, at))
