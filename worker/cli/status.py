"""The command that tells how things stand: what needs somebody, documents, jobs, the journal."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime

import typer
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker.app.composition import open_context
from worker.cli.options import FAILED
from worker.cli.terminal import as_json, failures, out, settings_of, suggestion
from worker.jobs.context import JobContext
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, is_overdue
from worker.jobs.incident_numbers import own_ids
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.last_results import LastResult
from worker.jobs.reports.journal_report import (
    JournalEntry,
    SkippedIncident,
    journal_of,
    skipped_incidents,
)
from worker.jobs.status_report import document_statuses, failed_look
from worker.queue import job_reader
from worker.web.needs import Need, NeedKind, needs, wherever, with_items


def status(
    context: typer.Context,
    named: tuple[IncidentId, ...],
    *,
    journal: bool,
    skipped: bool,
    jobs: bool,
    parked: bool,
    not_done: bool,
    overdue: bool,
    json: bool,
) -> None:
    """Print how things stand. Raises ``BadParameter`` where two things are asked for."""
    if journal and not named:
        raise typer.BadParameter("Name the incidents whose journal to show.")
    if journal + skipped + jobs + parked + not_done + overdue > 1:
        raise typer.BadParameter(
            "Choose one of --journal, --skipped, --jobs, --parked, --open and --overdue."
        )
    settings = settings_of(context)
    if jobs or parked:
        listed = _jobs(settings, named, only_parked=parked)
        _show_jobs(listed, "No job was given up." if parked else "There are no jobs.", in_json=json)
        return
    with open_context(settings, asks=False) as opened:
        named = tuple(own_ids(opened, named, asks=False))
        if journal:
            _show_journal([each for one in named for each in journal_of(opened, one)], in_json=json)
        elif skipped:
            left_out = skipped_incidents(opened)
            _show_skipped([one for one in left_out if _is_meant(one.incident, named)], in_json=json)
        elif not_done or overdue:
            _show_items(opened, named, only_overdue=overdue, in_json=json)
        else:
            _show_all(settings, opened, named, in_json=json)


def _show_items(
    opened: JobContext, named: Sequence[IncidentId], *, only_overdue: bool, in_json: bool
) -> None:
    """Print the documents with action items that are not done, or overdue, with these alone."""
    today = _today(opened)

    def is_wanted(item: ItemStatus) -> bool:
        return is_overdue(item, today) if only_overdue else not item.done

    found = with_items(document_statuses(opened, named), is_wanted)
    if in_json:
        as_json(found)
    else:
        _show_documents(found, f"No action item is {'overdue' if only_overdue else 'open'}.")


def _is_meant(incident: IncidentId, named: Sequence[IncidentId]) -> bool:
    return not named or incident in named


def _today(opened: JobContext) -> date:
    return opened.clock().astimezone(opened.policy.drafting.timezone).date()


def _jobs(
    settings: Settings, named: Sequence[IncidentId], *, only_parked: bool
) -> Sequence[JobState]:
    listed = job_reader.jobs(settings.database_url.get_secret_value(), only_parked=only_parked)
    return [one for one in listed if _is_meant(IncidentId(one.subject), named)]


def _show_all(
    settings: Settings, opened: JobContext, named: Sequence[IncidentId], *, in_json: bool
) -> None:
    """Print what needs somebody, then the documents: word for word where they were named."""
    found = document_statuses(opened, named)
    if in_json:
        as_json(found)
    else:
        urgent = needs(found, _given_up(settings, named), _today(opened))
        failed = [] if named else [failed_look(opened, found), *_failed_digests(opened)]
        if urgent or any(failed):
            out.print("[bold]Needs somebody[/]")
            for one in filter(None, failed):
                out.print(f"  [red]{NeedKind.FAILING.value}[/] {escape(one)}")
            for need in urgent:
                _need(need)
            out.print()
        told: defaultdict[str, set[str]] = defaultdict(set)
        for need in urgent:
            told[need.incident].update(map(wherever, need.sentences))
        documents = [one for one in found if one.document or named]
        if not (documents or named):
            out.print("There are no documents yet.")
        for each in documents:
            _document(each, told[each.incident], in_full=bool(named))
    missing = set(named) - {one.incident for one in found}
    opened.store.prove_writable()
    failures(
        f"Incident {one} has no document. Run `postmortem draft {one}` to write it."
        for one in sorted(missing)
    )
    if missing:
        raise typer.Exit(FAILED)


def _failed_digests(opened: JobContext) -> Sequence[str]:
    if opened.policy.reminders.every is None:
        return ()
    from worker.jobs.reminding.digests import failed_digests  # noqa: PLC0415 - for who has any

    return failed_digests(opened)


def _given_up(settings: Settings, named: Sequence[IncidentId]) -> Sequence[JobState]:
    try:
        return _jobs(settings, named, only_parked=True)
    except PostmortemError as error:  # the documents can be told all the same
        failures([str(error)])
        return []


def _need(one: Need) -> None:
    title = f" {escape(one.title)}" if one.title else ""
    out.print(f"  [red]{one.kind.value}[/] [bold]{escape(one.incident or '?')}[/]{title}")
    for sentence in one.sentences:
        names = [name for name in (one.document, one.incident) if name]
        place = "" if any(name in sentence for name in names) else f"{''.join(names[:1])}: "
        out.print(f"    {escape(place + sentence)}")
    if one.next_try:
        out.print(f"    The next try is at {_moment(one.next_try)}.")


def _show_documents(found: Sequence[DocumentStatus], none: str) -> None:
    if not found:
        out.print(none)
    for one in found:
        _document(one)


def _document(
    one: DocumentStatus, told: AbstractSet[str] = frozenset(), *, in_full: bool = False
) -> None:
    """Print a document, without the sentences that were told of it already."""
    prompts = "complete" if not one.prompts else f"{one.prompts} prompts open"
    stands = f"{one.status or 'no status'}, {prompts}" if one.document else "no document"
    stands = "left alone" if one.left_alone else stands
    out.print(
        f"[bold]{escape(one.incident or '?')}[/] {escape(one.title)} [dim]({escape(stands)})[/]"
    )
    if one.document:
        out.print(f"  {escape(one.document)}")
    if one.items:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("  Ticket", "Status", "Owner", "Deadline", "Task"):
            table.add_column(heading, overflow="fold")
        for item in one.items:
            cells = (item.ticket or "-", item.status, item.owner, item.deadline, item.task)
            first, *others = (escape(cell) for cell in cells)
            table.add_row(f"  {first}", *others)
        out.print(table)
    if one.page is not None:
        out.print(f"  [dim]Page {escape(one.page.id)}:[/] {escape(one.page.address)}")
    last = one.last_result.warnings if one.last_result else ()
    of_page = [one.page.problem] if one.page and one.page.problem not in ("", *last) else []
    for problem in (*one.problems, *of_page):
        if wherever(problem) not in told:
            out.print(f"  [yellow]{escape(problem)}[/]")
    if one.last_result is not None:
        _last_result(one.last_result, {*told, *map(wherever, one.problems)}, in_full=in_full)


def _last_result(last: LastResult, told: AbstractSet[str], *, in_full: bool) -> None:
    counts = {
        "failure": len(last.failures),
        "warning": len(last.warnings),
        "suggestion": len(last.suggestions),
    }
    counted = [f"{count} {word}{'s' * (count > 1)}" for word, count in counts.items() if count]
    out.print(
        f"  [dim]last result: {_moment(last.at)}, by {last.trigger}: "
        f"{', '.join(counted) or 'all is well'}[/]"
    )
    if not in_full:
        return
    for one in last.suggestions:
        out.print(f"  {suggestion(one)}")
    for sentence in last.warnings:
        if wherever(sentence) not in told:
            out.print(f"  [yellow]{escape(sentence)}[/]")
    for sentence in last.failures:
        if wherever(sentence) not in told:
            out.print(f"  [red]{escape(sentence)}[/]")
    if last.next_try and told.isdisjoint(map(wherever, last.failures)):
        out.print(f"  The next try is at {_moment(last.next_try)}.")


def _show_journal(entries: Sequence[JournalEntry], *, in_json: bool) -> None:
    """Print what was written and told, oldest first."""
    if in_json:
        as_json(entries)
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


def _show_skipped(found: Sequence[SkippedIncident], *, in_json: bool) -> None:
    """Print which incidents got no draft, and why."""
    if in_json:
        as_json(found)
        return
    if not found:
        out.print("No incident was skipped.")
    for one in found:
        out.print(
            f"{one.at} [bold]{escape(one.incident)}[/] {escape(one.title)}: {escape(one.reason)}"
        )


def _show_jobs(found: Sequence[JobState], none: str, *, in_json: bool) -> None:
    """Print where jobs stand, why one is tried again and when, why one was given up."""
    if in_json:
        as_json(found)
        return
    if not found:
        out.print(none)
    for one in found:
        why = " ".join(one.failures) or one.summary
        out.print(
            f"{one.phase.value} [bold]{escape(one.subject)}[/] {_when(one)}, asked by {one.trigger}"
            f"{escape(f': {why}' if why else '')}"
        )
    if any(one.phase is JobPhase.PARKED for one in found):
        out.print("Try one that was given up again with `postmortem sync INCIDENT`.", markup=False)


def _when(one: JobState) -> str:
    """Say which attempt it is, and when it begins or ended."""
    if one.phase is JobPhase.PARKED:
        attempts = "1 attempt" if one.attempt == 1 else f"{one.attempt} attempts"
        ended = f"{one.ended_at:%Y-%m-%d %H:%M:%S} UTC" if one.ended_at else "an unknown time"
        return f"after {attempts} at {ended}"
    at = f" at {one.next_at:%Y-%m-%d %H:%M:%S} UTC" if one.next_at else ""
    return f"attempt {one.attempt}{at}"


def _moment(at: str) -> str:
    """Write a time (ISO 8601) to the second."""
    return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
