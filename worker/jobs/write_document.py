"""Composing a document's new text, and saving it without ever overwriting a person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from config.template_names import Names, Slot
from connectors.connector import IncidentSource
from connectors.errors import ConnectorError, PostmortemError
from connectors.incidents import (
    ALERTS,
    LOG_ENTRIES,
    NOTES,
    Incident,
    IncidentId,
    IncidentStatus,
    Missing,
    Reference,
)
from worker.content.clean_text import clean, headline
from worker.content.inline_markdown import link, say
from worker.document.fill_template import file_name, fill
from worker.document.merge.merge import merge, nearest_base
from worker.document.merge.merge_head import Merged, mark_merged
from worker.document.merge.merge_values import Written, points_of
from worker.document.rendered_parts import first_disturbed
from worker.drafting.sections.supporting_data import missing_key
from worker.jobs.catalogue import Catalogue, must_still_be_there
from worker.jobs.context import JobContext
from worker.jobs.documents.commit_message import commit_message
from worker.jobs.documents.index_documents import keep_read
from worker.jobs.facts.keep_facts import keep_documents
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.pull_incident import MergedAway, Pulled, chart_name
from worker.jobs.results import Action, Deed, Report, SuggestedText, unified
from worker.jobs.store_presence import remember_place
from worker.journal.records import KnownDocument, KnownIncident
from worker.log import Log
from worker.store.document_store import NOTHING, Stored, Version

log = Log(__name__)

_SHOWS = r"(?i:\]\(\s*<?|\]:\s*<?|(?:src|href)\s*=\s*[\"']?|\[\[)(?:\./)?{name}(?![\w.-])"
"""How a document shows a file beside it, or links it: in Markdown, HTML, or as wikis do."""


class KeepsChanging(PostmortemError):
    """A document changed each time between being read and being written."""


class Disturbed(PostmortemError):
    """What was composed would change a part of the document that was not to change."""


class NotOurs(PostmortemError):
    """Where a document should be made there is a file that is not known to be one."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document as it was read: its name, text, and the version that a save must still meet.

    A document that is yet to be made has no text and no version. ``fingerprint`` is that of the
    listing: what is left unwritten is known by it, so that a change since then is seen.
    ``seen_at`` is when that fingerprint was first met.
    """

    name: str
    text: str | None = None
    version: Version | None = None
    fingerprint: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The new text, and the base to remember once it is written (None: as before).

    ``beside`` has the files that the text shows, by their names in the store.
    """

    text: str
    base: Written | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict)


def stays_away(context: JobContext, request: JobRequest) -> str:
    """Say why the document that an incident lacks is not made, "" where it is.

    One that a person removed is made again only where somebody asks for just that.
    """
    if request.remakes or context.source is None:
        return ""
    if not request.pulls:
        return "it has no document any more"
    known = context.journal.incident(request.incident)
    if known is None or not (known.made or known.base is not None):
        return ""
    return (
        f"its document was removed, and stays so; `postmortem draft {request.incident}` makes "
        "another"
    )


def open_document(
    context: JobContext, catalogue: Catalogue, incident: IncidentId, pulled: Pulled | None
) -> OpenDocument | None:
    """Read the incident's document, or name the one to be made; None where there is neither."""
    known = catalogue.find(incident)
    if known is not None and known.problem:
        raise PostmortemError(known.problem)
    if known is not None:
        stored: Stored = context.store.read(known.name)
        return OpenDocument(
            known.name, stored.text, stored.version, known.fingerprint, known.seen_at
        )
    if pulled is None:
        return None
    title = clean(pulled.record.incident.title) or pulled.content.title
    name = file_name(incident, title, pulled.content.starts_on)
    taken = catalogue.named(name) or catalogue.unclaimed(incident)
    if taken is not None:
        raise NotOurs(
            f"The document of incident {incident} was not written: there is a file {taken.name} "
            "already, and it does not say that it belongs to the incident.",
            f"Put `incident: {incident}` into its front matter, or move it out of the way.",
        )
    return OpenDocument(name)


def compose(
    context: JobContext, at: OpenDocument, pulled: Pulled | MergedAway | None, report: Report
) -> Composed:
    """Bring the facts into the text: fill a template, or merge into what people have."""
    if pulled is None:
        return Composed(at.text or "")
    if isinstance(pulled, MergedAway):
        return _marked(context, at.text or "", pulled, report)
    template = context.policy.template_of(pulled.record.incident, at.text)
    fresh = fill(template, pulled.content, context.policy.names)
    if at.text is None:
        is_open = pulled.record.incident.status is not IncidentStatus.RESOLVED
        why = "asked for while the incident is open" if is_open else "the incident is resolved"
        report.will(Deed(Action.DRAFTED, at.name, why))
        return Composed(fresh.text, fresh, _beside(at.name, fresh.text, pulled))
    known = context.journal.incident(pulled.content.incident)
    base = _base(known, at.text, context.policy.names)
    if lost := _lost(base, pulled.record.missing):
        report.warn(
            f"The document was left as it is, for its {' and '.join(lost)} could not be read this "
            "time; the next sync looks again."
        )
        return Composed(at.text)
    merged = merge(base, at.text, fresh, context.policy.names)
    _tell(context, pulled.record.incident.id, merged, report)
    return Composed(merged.text, merged.base, _beside(at.name, merged.text, pulled))


