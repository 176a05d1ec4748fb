"""What ``draft`` and ``sync`` do: work for incidents, shown while it goes on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import typer

from config.values import LogFormat
from connectors.errors import ConfigurationError
from connectors.incidents import IncidentId
from connectors.settings import parse_duration
from worker.app.binding import Moved
from worker.app.composition import open_context
from worker.app.registry import Services
from worker.cli.log_lines import log_to_standard_error
from worker.cli.options import FAILED
from worker.cli.run_progress import run_shown
from worker.cli.terminal import err, run_result, settings_of
from worker.jobs.incident_job import do_job
from worker.jobs.incident_numbers import own_ids
from worker.jobs.pages.take_over_page_edits import take_over_page_edits
from worker.jobs.results import Trigger
from worker.jobs.run_many import RunRequest

ANNOUNCED_WITHIN = 15.0
"""Seconds that ``draft`` waits for an announcement whose post got no answer."""
INTERRUPTED = (
    "Stopped. What was done stays done; run the command again to go on. "
    "Jobs that a server was asked for are still done by it."
)


@contextmanager
def interruptible() -> Iterator[None]:
    """Say where things stand when somebody presses Ctrl-C."""
    try:
        yield
    except typer.Exit:
        raise  # it is told already
    except (KeyboardInterrupt, Exception) as error:
        if not _is_interrupted(error):
            raise
        err.print(INTERRUPTED, style="yellow", markup=False)
        # What is under way beside this thread loses its connections now: nobody need be told.
        log_to_standard_error(LogFormat.TEXT, None)
        raise typer.Exit(FAILED) from None


def _is_interrupted(error: BaseException | None) -> bool:
    """Tell whether Ctrl-C is behind it: a connection amid a query may fail when it is put away."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__  # also one that its sentence leaves out
    return error is not None


def duration(text: str, option: str) -> timedelta:
    """Give the length of time that an option names. Raises ``BadParameter``."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"It {error}", param_hint=option) from error


def draft(
    context: typer.Context,
    incidents: Sequence[IncidentId],
    *,
    while_open: bool,
    adopt: bool,
    json: bool,
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
    moved = Moved.asked(adopt=adopt)
    with interruptible(), open_context(settings, moved=moved) as opened, interruptible():
        request = RunRequest(
            Trigger.COMMAND,
            tuple(incidents),
            tracks=False,
            while_open=while_open,
            remakes=True,
            wait=ANNOUNCED_WITHIN,
        )
        run_shown(settings, opened, request, in_json=json)


def sync(
    context: typer.Context,
    incidents: Sequence[IncidentId],
    *,
    since: str,
    dry_run: bool,
    wait: str,
    adopt: bool,
    from_page: IncidentId | None,
    json: bool,
) -> None:
    """Make the incidents, or all that are due, agree. Raises ``ConfigurationError``."""
    if from_page is not None:
        _take_over(context, from_page, dry_run=dry_run, json=json)
        return
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
    opening = open_context(settings, dry_run=dry_run, moved=Moved.asked(adopt=adopt))
    with interruptible(), opening as opened, interruptible():
        run_shown(settings, opened, request, in_json=json)


def _take_over(context: typer.Context, incident: IncidentId, *, dry_run: bool, json: bool) -> None:
    """Put what people wrote on an incident's page into its document."""
    settings = settings_of(context)
    with interruptible(), open_context(settings, dry_run=dry_run) as opened, interruptible():
        (own,) = own_ids(opened, (incident,), asks=False)
        run_result(take_over_page_edits(opened, own, do_job), in_json=json)
