"""The commands that only read: what documents lack, where words stand, the figures of a period.

Each loads what it needs when it is called, as those beside it do.
"""

from typing import Annotated

import typer

from worker.cli.options import Format, Grouping, Json, ShownAs, SomeIncidentsOrFiles, Strict


def lint(
    context: typer.Context,
    incidents: SomeIncidentsOrFiles = None,
    shown_as: ShownAs = Format.TEXT,
    strict: Strict = False,
    json: Json = False,
) -> None:
    """Tell what keeps postmortems from being final; needs neither an account nor the database.

    Open prompts, an empty cause, action items without owner or deadline, times that contradict
    each other. Exit status 1 if there is any.

    Examples: `postmortem lint` · `postmortem lint Q0R9EVXVKUZTX7` · `postmortem lint --json`
    """
    from worker.cli import reports  # noqa: PLC0415 - see above

    reports.lint(context, tuple(incidents or ()), shown_as, strict=strict, json=json)


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="Words that a postmortem must all hold.")],
    json: Json = False,
) -> None:
    """Find the postmortems that hold all of these words, best first, with the line.

    In any order and any case, without accents; needs neither an account nor the database.

    Examples: `postmortem search connection pool` · `postmortem search --json checkout`
    """
    from worker.cli import reports  # noqa: PLC0415 - see above

    reports.search(context, words, json=json)


def report(
    context: typer.Context,
    since: Annotated[
        str, typer.Option(help="From when on: a length of time before now, or a day.")
    ] = "90d",
    until: Annotated[
        str, typer.Option(help="Until before when, told in the same way. Default: now.")
    ] = "",
    by: Annotated[
        Grouping | None,
        typer.Option(help="A group each: `service`, `team`, `priority` or `month`."),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a line a group as CSV.")] = False,
    json: Json = False,
) -> None:
    """Count over a period: incidents, time to acknowledge and resolve, action items and their age.

    From what is remembered; asks no service. Each figure says how it is counted.

    Examples: `postmortem report` · `postmortem report --since 2026-09-01 --by service`
    · `postmortem report --since 365d --by month --csv`
    """
    from worker.cli import reports  # noqa: PLC0415 - see above

    reports.report(context, since=since, until=until, by=by, shows_csv=as_csv, json=json)
