"""Readers' comments that were made between the reading of a page and its writing.

A write takes the marks of such comments away, for they were not there to be carried. The page's
former version has them still, so they are put back at their words with a second write.
"""

from dataclasses import replace

from connectors.errors import ConnectorError, NotFound
from connectors.pages import Page, PageChange, PageComment
from worker.jobs.pages.page_work import PageWork
from worker.publishing.comment_markers import carry
from worker.publishing.known_page import KnownPage
from worker.publishing.storage_text import MARKER, marker_refs

WHY = "A comment made meanwhile is back at its words"


def with_late_comments(
    work: PageWork, known: KnownPage, before: Page, wanted: str, written: PageChange
) -> KnownPage:
    """Put comments back that were made while the page was written, or tell of them.

    ``before`` is the page as it was read, ``wanted`` its new body without comments. A page on
    which nobody comments is not asked for comments, for that costs a request.
    """
    if MARKER not in before.body:
        return known
    try:
        late = _late(work, before, written.body)
        if late:
            known, late = _put_back(work, known, before, wanted, written, late)
    except ConnectorError as error:
        work.report.warn(
            f"Whether somebody commented on the page '{written.title}' while it was written "
            f"cannot be told: {error}"
        )
        return known
    for one in late:
        work.report.warn(
            f"A comment on “{one.words[:80]}” in the page '{written.title}' was made while the "
            "page was written, and has lost its place there."
        )
    return known


def _late(work: PageWork, before: Page, body: str) -> list[PageComment]:
    """Give the comments that were made since the page was read: others have lost their words."""
    try:
        found = work.publisher.comments(before.id)
    except NotFound:
        return []
    seen = marker_refs(before.body) | marker_refs(body)
    since = before.written_at
    return [
        one
        for one in found
        if one.ref not in seen and one.made_at and since and one.made_at >= since
    ]


def _put_back(
    work: PageWork,
    known: KnownPage,
    before: Page,
    wanted: str,
    written: PageChange,
    late: list[PageComment],
) -> tuple[KnownPage, list[PageComment]]:
    """Write the page once more with the comments in it; give those that have no place there."""
    try:
        body = carry(work.publisher.body_of(before.id, before.version), wanted).body
    except NotFound:
        return known, late
    lost = [one for one in late if one.ref not in marker_refs(body)]
    if len(lost) < len(late):
        again = replace(written, body=body, version=known.version, message=WHY)
        known = replace(known, version=work.publisher.update(before.id, again).version)
        work.remember(known)
    return known, lost
