"""Answers that stay good for a while."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Keeps what was asked for ``seconds``, so that many rows cost one request.

    Not for longer: people join, and projects change, while the program runs.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep nothing yet; ``clock`` gives seconds."""
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[K, tuple[float, V]] = {}

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """Give what is kept under the key, else ask for it. Errors are not kept."""
        now = self._clock()
        kept = self._kept.get(key)
        if kept is not None and now - kept[0] < self._seconds:
            return kept[1]
        value = ask()
        self._kept[key] = (now, value)
        return value
