"""The command that holds documents against the rules for a final one, and how it tells."""

import os
import posixpath
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from config.settings import Settings
from config.values import DirectoryLocation
from worker.app.composition import open_context
from worker.cli import terminal
from worker.cli.terminal import FAILED, Json, SomeIncidents, out, settings_of
from worker.document.lint.findings import LintFinding
from worker.jobs.incident_numbers import own_ids
from worker.jobs.lint_documents import lint_documents


class Format(StrEnum):
    """How findings are printed: for people, or as the annotations of a check on GitHub."""

    TEXT = "text"
    GITHUB = "github"


def lint(
    context: typer.Context,
    incidents: SomeIncidents = None,
    shown_as: Annotated[
        Format, typer.Option("--format", help="`github` gives annotations for a check.")
    ] = Format.TEXT,
    json: Json = False,
) -> None:
    """Tell what keeps postmortems from being final; needs neither an account nor the database.

    Open prompts, an empty cause, action items without owner or deadline, times that contradict
    each other. Exit status 1 if there is any.

    Examples: `postmortem lint` · `postmortem lint Q0R9EVXVKUZTX7` · `postmortem lint --json`
    """
    settings = settings_of(context)
    with open_context(settings, dry_run=True, forgetful=True) as opened:
        linted = lint_documents(opened, own_ids(opened, incidents or (), asks=False))
    if json:
        terminal.as_json(linted.findings)
    elif shown_as is Format.GITHUB:
        for one in linted.findings:
            out.out(_annotation(one, _folder(settings)), highlight=False)
    else:
        _tell(linted.findings)
    terminal.failures(linted.failures)
    if linted.findings or linted.failures:
        raise typer.Exit(FAILED)


def _tell(found: list[LintFinding]) -> None:
    for one in found:
        place = f"{one.document}:{one.line}"
        out.print(f"{escape(place)} [yellow]{one.rule.value}[/] {escape(one.message)}")
    if not found:
        out.print("Nothing is found.")


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
