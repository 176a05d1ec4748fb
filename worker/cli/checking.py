"""The command that looks at everything before it is needed, and how what it finds is shown."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from config.problems import ConfigurationProblems
from connectors.errors import ConfigurationError, Finding, PostmortemError
from worker.app.binding import Moved, moved_findings
from worker.app.composition import open_context
from worker.app.preflight import preflight
from worker.app.storage_preflight import (
    database_findings,
    disk_findings,
    installation_findings,
)
from worker.cli import terminal
from worker.cli.options import FAILED, MISUSED
from worker.cli.terminal import err, log_where_asked, out


def check(context: typer.Context, *, json: bool) -> None:
    """Look at everything and print it; see the command. Raises ``Exit``."""
    try:
        found = checked(context.obj)
    except (ConfigurationProblems, ConfigurationError) as error:
        show(broken(error), in_json=json)
        raise typer.Exit(MISUSED) from None
    show(found, in_json=json)
    if any(one.problem for one in found):
        raise typer.Exit(FAILED)


def checked(config: Path | None) -> list[Finding]:
    """Look at everything; where the database cannot be used, at all others as if it were new."""
    settings = terminal.loaded(config)
    log_where_asked(settings)
    stored = list(database_findings(settings))
    forgetful = any(one.problem or one.warning for one in stored)
    try:
        with open_context(
            settings, dry_run=True, forgetful=forgetful, moved=Moved.IGNORE
        ) as opened:
            found = [*moved_findings(settings, opened), *preflight(opened)]
    except ConfigurationError:
        raise
    except PostmortemError as error:  # the database's own look has passed over it
        found = [Finding.of("What the settings name", error)]
    told = [Finding("Settings", warning=one) for one in settings.warnings]
    return [*told, *installation_findings(), *stored, *disk_findings(settings), *found]


def broken(error: ConfigurationProblems | ConfigurationError) -> list[Finding]:
    """Give what is wrong with settings that cannot be used."""
    if isinstance(error, ConfigurationProblems):
        odd = [Finding("Settings", warning=one) for one in error.warnings]
        return [*(_parted(one) for one in error.problems), *odd]
    return [Finding.of("Settings", error)]


def _parted(told: str) -> Finding:
    """Part what is wrong from its remedy, the last sentence and what belongs to it."""
    problem, stop, remedy = told.rpartition(". ")
    return Finding(
        "Settings", problem=f"{problem}." if stop else told, remedy=remedy if stop else ""
    )


def show(found: Sequence[Finding], *, in_json: bool) -> None:
    """Print what a preflight found, each problem with its remedy below it.

    Problems are named on standard error as well, unless both are the one terminal.
    """
    if in_json:
        terminal.as_json(list(found))
    else:
        for one in found:
            _finding(one)
    if not (out.is_terminal and err.is_terminal and not in_json):
        problems = (one for one in found if one.problem)
        terminal.failures(f"{one.subject}: {one.problem} {one.remedy}".strip() for one in problems)


def _finding(one: Finding) -> None:
    if one.problem:
        out.print(f"[red]✗[/] {escape(one.subject)}")
        for sentence in filter(None, (one.problem, one.remedy)):
            out.print(f"    {escape(sentence)}")
    elif one.warning:
        told = f"{one.subject}: {one.warning} {one.remedy}".strip()
        out.print(f"[yellow]![/] {escape(told)}")
    else:
        detail = f": {one.detail}" if one.detail else ""
        out.print(f"[green]✓[/] {escape(one.subject)}{escape(detail)}")
    if one.table:
        rows = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for part, found in one.table:
            rows.add_row(f"    {escape(part)}", escape(found))
        out.print(rows)