def _marked(context: JobContext, text: str, away: MergedAway, report: Report) -> Composed:
    """Say at the head of a document that its incident was merged into another, once."""
    target = _last_target(context.source, away.incident)
    name = re.sub(r"^\[(#\d+)\]", r"\1", target.name)
    line = say("This incident was merged into {target}.", target=link(name, target.url or ""))
    base = _base(context.journal.incident(away.incident.id), text, context.policy.names)
    merged = mark_merged(text, base, target.id, line, context.policy.names)
    _tell(context, away.incident.id, merged, report)
    return Composed(merged.text, merged.base)


def _last_target(source: IncidentSource | None, merged: Incident) -> Reference:
    """Follow merges to the incident that was merged no further."""
    target, seen = merged.merged_into or Reference("", ""), {merged.id}
    while source is not None and target.id not in seen:
        seen.add(IncidentId(target.id))
        try:
            known = source.incident(IncidentId(target.id))
        except ConnectorError:
            break  # the target's own job follows, and tells it
        target = Reference(known.id, f"#{known.number} {headline(known.title)}", known.url)
        target = known.merged_into or target
    return target


def _tell(context: JobContext, incident: IncidentId, merged: Merged, report: Report) -> None:
    for change in merged.changes:
        # what was written before a pattern was set goes into the journal and the commit's message
        before = context.masking.text(change.before)
        report.will(Deed(Action.REFRESHED, change.place, change.reason, "", before, change.after))
    told = [(one.place, one.fresh) for one in merged.suggestions]
    settled = context.journal.results.settled(incident, told)
    report.suggestions += [
        SuggestedText(one.place, context.masking.text(one.people), one.fresh)
        for one in merged.suggestions
        if (one.place, one.fresh) not in settled
    ]


def save(
    context: JobContext, at: OpenDocument, composed: Composed, report: Report
) -> KnownDocument | None:
    """Write the text and what lies beside it, and remember that; a dry run shows the diff.

    Gives the document as it is known from now on. Raises ``Changed`` where a person was faster.
    """
    report.document = at.name
    before = at.text or ""
    if composed.text != before:
        report.diff = unified(at.name, before, composed.text)
    _refuse_disturbing(context, at, composed.text)
    write = partial(_write, context, at, composed, report)
    return context.do_or_tell(write, report.left_out)()


def _write(
    context: JobContext, at: OpenDocument, composed: Composed, report: Report
) -> KnownDocument:
    incident, before = report.incident, at.text or ""
    if composed.base is not None:
        context.journal.propose(incident, composed.base.to_json())
    fingerprint, seen_at = at.fingerprint, at.seen_at
    if composed.text != before or at.version is None or composed.beside:
        why = commit_message(at.name, report.deeds + report.pending, is_new=at.version is None)
        if at.version is None:
            must_still_be_there(context)  # or it is written below a mount
        version = context.store.write(at.name, composed.text, at.version, why, composed.beside)
        if composed.text != before or at.version is None:
            fingerprint, seen_at = version.fingerprint, None
    if composed.base is not None:
        context.journal.settle(incident)
    if at.version is None:
        context.journal.note_incident(incident, made=True)
        remember_place(context)
    report.saved()
    keep_documents(context, {incident: composed.text})
    # A job that failed and wrote nothing is no news: or each look would ask for one more of it.
    known = KnownDocument(at.name, fingerprint, incident, seen_at or context.clock(), settled=True)
    if seen_at is None:
        keep_read(context, [(known, composed.text)])
    return known


def _refuse_disturbing(context: JobContext, at: OpenDocument, text: str) -> None:
    """Raise ``Disturbed`` where a part that was not to change would read otherwise."""
    if at.text is None or at.text == text:
        return
    line = first_disturbed(at.text, text, context.policy.names)
    if line is not None:
        log.error("a merge would disturb a document", document=at.name, line=line)
        raise Disturbed(
            f"{at.name} was left as it is: what was about to be written would change how line "
            f"{line} reads, which was not to change.",
            "This is a fault of the program: please report it, with the document if you may.",
        )


def _beside(document: str, text: str, pulled: Pulled) -> Mapping[str, bytes]:
    """Give the chart, under the name by which the document shows it; nothing where it does not."""
    name = chart_name(pulled.record.incident.id)
    if pulled.chart is None or not re.search(_SHOWS.format(name=re.escape(name)), text):
        return NOTHING
    folder, slash, _ = document.rpartition("/")
    return {f"{folder}{slash}{name}": pulled.chart.encode()}


def _lost(base: Written | None, missing: Iterable[Missing]) -> list[str]:
    """Name the parts that could be read when the document was last written, and not now.

    A merge would take their facts for gone. What only ends earlier than it did, and what is refused
    beside the essential, is lost all the same: it may stay so for good.
    """
    if base is None:
        return []
    known = {unit.key for unit in base.units.get(points_of(Slot.LOGS), ())}
    wanted = (
        one.part
        for one in missing
        if one.for_now or (not one.partly and one.part in {LOG_ENTRIES, ALERTS, NOTES})
    )
    return [part for part in dict.fromkeys(wanted) if missing_key(part) not in known]


def _base(known: KnownIncident | None, text: str, names: Names) -> Written | None:
    """Give what the program last wrote; after a crash that may be what it was about to write."""
    if known is None:
        return None
    kept = [Written.from_json(one) for one in (known.base, known.proposed) if one]
    return nearest_base(text, kept, names) if kept else None
