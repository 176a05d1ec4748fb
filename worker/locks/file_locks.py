"""Locks by a file, for the processes and threads of one machine.

They are those of flock(2), by way of ``filelock``. Where a file system has none it is an error:
the lock that would come instead is a file that a killed process leaves behind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_LOOK_AGAIN = 0.01
"""Seconds between two looks whether a lock is free."""


@contextmanager
def held(path: Path, seconds: float) -> Iterator[int]:
    """Hold the lock meanwhile, and give its descriptor.

    A child that is given the descriptor keeps the lock if it outlives the one who started it, but
    not beyond this block. The folder is made. Raises ``TimeoutError`` where the lock is not free
    for ``seconds``.
    """
    descriptors: list[int] = []
    lock = _lock(path, descriptors.append)
    with lock.acquire(timeout=seconds, poll_interval=_LOOK_AGAIN):
        yield descriptors[0]


def take(path: Path) -> FileLock | None:
    """Take the lock until it is let go or this process ends; None where another holds it."""
    lock = _lock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def remove(lock: FileLock) -> None:
    """Let go of a lock that nobody will need again, and remove its file.

    In this order, so that whoever opened the file meanwhile finds that it is no longer the one.
    """
    Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def _lock(path: Path, on_acquired: Callable[[int], None] | None = None) -> FileLock:
    # Held by the object, not the thread: one thread may take a lock, and another let it go.
    return FileLock(path, thread_local=False, fallback_to_soft=False, on_acquired=on_acquired)
