"""How a run over incidents shows on the terminal: how far it is all along, and a summary."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from config.settings import Settings
from connectors.errors import PostmortemError
from worker.cli import loaded
from worker.cli.options import FAILED
from worker.cli.terminal import err, run_result
from worker.jobs.context import JobContext
from worker.jobs.incident_numbers import own_ids
from worker.jobs.results import Action, IncidentResult, RunResult
from worker.jobs.run_many import RunRequest, Untold

LOOKING = "Looking for what is due…"


def run_shown(
    settings: Settings, opened: JobContext, request: RunRequest, *, in_json: bool
) -> None:
    """Do a run, show how far it is and print what it did; end with the status that goes with it."""
    from worker.app.run_or_enqueue import carry_out  # noqa: PLC0415 - loads the queue

    loaded()
    begun = time.monotonic()
    with _shown(err, in_json=in_json) as progress:
        try:
            incidents = tuple(own_ids(opened, request.incidents))
            result = carry_out(
                settings, opened, replace(request, incidents=incidents, progress=progress)
            )
        except PostmortemError:
            for notice in opened.notices:  # what was adopted stays so
                err.print(notice, style="yellow", markup=False)
            raise
    result = replace(result, notices=(*opened.notices, *result.notices))
    is_many = len(request.incidents) != 1 and (result.incidents or result.unchanged)
    told = summary(result, time.monotonic() - begun) if is_many else ""
    run_result(result, in_json=in_json, summary=told)
    if result.failed:
        raise typer.Exit(FAILED)


def summary(result: RunResult, seconds: float) -> str:
    """Say in one line what came of a run; what is seldom is named where there is some."""
    counts = Counter(_outcome(one) for one in result.incidents)
    deeds = Counter(deed.action for one in result.incidents for deed in one.deeds)
    tickets, warnings = deeds[Action.CREATED], sum(len(one.warnings) for one in result.incidents)
    seldom = [f"{counts[word]} {word}" for word in ("updated", "skipped") if counts[word]]
    told = [
        f"{counts['drafted']} drafted",
        *seldom,
        f"{counts['unchanged'] + result.unchanged} unchanged",
        f"{tickets} ticket{'' if tickets == 1 else 's'}",
        f"{warnings} warning{'' if warnings == 1 else 's'}",
        f"{counts['failed'] + len(result.failures)} failed",
    ]
    would = "Would be: " if result.dry_run else ""
    return f"{would}{', '.join(told)} in {seconds:.0f} s"


def _outcome(one: IncidentResult) -> str:
    """Give the word for what came of an incident; one that failed and was drafted has failed."""
    if one.failures or one.again_in is not None:
        return "failed"
    if one.skipped:
        return "skipped"
    if any(deed.action is Action.DRAFTED for deed in one.deeds):
        return "drafted"
    return "updated" if one.deeds else "unchanged"


class _Lines:
    """Prints a line for each incident: for logs and pipes, where nothing can be drawn over."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._done = self._count = 0

    def due(self, count: int) -> None:
        self._count = count

    def ended(self, result: IncidentResult) -> None:
        self._done += 1
        if self._count > 1:  # of one alone, the result says it
            tickets = sum(deed.action is Action.CREATED for deed in result.deeds)
            made = f", {tickets} ticket{'' if tickets == 1 else 's'}" if tickets else ""
            told = f"{self._done} of {self._count}: {result.incident} {_outcome(result)}{made}"
            self._console.print(told, markup=False)


class _Drawn:
    """Moves a bar: how many are done, of how many, and how long the others will take."""

    def __init__(self, bar: Bar, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def due(self, count: int) -> None:
        self._bar.update(self._task, total=count, description="Incidents")

    def ended(self, result: IncidentResult) -> None:
        told = f"{result.incident} {_outcome(result)}"
        self._bar.update(self._task, advance=1, description=told)


@contextmanager
def _shown(console: Console, *, in_json: bool) -> Iterator[_Lines | _Drawn | Untold]:
    """Give what shows how far a run is; a program that reads its result is not told in between."""
    if not console.is_terminal:
        yield Untold() if in_json else _Lines(console)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        yield _Drawn(bar, bar.add_task(LOOKING, total=None))
