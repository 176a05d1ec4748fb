"""What commands have in common: what they are given, how far they are, and how they end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from config.settings import Settings
from connectors.incidents import IncidentId
from connectors.settings import parse_duration
from worker.app.registry import incident_named, load_settings, named, source_kinds
from worker.cli import printing
from worker.jobs.context import JobContext
from worker.jobs.results import RunResult
from worker.jobs.run_many import RunRequest

FAILED = 1
MISUSED = 2
"""The promised exit statuses; 0 is that of a command which did everything."""

INTERRUPTED = (
    "Stopped. What was done stays done; run the command again to go on. "
    "Jobs that a server was asked for are still done by it."
)
_SOURCES = named(source_kinds())


def incident(text: str) -> IncidentId:
    """Give the id that a word of the command line names. Raises ``BadParameter``."""
    found = incident_named(text.strip())
    if found is None:
        examples = " or ".join(kind.example for kind in source_kinds())
        raise typer.BadParameter(
            f"'{text}' is no incident. Give its id ({examples}) or its address in {_SOURCES}."
        )
    return found


_NAMED = typer.Argument(
    parser=incident, metavar="INCIDENT…", help=f"Ids or addresses in {_SOURCES}."
)
if TYPE_CHECKING:
    _Given = IncidentId
else:
    _Given = str  # the name of the type is shown in the help
Incidents = Annotated[list[_Given], _NAMED]
SomeIncidents = Annotated[list[_Given] | None, _NAMED]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def duration(text: str, option: str) -> timedelta:
    """Give the length of time that an option names. Raises ``BadParameter``."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"It {error}", param_hint=option) from error


def settings_of(context: typer.Context) -> Settings:
    """Read the settings, and tell what is odd about them. Raises ``ConfigurationProblems``."""
    settings = load_settings(context.obj, os.environ)
    for warning in settings.warnings:
        printing.err.print(warning, style="yellow", markup=False)
    return settings


def carry_out_shown(settings: Settings, opened: JobContext, request: RunRequest) -> RunResult:
    """Do a run, showing on a terminal which incident is being worked on."""
    from worker.app.run_or_enqueue import carry_out  # noqa: PLC0415 - loads the queue

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
