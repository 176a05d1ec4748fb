"""Which jobs this process is at work on."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Busy:
    """The jobs under way in this process, by their names."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: set[str] = set()
        self._ended = float("-inf")

    @contextmanager
    def one(self, job: str) -> Iterator[None]:
        """Be at work on a job for the block."""
        with self._lock:
            self._jobs.add(job)
        try:
            yield
        finally:
            with self._lock:
                self._jobs.discard(job)
                self._ended = time.monotonic()

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __contains__(self, job: object) -> bool:
        return job in self._jobs

    def lately(self, seconds: float) -> bool:
        """Tell whether there is work, or was so many seconds ago: its result may be unwritten."""
        return bool(self) or time.monotonic() - self._ended < seconds
