"""Finding and making the one page of a document: never two, whatever was forgotten or cut off.

A create is written down before it is tried. Where its outcome is not known, the page is looked for
by its title, then by its property, then by its mark, and nothing is created until the look has
found nothing for longer than a create may still be under way.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from connectors.errors import ConnectorError, NotFound
from connectors.pages import (
    NewPage,
    Page,
    PageId,
    PageMade,
    PageMaybeMade,
    PageNotMade,
    PageState,
    TitleTaken,
)
from worker.jobs.pages.page_work import PageWork
from worker.jobs.results import Action
from worker.publishing.known_page import NO_PAGE, KnownPage, adopted, belongs
from worker.publishing.page import MARK_PREFIX, PageText, numbered
from worker.publishing.storage_text import fingerprint, lines_shown

UNDER_WAY = timedelta(seconds=60)
"""How long after a create without answer the service may still be about to make the page."""
MOST_NUMBERS = 20


def find_or_make(work: PageWork, known: KnownPage) -> KnownPage:
    """Give the document's page: found where one may be, else made; without one if neither.

    One that the document names and that is not to be seen may be there all the same, where nothing
    is remembered: no other is made then.
    """
    if work.forgotten and work.named and not known.intended_at and not _is_seen(work, work.named):
        return replace(known, page=work.named, address=work.told_address, in_document=True)
    if known.intended_at or work.forgotten or work.named or known.address:
        page = next(_candidates(work, known), None)
        if page is not None:
            return _adopt(work, known, page)
    now = work.context.clock()
    if known.intended_at and now < known.intended_at + UNDER_WAY:
        work.report.again(known.intended_at + UNDER_WAY, now)
        return known
    return _make(work, known)


def _is_seen(work: PageWork, page: PageId) -> bool:
    try:
        work.publisher.read(page)
    except NotFound:
        return False
    return True


def _candidates(work: PageWork, known: KnownPage) -> Iterator[Page]:
    """Give pages that belong to the incident; those in the trash last.

    They count for nothing where a person took the page out of the document, to have another one.
    """
    others = []
    for one in _looked_for(work, known):
        if one.state is PageState.CURRENT:
            yield one
        else:
            others.append(one)
    yield from () if known.address else others


def _looked_for(work: PageWork, known: KnownPage) -> Iterator[Page]:
    named = work.named
    if named is not None:
        try:
            page = work.publisher.read(named)
            if belongs(page, work.incident):
                yield page
        except NotFound:
            pass  # it is looked for by its title and its property
    for title in _titles(work, known):
        yield from (one for one in work.publisher.titled(title) if belongs(one, work.incident))
    if work.forgotten or known.intended_at:
        own = work.cache.space.page_of(work.incident, lambda: work.publisher.noted(MARK_PREFIX))
        if own is not None and own != named:
            page = work.publisher.read(own)
            if belongs(page, work.incident):
                yield page


def _titles(work: PageWork, known: KnownPage) -> list[str]:
    titles = [known.title, work.wanted(known.mark).title]
    return list(dict.fromkeys(filter(None, titles)))


def _adopt(work: PageWork, known: KnownPage, page: Page) -> KnownPage:
    found = adopted(work.incident, page, known)
    work.remember(found)
    if known.intended_at:
        work.did(Action.PUBLISHED, page.title, "its create had got no answer, and it is there")
    return found


def _make(work: PageWork, known: KnownPage) -> KnownPage:
    """Create the page; where its title is somebody else's, with a number behind it."""
    known = replace(known, mark=known.mark or work.context.new_mark())
    wanted = work.wanted(known.mark)
    for number in range(1, MOST_NUMBERS):
        title = wanted.title if number == 1 else numbered(wanted.title, number)
        done = _attempt(work, known, wanted, title)
        if done is not None:
            if done.page and number > 1:
                work.report.warn(
                    f"Another page has the title '{wanted.title}', so the page of "
                    f"{work.document} is called '{title}'."
                )
            return done
    work.report.fail(f"{work.document} was not published: every title for its page is taken.")
    return known


def _attempt(work: PageWork, known: KnownPage, wanted: PageText, title: str) -> KnownPage | None:
    """Try to create the page by a title; None where that is taken by a page that is not ours."""
    now = work.context.clock()
    intent = replace(
        known,
        page=NO_PAGE,
        address="",
        title=title,
        digest=wanted.digest,
        proposed=fingerprint(wanted.body),
        sent=lines_shown(wanted.body),
        intended_at=now,
    )
    work.context.journal.pages.put(intent, work.claim)
    note = replace(intent.note, version=1, shown=intent.proposed)
    try:
        outcome = work.publisher.create(NewPage(title, wanted.body, note))
    except ConnectorError:
        work.remember(replace(intent, intended_at=None))
        raise
    match outcome:
        case PageMade(page):
            made = replace(
                adopted(work.incident, replace(page, kept=None), intent),
                shown=_each(intent.proposed, fingerprint(page.body or wanted.body)),
                noted=page.kept is not None and not work.files,
                version=max(page.version, 1),
            )
            work.remember(made)
            work.did(Action.PUBLISHED, title, "the document has no page yet")
            return made
        case TitleTaken():
            work.remember(replace(intent, intended_at=None))
            own = [one for one in work.publisher.titled(title) if belongs(one, work.incident)]
            own = [one for one in own if one.state is PageState.CURRENT or not known.address]
            return _adopt(work, intent, own[0]) if own else None
        case PageNotMade(reason):
            work.remember(replace(intent, intended_at=None))
            work.report.fail(f"{work.document} was not published: {reason}")
            return replace(intent, intended_at=None)
        case PageMaybeMade(reason):
            return _look_again(work, intent, reason)


def _each(*shown: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown))


def _look_again(work: PageWork, intent: KnownPage, reason: str) -> KnownPage:
    """Look for a page whose create got no answer; what is not there yet may still come."""
    page = next(_candidates(work, intent), None)
    if page is not None:
        return _adopt(work, intent, page)
    now = work.context.clock()
    work.report.warn(
        f"Nobody can say yet whether the page of {work.document} was made; it is looked for "
        f"again before anything is created: {reason}"
    )
    work.report.again((intent.intended_at or now) + UNDER_WAY, now)
    return intent
