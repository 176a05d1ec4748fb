"""What a page that is remembered is by now: ours, edited, moved, or somebody else's."""

import re
from dataclasses import replace
from enum import Enum

from connectors.incidents import IncidentId
from connectors.pages import Page, PageState
from worker.publishing.known_page import KnownPage
from worker.publishing.page import MARK_PREFIX, carries_mark
from worker.publishing.storage_text import fingerprint, lines_shown


class PageStanding(Enum):
    """How a page stands to what was last written here."""

    OURS = "as it was written here"
    EDITED = "edited by somebody"
    TRASHED = "in the trash"
    ARCHIVED = "archived"
    ELSEWHERE = "neither current nor to be written"


def standing(known: KnownPage, page: Page) -> PageStanding:
    """Tell whether a page is still as it was written here.

    A comment changes its body and not its version, a new name or place its version and not what it
    shows: neither is an edit.
    """
    if page.state is not PageState.CURRENT:
        return {
            PageState.TRASHED: PageStanding.TRASHED,
            PageState.ARCHIVED: PageStanding.ARCHIVED,
        }.get(page.state, PageStanding.ELSEWHERE)
    if page.version <= known.version:
        return PageStanding.OURS
    ours = {*known.shown, known.proposed}
    return PageStanding.OURS if fingerprint(page.body) in ours else PageStanding.EDITED


def title_for(known: KnownPage, page: Page, wanted: str) -> str:
    """Give the title to write: a person's stays, and so does a number behind a taken one."""
    if known.title and page.title != known.title:
        return page.title
    is_numbered = re.fullmatch(rf"{re.escape(wanted)} \(\d+\)", page.title)
    return page.title if is_numbered else wanted


def belongs(page: Page, incident: IncidentId) -> bool:
    """Tell whether a page is the incident's: its property says so, or it has none and our mark.

    Everything else is somebody else's, whatever its id: ids are a site's own.
    """
    if page.kept is not None and page.kept.note.incident:
        return page.kept.note.incident == incident
    return carries_mark(page.body, incident)


def is_disputed(page: Page, incident: IncidentId) -> bool:
    """Tell whether a page has our mark for the incident, but a property that names another."""
    return carries_mark(page.body, incident) and not belongs(page, incident)


def says_whose(page: Page) -> bool:
    """Tell whether a page says of which incident it is, by its property or by a mark."""
    told = page.kept is not None and bool(page.kept.note.incident)
    return told or f">{MARK_PREFIX}" in page.body


def up_to_note(known: KnownPage, page: Page) -> KnownPage:
    """Give what is known of a page, once its property has told of writes that are not known here.

    They were made with another memory: another machine's database, or this one before it was
    restored from a backup.
    """
    note = page.kept.note if page.kept is not None else None
    is_newer = note is not None and note.incident == known.incident and note.version > known.version
    if not (is_newer or (not known.version and belongs(page, known.incident))):
        return known
    return replace(
        adopted(known.incident, page, known),
        in_document=known.in_document,
        told=known.told,
        left=known.left,
    )


def adopted(incident: IncidentId, page: Page, known: KnownPage) -> KnownPage:
    """Give what is remembered of a page that was found again, by what its property says.

    One that has none, and was found by the mark of a create without answer, is as it was created.
    """
    kept = page.kept.note if page.kept and page.kept.note.incident == incident else None
    is_as_written = kept is not None and fingerprint(page.body) in kept.shown.split()
    sent = lines_shown(page.body) if is_as_written else known.sent
    if kept is None:
        return KnownPage(
            incident,
            mark=known.mark,
            page=page.id,
            address=page.address,
            title=known.title or page.title,
            version=1,
            digest=known.digest,
            shown=(known.proposed,),
            sent=known.sent,
            seen_title=page.title,
        )
    return KnownPage(
        incident,
        mark=kept.mark,
        page=page.id,
        address=page.address,
        title=kept.title,
        version=kept.version,
        digest=kept.digest,
        shown=tuple(kept.shown.split()),
        files=kept.files,
        proposed=known.proposed,
        sent=sent,
        noted=True,
        in_document=known.in_document,
        seen_title=page.title,
    )
