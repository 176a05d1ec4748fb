"""The facts half of a job: the incident as its source tells it, or why there are no facts."""

from dataclasses import replace
from datetime import timedelta

from connectors.errors import ConnectorError, NotFound, OutOfQuota, PostmortemError, Unauthorized
from connectors.incidents import Incident, IncidentId, IncidentRecord, IncidentSource
from worker.jobs.context import JobContext
from worker.jobs.job import Job
from worker.jobs.pulling import Pulled, StillOpen, must_be_resolved, pull
from worker.jobs.report import Report
from worker.jobs.results import IncidentResult
from worker.jobs.skipping import note_skip, updated

LOOK_AGAIN = 30.0
"""Seconds after which an incident is looked at again that is said to be resolved, and is not."""
LONGEST_LAG = timedelta(minutes=5)
"""How far the source may lag its own webhook; after that, the incident was reopened."""


def obtain(
    context: JobContext, job: Job, report: Report, *, has_document: bool
) -> Pulled | IncidentResult | None:
    """Read the incident of the report.

    Gives the finished result where there is nothing to write, and None where the job goes on
    without facts: none were asked for, or they are not to be had and there are rows to sync.
    """
    if not job.wanted.pulls or context.source is None:
        return None
    unasked = job.automatic and not has_document
    try:
        found = _read(context, context.source, job, report.incident, unasked=unasked)
    except (ConnectorError, StillOpen) as error:
        if unasked and isinstance(error, StillOpen):
            return _not_yet(context, job, report, error)
        return _not_pulled(report, error, goes_on=has_document and job.wanted.tracks)
    if isinstance(found, Incident):
        return _merged(context, report, found)
    report.warn(*(one.reason for one in found.record.missing))
    return _not_to_be_written(context, report, found.record, unasked=unasked) or found


def _not_to_be_written(
    context: JobContext, report: Report, record: IncidentRecord, *, unasked: bool
) -> IncidentResult | None:
    """Give the finished result of an incident that gets no document."""
    if record.incident.id != report.incident:
        report.fail(
            f"{report.incident} is incident {record.incident.id}: name it so, for its document and "
            "its tickets carry that name."
        )
        return replace(report.result(), hopeless=True)
    reason = context.policy.only.reason_against_record(record)
    if reason and unasked:
        note_skip(context, record.incident, reason)
        return replace(report.result(), skipped=f"no draft: {reason}", warnings=())
    return None


def _read(
    context: JobContext, source: IncidentSource, job: Job, incident: str, *, unasked: bool
) -> Incident | Pulled:
    if job.shared.source_fails:
        raise ConnectorError(f"Incident {incident} was not read either: {job.shared.source_fails}")
    try:
        if unasked and job.wanted.resolved_at is None:
            # Most hints are about incidents under way: one call tells, instead of them all.
            must_be_resolved(source.incident(IncidentId(incident)))
        return pull(context, source, IncidentId(incident))
    except (Unauthorized, OutOfQuota) as error:
        job.shared.source_fails = str(error)
        raise


def _not_yet(context: JobContext, job: Job, report: Report, error: StillOpen) -> IncidentResult:
    """Leave an open incident to its resolution, which may be told a little before it shows."""
    told_at = job.wanted.resolved_at
    lags = told_at is not None and context.clock() - told_at < LONGEST_LAG
    again_in = LOOK_AGAIN if lags else None
    return replace(report.result(), skipped=error.what, again_in=again_in)


def _not_pulled(report: Report, error: PostmortemError, *, goes_on: bool) -> IncidentResult | None:
    """Tell why there are no facts; a document's action items are synced all the same."""
    if goes_on and isinstance(error, NotFound | StillOpen):
        report.warn(f"{error} Its action items were synced all the same.")
    else:
        report.fail(str(error))
    if goes_on:
        return None
    return replace(report.result(), hopeless=isinstance(error, NotFound))


def _merged(context: JobContext, report: Report, merged: Incident) -> IncidentResult:
    name = merged.merged_into.id if merged.merged_into else ""
    context.journal.note_incident(
        report.incident,
        updated=updated(merged),
        merged_into=name,
        title=merged.title,
        url=merged.url,
    )
    reason = f"merged into {name}, whose document names it"
    note_skip(context, merged, reason)
    return replace(report.result(), merged_into=name, skipped=reason)
