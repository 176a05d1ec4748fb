"""The sandbox's pages, and the rules of Confluence for them: titles, versions, trash, comments."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from connectors.confluence.sandbox.storage_rules import BadStorage, refs, saved

LONGEST_TITLE = 255
MOST_BYTES = 5_000_000
MOST_IN_PROPERTY = 32_768
OURS = "account-of-the-worker"


_CQL = re.compile(r'type = page and (?:space = "(?P<space>\w+)"|text ~ "(?P<word>\w+)")')
_PARAMETER = re.compile(r"<ac:parameter[^>]*>[^<]*</ac:parameter>")
_TAG = re.compile(r"<[^>]*>")


class PageRefusal(Exception):
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class PageVersion:
    """One version of a page."""

    number: int
    title: str
    body: str
    message: str
    author: str
    at: datetime
    minor: bool = False


@dataclass(slots=True)
class PropertyRecord:
    """A property of a page."""

    id: str
    key: str
    value: object
    at: datetime
    version: int = 1


@dataclass(slots=True)
class AttachmentRecord:
    """A file on a page, with every version that it had."""

    id: str
    name: str
    media_type: str
    versions: list[bytes]


@dataclass(slots=True)
class InlineComment:
    """A reader's comment; it dangles once no mark of its own is in the body."""

    ref: str
    words: str
    text: str
    at: datetime


@dataclass(slots=True)
class PageRecord:
    """A page. A ``hidden`` one is not to be seen by the account, a ``locked`` one not to change.

    ``space`` is the key of the space that it was moved to, "" for the site's own.
    """

    id: str
    parent: str
    versions: list[PageVersion]
    body: str
    status: str = "current"
    space: str = ""
    creator: str = OURS
    hidden: bool = False
    locked: bool = False
    purged: bool = False
    properties: dict[str, PropertyRecord] = field(default_factory=dict)
    attachments: dict[str, AttachmentRecord] = field(default_factory=dict)
    comments: list[InlineComment] = field(default_factory=list)

    @property
    def now(self) -> PageVersion:
        """The version that is there."""
        return self.versions[-1]

    @property
    def title(self) -> str:
        """The page's title."""
        return self.now.title

    def dangling(self) -> list[str]:
        """Give the words of comments that have lost theirs."""
        held = refs(self.body)
        return [one.words for one in self.comments if one.ref not in held]


