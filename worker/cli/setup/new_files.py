"""Makes files that were not there, all of them whole, or none.

Each is written without a name where the system can do that, and gets its name once all are safe on
disk: whoever is killed before that leaves nothing, and nobody else can ever open a secret.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

SECRET = 0o600
READABLE = 0o644
_UNSUPPORTED = {errno.EISDIR, errno.EINVAL, errno.ENOENT, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What file systems and kernels answer that cannot make a file without a name."""


@dataclass(frozen=True, slots=True)
class FileToMake:
    """A file to be made: where, what it holds, and who may read it."""

    path: Path
    text: str
    mode: int = SECRET


def make(files: Sequence[FileToMake]) -> None:
    """Make the files, the last one last, so that it names none that is not there.

    Raises ``FileExistsError`` where one is there, and ``OSError``; then none is left.
    """
    with ExitStack() as stack:
        written = [(one, stack.enter_context(_written(one))) for one in files]
        named: list[Path] = []
        try:
            for one, source in written:
                _name(source, one.path)
                named.append(one.path)
            for folder in {one.path.parent for one in files}:
                _sync(folder)
        except BaseException:
            for path in named:
                path.unlink(missing_ok=True)
            raise


def replace(file: FileToMake) -> None:
    """Put a file in the place of another of ours, in one step."""
    hidden = _beside(file.path)
    try:
        handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, file.mode)
        _fill(handle, file)
        hidden.replace(file.path)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    _sync(file.path.parent)


@contextmanager
def _written(file: FileToMake) -> Iterator[Path]:
    """Write what a file is to hold, and give a path by which it can be given its name."""
    try:
        handle = os.open(file.path.parent, os.O_WRONLY | os.O_TMPFILE | os.O_CLOEXEC, file.mode)
    except (AttributeError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in _UNSUPPORTED:
            raise
        with _hidden(file) as hidden:
            yield hidden
        return
    try:
        _fill(handle, file, keep=True)
        yield Path(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


@contextmanager
def _hidden(file: FileToMake) -> Iterator[Path]:
    path = _beside(file.path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, file.mode)
    try:
        _fill(handle, file)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{token_hex(4)}")


def _fill(handle: int, file: FileToMake, *, keep: bool = False) -> None:
    """Write through a handle, with exactly these permissions, and see it on the disk."""
    try:
        os.fchmod(handle, file.mode)
        with open(handle, "wb", closefd=False) as out:
            out.write(file.text.encode())
        os.fsync(handle)
    finally:
        if not keep:
            os.close(handle)


def _name(source: Path, target: Path) -> None:
    """Give a written file its name, which nothing may have. Raises ``FileExistsError``."""
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.link(source, target.name, dst_dir_fd=folder, follow_symlinks=True)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP} or not _is_file(
            source
        ):
            raise
        if os.path.lexists(target):  # a file system without links: the next best
            raise FileExistsError(errno.EEXIST, "is there", str(target)) from None
        source.rename(target)
    finally:
        os.close(folder)


def _is_file(source: Path) -> bool:
    return not str(source).startswith("/proc/") and stat.S_ISREG(source.lstat().st_mode)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    with suppress(OSError):  # some network file systems sync no folder
        os.fsync(handle)
    os.close(handle)
