"""Reading the incident from its source, or saying why there is nothing to write about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from config.template_names import Slot
from connectors.connector import IncidentSource
from connectors.errors import ConnectorError, NotFound, OutOfQuota, PostmortemError, Unauthorized
from connectors.incidents import (
    Incident,
    IncidentId,
    IncidentRecord,
    IncidentStatus,
)
from connectors.masking import counted
from worker.content.clean_text import headline
from worker.content.draft_content import Content
from worker.content.inline_markdown import plain
from worker.drafting.draft import draft
from worker.jobs.context import JobContext, note_merge, note_skip
from worker.jobs.facts.earlier_incidents import with_remembered
from worker.jobs.facts.keep_facts import keep_record, keep_seen
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.picked_messages import with_messages
from worker.jobs.results import Action, IncidentResult, Report
from worker.jobs.run_state import RunCache
from worker.journal.records import KnownIncident
from worker.tracking.new_ticket import Origin

LOOK_AGAIN = 30.0
"""Seconds after which an incident is looked at again that is said to be resolved, and is not."""
LONGEST_LAG = timedelta(minutes=5)
"""How far the source may lag its own webhook; after that, the incident was reopened."""


class StillOpen(PostmortemError):
    """The incident is not resolved, so there is nothing to look back on yet."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """An incident as its source tells it now, and what its draft says of it."""

    record: IncidentRecord
    content: Content
    chart: str | None


@dataclass(frozen=True, slots=True)
class MergedAway:
    """An incident that was merged into another, and has a document."""

    incident: Incident


def obtain(
    context: JobContext,
    request: JobRequest,
    cache: RunCache,
    report: Report,
    *,
    has_document: bool,
) -> Pulled | MergedAway | IncidentResult | None:
    """Read the incident of the report.

    Gives the finished result where there is nothing to write, what it was merged into where only
    that is to be written, and None where the job goes on
    without facts: none were asked for, or they are not to be had and there are rows to sync.
    """
    if not request.pulls or context.source is None:
        return None
    unasked = request.automatic and not has_document
    # who has a document follows the incident through a reopening, too
    may_be_open = has_document or request.while_open
    try:
        at = _drafted_at(context, report.incident, has_document=has_document)
        found = _read(
            context, context.source, request, cache, at, unasked=unasked, may_be_open=may_be_open
        )
    except (ConnectorError, StillOpen) as error:
        follows = request.follows_merge and not has_document
        if (unasked or follows) and isinstance(error, StillOpen):
            return _not_yet(context, request, report, error)
        goes_on = has_document and request.tracks
        return _not_pulled(report, error, goes_on=goes_on, lags=_lags(context, request))
    if isinstance(found, Incident):
        if has_document:
            return MergedAway(found)
        return _merged(context, report, found)
    report.warn(*(one.reason for one in found.record.missing))
    report.warn(*_hidden(context, found.record))
    if found.record.incident.status is not IncidentStatus.RESOLVED and _lags(context, request):
        report.again(context.clock() + timedelta(seconds=LOOK_AGAIN), context.clock())
    filtered = unasked or (request.found and not has_document)
    return _not_to_be_written(context, report, found.record, filtered=filtered) or found


def _drafted_at(
    context: JobContext, incident: IncidentId, *, has_document: bool
) -> datetime | None:
    """Tell when the document was first made: now where there is none, else as is remembered."""
    made = (one.at for one in context.journal.entries(incident) if one.action == Action.DRAFTED)
    return next(made, None if has_document else context.clock())


def _not_to_be_written(
    context: JobContext, report: Report, record: IncidentRecord, *, filtered: bool
) -> IncidentResult | None:
    """Give the finished result of an incident that gets no document."""
    if record.incident.id != report.incident:
        report.fail(
            f"{report.incident} is incident {record.incident.id}: name it so, for its document and "
            "its tickets carry that name."
        )
        return replace(report.result(), hopeless=True)
    reason = context.policy.only.reason_against_record(record)
    if reason and filtered:
        note_skip(context, record.incident, reason)
        return replace(report.result(), skipped=f"no draft: {reason}", warnings=())
    return None


def _hidden(context: JobContext, record: IncidentRecord) -> Iterable[str]:
    """Say how many secrets were hidden, and what is still to be done about them."""
    if count := len(record.hidden):
        name = context.source_words.name
        were = "secrets were" if count > 1 else "secret was"
        them, they = ("them", "they still stand") if count > 1 else ("it", "it still stands")
        yield (
            f"{count} {were} hidden from {name}'s text of incident {record.incident.id}: "
            f"{counted(record.hidden)}. In {name} {they}: replace {them}, and take {them} out "
            "there."
        )


def _read(
    context: JobContext,
    source: IncidentSource,
    request: JobRequest,
    cache: RunCache,
    drafted_at: datetime | None,
    *,
    unasked: bool,
    may_be_open: bool,
) -> Incident | Pulled:
    incident = request.incident
    if cache.source_fails:
        raise ConnectorError(f"Incident {incident} was not read either: {cache.source_fails}")
    try:
        if unasked and request.resolved_at is None:
            # Most hints are about incidents under way: one call tells, instead of them all.
            known = source.incident(incident)
            keep_seen(context, [known])
            must_be_resolved(known)
        return pull(context, source, incident, drafted_at, may_be_open=may_be_open)
    except (Unauthorized, OutOfQuota) as error:
        cache.source_fails = str(error)
        raise


def _not_yet(
    context: JobContext, request: JobRequest, report: Report, error: StillOpen
) -> IncidentResult:
    """Leave an open incident to its resolution, which may be told a little before it shows."""
    again_in = LOOK_AGAIN if _lags(context, request) else None
    return replace(report.result(), skipped=error.what, again_in=again_in)


def _lags(context: JobContext, request: JobRequest) -> bool:
    """Tell whether the source may be about to show what it has told: that it is resolved."""
    told_at = request.resolved_at
    return told_at is not None and context.clock() - told_at < LONGEST_LAG


def _not_pulled(
    report: Report, error: PostmortemError, *, goes_on: bool, lags: bool
) -> IncidentResult | None:
    """Tell why there are no facts; a document's action items are synced all the same."""
    if goes_on and isinstance(error, NotFound | StillOpen):
        report.warn(f"{error} Its action items were synced all the same.")
    else:
        report.fail(str(error))
    if goes_on:
        return None
    if lags and isinstance(error, NotFound):  # it was told of, so it must be there
        return replace(report.result(), again_in=LOOK_AGAIN)
    return replace(report.result(), hopeless=isinstance(error, NotFound))


