"""How commands meet the terminal: what they are given, how results look, and how they end.

Results are tables and sentences for people, JSON for programs.
"""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from sqlalchemy.exc import SQLAlchemyError

from config.problems import ConfigurationProblems
from config.settings import Settings
from connectors.errors import ConfigurationError, PostmortemError
from worker.app.own_secrets import own_credentials
from worker.app.registry import load_settings
from worker.cli import screen
from worker.cli.log_lines import log_to_standard_error
from worker.cli.options import FAILED, MISUSED
from worker.jobs.results import IncidentResult, RunResult, SuggestedText
from worker.journal.sqlite_files import first_line, remedy_for

out, err = screen.out, screen.err


def as_json(value: object) -> None:
    """Print a value, or a sequence of values, as one JSON document."""
    out.print(screen.as_safe_json(_plain(value)), markup=False, emoji=False)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def run_result(result: RunResult, *, in_json: bool, summary: str = "") -> None:
    """Print what a run did on standard output, and each failure on standard error.

    A ``summary`` stands below it, for people.
    """
    if in_json:
        as_json(result)
    else:
        for one in result.incidents:
            _incident(one, dry_run=result.dry_run)
        if result.unchanged and not summary:
            documents = "document" if result.unchanged == 1 else "documents"
            out.print(f"{result.unchanged} {documents} unchanged.")
        elif not (result.unchanged or result.incidents or result.failures):
            out.print("Nothing to do.")
        for notice in result.notices:
            out.print(f"[yellow]{escape(notice)}[/]")
        if summary:
            out.print(f"[bold]{escape(summary)}[/]")
    failures(sentence for one in result.incidents for sentence in (*one.failures, *_again(one)))
    failures(result.failures)


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Show people who look at a terminal what goes on, as long as it does; nobody else is told."""
    if not err.is_terminal:
        yield
        return
    with err.status(words):
        yield


def failures(sentences: Iterable[str]) -> None:
    """Print failures on standard error, one a line."""
    for sentence in sentences:
        err.print(f"[red]{escape(sentence)}[/]")


def _again(result: IncidentResult) -> list[str]:
    if result.again_in is None:
        return []
    return [
        f"Incident {result.incident}: a request had no answer, and what it was to make, a ticket, "
        "a page or an announcement, may still come to be seen. "
        f"Run `postmortem sync {result.incident}` again in {result.again_in:.0f} s."
    ]


def _incident(result: IncidentResult, *, dry_run: bool) -> None:
    name = f"[bold]{escape(result.incident)}[/]"
    document = f" {escape(result.document)}" if result.document else ""
    if result.skipped:
        out.print(f"{name}: {escape(result.skipped)}")
    elif not result.deeds and not result.failures and result.again_in is None:
        out.print(f"{name}{document}: nothing to do")
    else:
        out.print(f"{name}{document}")
    for deed in result.deeds:
        word = f"would be {deed.action.value}" if dry_run else deed.action.value
        ticket = f" {deed.ticket}" if deed.ticket else ""
        change = f": {deed.before or '(nothing)'} → {deed.after}" if deed.after else ""
        out.print(
            f"  [green]{word}[/]{escape(ticket)} {escape(deed.subject)}{escape(change)}"
            f" [dim]({escape(deed.reason)})[/]"
        )
    for one in result.suggestions:
        out.print(f"  {suggestion(one)}")
    for sentence in result.warnings:
        out.print(f"  [yellow]{escape(sentence)}[/]")
    if dry_run and result.diff:
        _diff(result.diff)


def suggestion(one: SuggestedText) -> str:
    """Say what the facts would say where a person has written otherwise."""
    return (
        f"[cyan]suggestion[/] {escape(one.place)}: the facts say "
        f"{escape(repr(one.fresh))}, the document keeps {escape(repr(one.people))}"
    )


def _diff(text: str) -> None:
    """Print a diff: in colours and wrapped on a terminal, else as it is."""
    if not out.is_terminal:
        out.out(text, highlight=False)
        return
    from rich.syntax import Syntax  # noqa: PLC0415 - what colours code takes megabytes

    out.print(Syntax(text, "diff", background_color="default", word_wrap=True))


def log_where_asked(settings: Settings) -> None:
    """Let a command log from the level that is set, else not: its result tells what it does."""
    asked = "log_level" in settings.model_fields_set
    log_to_standard_error(settings.log_format, settings.log_level if asked else None)


def loaded(config: Path | None) -> Settings:
    """Read the settings, and hide their secrets in whatever is shown or logged from now on.

    Raises ``ConfigurationProblems``.
    """
    settings = load_settings(config, os.environ)
    screen.conceal(own_credentials(settings))
    return settings


def settings_of(context: typer.Context) -> Settings:
    """Read the settings, and tell what is odd about them. Raises ``ConfigurationProblems``."""
    settings = loaded(context.obj)
    log_where_asked(settings)
    for warning in settings.warnings:
        err.print(warning, style="yellow", markup=False)
    return settings


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def _not_printed(error: OSError) -> str:
    """Say that standard output took no more, and keep Python from trying once more as it ends."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    reason = os.strerror(error.errno or 0)
    return (
        f"Not all could be printed: {reason}. What was done until then is done; print to "
        "another place, and `postmortem status` tells it again."
    )


def told(error: Exception) -> int | None:
    """Say on standard error why a command ended, and give its exit status; None for a fault."""
    if isinstance(error, ConfigurationProblems | ConfigurationError):
        sentence, status = str(error), MISUSED
    elif isinstance(error, PostmortemError):
        sentence, status = str(error), FAILED
    elif isinstance(error, SQLAlchemyError):  # a database that broke since it was opened
        reason = first_line(error)
        sentence, status = f"The database failed: {reason}. {remedy_for(reason)}", FAILED
    elif isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
        sentence, status = _not_printed(error), FAILED
    else:
        return None
    err.print(sentence, style="red", markup=False)
    return status
