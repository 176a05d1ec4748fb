"""What ``draft`` and ``sync`` do: work for incidents, shown while it goes on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from config.settings import Settings
from connectors.errors import ConfigurationError
from connectors.incidents import IncidentId
from connectors.settings import parse_duration
from worker.app.composition import open_context
from worker.app.registry import Services
from worker.cli.options import FAILED
from worker.cli.terminal import err, run_result, settings_of
from worker.jobs.context import JobContext
from worker.jobs.incident_numbers import own_ids
from worker.jobs.results import RunResult, Trigger
from worker.jobs.run_many import RunRequest

INTERRUPTED = (
    "Stopped. What was done stays done; run the command again to go on. "
    "Jobs that a server was asked for are still done by it."
)


def carry_out_shown(settings: Settings, opened: JobContext, request: RunRequest) -> RunResult:
    """Do a run, showing on a terminal which incident is being worked on."""
    from worker.app.run_or_enqueue import carry_out  # noqa: PLC0415 - loads the queue

    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    shown = err.is_terminal
    with Progress(*columns, console=err, transient=True, disable=not shown) as progress:
        line = progress.add_task("Looking for what is due…")

        def tell(what: str) -> None:
            progress.update(line, description=f"{what}…")

        named = tuple(own_ids(opened, request.incidents))
        return carry_out(settings, opened, replace(request, incidents=named, progress=tell))


@contextmanager
def interruptible() -> Iterator[None]:
    """Say where things stand when somebody presses Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        err.print(INTERRUPTED, style="yellow", markup=False)
        raise typer.Exit(FAILED) from None


def finish(result: RunResult, *, in_json: bool) -> None:
    """Print what was done, and end with the status that goes with it."""
    run_result(result, in_json=in_json)
    if result.failed:
        raise typer.Exit(FAILED)


def duration(text: str, option: str) -> timedelta:
    """Give the length of time that an option names. Raises ``BadParameter``."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"It {error}", param_hint=option) from error


def draft(
    context: typer.Context, incidents: Sequence[IncidentId], *, while_open: bool, json: bool
) -> None:
    """Pull incidents and write their drafts. Raises ``ConfigurationError`` without a source."""
    settings = settings_of(context)
    services = Services.under(settings)
    if services.source is None:
        words = services.source_words
        raise ConfigurationError(
            f"A draft is written from {words.name}, which is not configured.",
            f"Set {words.setting}.",
        )
    with interruptible(), open_context(settings) as opened:
        request = RunRequest(
            Trigger.COMMAND, tuple(incidents), tracks=False, while_open=while_open, remakes=True
        )
        finish(carry_out_shown(settings, opened, request), in_json=json)


def sync(
    context: typer.Context,
    incidents: Sequence[IncidentId],
    *,
    since: str,
    dry_run: bool,
    wait: str,
    json: bool,
) -> None:
    """Make the incidents, or all that are due, agree. Raises ``ConfigurationError``."""
    request = RunRequest(
        Trigger.COMMAND,
        tuple(incidents),
        since=duration(since, "--since") if since else None,
        wait=duration(wait, "--wait").total_seconds(),
    )
    settings = settings_of(context)
    services = Services.under(settings)
    if services.source is None and services.tracker is None:
        source, tracker = services.source_words, services.tracker_words
        raise ConfigurationError(
            f"Neither {source.name} nor {tracker.name} is configured, so there is nothing to sync.",
            f"Set {source.setting}, {tracker.setting} and their credentials, or see "
            "`postmortem demo`.",
        )
    with interruptible(), open_context(settings, dry_run=dry_run) as opened:
        finish(carry_out_shown(settings, opened, request), in_json=json)