def _merged(context: JobContext, report: Report, merged: Incident) -> IncidentResult:
    name = note_merge(context, merged)
    reason = f"merged into {name}, whose document names it"
    note_skip(context, merged, reason)
    return replace(report.result(), merged_into=name, skipped=reason)


def pull(
    context: JobContext,
    source: IncidentSource,
    incident: IncidentId,
    drafted_at: datetime | None,
    *,
    may_be_open: bool,
) -> Incident | Pulled:
    """Read an incident with all its parts; one that was merged into another is given alone.

    ``drafted_at`` is when its document was first made, None where that is not known.
    Raises ``StillOpen`` for an incident that is not resolved, unless it ``may_be_open``, and
    ``ConnectorError``.
    """
    record = source.record(incident)
    known = record.incident
    keep_record(context, record)
    if known.merged_into is not None:
        return known
    if not may_be_open:
        must_be_resolved(known)
    record = with_messages(context, with_remembered(context, record))
    policy = context.policy.drafting
    if context.policy.chart:
        policy = replace(policy, chart=chart_name(incident))
    drafted = draft(record, policy, drafted_at)
    return Pulled(record, drafted.content, drafted.chart)


def must_be_resolved(incident: Incident) -> None:
    """Raise ``StillOpen`` for an incident that is under way."""
    if incident.status is not IncidentStatus.RESOLVED:
        raise StillOpen(
            f"Incident {incident.id} ({headline(incident.title)}) is still "
            f"{incident.status.value}: "
            "a draft is written once it is resolved.",
            f"Run `postmortem draft {incident.id}` then, or add --open to begin now.",
        )


def chart_name(incident: IncidentId) -> str:
    """Give the name of the chart beside an incident's document."""
    return f"{incident}-timeline.svg"


def origin(
    context: JobContext, incident: IncidentId, document: str, pulled: Pulled | None
) -> Origin:
    """Say where an incident's tickets come from; without a pull, as far as it is remembered."""
    address = context.policy.public_url.rstrip("/")
    document_url = f"{address}/postmortems/{incident}" if address else ""
    if context.policy.document_address:
        document_url = context.policy.document_address.replace("{document}", quote(document))
    if pulled is None:
        known = context.journal.incident(incident) or KnownIncident(incident)
        number, title, url, happened = known.number, known.title, known.url, known.summary
    else:
        told = pulled.record.incident
        number, title, url = told.number, headline(told.title), told.url
        happened = what_happened(pulled.content)
    return Origin(
        incident,
        number,
        title,
        url,
        document,
        document_url,
        happened,
        context.source_words.name,
        context.source_words.key,
        context.journal.pages.address(incident) if context.publisher else "",
        context.publisher_words.name,
    )


def what_happened(content: Content) -> str:
    """Say in a line of plain text when it was, how long it lasted, and what it hit."""
    told = {
        "When": content.entries.get(Slot.DATE_TIME),
        "Duration": content.entries.get(Slot.DURATION),
        "Services": content.entries.get(Slot.SERVICES),
    }
    return " ".join(
        f"{name}: {plain(entry.text).rstrip('.')}." for name, entry in told.items() if entry
    )
