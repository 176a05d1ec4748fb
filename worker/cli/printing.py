"""How results look: tables and sentences for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.errors import Finding
from worker.jobs.job import JobState
from worker.jobs.results import IncidentResult, RunResult
from worker.jobs.status_report import DocumentStatus, JournalEntry, SkippedIncident

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
        out.print(
            f"  [cyan]suggestion[/] {escape(one.place)}: the facts say "
            f"{escape(repr(one.fresh))}, the document keeps {escape(repr(one.people))}"
        )
    for sentence in result.warnings:
        out.print(f"  [yellow]{escape(sentence)}[/]")
    if dry_run and result.diff:
        _diff(result.diff)


def _diff(text: str) -> None:
    """Print a diff: in colours and wrapped on a terminal, else as it is."""
    if not out.is_terminal:
        out.out(text, highlight=False)
        return
    from rich.syntax import Syntax  # noqa: PLC0415 - what colours code takes megabytes

    out.print(Syntax(text, "diff", background_color="default", word_wrap=True))


def documents(found: Sequence[DocumentStatus], *, in_json: bool) -> None:
    """Print documents with their action items."""
    if in_json:
        as_json(list(found))
        return
    if not found:
        out.print("There are no documents yet.")
    for one in found:
        _document(one)


def _document(one: DocumentStatus) -> None:
    prompts = "complete" if not one.prompts else f"{one.prompts} prompts open"
    out.print(
        f"[bold]{escape(one.incident or '?')}[/] {escape(one.title)} "
        f"[dim]({escape(one.status or 'no status')}, {prompts})[/]\n  {escape(one.document)}"
    )
    if one.items:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("  Ticket", "Status", "Owner", "Deadline", "Task"):
            table.add_column(heading, overflow="fold")
        for item in one.items:
            cells = (item.ticket or "-", item.status, item.owner, item.deadline, item.task)
            first, *others = (escape(cell) for cell in cells)
            table.add_row(f"  {first}", *others)
        out.print(table)
    for problem in one.problems:
        out.print(f"  [yellow]{escape(problem)}[/]")


def journal(entries: Sequence[JournalEntry], *, in_json: bool) -> None:
    """Print the writes that were done, oldest first."""
    if in_json:
        as_json(list(entries))
        return
    if not entries:
        out.print("Nothing has been written.")
    for one in entries:
        deed = one.deed
        change = f": {deed.before or '(nothing)'} → {deed.after}" if deed.after else ""
        ticket = f" {deed.ticket}" if deed.ticket else ""
        out.print(
            f"{one.at} {one.trigger} {deed.action.value}{escape(ticket)} "
            f"{escape(deed.subject)}{escape(change)} [dim]({escape(deed.reason)})[/]"
        )


def skipped(found: Sequence[SkippedIncident], *, in_json: bool) -> None:
    """Print which incidents got no draft, and why."""
    if in_json:
        as_json(list(found))
        return
    if not found:
        out.print("No incident was skipped.")
    for one in found:
        out.print(
            f"{one.at} [bold]{escape(one.incident)}[/] {escape(one.title)}: {escape(one.reason)}"
        )


def parked(found: Sequence[JobState], *, in_json: bool) -> None:
    """Print the jobs that were given up, with what to do about them."""
    if in_json:
        as_json(list(found))
        return
    if not found:
        out.print("No job was given up.")
    for one in found:
        ended = one.ended_at.isoformat(timespec="seconds") if one.ended_at else ""
        out.print(
            f"{ended} [bold]{escape(one.subject)}[/] after {one.attempt} attempts: "
            f"{escape(' '.join(one.failures))}"
        )
    if found:
        out.print("Try one again with `postmortem sync INCIDENT`.", markup=False)


def findings(found: Sequence[Finding], *, in_json: bool) -> None:
    """Print what a preflight found: problems with their remedies on standard error as well."""
    if in_json:
        as_json(list(found))
    else:
        for one in found:
            if one.problem:
                out.print(f"[red]✗[/] {escape(one.subject)}")
            else:
                detail = f": {one.detail}" if one.detail else ""
                out.print(f"[green]✓[/] {escape(one.subject)}{escape(detail)}")
    failures(f"{one.subject}: {one.problem} {one.remedy}".strip() for one in found if one.problem)
