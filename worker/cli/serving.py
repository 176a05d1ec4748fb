"""The commands that run until they are told to stop."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

import typer

from config.settings import Settings
from config.values import LogFormat
from connectors.connector import ServiceWords
from connectors.errors import ConfigurationError, PostmortemError
from worker.app.binding import Moved
from worker.app.registry import Services
from worker.cli import give_back, loaded, terminal
from worker.cli.log_lines import log_to_standard_error, shown
from worker.cli.options import FAILED, MISUSED
from worker.jobs.context import JobContext
from worker.log import Log

log = Log(__name__)

STARTED = 10.0
"""Seconds after which a start is over: the first look has been."""
LONGEST_STOP = 28.0
"""Seconds within which a service ends that is told to: Kubernetes and systemd wait longer."""


def serve(context: typer.Context, host: str, port: int, *, adopt: bool) -> None:
    """Run web page, receiver, schedule and worker until told to stop."""
    settings = _serving(context)
    from worker.app.service import Service  # noqa: PLC0415 - other commands start faster without

    for warning in _open_ends(settings):
        log.warning(warning)
    with _told(settings):
        service = Service(settings, host, port, moved=Moved.asked(adopt=adopt))
        service.start()
    told = _told_to_stop()
    _noted(service.worker.context)
    log.info("Started.", version=version("postmortem-worker"), command="serve", **_of(settings))
    terminal.out.print(f"The web page is at {service.url}. Stop with Ctrl-C.")
    _stop_once(told, service.stop)


def work(context: typer.Context, *, adopt: bool) -> None:
    """Run worker and schedule until told to stop."""
    settings = _serving(context)
    from worker.app.worker import Worker  # noqa: PLC0415 - as above

    with _told(settings):
        worker = Worker(settings, moved=Moved.asked(adopt=adopt))
        worker.start()
    told = _told_to_stop()
    _noted(worker.context)
    log.info("Started.", version=version("postmortem-worker"), command="work", **_of(settings))
    terminal.out.print("Working. Stop with Ctrl-C.")
    _stop_once(told, worker.stop)


def _noted(context: JobContext) -> None:
    for notice in context.notices:
        log.warning(notice)


def _of(settings: Settings) -> dict[str, object]:
    return {"settings": shown(settings)}


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """Tell in the log why a process does not start, where the log is for machines."""
    try:
        yield
    except PostmortemError as error:
        if settings.log_format is not LogFormat.JSON:
            raise
        log.error(str(error))  # noqa: TRY400 - a sentence for people, no fault of the program
        status = MISUSED if isinstance(error, ConfigurationError) else FAILED
        raise typer.Exit(status) from error


def _serving(context: typer.Context) -> Settings:
    settings = terminal.loaded(context.obj)
    log_to_standard_error(settings.log_format, settings.log_level)
    for warning in settings.warnings:
        log.warning(warning)
    services = Services.under(settings)
    if services.source is None:
        words = services.source_words
        raise ConfigurationError(
            f"Drafts are written from {words.name}, which is not configured.",
            f"Set {words.setting}.",
        )
    if services.tracker is None:
        words = services.tracker_words
        log.warning(_without_tickets(words))
    return settings


def _without_tickets(tracker: ServiceWords) -> str:
    return (
        f"{tracker.name} is not configured ({tracker.setting}): drafts are written without tickets."
    )


def _open_ends(settings: Settings) -> Iterator[str]:
    """Say what a server can do without, and will be missed."""
    source = Services.under(settings).source
    webhook = source.webhook if source else None
    if source and webhook and not any(webhook.secrets):
        yield (
            f"{source.name}'s webhooks will be refused (503), for there is no secret to check them "
            f"with: set {webhook.setting}. Until then drafts come with the schedule alone."
        )
    if settings.public_url is not None and not settings.is_guarded:
        yield (
            f"Whoever reaches {settings.public_url} can read and re-sync every postmortem: set "
            "POSTMORTEM_TOKEN."
        )


def _told_to_stop() -> threading.Event:
    """Heed Ctrl-C and the signal by which a supervisor ends a service; give what they set.

    From before it is told that the process has started: who is told so may end it at once. A second
    signal ends it as it is.
    """
    told = threading.Event()

    def tell(*_: object) -> None:
        if told.is_set():
            os._exit(FAILED)
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    return told


def _stop_once(told: threading.Event, stop: Callable[[], bool]) -> None:
    """Wait until it is told to stop, and do.

    That takes :data:`LONGEST_STOP` seconds at most. What is under way then is handed on, and its
    threads would keep the process alive.
    """
    loaded()
    if not told.wait(STARTED):
        give_back()
        told.wait()
    limit = threading.Timer(LONGEST_STOP, os._exit, (FAILED,))
    limit.daemon = True
    limit.start()
    log.info("Stopping.")
    if not stop():
        log.warning("Stopped amid work, which goes on elsewhere or with the next start.")
        os._exit(FAILED)
    log.info("Stopped.")
