"""Telling from a directory entry alone whether a file has changed.

Inode, size and both times together change with every change of content, with one exception: the
kernel stamps times in ticks of up to 10 ms, so two changes within one tick can look the same. As
Git does with its index, a stamp that is too young to be trusted is told apart.
"""

import os

_TICK = 20_000_000
"""Nanoseconds: twice the longest tick of Linux's coarse clock."""
_COARSE = 2_000_000_000
"""Nanoseconds: the steps in which FAT counts; other coarse file systems take whole seconds."""


def fingerprint(status: os.stat_result, now: int) -> str:
    """Give what stays the same while the file does. ``now`` is in nanoseconds since 1970.

    A file that may still change within the tick of its last change gets a fingerprint that no
    later one equals, so that it is read once more.
    """
    told = exact_fingerprint(status)
    window = _TICK if status.st_ctime_ns % 1_000_000_000 else _COARSE
    return f"{told}?{now:x}" if abs(now - status.st_ctime_ns) < window else told


def exact_fingerprint(status: os.stat_result) -> str:
    """Give the fingerprint of a file whose modification time is of our own making.

    Ours is exact to the nanosecond, so that no stamp by the kernel equals it.
    """
    return f"{status.st_ino:x}.{status.st_size:x}.{status.st_mtime_ns:x}.{status.st_ctime_ns:x}"
