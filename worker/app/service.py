"""The program as a service: a worker with its web page and webhook receiver in one process."""

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from config.settings import Settings
from connectors.errors import Finding, PostmortemError
from connectors.incidents import IncidentId
from worker.app.binding import Moved
from worker.app.composition import open_context
from worker.app.listing.stored_lists import StoredLists
from worker.app.registry import Services
from worker.app.worker import Worker
from worker.jobs.catalogue import must_be_usable
from worker.jobs.results import IncidentResult, Trigger
from worker.locks import FIRST_USE
from worker.queue.queue import Client
from worker.web.application import WebSettings, create
from worker.web.limits.idle_connections import (
    ACCEPTED_AT_ONCE,
    WAITING_OUTSIDE,
    ConnectionRegister,
    GuardedConnection,
    files_for_connections,
    is_any_address,
)
from worker.web.limits.request_limits import MOST_REQUESTS, RequestLimit
from worker.web.monitoring import Metrics, QueueFigures

if TYPE_CHECKING:
    from worker.jobs.context import JobContext
    from worker.web.page_data import PageData

LONGEST_START = 30.0
"""Seconds that the web server may take to start."""
LAST_ANSWERS = 5
"""Seconds that requests under way are given when the web server stops."""


class NotServing(PostmortemError):
    """The web server did not start."""


class _RefusedAddress(logging.Filter):
    """Keeps why the web server could not listen, which it would log without a remedy."""

    why = ""

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(error := record.msg, OSError):
            return True
        number = error.errno or 0
        known = number in errno.errorcode  # asyncio's own words for those hold the number
        self.why = os.strerror(number) if known else error.strerror or str(error)
        return False


class Service:
    """The worker with its web server, on a host and port.

    Port 0 takes any free one; ``url`` is where the server is reached once it is started.
    """

    def __init__(
        self,
        settings: Settings,
        host: str = "127.0.0.1",
        port: int = 8080,
        *,
        settle: float | None = None,
        moved: Moved = Moved.REFUSE,
    ) -> None:
        settings.require_token(host)
        self._metrics = Metrics()
        self.worker = Worker(settings, self._metrics, settle=settle, moved=moved)
        self._host, self._port = host, port
        self._server = uvicorn.Server(_web_server(self._application(settings), host, port))
        self._refusal = _RefusedAddress()
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def url(self) -> str:
        """Where the web page is reached on this machine."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        host = "127.0.0.1" if is_any_address(self._host) else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def start(self) -> None:
        """Start working and serving. Raises ``PostmortemError`` where that fails."""
        self.worker.start()
        logging.getLogger("uvicorn.error").addFilter(self._refusal)
        self._thread.start()
        started = threading.Event()
        for _ in range(int(LONGEST_START * 100)):
            if self._server.started:
                self._let_others_wait()
                return
            if not self._thread.is_alive():
                break
            started.wait(0.01)
        self.stop()
        raise NotServing(
            f"The web page cannot be served on port {self._port} of {self._host}"
            f"{self._refusal.why and f' ({self._refusal.why})'}.",
            "Choose another with --port, or another address with --host.",
        )

    def _let_others_wait(self) -> None:
        """Have the system keep connections while few are taken at once."""
        for one in self._server.servers:
            for listening in one.sockets:
                with socket.socket(fileno=os.dup(listening.fileno())) as same:
                    same.listen(WAITING_OUTSIDE)

    def stop(self) -> bool:
        """Stop serving and working; see :meth:`Worker.stop`."""
        self._server.should_exit = True
        logging.getLogger("uvicorn.error").removeFilter(self._refusal)
        if self._thread.is_alive():
            self._thread.join()
        return self.worker.stop()

    def wait_until_idle(self, timeout: float = 60.0) -> None:
        """Wait until every job that a webhook asked for is over. Raises ``PostmortemError``."""
        for job in self.worker.kept:
            state = self.worker.queue.wait(job, timeout)
            if state.failures or not state.phase.over:
                told = "; ".join(state.failures) or f"it is still {state.phase.value}"
                raise PostmortemError(f"The job of incident {state.subject} is not done: {told}")

    def _application(self, settings: Settings) -> ASGIApp:
        worker = self.worker
        web = WebSettings(
            sessions=worker.context.journal.web_sessions,
            writers=worker.context.journal.web_writers,
            webhooks=Services.under(settings).webhooks,
            token=settings.token.get_secret_value() if settings.token else None,
            public_url=str(settings.public_url) if settings.public_url else None,
            people=settings.people,
        )
        checks: dict[str, Callable[[], object]] = {
            "database": worker.context.journal.ping,
            "store": partial(must_be_usable, worker.context),
        }
        lists = StoredLists(worker.context)
        worker.filler.then(lists.now)
        self._metrics.watch(partial(figures, worker.queue))

        def today() -> date:
            return worker.context.clock().astimezone(settings.timezone).date()

        data = partial(_page_data, worker, lists)
        return create(data, worker.keep, web, checks, self._metrics, today)


def _page_data(worker: Worker, lists: StoredLists) -> "PageData":
    with FIRST_USE:
        from worker.app.stored_page_data import StoredPageData  # noqa: PLC0415 - for pages alone

    plan, check = partial(planned, worker.settings), partial(_checked, worker.context)
    return StoredPageData(worker.context, worker.queue, plan, check, lists)


def _checked(context: "JobContext") -> Sequence[Finding]:
    with FIRST_USE:
        from worker.app.preflight import preflight  # noqa: PLC0415 - as above
    return preflight(context)


def planned(settings: Settings, incident: IncidentId) -> IncidentResult:
    """Go through an incident's job without writing anything. Raises ``PostmortemError``."""
    with FIRST_USE:
        from worker.jobs.run_many import RunRequest, run_many  # noqa: PLC0415 - as above
    with open_context(settings, dry_run=True, moved=Moved.IGNORE) as context:
        run = run_many(context, RunRequest(Trigger.PAGE, (incident,)))
        return next(iter(run.incidents), IncidentResult(incident, failures=run.failures))


def figures(queue: Client) -> QueueFigures:
    """Read what operators watch of the queue. Raises ``Unreachable``."""
    waiting, oldest = queue.backlog()
    ticked = queue.last_tick()
    return QueueFigures(
        waiting=waiting,
        oldest=oldest,
        parked=len(queue.parked()),
        workers=queue.workers(),
        last_schedule_success=ticked.timestamp() if ticked else None,
    )


def _web_server(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    """Give how the application is served; what a header says of where it is from counts nothing."""
    register = ConnectionRegister(files_for_connections())
    most = min(MOST_REQUESTS, register.most * 3 // 4)
    return uvicorn.Config(
        RequestLimit(app, most, register.make_room),
        host=host,
        port=port,
        log_config=None,  # its lines go where all others go
        http=partial(GuardedConnection, register),  # type: ignore[arg-type]  # it is only called
        loop="asyncio",
        ws="none",
        backlog=ACCEPTED_AT_ONCE,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
