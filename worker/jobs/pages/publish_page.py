"""A document's page is made once, and written when what it shows changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors import TAKE_OVER_OPTION
from connectors.errors import ConnectorError, NotFound, OutOfQuota, PostmortemError, Rejected
from connectors.pages import Page, PageChange, PageState, StaleVersion
from worker.jobs.pages.find_page import find_or_make
from worker.jobs.pages.late_comments import with_late_comments
from worker.jobs.pages.page_work import PageWork
from worker.jobs.results import Action, Deed
from worker.publishing.comment_markers import carry
from worker.publishing.known_page import KnownPage
from worker.publishing.page import PageText
from worker.publishing.page_edits import NO_WORDS, changed_lines, is_taken_in
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
        with _failures_told(work):
            _foretell(work, known, wanted)
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
    if page is None or (why := _why_left(work, known, page, wanted)):
        told = _unseen(work) if page is None else why
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
            return _leave(work, known, UNSEEN, _unseen(work), fails=True)
        known = replace(up_to_note(known, page), seen_title=page.title)
        if why := _why_left(work, known, page, wanted):
            fails = not belongs(page, work.incident)
            return _leave(work, known, _as_it_stands(known, page), why, fails=fails)
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
        f"The page of {work.document} changed each time while it was being written, so it was left."
    )
    return known


def _seen(work: PageWork, known: KnownPage) -> Page | None:
    try:
        return work.publisher.read(known.page)
    except NotFound:
        return None


def _unseen(work: PageWork) -> str:
    return (
        f"The page of {work.document} is not to be seen in {work.service} any more, so it was not "
        "written. Restore it, or let the account see it: each sync looks again. "
        f"{_to_have_another(work)}"
    )


def _to_have_another(work: PageWork) -> str:
    key = work.context.publisher_words.key
    return f"To have another one made, take `{key}` out of the document's front matter."


def _differs(known: KnownPage, page: Page) -> bool:
    return bool(known.shown) and fingerprint(page.body) not in known.shown


def _written(work: PageWork, known: KnownPage, wanted: PageText, page: Page) -> KnownPage:
    carried = carry(page.body, wanted.body)
    title = title_for(known, page, wanted.title)
    shown = fingerprint(carried.body)
    edited = standing(known, page) is PageStanding.EDITED
    over = (
        work.rules.overwrites_edits
        and edited
        and not is_taken_in(known.sent, page.body, wanted.body)
    )
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
    if over:
        work.report.warn(
            f"The page '{change.title}' of {work.document} was written over, as `edited` says. "
            f"What {work.publisher.author_name(page)} wrote there{_when(page)} stays as version "
            f"{page.version} in its history."
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


def _why_left(work: PageWork, known: KnownPage, page: Page, wanted: PageText) -> str:
    """Say why a page is left as it is, "" where it may be written."""
    if not belongs(page, work.incident):
        return (
            f"The page '{page.title}' ({page.address}) does not say that it is the page of "
            f"incident {work.incident}, so it was not written: it may be somebody else's. "
            f"{_to_have_another(work)}"
        )
    how = standing(known, page)
    if how is PageStanding.OURS:
        return ""
    if how is not PageStanding.EDITED:
        return (
            f"The page '{page.title}' of {work.document} is {how.value} in {work.service}, so it "
            "was left there as it is. Once it is back, the next sync writes it."
        )
    if work.rules.overwrites_edits or is_taken_in(known.sent, page.body, wanted.body):
        return ""
    if known.told and known.left.startswith(_as_it_stands(known, page)):
        return known.told  # who it was costs a call, and was told
    lines = changed_lines(known.sent, page.body) if known.sent else []
    diff = " | ".join(lines) or (NO_WORDS if known.sent else "")
    return (
        f"The page '{page.title}' of {work.document} was edited in {work.service} by "
        f"{work.publisher.author_name(page)}{_when(page)} (version {page.version}), so it is kept "
        f"as it is and not written over. `postmortem sync {TAKE_OVER_OPTION} {work.incident}` "
        "takes it into the document; once the document says the same, the page goes on."
        f"{f' They changed: {diff}' if diff else ''}"
    )


def _as_it_stands(known: KnownPage, page: Page) -> str:
    """Give what tells how a page stands from how it stood before, or will."""
    return f"{standing(known, page).name} {page.version}"


def _when(page: Page) -> str:
    return page.written_at.strftime(" on %Y-%m-%d at %H:%M UTC") if page.written_at else ""


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
