"""Work side by side: requests that need not wait for each other, their results in order.

Each piece of work has a daemon thread of its own. The threads of ``concurrent.futures`` are waited
for when the program ends, and one that sleeps before a repeat would hold up Ctrl-C for a minute.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from typing import Generic, TypeVar

T = TypeVar("T")

AT_A_TIME = 4
"""How many requests of one kind go out together: pages of one list, links of one document."""


class Begun(Generic[T]):
    """A piece of work under way in a thread of its own."""

    def __init__(self, work: Callable[[], T], *, by_itself: bool = True) -> None:
        """Begin at once, unless somebody else will :meth:`run` it."""
        self._work = work
        self._over = threading.Event()
        self._given: T | None = None
        self._error: BaseException | None = None
        if by_itself:
            context = copy_context()
            threading.Thread(target=context.run, args=(self.run,), daemon=True).start()

    def result(self) -> T:
        """Wait for the end, and give what came of it or raise what it raised."""
        self._over.wait()
        if self._error is not None:
            raise self._error
        return self._given  # type: ignore[return-value]  # it ended without an error

    def ended(self) -> None:
        """Wait for the end, however it was."""
        self._over.wait()

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return self._error is not None

    def run(self) -> None:
        """Do the work here."""
        try:
            self._given = self._work()
        except BaseException as error:  # noqa: BLE001 - raised to whoever wants the result
            self._error = error
        finally:
            self._over.set()


def in_order(works: Iterable[Callable[[], T]], at_a_time: int = AT_A_TIME) -> Iterator[T]:
    """Give the results in the order of the work, of which so many pieces are under way at once.

    The next piece begins when one ends, however long its result is not taken. Where one fails, its
    error is raised in its turn, once all that were begun have ended, so that nothing asks on behind
    its caller's back; what follows is not begun then, nor where no more results are wanted.
    """
    line = _Line(iter(works))
    hands = [Begun(line.work) for _ in range(at_a_time)]
    try:
        yield from line.results()
    except Exception:
        line.close()
        for one in hands:
            one.ended()
        raise
    finally:
        line.close()


class _Line(Generic[T]):
    """Work that is begun in its order by whoever has a hand free, and what came of it."""

    def __init__(self, works: Iterator[Callable[[], T]]) -> None:
        self._works = works
        self._begun: deque[Begun[T]] = deque()
        """Those whose results were not taken yet: what a storm's pages hold is much to keep."""
        self._changed = threading.Condition()
        self._closed = False

    def work(self) -> None:
        """Do one piece after the other until there is none."""
        while (one := self._next()) is not None:
            one.run()
            if one.failed:
                self.close()

    def results(self) -> Iterator[T]:
        """Give each result when it is its turn."""
        while (one := self._taken()) is not None:
            yield one.result()

    def close(self) -> None:
        """Begin no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self) -> "Begun[T] | None":
        with self._changed:
            work = None if self._closed else next(self._works, None)
            begun = None if work is None else Begun(work, by_itself=False)
            if begun is None:
                self._closed = True
            else:
                self._begun.append(begun)
            self._changed.notify_all()
            return begun

    def _taken(self) -> "Begun[T] | None":
        with self._changed:
            while not self._begun and not self._closed:
                self._changed.wait()
            return self._begun.popleft() if self._begun else None
