"""Documents in a directory of this machine, where people edit them with whatever they like."""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from connectors.errors import Finding
from worker.store.directory.atomic_write import create, put, replace
from worker.store.directory.checks import look_over
from worker.store.directory.folder_marks import FolderMarks
from worker.store.directory.listing import (
    Folders,
    fingerprint,
    open_in_editor,
    walk,
)
from worker.store.document_name import attachment_name, document_name
from worker.store.document_store import (
    NO_CHANGES,
    NOTHING,
    BadName,
    Changed,
    DocumentBusy,
    DocumentMissing,
    LinkedDocument,
    Listed,
    Listing,
    StoreAway,
    Stored,
    StoreError,
    Version,
    decode,
    digest,
    encode,
    must_be_bearable,
)

_HALF_SAVED = 5_000_000_000
"""Nanoseconds for which an empty file may be one that an editor is about to fill."""

_HEAD = 65_536
"""Bytes of a linked document that are read, to know whose it is."""

_AGAIN = "Nothing was written; run the sync again."
_CHANGED = "was changed since it was read."
_REMOVED = "was removed or renamed since it was read."
_NEXT_TIME = "Nothing was done to it; the next sync looks at it again."
_ELSEWHERE = "Let the user that runs this program make it, or choose another place."
_REMEDIES = {
    errno.ENOSPC: "Free some space on that disk.",
    errno.EDQUOT: "Free some space, or raise the quota.",
    errno.EROFS: "It is on a file system that can only be read; choose another place.",
    errno.ENOTDIR: "Name a directory.",
    errno.ENAMETOOLONG: "Choose a place with a shorter path.",
}


