"""Saving a file whole or not at all, and only over what was read.

The new content is written to a hidden file beside its place and synced to disk before it takes
the place, so a crash leaves the old file or the new one. A hidden file that a crash leaves behind
is never deleted by the program: at the worst instant it holds what a person had just saved.

``renameat2(2)``, for which Python has no name, can let two files change places in one step. That
makes compare-and-set exact: whatever stood in the place at the instant of the swap is in our hands
afterwards, to be compared and, if somebody was faster, put back. It can also refuse to rename over
anything.
"""

import atexit
import ctypes
import errno
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from worker.store.directory.listing import exact_fingerprint
from worker.store.document_store import StoreError, digest

LEFTOVER = ".*.postmortem-save"
"""The pattern of the hidden files' names."""

_LONGEST_SAVE = 10.0
"""Seconds that the end of the process waits for."""
_AT_FDCWD = -100
_NOREPLACE = 1
_EXCHANGE = 2
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
"""File systems that cannot do it (some network ones), or a kernel that does not know it."""

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class _Hidden:
    """A new file that waits beside its place, and what tells it from every other."""

    path: Path
    inode: int
    size: int
    stamp: int


class _Saves:
    """The saves under way: the end of the process waits for them, and begins no other.

    A command that is stopped leaves work to threads that end with it, in the middle of a save.
    """

    def __init__(self) -> None:
        self._count = 0
        self._ending = False
        self._changed = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Be saving for the block; once the process ends, for ever wait before it."""
        with self._changed:
            self._changed.wait_for(lambda: not self._ending)
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def end(self) -> None:
        """Let those under way come to an end, however slow the disk, within reason."""
        with self._changed:
            self._ending = True
            self._changed.wait_for(lambda: not self._count, _LONGEST_SAVE)


_saves = _Saves()
atexit.register(_saves.end)


def create(path: Path, data: bytes) -> str:
    """Make a new file and give its fingerprint. Raises ``FileExistsError`` if there is one."""
    with _saves.one():
        hidden = _hide(path, data)
        with _removed_on_failure(hidden):
            _rename_new(hidden.path, path)
        _sync_folder(path)
        return _fingerprint(path, hidden)


def replace(path: Path, data: bytes, expected: str) -> str | None:
    """Replace a file whose content has the digest ``expected``, and give its new fingerprint.

    None, and the file as it was, where its content is another. Permissions and extended
    attributes stay, owner and group where the system lets them. Raises ``FileNotFoundError``
    where the file is gone.
    """
    if digest(path.read_bytes()) != expected:
        return None
    with _saves.one():
        hidden = _hide(path, data, like=path)
        with _removed_on_failure(hidden):
            placed = _exchange(hidden.path, path) or _overwrite(path, hidden, expected)
        if not placed or not _took_out(path, hidden, data, expected):
            hidden.path.unlink()
            return None
        hidden.path.unlink(missing_ok=True)
        _sync_folder(path)
        return _fingerprint(path, hidden)


def put(path: Path, data: bytes) -> None:
    """Put a file in its place, whatever was there."""
    with _saves.one():
        hidden = _hide(path, data)
        with _removed_on_failure(hidden):
            hidden.path.replace(path)
        _sync_folder(path)


def _hide(path: Path, data: bytes, like: Path | None = None) -> _Hidden:
    """Write ``data`` to a hidden file beside ``path``, safe on disk."""
    hidden = path.with_name(f".{secrets.token_hex(8)}.postmortem-save")
    try:
        with hidden.open("xb") as file:
            file.write(data)
            file.flush()
            if like is not None:
                _as(like, hidden)
            # Exact to the nanosecond: see worker.store.directory.listing
            now = time.time_ns()
            os.utime(file.fileno(), ns=(now, now))
            os.fsync(file.fileno())
            status = os.fstat(file.fileno())
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    return _Hidden(hidden, status.st_ino, status.st_size, status.st_mtime_ns)


def _as(old: Path, new: Path) -> None:
    status = old.stat()
    with suppress(PermissionError):  # a group may be given by its members alone
        os.chown(new, -1, status.st_gid)
    with suppress(PermissionError):  # a file may be given away by root alone
        os.chown(new, status.st_uid, -1)
    shutil.copystat(old, new)


@contextmanager
def _removed_on_failure(hidden: _Hidden) -> Iterator[None]:
    """Remove the hidden file if it cannot take its place; nobody's words are in it yet.

    Once files were swapped, it is another one: that is left.
    """
    try:
        yield
    except BaseException:  # Ctrl-C among them
        with suppress(FileNotFoundError):
            if hidden.path.stat().st_ino == hidden.inode:
                hidden.path.unlink()
        raise


def _overwrite(path: Path, hidden: _Hidden, expected: str) -> bool:
    """Do what comes nearest where files cannot be swapped: a save this very instant is lost."""
    if digest(path.read_bytes()) != expected:
        return False
    hidden.path.replace(path)
    return True


def _took_out(path: Path, hidden: _Hidden, put_in: bytes, expected: str) -> bool:
    """Tell whether the swap took out what was expected; if not, put back what it took."""
    if not hidden.path.exists():
        return True  # there was no swap: it was overwritten
    taken_out = hidden.path.read_bytes()
    if digest(taken_out) == expected:
        return True
    _put_back(path, hidden, put_in, taken_out)
    return False


def _put_back(path: Path, hidden: _Hidden, put_in: bytes, taken_out: bytes) -> None:
    """Undo a swap that took the place of something unexpected.

    What a swap takes out must be what the one before it put in. If it is not, somebody saved in
    between; theirs is the newest, so it is put in next.
    """
    while True:
        try:
            _exchange(hidden.path, path)
        except OSError as error:
            raise StoreError(
                f"{path} was changed while it was written, and could not be put back as it was "
                f"({error.strerror}).",
                f"{hidden.path} holds what was there; compare the two.",
            ) from error
        before, put_in, taken_out = put_in, taken_out, hidden.path.read_bytes()
        if taken_out == before:
            return


def _fingerprint(path: Path, hidden: _Hidden) -> str:
    """Give the fingerprint of what was written, "" if somebody has already changed it since."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return ""
    ours = (hidden.inode, hidden.size, hidden.stamp)
    if (status.st_ino, status.st_size, status.st_mtime_ns) != ours:
        return ""
    return exact_fingerprint(status)


def _sync_folder(path: Path) -> None:
    """Make a rename last: it is in the folder that the name stands."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _exchange(one: Path, other: Path) -> bool:
    """Let two files change places, in one step; False where this system cannot do it.

    Raises ``OSError``, such as ``FileNotFoundError`` where one of them is gone.
    """
    return _renameat2(one, other, _EXCHANGE)


def _rename_new(old: Path, new: Path) -> None:
    """Rename ``old`` to ``new``. Raises ``FileExistsError`` where there is a ``new`` already."""
    if not _renameat2(old, new, _NOREPLACE):
        os.link(old, new)
        old.unlink()


def _renameat2(old: Path, new: Path, flags: int) -> bool:
    try:
        renameat2 = _libc.renameat2
    except AttributeError:  # not Linux, or a C library without it
        return False
    if renameat2(_AT_FDCWD, os.fsencode(old), _AT_FDCWD, os.fsencode(new), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(new))
