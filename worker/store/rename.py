"""Two kinds of rename that Linux has and Python has no name for.

``renameat2(2)`` can let two files change places in one step. That makes compare-and-set exact:
whatever stood in the place at the instant of the swap is in our hands afterwards, to be compared
and, if somebody was faster, put back. It can also refuse to rename over anything.
"""

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_NOREPLACE = 1
_EXCHANGE = 2
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
"""File systems that cannot do it (some network ones), or a kernel that does not know it."""

_libc = ctypes.CDLL(None, use_errno=True)


def exchange(one: Path, other: Path) -> bool:
    """Let two files change places, in one step; False where this system cannot do it.

    Raises ``OSError``, such as ``FileNotFoundError`` where one of them is gone.
    """
    return _renameat2(one, other, _EXCHANGE)


def rename_new(old: Path, new: Path) -> None:
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
