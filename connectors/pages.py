"""Records of a page that shows a document, and what a publisher of pages must do.

A create has four outcomes and each is a value: :class:`PageMade`, :class:`TitleTaken` and
:class:`PageNotMade` (surely no page), and :class:`PageMaybeMade` (there may be one). A publisher
never repeats a create on its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from connectors.errors import Finding, Rejected

PageId = NewType("PageId", str)
"""A publisher's own id of a page, which stays when the page is renamed or moved."""

PROPERTY = "postmortem-worker"
"""The content property under which a page says which incident it belongs to."""


class PageState(StrEnum):
    """Where a page is in its life."""

    CURRENT = "current"
    ARCHIVED = "archived"
    TRASHED = "trashed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PageNote:
    """What a page's property remembers of its last write, so that no database need.

    ``mark`` is the random word of its create. ``version`` is the number that the write made,
    ``title`` what it called the page, ``digest`` tells what it was made from, and ``shown`` what it
    showed. ``files`` has a digest of each attachment, by name.
    """

    incident: str
    mark: str = ""
    version: int = 0
    title: str = ""
    digest: str = ""
    shown: str = ""
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptNote:
    """A page's property as it was read: by ``id`` and ``version`` it is written again."""

    id: str
    version: int
    note: PageNote


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is now. ``author`` is the account of whoever wrote its last version.

    ``address`` is where people read it. ``body`` is storage format, "" where it was not asked for.
    ``kept`` is None where the page has no property of our name.
    """

    id: PageId
    title: str
    state: PageState
    version: int
    address: str
    body: str = ""
    author: str = ""
    author_name: str = ""
    written_at: datetime | None = None
    kept: KeptNote | None = None


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to create, with what its property is to remember."""

    title: str
    body: str
    note: PageNote


@dataclass(frozen=True, slots=True)
class PageChange:
    """What a page is to say next. ``version`` is the number of the one that is there now.

    ``quiet`` asks that nobody gets mail about it, where the service knows such writes.
    """

    title: str
    body: str
    version: int
    message: str
    quiet: bool = True


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to show in a page."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class PageComment:
    """A reader's comment at words of a page; ``ref`` is what its mark in the body is known by."""

    ref: str
    words: str
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageMade:
    """The publisher made it; ``page.kept`` is there where its property came with it."""

    page: Page


@dataclass(frozen=True, slots=True)
class TitleTaken:
    """None was made: another page has the title; ``reason`` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class PageNotMade:
    """None was made, surely; ``reason`` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class PageMaybeMade:
    """Nobody can say whether it was made; ``reason`` is a sentence."""

    reason: str


PageOutcome = PageMade | TitleTaken | PageNotMade | PageMaybeMade


class StaleVersion(Rejected):
    """Somebody wrote the page meanwhile, so nothing was written: read it again, and decide."""


class PagePublisher(Protocol):
    """What a publisher must do. Every method may raise ``ConnectorError`` unless it says else."""

    def create(self, page: NewPage) -> PageOutcome:
        """Create a page below the configured parent, in one request that is never repeated.

        Raises only where surely none was made.
        """

    def read(self, page: PageId) -> Page:
        """Read a page with its body and property, wherever it is, the trash included.

        Raises ``NotFound`` where it is not, or not to be seen; nobody can tell which.
        """

    def titled(self, title: str) -> Sequence[Page]:
        """Give the pages of the space that have exactly this title, trashed and archived too.

        With body and property.
        """

    def noted(self, mark: str) -> Iterator[tuple[str, PageId]]:
        """Give the incident and id of each page of the space that belongs to one.

        Its body has an anchor's name that begins with ``mark``, the incident and a hyphen; or its
        property says so, where properties come with the list. Trashed and archived too.
        """

    def propertied(self) -> Iterator[tuple[str, PageId]]:
        """Give the incident and id of each page of the space whose property names one.

        That is for pages without a mark, in the order in which they are found: the list is read as
        it is wanted. Empty where :meth:`noted` has told of them all.
        """

    def mentioning(self, incident: str) -> Sequence[Page]:
        """Give the pages of any space that have an incident's id among their words.

        With body and property. Raises ``NotFound`` where the service has no such search.
        """

    def has_title(self, title: str) -> bool:
        """Tell whether a page that can be seen has this title, whatever its case."""

    def comments(self, page: PageId) -> Sequence[PageComment]:
        """Give the comments at words of a page, also of those that have lost their words."""

    def body_of(self, page: PageId, version: int) -> str:
        """Give what a page said in one of its versions. Raises ``NotFound``."""

    def update(self, page: PageId, change: PageChange) -> Page:
        """Write a page. Gives it with its new version, with its body where the answer has it.

        Raises ``StaleVersion`` where the version is not the one that is there any more.
        """

    def keep(self, page: Page, note: PageNote) -> KeptNote:
        """Write a page's property, new or over what ``page.kept`` is."""

    def attach(self, page: PageId, file: Attachment, *, is_first: bool = False) -> None:
        """Put a file on a page, in the place of one of the same name.

        ``is_first`` tells that there should be none, which may save a look.
        """

    def author_name(self, page: Page) -> str:
        """Name whoever wrote a page's last version, by their account where no name is told."""

    def name_of(self, account: str) -> str:
        """Name the person of an account that a page mentions, "" where no name is told."""

    def page_named(self, address: str) -> PageId | None:
        """Give the page that an address on this site names, None where it names none."""

    def check(self) -> Sequence[Finding]:
        """Look at credentials, space, parent, permissions and attachments; never raises."""

    def close(self) -> None:
        """Let go of connections."""
