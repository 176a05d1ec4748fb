"""What a store of documents must do, and the values and errors that it speaks in.

A store holds Markdown documents that people own. They move them into folders, edit them while
the program runs, and delete them; so a store lists without reading, and saves only over what was
read.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from connectors.errors import Finding, PostmortemError

LARGEST_DOCUMENT = 4 * 1024 * 1024
"""Bytes."""
MOST_ROWS = 5_000
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
NOTHING: Mapping[str, bytes] = MappingProxyType({})
NO_CHANGES: Mapping[str, str] = MappingProxyType({})


class StoreError(PostmortemError):
    """The store did not do what was asked."""


class StoreAway(StoreError):
    """The store as a whole cannot be used for now: work waits until it can."""


class BadName(StoreError):
    """A name that no document may have."""


class DocumentMissing(StoreError):
    """There is no document of that name."""


class NotText(StoreError):
    """A document is not UTF-8, so its words cannot be told."""


class DocumentTooLarge(StoreError):
    """A document of a size that nobody writes: reading it would hold up all others."""


class DocumentBusy(StoreError):
    """Somebody is editing the document, or it is half saved: leave it alone for now."""


class LinkedDocument(StoreError):
    """A document that is in the store by a symbolic link alone, so it is left alone.

    ``text`` is how it begins, as far as that can be read.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(
            f"{name} leads through a symbolic link.", "Put the document itself into the store."
        )
        self.text = text


class Changed(StoreError):
    """The document is not what was read any more, so it was not written."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a listing.

    ``name`` is its path in the store, with ``/`` between folders. While ``fingerprint`` stays the
    same the document is unchanged and need not be read; when it differs, it may have changed.
    """

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Listing:
    """All documents, each name with its fingerprint, as :class:`Listed` has them.

    By its ``mark`` a store tells later what came since, "" where it cannot.
    """

    documents: Mapping[str, str]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What a document was when it was read or written.

    ``digest`` tells the content, ``fingerprint`` is as in a listing.
    """

    digest: str
    fingerprint: str


UNSURE = "?"
"""What follows a fingerprint that a document may keep though it changes once more."""


def shows_the_same(fingerprint: str, known: str) -> bool:
    """Tell whether a document shows what it did then, though it may be too soon to be sure of it.

    What the program wrote itself would else be taken for a change of somebody's.
    """
    return bool(known) and fingerprint.partition(UNSURE)[0] == known.partition(UNSURE)[0]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document's text, every byte of it (line ends, byte order mark), and its version."""

    text: str
    version: Version


class DocumentStore(Protocol):
    """What a store must do. Every method but ``check`` may raise ``StoreError``.

    One that ``is_far`` asks another machine, which may take its time.
    """

    is_far: bool

    def list(self) -> Sequence[Listed]:
        """List all documents, by name, without reading any; also those that are only linked."""

    def listing(self) -> Listing:
        """List all documents without reading any, in no order."""

    def changes(self, mark: str) -> Mapping[str, str] | None:
        """Give the documents that came or changed since the listing of that mark.

        None where that is not known, or any has left. Where a document that stayed was changed it
        may not be among them: its own fingerprint tells.
        """

    def fingerprint(self, name: str) -> str:
        """Give a document's fingerprint as a listing does, "" where it is no file of the store."""

    def read(self, name: str) -> Stored:
        """Give a document.

        Raises ``DocumentMissing``, ``DocumentBusy``, ``DocumentTooLarge``, ``NotText``,
        ``BadName`` or ``LinkedDocument``.
        """

    def seen(self, name: str) -> Stored | None:
        """Give a document as it was last seen, without asking who is far; None if it was not.

        Raises what ``read`` raises for a document that cannot be read.
        """

    def write(
        self,
        name: str,
        text: str,
        expected: Version | None,
        why: str = "",
        beside: Mapping[str, bytes] = NOTHING,
        author: str = "",
    ) -> Version:
        """Save a document if it still is what was read, and give its new version.

        With ``expected`` None there must be no such document yet. Raises ``Changed`` where that
        is not so, ``DocumentBusy`` while somebody edits it. The document is replaced whole or not
        at all.

        ``why`` is told where a store keeps a history: a line, and more after it; so is the
        ``author`` (``Name <address>``), where that is not the program itself. ``beside`` are
        files (pictures) which the document shows, by name; they are put beside the documents in
        the same step where a store has such, else before it, and only where they differ.
        """

    def read_attachment(self, name: str) -> bytes | None:
        """Give a file that lies beside the documents, None where there is none."""

    def where(self, name: str) -> str:
        """Say where people find a document: a path or an address."""

    def prove_writable(self) -> None:
        """Raise ``StoreAway`` where nothing can be saved, as far as that shows without saving."""

    def place(self) -> str:
        """Give what tells the place of the documents from another in its stead, "" for none.

        It is as the last listing found it, and may change while the documents do.
        """

    def is_still(self, place: str) -> bool:
        """Tell whether the documents are kept where they were when ``place`` was given."""

    def check(self) -> Sequence[Finding]:
        """Say whether documents can be read and written here; never raises."""


def decode(name: str, data: bytes) -> str:
    """Give the text of ``data``.

    Raises ``NotText`` with the place of the first bad byte, and ``DocumentTooLarge``.
    """
    must_be_bearable(name, len(data))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotText(
            f"{name} is not UTF-8: byte {error.start}, in line {line}, is no part of a character.",
            "Save it as UTF-8.",
        ) from error
    if text.count("|") > MOST_ROWS and (rows := _rows(text)) > MOST_ROWS:
        raise DocumentTooLarge(
            f"{name} has {rows:,} rows of tables, and more than {MOST_ROWS:,} are not read.",
            "Keep what it lists in a file of its own, and link that.",
        )
    return text


def must_be_bearable(name: str, size: int) -> None:
    """Raise ``DocumentTooLarge`` for a document of so many bytes, if it has too many."""
    if size > LARGEST_DOCUMENT:
        mebibytes = LARGEST_DOCUMENT // (1024 * 1024)
        raise DocumentTooLarge(
            f"{name} has {size / 1024 / 1024:.1f} MiB, and more than {mebibytes} are not read.",
            "Keep what it quotes in files of their own, and link those.",
        )


def _rows(text: str) -> int:
    """Count the lines that may be rows of tables: those with a bar, outside of fenced code."""
    rows, fence = 0, ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and fence and mark[1].startswith(fence):
            fence = ""
        elif not fence and "|" in line:
            rows += 1
    return rows


def encode(name: str, text: str) -> bytes:
    """Give the bytes of ``text``. Raises ``NotText`` where it holds half a surrogate pair."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotText(
            f"The new text of {name} cannot be saved: character {error.start} is half a character.",
            "Take it out where it comes from.",
        ) from error


def digest(data: bytes) -> str:
    """Give what tells one content from another."""
    return hashlib.sha256(data).hexdigest()
