"""The lists of documents that all requests share, so that many readers cost one look at the store.

Of a few documents each request looks for itself. Of many there is one look at a time, at most
every two seconds, and it takes at most a tenth of the time. Whoever comes while somebody else looks
is given what is known; nobody is given what is older than half a minute, but where the store does
not answer: then the lists say as of when they are.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from worker.jobs.documents.document_status import DocumentStatus, ListedDocument

SHARED_FROM = 200
"""Documents from which on a look is shared: fewer cost nobody anything."""
_EVERY = 2.0
_SHARE = 10
_OLDEST = 30.0


@dataclass(frozen=True, slots=True)
class Lists:
    """All documents, the latest first, after the incidents whose draft failed.

    ``listed`` are those that there are. ``told`` says why they are not as the store is now, and
    how far they are read; "" where they are whole.
    """

    documents: Sequence[DocumentStatus]
    listed: Sequence[ListedDocument]
    told: str = ""
    is_old: bool = False


class SharedLists:
    """What ``look`` gave last, for as long as that is good enough. May be used by many threads."""

    def __init__(
        self, look: Callable[[], Lists], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``look`` may take long, and raise whatever keeps it from giving anything."""
        self._look = look
        self._clock = clock
        self._one = Lock()
        self._lists: Lists | None = None
        self._began = self._cost = 0.0
        self._changes = self._seen = 0

    def now(self) -> Lists:
        """Give the lists, after a look if it is time for one."""
        lists = self._lists
        if lists is not None and self._is_good(lists):
            return lists
        waits = lists is None or self._age() >= _OLDEST
        if not self._one.acquire(blocking=waits):
            return lists or self.now()
        try:
            lists = self._lists
            return lists if lists is not None and self._is_good(lists) else self._again()
        finally:
            self._one.release()

    def last(self) -> Lists:
        """Give what was found last, however old."""
        return self._lists or self.now()

    def changed(self) -> None:
        """Hear that somebody has just written: who asks next sees it."""
        self._changes += 1

    def _again(self) -> Lists:
        changes, began = self._changes, self._clock()
        lists = self._look()
        self._lists, self._began, self._seen = lists, began, changes
        self._cost = self._clock() - began
        return lists

    def _age(self) -> float:
        """Seconds since the last look began; without end once somebody has written."""
        return float("inf") if self._changes != self._seen else self._clock() - self._began

    def _is_good(self, lists: Lists) -> bool:
        if len(lists.documents) < SHARED_FROM and not lists.is_old:
            return False
        return self._age() < min(_OLDEST, max(_EVERY, _SHARE * self._cost))
