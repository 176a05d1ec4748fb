"""The program as a service: web page, webhook receiver, schedule and worker in one process."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import structlog
import uvicorn
from pydantic import SecretStr

from config.settings import Settings
from connectors.errors import PostmortemError
from connectors.tickets import TicketId
from worker.app.library import OpenLibrary
from worker.app.parts import open_parts
from worker.jobs.parts import Parts
from worker.jobs.results import RunResult, Trigger
from worker.jobs.run import Order, run
from worker.jobs.states import JobPhase, JobState
from worker.queue import JobOutcome, Queue, QueueSettings, Schedule
from worker.web.application import WebSettings, create
from worker.web.hints import Hint
from worker.web.metrics import Metrics

SCHEDULE = "sync"
REMEMBERED = 1000
"""How many of the latest jobs that webhooks asked for can be waited for."""
log = structlog.get_logger()
LONGEST_START = 30.0
"""Seconds that the web server may take to start."""


class NotServing(PostmortemError):
    """The web server did not start."""


class Worker:
    """The queue and the schedule, on the parts that the settings describe."""

    def __init__(self, settings: Settings, *, settle: float | None = None) -> None:
        """``settle`` is how many seconds a job waits after its webhook (None: as usual)."""
        self.settings = settings
        self.metrics = Metrics()
        self._open = ExitStack()
        self.parts: Parts = self._open.enter_context(open_parts(settings))
        usual = QueueSettings()
        self.queue = Queue(
            settings.database_url.get_secret_value(),
            self._run_incident,
            [Schedule(SCHEDULE, settings.schedule.every, self._run_all)],
            QueueSettings(settle=usual.settle if settle is None else settle),
            on_end=self._ended,
        )
        self.kept: deque[str] = deque(maxlen=REMEMBERED)

    def start(self) -> None:
        """Begin to work. Raises ``PostmortemError``."""
        self.queue.start()

    def stop(self) -> bool:
        """Take on nothing more and let go of everything; give whether all work under way ended.

        Where it did not, the process should end at once: threads of the queue would keep it alive.
        """
        ended = self.queue.stop()
        self._open.close()
        return ended

    def keep(self, hint: Hint) -> None:
        """Store what a webhook told; when this returns, it is on disk."""
        incident = hint.incident or self._incident_of(hint)
        if incident:
            job = self.queue.enqueue(incident, Trigger.WEBHOOK, event_id=hint.id)
            self.kept.append(job)

    def _ended(self, state: JobState) -> None:
        """Count an attempt that ended, and tell operators of a job that will not be tried again."""
        self.metrics.attempt(state)
        if state.phase is JobPhase.PARKED:
            log.error("A job was given up.", subject=state.subject, failures=state.failures)

    def _incident_of(self, hint: Hint) -> str | None:
        """Give the incident that a ticket belongs to, None for a ticket of somebody else's."""
        if hint.ticket_id is None:
            return None
        ticket = TicketId(hint.ticket_id)
        known = self.parts.journal.tracked([ticket]).get(ticket)
        return known.incident if known else None

    def _run_incident(self, incident: str, trigger: Trigger) -> JobOutcome:
        result = run(self.parts, Order(trigger, (incident,)))
        for one in result.incidents:
            self.metrics.result(one)
        return JobOutcome.of(result.incidents[0])

    def _run_all(self) -> JobOutcome:
        if self.settings.is_quiet(self.parts.clock()):
            return JobOutcome("Nothing was written: it is a quiet time.")
        result = run(self.parts, Order(Trigger.SCHEDULE))
        for one in result.incidents:
            self.metrics.result(one)
        return _outcome(result)


class Service:
    """The worker with its web server, on a host and port; usable as a context manager.

    Port 0 takes any free one; ``url`` is where the server is reached once it is started.
    """

    def __init__(
        self,
        settings: Settings,
        host: str = "127.0.0.1",
        port: int = 8080,
        *,
        settle: float | None = None,
    ) -> None:
        settings.require_token(host)
        self.worker = Worker(settings, settle=settle)
        self._host = host
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._application(settings), host=host, port=port, log_level="warning", ws="none"
            )
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    @property
    def url(self) -> str:
        """Where the web page is reached on this machine."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        host = "127.0.0.1" if ip_is_any(self._host) else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def start(self) -> None:
        """Start working and serving. Raises ``PostmortemError`` where that fails."""
        self.worker.start()
        self._thread.start()
        started = threading.Event()
        for _ in range(int(LONGEST_START * 100)):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            started.wait(0.01)
        self.stop()
        raise NotServing(
            f"The web page cannot be served on {self._host}.",
            "Another program may have the port; choose another with --port.",
        )

    def stop(self) -> bool:
        """Stop serving and working; see :meth:`Worker.stop`."""
        self._server.should_exit = True
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

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _application(self, settings: Settings) -> Callable[..., object]:
        worker = self.worker
        web = WebSettings(
            pagerduty_secrets=_secrets(settings.pagerduty.webhook_secrets),
            jira_secrets=_secrets(settings.jira.webhook_secrets),
            token=settings.token.get_secret_value() if settings.token else None,
            public_url=str(settings.public_url) if settings.public_url else None,
        )
        checks = {"database": worker.parts.journal.ping, "store": worker.parts.store.list}
        library = OpenLibrary(worker.parts, worker.queue)

        def today() -> date:
            return worker.parts.clock().astimezone(settings.timezone).date()

        return create(library, worker.keep, web, checks, worker.metrics, today)


def ip_is_any(host: str) -> bool:
    """Tell whether a host means every address of this machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _secrets(secrets: tuple[SecretStr, ...]) -> list[str]:
    return [one.get_secret_value() for one in secrets]


def _outcome(result: RunResult) -> JobOutcome:
    done = sum(1 for one in result.incidents if one.deeds)
    failures = (*result.failures, *(why for one in result.incidents for why in one.failures))
    told = f"{done} documents were brought up to date, {result.unchanged} unchanged."
    return JobOutcome(told, failures)
