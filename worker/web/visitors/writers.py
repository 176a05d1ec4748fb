"""Who is writing in which document just now, as a hint to others: it locks nothing.

Kept by this process alone, for as long as an editor says something of itself: each pause in writing
does. Whoever has several processes behind one address is told of some of those who write.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

FORGOTTEN_AFTER = 300.0
"""Seconds without a word from an editor after which nobody is taken to write in it."""
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody who writes; ``name`` is "" where it is not known who. Seconds since 1970."""

    name: str
    since: float
    last: float

    @property
    def minute(self) -> str:
        """Since when, as hours and minutes in UTC."""
        return time.strftime("%H:%M", time.gmtime(self.since))


@dataclass(slots=True)
class Writers:
    """All who write, by incident and by what their unsaved words are known by."""

    clock: Callable[[], float] = time.time
    _known: dict[tuple[str, str], Writing] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, incident: str, writer: str, name: str) -> None:
        """Note that somebody writes there."""
        now, key = self.clock(), (incident, writer)
        with self._lock:
            before = self._known.pop(key, None)
            began = before.since if before and now - before.last < FORGOTTEN_AFTER else now
            self._known[key] = Writing(name, began, now)  # the latest is the last
            while len(self._known) > _MOST:
                self._known.pop(next(iter(self._known)))

    def leave(self, incident: str, writer: str) -> None:
        """Note that they have saved it, or given it up."""
        with self._lock:
            self._known.pop((incident, writer), None)

    def others(self, incident: str, writer: str) -> list[Writing]:
        """Give who else writes there, the first to begin first."""
        now = self.clock()
        with self._lock:
            found = [
                one
                for (where, who), one in self._known.items()
                if where == incident and who != writer and now - one.last < FORGOTTEN_AFTER
            ]
        return sorted(found, key=lambda one: one.since)
