"""The webhook receiver: `POST /webhooks/NAME` for each service that sends some.

An answer decides whether the sender tries again. PagerDuty repeats on 5xx and drops on other 4xx,
and three drops in a row switch its subscription off for a day; so whatever is wrong on this side is
a 503, and 4xx is for what would be refused tomorrow as well.

A commit waits for the disk, however little it holds; so while one is under way, the events that
come gather, and the next one stores them together. A burst is then as fast as the disk and a little
processing allow, and a single event is stored at once.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.connector import WebhookAccess
from connectors.errors import PayloadError, SignatureError
from connectors.webhook_events import Challenge, WebhookEvent
from worker.log import Log
from worker.web.limits.request_limits import BodiesTooMany, BodyTooLarge, read_body
from worker.web.monitoring import Metrics

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


_log = Log(__name__)

PATIENCE = 4.0
"""Seconds to store an event in: PagerDuty gives up after 5."""


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """A status, a sentence, and the word under which it is counted."""

    status: int
    sentence: str
    outcome: str


KEPT = WebhookAnswer(202, "The event is stored.", "kept")
UNUSED = WebhookAnswer(202, "The event is genuine, and nothing has to follow it.", "unused")
UNSIGNED = WebhookAnswer(401, "The signature is missing, or made with another secret.", "unsigned")
TOO_LARGE = WebhookAnswer(413, "The event is larger than 1 MiB.", "too_large")
TOO_SLOW = WebhookAnswer(503, "The event did not arrive in time. Send it again.", "too_slow")
NO_ROOM = WebhookAnswer(503, "Too much is being received. Send it again.", "no_room")
CUT_OFF = WebhookAnswer(400, "The connection ended before the event did.", "cut_off")
NOT_STORED = WebhookAnswer(503, "The event could not be stored. Send it again.", "not_stored")
_ASKED = "asked"
"""How a question is counted whose answer repeats it, letter by letter."""
_UNREAD = (TOO_LARGE, TOO_SLOW, NO_ROOM)
"""Answers after which nothing more of the body is read, however much the sender has."""


class WebhookReceiver:
    """Takes in the events of one service."""

    def __init__(self, service: str, access: WebhookAccess, store: StoreEvents) -> None:
        self._service = service
        self._access = access
        self._secrets = tuple(secret for secret in access.secrets if secret)
        self._batches = EventBatches(store, f"webhooks-{service}")

    async def answer(self, request: Request) -> WebhookAnswer:
        """Take in one event."""
        if not self._secrets:
            sentence = f"No secret is configured to check it with. Set {self._access.setting}."
            return WebhookAnswer(503, sentence, "not_configured")
        read = await self._read(request)
        return await self._store(read) if isinstance(read, WebhookEvent) else read

    def close(self) -> None:
        """Store nothing more."""
        self._batches.close()

    async def _read(self, request: Request) -> WebhookEvent | WebhookAnswer:
        """Read the event; its body is not kept while it waits to be stored."""
        try:
            return self._understand(request.headers, await read_body(request))
        except BodyTooLarge:
            return TOO_LARGE
        except BodiesTooMany:
            return NO_ROOM
        except TimeoutError:
            return TOO_SLOW
        except ClientDisconnect:
            return CUT_OFF

    def _understand(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent | WebhookAnswer:
        try:
            told = self._access.read(headers, body, self._secrets) or UNUSED
            return WebhookAnswer(200, told.text, _ASKED) if isinstance(told, Challenge) else told
        except SignatureError as error:
            _log.warning("A webhook was refused.", source=self._service, why=str(error))
            return UNSIGNED
        except PayloadError as error:
            _log.warning("A webhook could not be read.", source=self._service, why=str(error))
            return WebhookAnswer(400, str(error), "malformed")

    async def _store(self, event: WebhookEvent) -> WebhookAnswer:
        try:
            await self._batches.store(event, PATIENCE)
        except Exception:  # noqa: BLE001 - whatever it was, the sender must send again
            with suppress(OSError):  # a disk that is full may be the log's as well
                _log.exception(
                    "A webhook could not be stored.",
                    source=self._service,
                    id=event.id,
                    incident=event.incident,
                )
            return NOT_STORED
        return KEPT


class WebhookReceivers:
    """The receivers of all services, by the last part of their addresses."""

    def __init__(
        self, senders: Mapping[str, WebhookAccess], store: StoreEvents, metrics: Metrics
    ) -> None:
        """``store`` is called in a thread for each sender.

        The events must be on disk when it returns; where it raises, or takes longer than
        :data:`PATIENCE`, the sender is asked to send again.
        """
        self._all = {name: WebhookReceiver(name, one, store) for name, one in senders.items()}
        self._metrics = metrics

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Receive for as long as the block lasts."""
        yield
        for receiver in self._all.values():
            receiver.close()

    def routes(self) -> Iterator[Route]:
        """Give each receiver's routes."""
        for name, receiver in self._all.items():
            endpoint = _endpoint(name, receiver, self._metrics)
            for path in (f"/webhooks/{name}", f"/webhooks/{name}/"):  # as it is pasted at times
                yield Route(path, endpoint, methods=["POST"])


def _endpoint(
    service: str, receiver: WebhookReceiver, metrics: Metrics
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        began = time.monotonic()
        answer = await receiver.answer(request)
        metrics.webhook(service, answer.outcome, time.monotonic() - began)
        unread = {"Connection": "close"} if answer in _UNREAD else None
        told = answer.sentence if answer.outcome == _ASKED else answer.sentence + "\n"
        return PlainTextResponse(told, answer.status, unread)

    return endpoint
