"""The command that finds postmortems by their words."""

import typer
from rich.markup import escape

from worker.app.composition import open_context
from worker.cli.terminal import as_json, out, settings_of
from worker.jobs.reports.search_documents import search_documents


def search(context: typer.Context, words: list[str], *, json: bool) -> None:
    """Print the documents that hold all of the words, best first."""
    with open_context(settings_of(context), dry_run=True, forgetful=True) as opened:
        found = search_documents(opened, " ".join(words))
    if json:
        as_json(found)
        return
    for one in found:
        out.print(f"[bold]{escape(one.incident)}[/] {escape(one.title)}")
        out.print(f"  [dim]{escape(one.document)}:{one.line}[/] {escape(one.text)}")
    if not found:
        out.print("No postmortem holds all of these words.")
