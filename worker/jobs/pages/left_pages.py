"""Pages that are left as they are, and why: people edited one, took it away, or its document."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from connectors import TAKE_OVER_OPTION
from connectors.pages import Page, PagePublisher
from worker.jobs.context import JobContext
from worker.jobs.pages.page_work import PageWork
from worker.publishing.known_page import KnownPage
from worker.publishing.page import PageText
from worker.publishing.page_edits import NO_WORDS, changed_lines, is_taken_in
from worker.publishing.page_standing import PageStanding, belongs, standing
from worker.publishing.storage_text import naming_people


def left_pages(context: JobContext) -> Iterator[str]:
    """Say of each page without a document that it was left; of each once, unless it comes again.

    The documents must have been listed just now.
    """
    if context.publisher is None:
        return
    for known in context.journal.pages.without_document():
        sentence = (
            f'The document of incident {known.incident} was removed, so its page "{known.called}" '
            f"({known.address}) was left as it is. Delete it there if nobody needs it."
        )
        if known.told == sentence:
            continue
        context.journal.pages.put(replace(known, told=sentence))
        yield sentence


def why_unseen(work: PageWork) -> str:
    """Say that the page is not there any more, or not for this account."""
    return (
        f"The page of {work.document} is not to be seen in {work.service} any more, so it was not "
        "written. Restore it, or let the account see it: each sync looks again. "
        f"{_to_have_another(work)}"
    )


def why_left(work: PageWork, known: KnownPage, page: Page, wanted: PageText) -> str:
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
    body = worded(work.publisher, page)
    if work.rules.overwrites_edits or is_taken_in(known.sent, body, wanted.body):
        return ""
    if known.told and known.left.startswith(as_it_stands(known, page)):
        return known.told  # who it was costs a call, and was told
    lines = changed_lines(known.sent, body) if known.sent else []
    diff = " | ".join(lines) or (NO_WORDS if known.sent else "")
    return (
        f"The page '{page.title}' of {work.document} was edited in {work.service} by "
        f"{work.publisher.author_name(page)}{when_written(page)} (version {page.version}), so it "
        "is kept as it is and not written over. "
        f"`postmortem sync {TAKE_OVER_OPTION} {work.incident}` "
        "takes it into the document; once the document says the same, the page goes on."
        f"{f' They changed: {diff}' if diff else ''}"
    )


def worded(publisher: PagePublisher, page: Page) -> str:
    """Give what a page says, for its words alone, with the names of those whom it mentions."""
    return naming_people(page.body, cache(publisher.name_of))


def as_it_stands(known: KnownPage, page: Page) -> str:
    """Give what tells how a page stands from how it stood before, or will."""
    return f"{standing(known, page).name} {page.version}"


def when_written(page: Page) -> str:
    """Give when a page was written, as a sentence goes on, "" where nobody knows."""
    return page.written_at.strftime(" on %Y-%m-%d at %H:%M UTC") if page.written_at else ""


def _to_have_another(work: PageWork) -> str:
    key = work.context.publisher_words.key
    return f"To have another one made, take `{key}` out of the document's front matter."
