"""How commands meet the terminal: what they are given, how results look, and how they end.

Results are tables and sentences for people, JSON for programs.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn

from config.settings import Settings
from connectors.incidents import IncidentId
from connectors.settings import parse_duration
from worker.app.registry import incident_named, load_settings, named, source_kinds
from worker.cli.log_lines import log_to_standard_error
from worker.jobs.context import JobContext
from worker.jobs.incident_numbers import own_ids
from worker.jobs.results import IncidentResult, RunResult, SuggestedText
from worker.jobs.run_many import RunRequest

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def as_json(value: object) -> None:
    """Print a value, or a sequence of values, as one JSON document."""
    out.print_json(json.dumps(_plain(value), ensure_ascii=False, default=str), highlight=False)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def run_result(result: RunResult, *, in_json: bool) -> None:
    """Print what a run did on standard output, and each failure on standard error."""
    if in_json:
        as_json(result)
    else:
        for one in result.incidents:
            _incident(one, dry_run=result.dry_run)
        if result.unchanged:
            documents = "document" if result.unchanged == 1 else "documents"
            out.print(f"{result.unchanged} {documents} unchanged.")
        elif not (result.incidents or result.failures):
            out.print("Nothing to do.")
        for notice in result.notices:
            out.print(f"[yellow]{escape(notice)}[/]")
    failures(sentence for one in result.incidents for sentence in (*one.failures, *_again(one)))
    failures(result.failures)


def failures(sentences: Iterable[str]) -> None:
    """Print failures on standard error, one a line."""
    for sentence in sentences:
        err.print(f"[red]{escape(sentence)}[/]")


def _again(result: IncidentResult) -> list[str]:
    if result.again_in is None:
        return []
    return [
        f"Incident {result.incident}: a create had no answer, and the tracker's search may still "
        "miss its ticket. "
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
    found = incident_named(text.strip().removeprefix("#"))
    if found is None:
        examples = " or ".join(kind.example for kind in source_kinds())
        raise typer.BadParameter(
            f"'{text}' is no incident. Give its id ({examples}), its number, or its address in "
            f"{_SOURCES}."
        )
    return found


_NAMED = typer.Argument(
    parser=incident, metavar="INCIDENT…", help=f"Ids, numbers or addresses in {_SOURCES}."
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


def log_where_asked(settings: Settings) -> None:
    """Let a command log from the level that is set, else not: its result tells what it does."""
    asked = "log_level" in settings.model_fields_set
    log_to_standard_error(settings.log_format, settings.log_level if asked else None)


def settings_of(context: typer.Context) -> Settings:
    """Read the settings, and tell what is odd about them. Raises ``ConfigurationProblems``."""
    settings = load_settings(context.obj, os.environ)
    log_where_asked(settings)
    for warning in settings.warnings:
        err.print(warning, style="yellow", markup=False)
    return settings


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
