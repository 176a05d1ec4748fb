"""One clock for all machines.

Whether a run began after a job was asked for must not depend on whose clock is ahead.
"""

import time
from collections.abc import Callable


class SharedClock:
    """The database's clock, as this machine reckons it from its own.

    ``ahead`` tells by how many seconds the database's is ahead; it is asked at each :meth:`set`.
    """

    def __init__(self, ahead: Callable[[], float]) -> None:
        self._ahead = ahead
        self._offset = 0.0

    def set(self) -> None:
        """Compare the clocks anew. Raises ``Unreachable``."""
        self._offset = self._ahead()

    def __call__(self) -> float:
        """Give the seconds since 1970."""
        return time.time() + self._offset
