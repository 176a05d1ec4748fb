"""A document's page is made once, and written when what it shows changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from connectors.errors import (
    ConnectorError,
    NotFound,
    NotFoundByStray,
    OutOfQuota,
    PostmortemError,
    Rejected,
)
from connectors.pages import Page, PageChange, PageState, StaleVersion
from worker.jobs.pages.find_page import find_or_make
from worker.jobs.pages.late_comments import with_late_comments
from worker.jobs.pages.left_pages import (
    as_it_stands,
    when_written,
    why_left,
    why_unseen,
    worded,
)
from worker.jobs.pages.page_work import PageWork
from worker.jobs.results import Action, Deed
from worker.publishing.comment_markers import carry
from worker.publishing.known_page import KnownPage
from worker.publishing.page import PageText
from worker.publishing.page_edits import is_taken_in
from worker.publishing.page_standing import PageStanding, belongs, standing, title_for, up_to_note
from worker.publishing.storage_text import fingerprint, lines_shown

UNSEEN = "UNSEEN"
ATTEMPTS = 4
"""How often a page that changes between being read and being written is read again."""


def publish_page(work: PageWork) -> str:
    """Bring the document's page up to date; give its address, "" where it has none.

    What cannot be done is told in the report. Nothing is asked where nothing has changed.
    """
    pages = work.context.journal.pages
    known = pages.of(work.incident)
    if known is None or not known.page:
        if not work.is_due:
            if known is None:
                pages.put(KnownPage(work.incident))  # so that it is known to have been looked at
            return ""
        known = known or KnownPage(work.incident)
    elif _is_cleared(work, known):
        known = replace(KnownPage(work.incident, mark=known.mark), address=known.address)
    wanted = work.wanted(known.mark)
    if not _has_changed(work, known, wanted):
        return known.address
    return work.context.do_or_tell(
        partial(_published, work, known), partial(_foretold, work, known, wanted)
    )()


def _published(work: PageWork, known: KnownPage) -> str:
    if work.cache.pages_wait:
        work.report.fail(f"The page of {work.document} was left for later: {work.cache.pages_wait}")
        return known.address
    with _failures_told(work):
        _bring_up_to_date(work, known)
    now = work.context.journal.pages.of(work.incident)
    return now.address if now is not None and now.page else ""


def _foretold(work: PageWork, known: KnownPage, wanted: PageText) -> str:
    with _failures_told(work):
        _foretell(work, known, wanted)
    return known.address


def _has_changed(work: PageWork, known: KnownPage, wanted: PageText) -> bool:
    """Tell whether there is anything to do, by what is remembered alone."""
    if not known.page:
        return True
    if known.told:  # whether people have seen to it, only a look at the page tells
        return True
    is_written = known.digest == wanted.digest and known.files == work.file_digests
    return not is_written or not known.noted


def _is_cleared(work: PageWork, known: KnownPage) -> bool:
    """Tell whether a person took the page out of the document, to have another one made."""
    return known.in_document and not work.front.get(work.context.publisher_words.key)


def _foretell(work: PageWork, known: KnownPage, wanted: PageText) -> None:
    """Say what a run would do, after a look at the page where there is one."""
    if not known.page:
        work.report.would(Deed(Action.PUBLISHED, wanted.title, work.why()))
        return
    page = _seen(work, known)
    known = up_to_note(known, page) if page is not None else known
    if page is None or (why := why_left(work, known, page, wanted)):
        told = why_unseen(work) if page is None else why
        work.report.warn(told)
    elif known.digest != wanted.digest or known.files != work.file_digests:
        work.report.would(Deed(Action.PAGE_WRITTEN, wanted.title, work.why()))


def _bring_up_to_date(work: PageWork, known: KnownPage) -> KnownPage:
    if not known.page:
        found = find_or_make(work, known)
        known = found.known
        if not known.page:
            return known
        if known.digest == work.wanted(known.mark).digest:  # it was made, or found, just now
            return _note(work, known, found.page)
    return _write(work, known, work.wanted(known.mark))


def _write(work: PageWork, known: KnownPage, wanted: PageText) -> KnownPage:
    """Write the page, unless somebody has edited it, or it is where nothing is written."""
    for _ in range(ATTEMPTS):
        page = _seen(work, known)
        if page is None:
            return _leave(work, known, UNSEEN, why_unseen(work), fails=True)
        known = replace(up_to_note(known, page), seen_title=page.title)
        if why := why_left(work, known, page, wanted):
            fails = not belongs(page, work.incident)
            return _leave(work, known, as_it_stands(known, page), why, fails=fails)
        if known.digest == wanted.digest and not _differs(known, page):
            known = replace(known, told="", left="", version=page.version)
            work.remember(known)
            return _note(work, known, page)
        try:
            written = _written(work, known, wanted, page)
        except StaleVersion:  # by somebody, or by a write of ours that got no answer
            known = work.context.journal.pages.of(work.incident) or known
            continue
        return _note(work, written, page)
    work.report.fail(
        f"The page of {work.document} changed each time while it was being written, so it was "
        "left. The next sync writes it."
    )
    return known


def _seen(work: PageWork, known: KnownPage) -> Page | None:
    try:
        return work.publisher.read(known.page)
    except NotFoundByStray:  # which says nothing of the page
        raise
    except NotFound:
        return None


def _differs(known: KnownPage, page: Page) -> bool:
    return bool(known.shown) and fingerprint(page.body) not in known.shown


def _written(work: PageWork, known: KnownPage, wanted: PageText, page: Page) -> KnownPage:
    """Write over the page as it was read, and remember what it shows now."""
    carried = carry(page.body, wanted.body)
    shown = fingerprint(carried.body)
    over = _writes_over_people(work, known, page, wanted)
    why = work.why()
    change = PageChange(
        title_for(known, page, wanted.title),
        carried.body,
        page.version,
        why,
        quiet=not work.rules.notifies,
    )
    known = replace(known, proposed=shown)
    work.context.journal.pages.put(known, work.claim)
    if known.files != work.file_digests:
        known = work.attach(known)
    after, change = _updated(work, known, page, change)
    if over:
        work.report.warn(
            f"The page '{change.title}' of {work.document} was written over, as `edited` says. "
            f"What {work.publisher.author_name(page)} wrote there{when_written(page)} stays as "
            f"version {page.version} in its history."
        )
    for words in carried.lost:
        work.report.warn(
            f"A comment on “{words[:80]}” in the page '{change.title}' has lost its words, which "
            "are gone from the document."
        )
    known = replace(
        known,
        title=known.title if page.title != known.title else change.title,
        version=after.version,
        digest=wanted.digest,
        shown=tuple(dict.fromkeys((shown, fingerprint(after.body or carried.body)))),
        sent=lines_shown(carried.body),
        seen_title=change.title,
        noted=False,
        told="",
        left="",
    )
    work.remember(known)
    work.did(Action.PAGE_WRITTEN, change.title, why)
    return with_late_comments(work, known, page, wanted.body, change)


def _writes_over_people(work: PageWork, known: KnownPage, page: Page, wanted: PageText) -> bool:
    """Tell whether what people wrote into the page goes, and stands nowhere but in its history."""
    if not work.rules.overwrites_edits or standing(known, page) is not PageStanding.EDITED:
        return False
    return not is_taken_in(known.sent, worded(work.publisher, page), wanted.body)


def _updated(
    work: PageWork, known: KnownPage, page: Page, change: PageChange
) -> tuple[Page, PageChange]:
    """Send the change, under the page's old title where its new one is refused; give both."""
    try:
        return work.publisher.update(known.page, change), change
    except StaleVersion:
        raise
    except Rejected as error:
        if change.title == page.title:
            raise
        change = replace(change, title=page.title)  # the new one may be another page's
        after = work.publisher.update(known.page, change)
        work.report.warn(f"The page '{page.title}' keeps its title: {error}")
        return after, change


