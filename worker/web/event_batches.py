"""Storing what webhooks tell: in turn, and all that came meanwhile in one go.

A commit waits for the disk, however little it holds; so while one is under way, the events that
come gather, and the next one stores them together. A burst is then as fast as the disk and a
little processing allow, and a single event is stored at once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from connectors.webhook_events import WebhookEvent

StoreEvents = Callable[[Sequence[WebhookEvent]], None]
"""Stores events, all or none: they are on disk when it returns."""

MOST = 200
"""How many events are stored together at most."""

_Waiting = tuple[WebhookEvent, "asyncio.Future[None]"]


class EventBatches:
    """Calls ``store`` in a thread of its own, once at a time."""

    def __init__(self, store: StoreEvents, name: str) -> None:
        self._store_events = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: deque[_Waiting] = deque()
        self._work: asyncio.Task[None] | None = None

    async def store(self, event: WebhookEvent, patience: float) -> None:
        """Store one event: raises what ``store`` raised, or ``TimeoutError`` after the patience.

        One that is given up while it waits is not stored any more; one that is being stored
        may be.
        """
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((event, stored))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._store_all())
        await asyncio.wait_for(stored, patience)

    def close(self) -> None:
        """Store nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _store_all(self) -> None:
        while self._waiting:
            together = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            if await self._stored(together):
                continue
            for one in together:  # the fault may be with one of them
                await self._stored([one], last=True)

    async def _stored(self, together: Sequence[_Waiting], *, last: bool = False) -> bool:
        """Store those that are still waited for; with ``last`` a failure is told, too."""
        wanted = [one for one in together if not one[1].done()]
        if not wanted:
            return True
        events = [event for event, _ in wanted]
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._store_events, events)
        except Exception as why:  # noqa: BLE001 - whatever it was, it is told to the sender
            for stored in _waited_for(wanted) if last else ():
                stored.set_exception(why)
            return False
        for stored in _waited_for(wanted):
            stored.set_result(None)
        return True


def _waited_for(together: Sequence[_Waiting]) -> Sequence["asyncio.Future[None]"]:
    return [stored for _, stored in together if not stored.done()]
