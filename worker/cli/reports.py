"""The commands that tell of documents as they are: what they lack, and where words stand.

Also the figures of a period, which are counted from what is remembered.
"""

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.markup import escape

from config.settings import Settings
from config.values import DirectoryLocation
from connectors.incidents import IncidentId
from worker.app.composition import open_context
from worker.cli import terminal
from worker.cli.options import FAILED, Format
from worker.cli.report_table import can_show_lines, show
from worker.cli.terminal import out, settings_of
from worker.document.lint.findings import LintFinding
from worker.jobs.catalogue import look
from worker.jobs.incident_numbers import own_ids
from worker.jobs.reports.figure_words import as_csv, figure_rows
from worker.jobs.reports.figures import ReportBy, trends
from worker.jobs.reports.lint_documents import Linted, lint_documents
from worker.jobs.reports.period import NotAPeriod, read_period
from worker.jobs.reports.report_period import (
    known_facts,
    report_of,
    without_facts,
)
from worker.jobs.reports.search_documents import FoundDocument, search_documents
from worker.jobs.store_presence import refuse_nowhere, where

READING = "Reading the documents…"


def lint(
    context: typer.Context,
    named: tuple[IncidentId | Path, ...],
    shown_as: Format,
    *,
    strict: bool,
    json: bool,
) -> None:
    """Print what is found in the documents that are named, or all.

    A file that is no postmortem is passed over: hooks name whatever was changed.

    Raises ``Exit`` where there is anything, ``StoreAway`` where there is no place of documents.
    """
    if json and shown_as is not Format.TEXT:
        raise typer.BadParameter("Give one of --format and --json.", param_hint="--format")
    settings = settings_of(context)
    incidents = [one for one in named if not isinstance(one, Path)]
    files = [_in_store(settings, one) for one in named if isinstance(one, Path)]
    with open_context(settings, dry_run=True, forgetful=True, asks=False) as opened:
        refuse_nowhere(opened)
        place = where(opened)
        ids = own_ids(opened, incidents, asks=False)
        with terminal.waiting(READING):
            linted = lint_documents(opened, ids, files, strict=strict)
    if json:
        terminal.as_json(linted.findings)
    elif shown_as is Format.GITHUB:
        for one in linted.findings:
            out.out(_annotation(one, _folder(settings)), highlight=False)
        for sentence in linted.failures:
            out.out(f"::error::{_encoded(sentence)}", highlight=False)
    else:
        _tell(linted, place)
    terminal.failures(linted.failures)
    if linted.findings or linted.failures:
        raise typer.Exit(FAILED)


def search(context: typer.Context, words: list[str], *, json: bool) -> None:
    """Print the documents that hold all of the words, best first.

    Raises ``StoreAway`` where there is no place of documents.
    """
    settings = settings_of(context)
    with open_context(settings, dry_run=True, forgetful=True, asks=False) as opened:
        refuse_nowhere(opened)
        place = where(opened)
        with terminal.waiting(READING):
            is_empty = not look(opened).by_incident
            result = search_documents(opened, " ".join(words))
    if json:
        terminal.as_json(result.found)
    else:
        _show_found(result.found, place, is_empty=is_empty)
    terminal.failures(result.unread)
    if result.unread:
        raise typer.Exit(FAILED)


def _show_found(found: Sequence[FoundDocument], place: str, *, is_empty: bool) -> None:
    for one in found:
        out.print(f"[bold]{escape(one.incident)}[/] {escape(one.title)}")
        out.print(f"  [dim]{escape(one.document)}:{one.line}[/] {escape(one.text)}")
    if is_empty:
        out.print(_none_in(place))
    elif not found:
        out.print("No postmortem holds all of these words.")


def report(
    context: typer.Context,
    *,
    since: str,
    until: str,
    by: str | None,
    shows_csv: bool,
    json: bool,
) -> None:
    """Print the figures of a period. Raises ``BadParameter`` for what is no period."""
    told_by = ReportBy(by) if by else None
    if shows_csv and json:
        raise typer.BadParameter("Give one of --csv and --json.", param_hint="--csv")
    with open_context(settings_of(context), asks=False) as opened:
        now = opened.clock()
        try:
            period = read_period(since, until, now, opened.policy.drafting.timezone)
        except NotAPeriod as error:
            raise typer.BadParameter(str(error), param_hint=f"--{error.option}") from error
        known = known_facts(opened)
        unread = without_facts(opened)
    told = report_of(known, period, told_by, now)
    if json:
        terminal.as_json(told)
    elif shows_csv:
        out.out(as_csv(figure_rows(told.groups), ends="\n"), highlight=False, end="")
    else:
        show(told, trends(known, period, told_by, now) if can_show_lines() else {})
    if unread:
        names = ", ".join(unread[:_MOST_NAMED]) + (", …" if len(unread) > _MOST_NAMED else "")
        sentence = (
            f"Not counted, for they were not read since figures are kept: {names} "
            f"({len(unread)} in all). Run `postmortem sync` with them."
        )
        terminal.err.print(f"[yellow]{escape(sentence)}[/]")


_MOST_NAMED = 5


def _none_in(place: str) -> str:
    return escape(f"There are no documents in {place}.")


def _tell(linted: Linted, place: str) -> None:
    for one in linted.findings:
        place = f"{one.document}:{one.line}"
        out.print(f"{escape(place)} [yellow]{one.rule.value}[/] {escape(one.message)}")
    if not linted.documents and not linted.failures:
        out.print(_none_in(place))
    elif not (linted.findings or linted.failures):
        out.print("Nothing is found.")


def _in_store(settings: Settings, file: Path) -> str:
    """Give the name that a file has among the documents, if it is one of them."""
    place = settings.documents
    if not isinstance(place, DirectoryLocation):
        raise typer.BadParameter(
            f"'{file}' is a file, and the documents are in Git. Name incidents, or set "
            "POSTMORTEM_DOCUMENTS to where they are checked out.",
            param_hint="INCIDENT…",
        )
    return Path(os.path.relpath(file.resolve(), place.path.resolve())).as_posix()


def _folder(settings: Settings) -> str:
    """Give where the documents are from here on, as a check out of their repository has them."""
    place = settings.documents
    return os.path.relpath(place.path) if isinstance(place, DirectoryLocation) else place.folder


def _annotation(found: LintFinding, folder: str) -> str:
    """Word a finding as a workflow command, whose marks are encoded in what others wrote.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    file = (
        _encoded(posixpath.normpath(posixpath.join(folder, found.document)))
        .replace(":", "%3A")
        .replace(",", "%2C")
    )
    return (
        f"::error file={file},line={found.line},title={found.rule.value}::{_encoded(found.message)}"
    )


def _encoded(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
