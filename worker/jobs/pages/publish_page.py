"""A document's page is made once, and written when what it shows changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.errors import ConnectorError, NotFound, OutOfQuota, PostmortemError, Rejected
from connectors.pages import TAKE_OVER_OPTION, Page, PageChange, PageState, StaleVersion
from worker.jobs.pages.find_page import find_or_make
from worker.jobs.pages.page_work import PageWork
from worker.jobs.results import Action, Deed
from worker.publishing.comment_markers import carry
from worker.publishing.known_page import (
    KnownPage,
    PageStanding,
    changed_words,
    standing,
    title_for,
)
from worker.publishing.page import PageText
from worker.publishing.storage_text import fingerprint, words_shown

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
            if known is None and not work.context.dry_run:
                pages.put(KnownPage(work.incident))  # so that it is known to have been looked at
            return ""
        known = known or KnownPage(work.incident)
    elif _is_cleared(work, known):
        known = replace(KnownPage(work.incident, mark=known.mark), address=known.address)
    wanted = work.wanted(known.mark)
    if not _has_changed(work, known, wanted):
        return known.address
    if work.context.dry_run:
        action = Action.PAGE_WRITTEN if known.page else Action.PUBLISHED
        work.report.would(Deed(action, wanted.title, work.why()))
        return known.address
    if work.cache.pages_wait:
        work.report.fail(f"The page of {work.document} was left for later: {work.cache.pages_wait}")
        return known.address
    with _failures_told(work):
        _bring_up_to_date(work, known)
    now = pages.of(work.incident)
    return now.address if now is not None and now.page else ""


def _has_changed(work: PageWork, known: KnownPage, wanted: PageText) -> bool:
    """Tell whether there is anything to do, by what is remembered alone."""
    if not known.page:
        return True
    if known.told and known.left == _state(work, wanted) and not work.asked:
        return False
    is_written = known.digest == wanted.digest and known.files == work.file_digests
    return not is_written or not known.noted or bool(known.told and work.asked)


def _state(work: PageWork, wanted: PageText) -> str:
    """Give what tells the page that is wanted, with its files, from another."""
    files = "".join(digest[:8] for _, digest in work.file_digests)
    return f"{wanted.digest}{files}"[:64]


def _is_cleared(work: PageWork, known: KnownPage) -> bool:
    """Tell whether a person took the page out of the document, to have another one made."""
    return known.in_document and not work.front.get(work.context.publisher_words.key)


def _bring_up_to_date(work: PageWork, known: KnownPage) -> KnownPage:
    if not known.page:
        known = find_or_make(work, known)
        if not known.page:
            return known
    wanted = work.wanted(known.mark)
    if known.files != work.file_digests and known.digest == wanted.digest:
        known = work.attach(known)
    if known.digest != wanted.digest or known.told:
        return _write(work, known, wanted)
    return _note(work, known, None)


def _write(work: PageWork, known: KnownPage, wanted: PageText) -> KnownPage:
    """Write the page, unless somebody has edited it, or it is where nothing is written."""
    for _ in range(ATTEMPTS):
        try:
            page = work.publisher.read(known.page)
        except NotFound as error:
            told = (
                f"The page of {work.document} is not to be seen in {work.service} any more, so it "
                f"was not written: {error.what} Restore it, or let the account see it; to have "
                f"another one made, take `{work.context.publisher_words.key}` out of the "
                "document's front matter."
            )
            return _leave(work, known, wanted, told, fails=True)
        how = standing(known, page)
        if how is PageStanding.EDITED and work.rules.overwrites_edits:
            how = PageStanding.OURS
        if how is not PageStanding.OURS:
            return _leave(work, known, wanted, _reason(work, known, page, how))
        if known.digest == wanted.digest and not _differs(known, page):
            known = replace(known, told="", left="", version=page.version)
            work.remember(known)
            return _note(work, known, page)
        try:
            return _written(work, known, wanted, page)
        except StaleVersion:
            continue
    work.report.fail(
        f"The page of {work.document} changed each time while it was being written, so it was left."
    )
    return known


def _differs(known: KnownPage, page: Page) -> bool:
    return bool(known.shown) and fingerprint(page.body) not in known.shown


def _written(work: PageWork, known: KnownPage, wanted: PageText, page: Page) -> KnownPage:
    carried = carry(page.body, wanted.body)
    title = title_for(known, page, wanted.title)
    shown = fingerprint(carried.body)
    known = replace(known, proposed=shown)
    work.context.journal.pages.put(known, work.claim)
    if known.files != work.file_digests:
        known = work.attach(known)
    why = work.why()
    change = PageChange(title, carried.body, page.version, why, quiet=not work.rules.notifies)
    try:
        after = work.publisher.update(known.page, change)
    except StaleVersion:
        raise
    except Rejected as error:
        if title == page.title:
            raise
        change = replace(change, title=page.title)  # the new one may be another page's
        after = work.publisher.update(known.page, change)
        work.report.warn(f"The page '{page.title}' keeps its title: {error}")
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
        sent=words_shown(carried.body),
        noted=False,
        told="",
        left="",
    )
    work.remember(known)
    work.did(Action.PAGE_WRITTEN, change.title, why)
    return _note(work, known, page)


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


def _reason(work: PageWork, known: KnownPage, page: Page, how: PageStanding) -> str:
    """Say why a page is left as it is."""
    if how is not PageStanding.EDITED:
        return (
            f"The page '{page.title}' of {work.document} is {how.value} in {work.service}, so it "
            "was left there as it is."
        )
    who = work.publisher.author_name(page)
    when = page.written_at.strftime(" on %Y-%m-%d at %H:%M UTC") if page.written_at else ""
    lines = changed_words(known.sent, page.body) if known.sent else []
    diff = f" They changed: {' | '.join(lines)}" if lines else ""
    return (
        f"The page '{page.title}' of {work.document} was edited in {work.service} by {who}{when} "
        f"(version {page.version}), so it is kept as it is and not written over. `postmortem "
        f"sync {TAKE_OVER_OPTION} {work.incident}` takes it into the document.{diff}"
    )


def _leave(
    work: PageWork, known: KnownPage, wanted: PageText, told: str, *, fails: bool = False
) -> KnownPage:
    """Leave a page as it is; that is told once, and stays in the document's status."""
    if fails:
        work.report.fail(told)
    elif known.told != told:
        work.report.warn(told)
    known = replace(known, told=told, left=_state(work, wanted))
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