class DirectoryStore:
    """The directory ``root`` with its folders. It is made when the first document is written.

    ``clock`` gives nanoseconds since 1970, as file times do.
    """

    is_far = False

    def __init__(self, root: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self._root = root.absolute()
        self._clock = clock
        self._marks = FolderMarks(self._root, clock)

    def list(self) -> Sequence[Listed]:
        """List all documents, by name: one look into each folder, none into a file."""
        found = self.listing().documents
        return [Listed(name, found[name]) for name in sorted(found)]

    def listing(self) -> Listing:
        folders: Folders = {}
        with _told("listed", self._root):
            found = dict(walk(self._root, folders))
        now = self._clock()
        documents = {name: fingerprint(status, now) for name, status in found.items()}
        return Listing(documents, self._marks.mark(folders))

    def changes(self, mark: str) -> Mapping[str, str] | None:
        """Tell that no document came or left; what happened to those that stayed is not known."""
        return NO_CHANGES if self._marks.is_same(mark) else None

    def fingerprint(self, name: str) -> str:
        path = self._root / document_name(name)
        if self._is_linked(name):
            return ""
        try:
            status = path.stat()
        except OSError:
            return ""
        return fingerprint(status, self._clock()) if stat.S_ISREG(status.st_mode) else ""

    def read(self, name: str) -> Stored:
        self._refuse_linked(document_name(name))
        path = self._path(name)
        _let_be(path, name)
        try:
            with _told("read", path):
                data, status = _read(path, name)
        except FileNotFoundError as error:
            raise _missing(path) from error
        now = self._clock()
        if not data and now - status.st_mtime_ns < _HALF_SAVED:
            raise DocumentBusy(f"{name} was emptied just now.", _NEXT_TIME)
        version = Version(digest(data), fingerprint(status, now))
        return Stored(decode(name, data), version)

    def seen(self, name: str) -> Stored | None:
        try:
            return self.read(name)
        except DocumentMissing:
            return None

    def write(
        self,
        name: str,
        text: str,
        expected: Version | None,
        why: str = "",  # noqa: ARG002 - a directory keeps no history to tell it in
        beside: Mapping[str, bytes] = NOTHING,
        author: str = "",  # noqa: ARG002 - as above
    ) -> Version:
        folder, slash, _ = name.rpartition("/")
        with self._marks.writing(f"{folder}{slash}"):
            return self._write(name, text, expected, beside)

    def _write(
        self, name: str, text: str, expected: Version | None, beside: Mapping[str, bytes]
    ) -> Version:
        path = self._path(document_name(name))
        data = encode(name, text)
        saved: str | None
        _let_be(path, name)
        if expected is not None and not path.exists():  # or its picture is put below a mount
            raise Changed(f"{name} {_REMOVED}", _AGAIN)
        for one, content in beside.items():
            self._put_beside(one, content)
        if expected is not None and digest(data) == expected.digest:
            return self._unchanged(name, expected)
        try:
            with _told("written", path):
                if expected is None:
                    _make_folder(path.parent)
                    saved = create(path, data)
                else:
                    saved = replace(path, data, expected.digest)
        except FileExistsError as error:
            raise Changed(f"{name} exists already.", _AGAIN) from error
        except FileNotFoundError as error:
            raise Changed(f"{name} {_REMOVED}", _AGAIN) from error
        if saved is None:
            raise Changed(f"{name} {_CHANGED}", _AGAIN)
        return Version(digest(data), saved)

    def read_attachment(self, name: str) -> bytes | None:
        path = self._path(attachment_name(name))
        with _told("read", path):
            return path.read_bytes() if path.is_file() and not path.is_symlink() else None

    def where(self, name: str) -> str:
        """Give a document's whole path."""
        return str(self._path(name))

    def prove_writable(self) -> None:
        if self._root.is_dir() and not os.access(self._root, os.W_OK | os.X_OK):
            raise StoreAway(
                f"{self._root} can only be read, so nothing is written and work waits.",
                "Let the user that runs this program write there, or mount it for writing.",
            )

    def place(self) -> str:
        """Give the directory's own number on its file system: what is mounted there has another."""
        try:
            status = self._root.stat()
        except OSError:
            return ""
        return f"{status.st_dev:x}.{status.st_ino:x}"

    def is_still(self, place: str) -> bool:
        return bool(place) and place == self.place()

    def check(self) -> Sequence[Finding]:
        return look_over(self._root)

    def _put_beside(self, name: str, data: bytes) -> None:
        """Put a file (a picture) beside the documents, unless it is there like that."""
        path = self._path(attachment_name(name))
        with _told("written", path):
            if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
                return
            _make_folder(path.parent)
            put(path, data)

    def _unchanged(self, name: str, expected: Version) -> Version:
        """Give the version of a document that is to stay as it is, if it still is."""
        try:
            version = self.read(name).version
        except DocumentMissing as error:
            raise Changed(f"{name} {_REMOVED}", _AGAIN) from error
        if version.digest != expected.digest:
            raise Changed(f"{name} {_CHANGED}", _AGAIN)
        return version

    def _path(self, name: str) -> Path:
        """Give where ``name`` is, once no symbolic link on the way leads elsewhere."""
        if self._is_linked(name):
            raise BadName(
                f"{name} leads through a symbolic link.", "Put the document itself into the store."
            )
        return self._root / name

    def _is_linked(self, name: str) -> bool:
        path = self._root / name
        folder = self._root.resolve() / Path(name).parent
        return path.parent.resolve() != folder or path.is_symlink()

    def _refuse_linked(self, name: str) -> None:
        """Raise ``LinkedDocument``, with how the document begins, for one behind a link."""
        if self._is_linked(name) and (self._root / name).is_file():
            with _told("read", self._root / name), (self._root / name).open("rb") as file:
                raise LinkedDocument(name, file.read(_HEAD).decode("utf-8", "replace"))


def _let_be(path: Path, name: str) -> None:
    beside = open_in_editor(path)
    if beside is not None:
        raise DocumentBusy(
            f"{name} is open in an editor: there is {beside.name} beside it.",
            "Save and close it there; if the editor has crashed, remove that file.",
        )


def _read(path: Path, name: str) -> tuple[bytes, os.stat_result]:
    """Give the content and status of a file that did not change while it was read."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise BadName(f"{name} is no file.", "Move it out of the store.")
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - Path.open takes no flags
        before = os.fstat(descriptor)
        must_be_bearable(name, before.st_size)
        data = file.read()
        after = os.fstat(descriptor)
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, len(data)):
        raise DocumentBusy(f"{name} is being saved right now.", _NEXT_TIME)
    return data, after


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise StoreError(f"{folder} is no directory.", "Move that file away.") from error
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, _ELSEWHERE)
        raise StoreError(f"{folder} cannot be made ({error.strerror}).", remedy) from error


def _missing(path: Path) -> DocumentMissing:
    return DocumentMissing(
        f"There is no {path}.", "It may have been moved; look at the listing again."
    )


@contextmanager
def _told(deed: str, path: Path) -> Iterator[None]:
    """Tell what the system refuses. That something is there, or not, is for the caller to tell."""
    try:
        yield
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Let the user that runs this program do it.")
        raise StoreError(f"{path} cannot be {deed} ({error.strerror}).", remedy) from error
