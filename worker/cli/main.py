"""The commands. Exit status: 0 all done, 1 some of the work failed, 2 wrong usage or settings.

Each loads what it needs when it is called, so that ``--help`` and completion answer at once.
"""

import os
import sys
from inspect import getdoc
from pathlib import Path
from typing import Annotated

import typer

from connectors import SUMMARY
from worker.cli.options import (
    FAILED,
    MISUSED,
    Adopt,
    AsksNothing,
    DemoFolder,
    DryRun,
    Email,
    Full,
    Host,
    Incidents,
    Json,
    MayDo,
    NotDone,
    OfJobs,
    OfJournal,
    OfPage,
    OfParked,
    OfSkipped,
    Overdue,
    PersonName,
    Port,
    Since,
    SomeIncidents,
    Stops,
    Wait,
    WhileOpen,
    environment_told,
    lost_folder,
    misplaced_config,
)
from worker.cli.reading_commands import lint, report, search

app = typer.Typer(
    name="postmortem",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=environment_told(),
    help=f"{SUMMARY}\n\nTry it with no account and no settings: `postmortem demo`",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"postmortem {version('postmortem-worker')}")
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
def init(context: typer.Context, yes: AsksNothing = False, json: Json = False) -> None:
    """Ask for what is needed, prove each answer, and write postmortem.toml with it.

    Secrets go into files beside it that you alone can read. Nothing is written over.

    Examples: `postmortem init` · `postmortem init --yes`
    """
    from worker.cli.setup import init as setting_up

    setting_up.init(context, yes=yes, json=json)


@app.command()
def draft(
    context: typer.Context,
    incidents: Incidents,
    while_open: WhileOpen = False,
    adopt: Adopt = False,
    json: Json = False,
) -> None:
    """Pull incidents now and write (or refresh) their drafts.

    Examples: `postmortem draft Q0R9EVXVKUZTX7` · `postmortem draft --open Q0R9EVXVKUZTX7`
    """
    from worker.cli import running

    running.draft(context, incidents, while_open=while_open, adopt=adopt, json=json)


@app.command()
def sync(
    context: typer.Context,
    incidents: SomeIncidents = None,
    since: Since = "",
    dry_run: DryRun = False,
    wait: Wait = "90s",
    from_page: OfPage = None,
    adopt: Adopt = False,
    json: Json = False,
) -> None:
    """Re-sync by hand: refresh drafts, create missing tickets, bring statuses back.

    For the incidents named, or for all known documents and newly resolved incidents.

    Examples: `postmortem sync` · `postmortem sync Q0R9EVXVKUZTX7` · `postmortem sync --since 30d`
    · `postmortem sync --dry-run`
    """
    from worker.cli import running

    running.sync(
        context,
        incidents or (),
        since=since,
        dry_run=dry_run,
        wait=wait,
        adopt=adopt,
        from_page=from_page,
        json=json,
    )


@app.command()
def status(
    context: typer.Context,
    incidents: SomeIncidents = None,
    journal: OfJournal = False,
    skipped: OfSkipped = False,
    jobs: OfJobs = False,
    parked: OfParked = False,
    not_done: NotDone = False,
    overdue: Overdue = False,
    json: Json = False,
) -> None:
    """Show what needs somebody, then the documents, their action items and last results.

    Examples: `postmortem status Q0R9EVXVKUZTX7` · `postmortem status --jobs`
    · `postmortem status --overdue` · `postmortem status --journal Q0R9EVXVKUZTX7`
    """
    from worker.cli import status as told

    told.status(
        context,
        tuple(incidents or ()),
        journal=journal,
        skipped=skipped,
        jobs=jobs,
        parked=parked,
        not_done=not_done,
        overdue=overdue,
        json=json,
    )


@app.command()
def remind(context: typer.Context, dry_run: DryRun = False, json: Json = False) -> None:
    """Remind each team's channel of what is late, at most once in the period of `[reminders]`.

    Action items past their deadline, drafts past their review, and what is about to be late.

    Examples: `postmortem remind --dry-run` · `postmortem remind`
    """
    from worker.cli import reminding

    reminding.remind(context, dry_run=dry_run, json=json)


@app.command()
def check(context: typer.Context, json: Json = False) -> None:
    """Preflight: settings, tokens, permissions, the project, the document store.

    Every problem at once, each with its remedy. It writes nothing, and makes no database.

    Example: `postmortem check --json`
    """
    from worker.cli import checking

    checking.check(context, json=json)


for reading in (lint, search, report):
    app.command()(reading)


@app.command()
def serve(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    adopt: Adopt = False,
) -> None:
    """Run everything in one process: web page, webhook receiver, schedule and worker.

    Example: `postmortem serve --host 0.0.0.0` (needs POSTMORTEM_TOKEN)
    """
    from worker.cli import serving

    serving.serve(context, host, port, adopt=adopt)


@app.command()
def person(
    context: typer.Context,
    name: PersonName,
    email: Email = "",
    role: MayDo = None,
    json: Json = False,
) -> None:
    """Give somebody a token of their own for the web page and its API.

    They are entered into the file that POSTMORTEM_PEOPLE names; who is in it gets another token,
    and the one before opens nothing any more. The token is printed once and kept nowhere.

    Example: `postmortem person "Mira Jung" --email mira@example.com --role write`
    """
    from worker.cli import giving_tokens

    giving_tokens.give_token(context, name, email, role, json=json)


@app.command()
def work(context: typer.Context, adopt: Adopt = False) -> None:
    """Run worker and schedule alone, for more machines on the same database.

    Example: `POSTMORTEM_DATABASE_URL=postgresql://db.example.com/postmortem postmortem work`
    """
    from worker.cli import serving

    serving.work(context, adopt=adopt)


@app.command()
def demo(stop: Stops = False, folder: DemoFolder = None, full: Full = False) -> None:
    """Show the whole job on built-in servers that speak the services' own APIs.

    On one screen, with what the draft begins with. No account, no settings, no network.

    Examples: `postmortem demo --exit` · `postmortem demo --exit --full`
    """
    from config.values import LogFormat, LogLevel
    from worker.cli.log_lines import log_to_standard_error
    from worker.demo import show

    # What the service logs is for operators; the demo tells each step itself.
    log_to_standard_error(LogFormat.TEXT, LogLevel.ERROR)

    if not show(folder, serve=not stop, full=full):
        sys.stdout.flush()
        os._exit(FAILED)  # threads of a job under way would keep the process alive


def _tell_help_plainly() -> None:
    """Let help be plain text: boxes are for a screen, and take as long again to load."""
    app.rich_markup_mode = None
    for one in app.registered_commands:
        told = (getdoc(one.callback) or "").partition("\n\n")[0]
        one.short_help = " ".join(told.split())  # the whole of it, which would be cut off


def main() -> None:
    """Run the command line; end with the promised exit status."""
    if not sys.stdout.isatty():
        _tell_help_plainly()
    commands = {
        one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands
    }
    if told := lost_folder() or misplaced_config(sys.argv[1:], commands):
        typer.secho(told, fg="red", err=True)
        sys.exit(MISUSED)
    try:
        app()
    except Exception as error:
        from worker.cli import terminal

        status = terminal.told(error)
        if status is None:
            raise
        sys.exit(status)
