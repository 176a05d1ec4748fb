"""What is remembered of a document's page."""

from dataclasses import dataclass
from datetime import datetime

from connectors.incidents import IncidentId
from connectors.pages import PageId, PageNote

NO_PAGE = PageId("")


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A document's page as this memory knows it; ``page`` is "" where there is none yet.

    ``mark`` is the random word of its create, which was written down at ``intended_at`` and has no
    known outcome for as long as there is no page. ``version`` is what the last write made,
    ``title`` the last that was given here, ``digest`` what it was made from; ``shown`` are
    fingerprints of what it may show by that, ``proposed`` of what was about to be written.
    ``sent`` holds its lines, to tell what people changed in them. ``noted`` tells that the page's
    own property says all this too, ``in_document`` that the document names the page. ``told`` is
    why the page is left as it is, and ``left`` how the page stood when that was told.
    ``seen_title`` is what people called the page when it was last seen.
    """

    incident: IncidentId
    mark: str = ""
    page: PageId = NO_PAGE
    address: str = ""
    title: str = ""
    version: int = 0
    digest: str = ""
    shown: tuple[str, ...] = ()
    proposed: str = ""
    sent: str = ""
    files: tuple[tuple[str, str], ...] = ()
    noted: bool = False
    in_document: bool = False
    intended_at: datetime | None = None
    told: str = ""
    left: str = ""
    seen_title: str = ""

    @property
    def called(self) -> str:
        """What the page is called, as far as that is known."""
        return self.seen_title or self.title

    @property
    def note(self) -> PageNote:
        """What the page's property is to remember."""
        shown = " ".join(self.shown)
        return PageNote(
            self.incident, self.mark, self.version, self.title, self.digest, shown, self.files
        )
