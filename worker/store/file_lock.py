"""A lock that processes and threads of one machine hold by a file, and lose when they end.

A child that is given the file's descriptor keeps the lock if it outlives the one who started it.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from worker.store.base import StoreError

_LOOK_AGAIN = 0.01
"""Seconds between two looks whether the lock is free."""


@contextmanager
def held(path: Path, seconds: float) -> Iterator[int]:
    """Hold the lock meanwhile, and give its descriptor.

    Raises ``StoreError`` where it is not free for ``seconds``.
    """
    until = time.monotonic() + seconds
    with path.open("a") as file:
        while not _taken(file):
            if time.monotonic() >= until:
                raise StoreError(
                    f"Others on this machine held {path} for {seconds:.0f} s.",
                    "See what they wait for; the next sync tries again.",
                )
            time.sleep(_LOOK_AGAIN)
        try:
            yield file.fileno()
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # of children that go on, too


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
