"""Finding and making the one page of a document: never two, whatever was forgotten or cut off.

A create is written down before it is tried. Where its outcome is not known, the page is looked for
by its title, then by its property, then by its mark, and nothing is created until the look has
found nothing for longer than a create may still be under way.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.errors import ConnectorError, NotFound, NotFoundByStray
from connectors.pages import (
    PROPERTY,
    NewPage,
    Page,
    PageMade,
    PageMaybeMade,
    PageNotMade,
    PageState,
    TitleTaken,
)
from worker.jobs.pages.page_work import PageWork
from worker.jobs.results import Action
from worker.publishing.known_page import NO_PAGE, KnownPage
from worker.publishing.page import MARK_PREFIX, PageText, numbered
from worker.publishing.page_standing import adopted, belongs, is_disputed, says_whose
from worker.publishing.storage_text import fingerprint, lines_shown

UNDER_WAY = timedelta(seconds=60)
"""How long after a create without answer the service may still be about to make the page."""
MOST_NUMBERS = 20


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The document's page as far as it is known; ``page`` is how its service gave it last."""

    known: KnownPage
    page: Page | None = None


def find_or_make(work: PageWork, known: KnownPage) -> FoundPage:
    """Give the document's page: found where one may be, else made; without one if neither.

    One that the document names may be its own all the same where it is not to be seen, or says of
    no incident: no other is made then, where nothing is remembered.
    """
    named = _named(work)
    is_told = named is not None and says_whose(named)
    if work.forgotten and work.named and not known.intended_at and not is_told:
        own = replace(known, page=work.named, address=work.told_address, in_document=True)
        return FoundPage(own)
    if known.intended_at or work.forgotten or work.named or known.address:
        found = _looked_at(work, known, named)
        if found.own is not None:
            return FoundPage(_adopt(work, known, found.own))
        if found.disputed is not None and not known.address:
            work.report.fail(_disputed(work, found.disputed))
            return FoundPage(known)
    now = work.context.clock()
    if known.intended_at and now < known.intended_at + UNDER_WAY:
        work.report.again(known.intended_at + UNDER_WAY, now)
        return FoundPage(known)
    return _make(work, known)


def _named(work: PageWork) -> Page | None:
    """Give the page that the document names, None where it is not to be seen."""
    try:
        return work.publisher.read(work.named) if work.named is not None else None
    except NotFoundByStray:  # which says nothing of the page
        raise
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look for a page found: one of the incident's, or one of which nobody can tell."""

    own: Page | None = None
    disputed: Page | None = None


def _looked_at(work: PageWork, known: KnownPage, named: Page | None) -> _Looked:
    """Look for a page that belongs to the incident; one in the trash counts where no other does.

    It counts for nothing where a person took the page out of the document, to have another one.
    """
    gone: Page | None = None
    disputed: Page | None = None
    for one in _looked_for(work, known, named):
        if is_disputed(one, work.incident):
            disputed = disputed or one
        elif belongs(one, work.incident):
            if one.state is PageState.CURRENT:
                return _Looked(one)
            gone = gone or one
    return _Looked(None if known.address else gone, disputed)


def _looked_for(work: PageWork, known: KnownPage, named: Page | None) -> Iterator[Page]:
    """Give pages that may be the incident's, by every way there is, the cheapest first.

    Its mark is looked for in the pages of its space, and where nothing is remembered also its
    property, and its id among the words of pages that were moved to other spaces.
    """
    publisher = work.publisher
    if named is not None:
        yield named
    for title in _titles(work, known):
        yield from publisher.titled(title)
    if work.forgotten or known.intended_at:
        own = work.cache.space.page_of(work.incident, lambda: publisher.noted(MARK_PREFIX))
        if own is not None and own != work.named:
            yield publisher.read(own)
    if work.forgotten:
        with suppress(NotFound):  # a service without such a search
            for page in publisher.mentioning(work.incident):
                if belongs(page, work.incident) or is_disputed(page, work.incident):
                    yield publisher.read(page.id)
        own = work.cache.properties.page_of(work.incident, publisher.propertied)
        if own is not None:
            yield publisher.read(own)


def _disputed(work: PageWork, page: Page) -> str:
    return (
        f"{work.document} was not published: the page '{page.title}' ({page.address}) was made for "
        f"incident {work.incident}, but its property {PROPERTY} names another one. Take the panel "
        "at its top away if it is another document's, or delete that property if it is not."
    )


def _titles(work: PageWork, known: KnownPage) -> list[str]:
    titles = [known.title, work.wanted(known.mark).title]
    return list(dict.fromkeys(filter(None, titles)))


def _adopt(work: PageWork, known: KnownPage, page: Page) -> KnownPage:
    found = adopted(work.incident, page, known)
    work.remember(found)
    if known.intended_at:
        work.did(Action.PUBLISHED, page.title, "its create had got no answer, and it is there")
    return found


def _make(work: PageWork, known: KnownPage) -> FoundPage:
    """Create the page; where its title is somebody else's, with a number behind it."""
    known = replace(known, mark=known.mark or work.context.new_mark())
    wanted = work.wanted(known.mark)
    for number in range(1, MOST_NUMBERS):
        title = wanted.title if number == 1 else numbered(wanted.title, number)
        done = _attempt(work, known, wanted, title)
        if done is not None:
            if done.known.page and number > 1:
                work.report.warn(
                    f"Another page has the title '{wanted.title}', so the page of "
                    f"{work.document} is called '{title}'."
                )
            return done
    work.report.fail(f"{work.document} was not published: every title for its page is taken.")
    return FoundPage(known)


def _attempt(work: PageWork, known: KnownPage, wanted: PageText, title: str) -> FoundPage | None:
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
            return FoundPage(made, page)
        case TitleTaken():
            work.remember(replace(intent, intended_at=None))
            return _whose_title(work, known, replace(intent, intended_at=None))
        case PageNotMade(reason):
            work.remember(replace(intent, intended_at=None))
            work.report.fail(f"{work.document} was not published: {reason}")
            return FoundPage(replace(intent, intended_at=None))
        case PageMaybeMade(reason):
            return _look_again(work, intent, reason)


def _whose_title(work: PageWork, known: KnownPage, intent: KnownPage) -> FoundPage | None:
    """Look whose page has the title of one that was to be created; None for somebody else's."""
    titled = work.publisher.titled(intent.title)
    own = [one for one in titled if belongs(one, work.incident)]
    own = [one for one in own if one.state is PageState.CURRENT or not known.address]
    if own:
        return FoundPage(_adopt(work, intent, own[0]))
    may_be_ours = (work.forgotten or known.intended_at) and not (titled or known.address)
    if not may_be_ours or work.publisher.has_title(intent.title):
        return None
    work.report.fail(
        f"{work.document} was not published: a page that cannot be seen has the title "
        f"'{intent.title}', and it may be the document's own. Let the account see it; if it is "
        "another document's, give that page another title."
    )
    return FoundPage(intent)


def _each(*shown: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown))


def _look_again(work: PageWork, intent: KnownPage, reason: str) -> FoundPage:
    """Look for a page whose create got no answer; what is not there yet may still come."""
    page = _looked_at(work, intent, _named(work)).own
    if page is not None:
        return FoundPage(_adopt(work, intent, page))
    now = work.context.clock()
    work.report.warn(
        f"Nobody can say yet whether the page of {work.document} was made; it is looked for "
        f"again before anything is created: {reason}"
    )
    work.report.again((intent.intended_at or now) + UNDER_WAY, now)
    return FoundPage(intent)