def _note(work: PageWork, known: KnownPage, page: Page | None) -> KnownPage:
    """Write into the page's property what is remembered of it, so that no database is needed."""
    if known.noted and known.files == work.file_digests:
        return known
    if known.files != work.file_digests:
        known = work.attach(known)
    if page is None:  # whether it has a property already, the publisher finds out
        page = Page(known.page, known.title, PageState.CURRENT, known.version, known.address)
    work.publisher.keep(page, known.note)
    known = replace(known, noted=True)
    work.remember(known)
    return known


def _leave(
    work: PageWork, known: KnownPage, how: str, told: str, *, fails: bool = False
) -> KnownPage:
    """Leave a page as it is; that is told once, a failure each time, and stays in the status."""
    if fails:
        work.report.fail(told)
    elif known.told != told:
        work.report.warn(told)
    if known.told != told or not known.left.startswith(how):
        known = replace(known, told=told, left=how)
        work.remember(known)
    return known


@contextmanager
def _failures_told(work: PageWork) -> Iterator[None]:
    """Tell where the publisher failed; the document and its tickets are done all the same."""
    try:
        yield
    except ConnectorError as error:
        work.report.fail(f"The page of {work.document} is not up to date: {error}")
        if isinstance(error, OutOfQuota):
            work.cache.pages_wait = str(error)
    except PostmortemError as error:
        work.report.fail(str(error))
