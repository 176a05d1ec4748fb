"""Asking a store that is far away on behalf of somebody who waits for a page.

The store is asked beside, and waited for a moment; whoever waits longer is told so, and shown what
is known. While some questions hang no more are asked, so a store that does not answer costs neither
threads nor patience.
"""

from collections.abc import Callable
from datetime import datetime
from threading import BoundedSemaphore, Event, Thread
from typing import Generic, TypeVar

from worker.store.document_store import StoreAway

PATIENCE = 2.0
"""Seconds that somebody waits for a page: above what a remote takes that is well."""
_AT_ONCE = 4

Answer = TypeVar("Answer")


class FarStore:
    """Questions to one store, a few at a time. ``clock`` gives the time of day."""

    def __init__(self, clock: Callable[[], datetime], patience: float = PATIENCE) -> None:
        self._clock = clock
        self._patience = patience
        self._places = BoundedSemaphore(_AT_ONCE)
        self._answered: datetime | None = None

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Give the answer. Raises ``StoreAway`` where none came in time, or what it raises."""
        if not self._places.acquire(timeout=self._patience):
            raise self._not_now()
        asked = _Question(question, self._places.release)
        asked.start()
        if not asked.over.wait(self._patience):
            raise self._not_now()
        answer = asked.answer()
        self._answered = self._clock()
        return answer

    def as_of(self, error: StoreAway) -> str:
        """Say that something is not as the store is now, since when, and why."""
        at = f"{self._answered:%Y-%m-%d %H:%M} UTC" if self._answered else "before this start"
        return f"This is as of {at}: {error}"

    def _not_now(self) -> StoreAway:
        told = f"the store of the documents has not answered within {self._patience:g} s."
        return StoreAway(
            told, "Reload the page in a minute; `postmortem check` says what is wrong."
        )


class _Question(Thread, Generic[Answer]):
    """One question, whose answer may come when nobody waits for it any more."""

    def __init__(self, question: Callable[[], Answer], ended: Callable[[], None]) -> None:
        super().__init__(name="far store", daemon=True)
        self.over = Event()
        self._question = question
        self._ended = ended
        self._answers: list[Answer] = []
        self._error: Exception | None = None

    def run(self) -> None:
        """Ask, and say when it is over."""
        try:
            self._answers.append(self._question())
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits for it
            self._error = error
        finally:
            self._ended()
            self.over.set()

    def answer(self) -> Answer:
        """Give the answer, once it is over. Raises what kept it from being given."""
        if self._error is not None:
            raise self._error
        return self._answers[0]
