"""The commands. Exit status: 0 all done, 1 some of the work failed, 2 wrong usage or settings."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from config.problems import ConfigurationProblems
from config.values import LogFormat, LogLevel
from connectors.errors import ConfigurationError, PostmortemError
from worker.app.composition import open_context
from worker.app.registry import Services, named, source_kinds, tracker_kinds
from worker.cli import checking, linting, serving, terminal
from worker.cli.log_lines import log_to_standard_error
from worker.cli.status import status
from worker.cli.terminal import (
    FAILED,
    MISUSED,
    Incidents,
    Json,
    SomeIncidents,
    carry_out_shown,
    duration,
    finish,
    interruptible,
    settings_of,
)
from worker.jobs.results import Trigger
from worker.jobs.run_many import RunRequest
from worker.journal.sqlite_files import first_line, remedy_for

app = typer.Typer(
    name="postmortem",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=f"Writes the postmortem draft when a {named(source_kinds())} incident is resolved, and "
    f"keeps its action items and their {named(tracker_kinds())} tickets in step.\n\n"
    "Try it with no account and no settings: `postmortem demo`",
)


def _version(wanted: bool) -> None:
    if wanted:
        terminal.out.print(f"postmortem {version('postmortem-worker')}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings file. Default: $POSTMORTEM_CONFIG, else ./postmortem.toml if it exists."
        ),
    ] = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = config


@app.command()
def draft(
    context: typer.Context,
    incidents: Incidents,
    while_open: Annotated[
        bool,
        typer.Option(
            "--open",
            help="Also while an incident is open; its document is kept current until it is over, "
            "and after.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Pull incidents now and write (or refresh) their drafts.

    Examples: `postmortem draft Q0R9EVXVKUZTX7` · `postmortem draft --open Q0R9EVXVKUZTX7`
    """
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


@app.command()
def sync(
    context: typer.Context,
    incidents: SomeIncidents = None,
    since: Annotated[
        str, typer.Option(help="Also look back that far for resolved incidents without a document.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan; write nothing anywhere.")
    ] = False,
    wait: Annotated[
        str,
        typer.Option(
            help="How long to wait for the tracker's search after a create without answer."
        ),
    ] = "90s",
    json: Json = False,
) -> None:
    """Re-sync by hand: refresh drafts, create missing tickets, bring statuses back.

    For the incidents named, or for all known documents and newly resolved incidents.

    Examples: `postmortem sync` · `postmortem sync Q0R9EVXVKUZTX7` · `postmortem sync --since 30d`
    · `postmortem sync --dry-run`
    """
    request = RunRequest(
        Trigger.COMMAND,
        tuple(incidents or ()),
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


app.command()(status)


app.command()(checking.check)
app.command()(linting.lint)
app.command()(serving.serve)
app.command()(serving.work)


@app.command()
def demo(
    stop: Annotated[
        bool, typer.Option("--exit", help="Stop after the last step instead of serving the page.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Keep the documents there.", file_okay=False)
    ] = None,
) -> None:
    """Show the whole job on built-in servers that speak the services' own APIs.

    No account, no settings, no network: `postmortem demo --exit`
    """
    # What the service logs is for operators; the demo tells each step itself.
    log_to_standard_error(LogFormat.TEXT, LogLevel.ERROR)
    from worker.demo import show  # noqa: PLC0415 - the sandbox is loaded for the demo alone

    if not show(folder, serve=not stop):
        raise typer.Exit(FAILED)


def misplaced_config(words: Sequence[str]) -> str:
    """Say where ``--config`` belongs if it stands behind the command, "" where it does not."""
    commands = {
        one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands
    }
    at = next((at for at, word in enumerate(words) if word in commands), len(words))
    if at and words[at - 1] == "--config":  # a file that is called like a command
        return ""
    if not any(word == "--config" or word.startswith("--config=") for word in words[at:]):
        return ""
    return f"Put --config before the command: postmortem --config FILE {words[at]}"


def main() -> None:
    """Run the command line; end with the promised exit status."""
    log_to_standard_error(LogFormat.TEXT, None)
    if told := misplaced_config(sys.argv[1:]):
        terminal.err.print(told, style="red", markup=False)
        sys.exit(MISUSED)
    try:
        app()
    except (ConfigurationProblems, ConfigurationError) as error:
        terminal.err.print(str(error), style="red", markup=False)
        sys.exit(MISUSED)
    except PostmortemError as error:
        terminal.err.print(str(error), style="red", markup=False)
        sys.exit(FAILED)
    except SQLAlchemyError as error:  # a database that broke since it was opened
        reason = first_line(error)
        told = f"The database failed: {reason}. {remedy_for(reason)}"
        terminal.err.print(told, style="red", markup=False)
        sys.exit(FAILED)
