"""Carrying out what a command asks for: with its progress on a terminal, and its exit status."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from config.settings import Settings
from worker.app.registry import load_settings
from worker.cli import printing
from worker.cli.exits import FAILED
from worker.jobs.context import JobContext
from worker.jobs.results import RunResult
from worker.jobs.run_many import RunRequest

INTERRUPTED = (
    "Stopped. What was done stays done; run the command again to go on. "
    "Jobs that a server was asked for are still done by it."
)


def settings_of(context: typer.Context) -> Settings:
    """Read the settings, and tell what is odd about them. Raises ``ConfigurationProblems``."""
    settings = load_settings(context.obj, os.environ)
    for warning in settings.warnings:
        printing.err.print(warning, style="yellow", markup=False)
    return settings


def carry_out_shown(settings: Settings, opened: JobContext, request: RunRequest) -> RunResult:
    """Do a run, showing on a terminal which incident is being worked on."""
    from worker.app.commands import carry_out  # noqa: PLC0415 - loads the queue

    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    shown = printing.err.is_terminal
    with Progress(*columns, console=printing.err, transient=True, disable=not shown) as progress:
        line = progress.add_task("Looking for what is due…")

        def tell(what: str) -> None:
            progress.update(line, description=f"{what}…")

        return carry_out(settings, opened, replace(request, progress=tell))


@contextmanager
def interruptible() -> Iterator[None]:
    """Say where things stand when somebody presses Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        printing.err.print(INTERRUPTED, style="yellow", markup=False)
        raise typer.Exit(FAILED) from None


def finish(result: RunResult, *, in_json: bool) -> None:
    """Print what was done, and end with the status that goes with it."""
    printing.run_result(result, in_json=in_json)
    if result.failed:
        raise typer.Exit(FAILED)