class PageSite:
    """One space with its pages. ``lock`` is held while anything is read or changed."""

    def __init__(self, key: str = "OPS") -> None:
        self.key, self.name, self.space_id = key, "Operations", "65537"
        self.lock = threading.RLock()
        self.people: dict[str, str] = {OURS: "Postmortem Worker", "ann-1": "Ann Lee"}
        self.lacking: set[tuple[str, str]] = set()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.pages: dict[str, PageRecord] = {}
        self._count = 98_304
        self.home = self.create("Operations home", "<p>Welcome.</p>", "", author="ann-1").id

    def next_id(self) -> str:
        """Give an id that nothing has yet."""
        self._count += 1
        return str(self._count)

    def seen(self, page: str) -> PageRecord:
        """Give a page that the account may see, in the trash too. Raises ``PageRefusal``."""
        record = self.pages.get(page)
        if record is None or record.hidden or record.purged:
            raise PageRefusal(404, f"Cannot find a page with id [{page}]")
        return record

    def changeable(self, page: str, status: int) -> PageRecord:
        """Give a page that the account may write to. Raises ``PageRefusal``, with that status."""
        record = self.seen(page)
        if record.locked:
            raise PageRefusal(status, f"Page {page} is not to be changed by this account")
        return record

    def listed(self, statuses: frozenset[str]) -> Iterator[PageRecord]:
        """Give the pages of the space, of these states, that the account may see."""
        for one in self.pages.values():
            if one.status in statuses and not (one.hidden or one.purged or one.space):
                yield one

    def saying(self, cql: str) -> list[PageRecord]:
        """Give what the search finds: current pages of any space, by a word or by their space.

        Names of anchors are no words of a page. Raises ``PageRefusal``.
        """
        asked = _CQL.fullmatch(cql)
        if asked is None:
            raise PageRefusal(400, f"Could not parse cql : {cql}")
        found = []
        for one in self.pages.values():
            if one.status != "current" or one.hidden or one.purged:
                continue
            words = re.findall(r"\w+", _TAG.sub(" ", _PARAMETER.sub(" ", one.body)))
            if asked["word"] in words if asked["word"] else asked["space"] == self.space_of(one):
                found.append(one)
        return found

    def space_of(self, record: PageRecord) -> str:
        """Give the key of a page's space."""
        return record.space or self.key

    def create(
        self,
        title: str,
        body: str,
        parent: str,
        *,
        author: str = OURS,
        properties: Mapping[str, object] | None = None,
    ) -> PageRecord:
        """Make a page. Raises ``PageRefusal``."""
        self._check_title(title, None)
        if parent and self.seen(parent).status != "current":
            raise PageRefusal(400, "The parent page is not current")
        page = self.next_id()
        stored = self._stored(body, page)
        first = PageVersion(1, title, stored, "", author, self.clock())
        record = PageRecord(page, parent, [first], stored, creator=author)
        for key, value in (properties or {}).items():
            self.keep(record, key, value)
        self.pages[page] = record
        return record

    def update(
        self,
        page: str,
        number: int | None,
        title: str,
        body: str,
        *,
        message: str = "",
        author: str = OURS,
        minor: bool = False,
    ) -> PageRecord:
        """Write a page, as its next version. Raises ``PageRefusal``."""
        record = self.seen(page)
        if record.locked and author == OURS:
            raise PageRefusal(404, f"Cannot update page {page}: not found, or not permitted")
        if record.status == "trashed":  # a PUT brings it back, and leaves its words as they are
            record.status = "current"
            return record
        if record.status == "archived":
            raise PageRefusal(400, "Archived pages cannot be edited")
        if number != record.now.number + 1:
            raise PageRefusal(
                409,
                "Version must be incremented when updating a page. Current Version: "
                f"[{record.now.number}]. Provided version: [{number}]",
            )
        self._check_title(title, page)
        record.versions[-1] = replace(record.now, body=record.body)  # with its comments
        stored = self._stored(body, page)
        version = PageVersion(number, title, stored, message, author, self.clock(), minor)
        record.versions.append(version)
        record.body = stored
        return record

    def trash(self, record: PageRecord) -> None:
        """Put a page into the trash; what is there already is gone for good."""
        record.purged = record.status == "trashed"
        record.status = "trashed"

    def comment(self, record: PageRecord, words: str, text: str, nth: int = 1) -> InlineComment:
        """Comment on words, in their nth place, as a reader does: the version stays as it is."""
        before, at = record.body, -1
        for _ in range(nth):
            at = before.index(words, at + 1)
        ref = str(uuid5(NAMESPACE_URL, f"{record.id}/{len(record.comments)}"))
        marker = f'<ac:inline-comment-marker ac:ref="{ref}">{words}</ac:inline-comment-marker>'
        record.body = before[:at] + marker + before[at + len(words) :]
        comment = InlineComment(ref, words, text, self.clock())
        record.comments.append(comment)
        return comment

    def keep(self, record: PageRecord, key: str, value: object) -> PropertyRecord:
        """Write a property, new or over what it says. Raises ``PageRefusal``."""
        if len(json.dumps(value).encode()) > MOST_IN_PROPERTY:
            raise PageRefusal(400, "The value of the property is too long")
        held = record.properties.get(key)
        if held is None:
            held = record.properties[key] = PropertyRecord(self.next_id(), key, value, self.clock())
        else:
            held.version, held.value, held.at = held.version + 1, value, self.clock()
        return held

    def attach(
        self, record: PageRecord, name: str, media_type: str, data: bytes
    ) -> AttachmentRecord:
        """Put a file on a page, or a new version of it; the page's own version stays."""
        held = record.attachments.get(name)
        if held is None:
            held = AttachmentRecord(f"att{self.next_id()}", name, media_type, [])
            record.attachments[name] = held
        held.versions.append(data)
        return held

    def _stored(self, body: str, page: str) -> str:
        if len(body.encode("utf-8", "replace")) > MOST_BYTES:
            raise PageRefusal(413, "The page is too large")
        try:
            return saved(body, page)
        except BadStorage as error:
            raise PageRefusal(400, str(error)) from error

    def _check_title(self, title: str, page: str | None) -> None:
        """Refuse a title that is none, or another page's: whatever its case, archived, unseen."""
        units = len(title.encode("utf-16-le", "replace")) // 2
        if not title or units > LONGEST_TITLE or any(ord(one) < ord(" ") for one in title):
            raise PageRefusal(400, "The title is empty, too long, or holds characters it may not")
        for one in self.pages.values():
            same = one.title.casefold() == title.casefold()
            gone = one.status == "trashed" or one.purged or one.space
            if same and one.id != page and not gone:
                raise PageRefusal(
                    400,
                    "A page with this title already exists: A page already exists with the same "
                    "TITLE in this space",
                )
