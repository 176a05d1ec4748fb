"""Which incidents may have something to do, found without looking into what has not changed.

The store is listed, the source is asked which incidents were resolved lately, and the tracker which
tickets changed. At intervals every ticket is read, so that what a search missed is found too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.connector import IncidentFilter, PublishWhen
from connectors.errors import ConnectorError, NotFound, PartlyRead
from connectors.incidents import Incident, IncidentId
from connectors.tickets import COMMON_LABEL, TicketId
from worker.jobs.catalogue import Catalogue
from worker.jobs.context import JobContext, note_skip, updated
from worker.jobs.facts.keep_facts import keep_logs, keep_seen, keep_tickets
from worker.jobs.results import Trigger
from worker.jobs.run_state import ReadTickets
from worker.journal.records import Pull, Skip
from worker.tracking.tracked_tickets import (
    EPIC_ROW,
    TrackedTicket,
    reads_otherwise,
    status_text,
)

RESOLVED = "incidents resolved"
CHANGED = "tickets changed"
IN_FULL = "tickets read in full"


@dataclass(slots=True)
class Due:
    """The incidents to work on: to be pulled from their source, or for their tickets alone.

    ``news`` tells, for some of them, when they last changed (aware UTC), ``since`` from when on
    resolved incidents were looked for. ``cursors`` are to be
    moved to the start of the run once everything found here is done, or safely in the queue.
    """

    pull: dict[IncidentId, None] = field(default_factory=dict)
    track: dict[IncidentId, None] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    news: dict[IncidentId, datetime] = field(default_factory=dict)
    since: datetime | None = None

    def tell(self, incident: IncidentId, at: datetime | None) -> None:
        """Note that an incident or its document changed then."""
        before = self.news.get(incident)
        if at is not None and (before is None or at > before):
            self.news[incident] = at

    def all(self) -> list[tuple[IncidentId, bool]]:
        """Give each incident once, with whether it is to be pulled."""
        tracked = [(one, False) for one in self.track if one not in self.pull]
        return [(one, True) for one in self.pull] + tracked


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look: ``since`` looks back further for resolved incidents, ``tickets`` is filled."""

    context: JobContext
    catalogue: Catalogue
    trigger: Trigger
    since: timedelta | None
    tickets: ReadTickets


def move_cursors(context: JobContext, due: Due, to: datetime, *, pulled: bool = True) -> None:
    """Remember that everything up to ``to`` was found.

    Where not all incidents were ``pulled``, the next run looks from where this one did.
    """
    for cursor in due.cursors:
        context.journal.move_cursor(cursor, to if pulled or cursor != RESOLVED else due.since or to)


def find(search: Search) -> Due:
    """Find what is due; a source or tracker that fails is told, and the rest is found."""
    due = Due()
    for look in _LOOKS:
        try:
            look(search, due)
        except ConnectorError as error:
            due.failures.append(str(error))
    return due


def _resolved_lately(search: Search, due: Due) -> None:
    """Incidents without a document, and those that changed since they were last pulled."""
    context = search.context
    if context.source is None:
        return
    now = context.clock()
    since = now - max(search.since or timedelta(), context.policy.look_back)
    last = context.journal.cursor(RESOLVED)
    due.since = min(since, last) if last else since
    found = list(context.source.resolved(due.since, now, IncidentFilter()))
    keep_seen(context, found)
    pulls = context.journal.pulls([one.id for one in found])
    skips = context.journal.skips.of([one.id for one in found])
    for one in found:
        if search.catalogue.of(one.id):
            wanted = _changed_since(one, pulls.get(one.id))
        else:
            wanted = _lacks_document(context, one, pulls.get(one.id), skips.get(one.id))
        if wanted:
            due.pull[one.id] = None
            due.tell(one.id, one.updated_at)
    others = [one for one in found if one.id not in due.pull]
    context.do_or_tell(keep_logs, lambda *_: None)(context, others)
    due.cursors.append(RESOLVED)


def _still_open(search: Search, due: Due) -> None:
    """Incidents whose document was begun, or found, while they were open, at a call each."""
    context = search.context
    if context.source is None:
        return
    known = [one for one in context.journal.open_incidents() if search.catalogue.of(one)]
    pulls = context.journal.pulls(known)
    for incident in known:
        try:
            now = context.source.incident(incident)
        except NotFound:
            continue  # its document stays as it is
        if _changed_since(now, pulls.get(incident)):
            due.pull[incident] = None
            due.tell(incident, now.updated_at)


def _picked_since(search: Search, due: Due) -> None:
    """Documents that are not final and whose channel is known: nobody tells of a pick there."""
    context = search.context
    if context.chat is None or context.source is None:
        return
    now, by_itself = context.clock(), search.trigger is Trigger.SCHEDULE
    for known in context.journal.picks.open():
        wanted = known.is_due(now) or (known.channels and not by_itself)
        if wanted and known.incident in search.catalogue.by_incident:
            due.pull[known.incident] = None


def _changed_since(incident: Incident, pull: Pull | None) -> bool:
    return pull is None or pull.updated != updated(incident)


def _lacks_document(
    context: JobContext, incident: Incident, pull: Pull | None, skip: Skip | None
) -> bool:
    """Tell whether an incident should have a document; one that a person deleted stays deleted."""
    if pull is not None and pull.drafted:
        return False
    if incident.merged_into is not None:
        return _changed_since(incident, pull)
    if _still_skipped(context, incident, skip):
        return False
    reason = context.policy.only.reason_against(incident)
    if reason:
        note_skip(context, incident, reason)
    return not reason


def _changed_documents(search: Search, due: Due) -> None:
    context = search.context
    if context.tracker is None and not context.shows:
        return
    quiet_since = context.clock() - context.policy.quiet_for
    for document in context.journal.unsettled():
        if search.trigger is not Trigger.SCHEDULE or document.seen_at <= quiet_since:
            due.track[document.incident] = None
            due.tell(document.incident, document.seen_at)
    due.track.update(dict.fromkeys(context.journal.incidents_with_intents()))


def _unpublished(search: Search, due: Due) -> None:
    """Documents not looked at since pages are published, lost creates, and pages that were left.

    Whether people have seen to a page that was left, only a look at it tells.
    """
    context = search.context
    when = context.policy.publish.when
    if context.publisher is None or when is PublishWhen.NEVER:
        return
    known = context.journal.pages.every()
    for incident, documents in search.catalogue.by_incident.items():
        page = known.get(incident)
        is_due = page is None or bool(page.told)
        if page is not None and not page.page:
            is_due = when is PublishWhen.ALWAYS or page.intended_at is not None
        if documents and is_due:
            due.track[incident] = None


def _unannounced(search: Search, due: Due) -> None:
    """Documents whose announcement is still to be posted, or to be looked for."""
    context = search.context
    if context.announces:
        to_come = context.journal.messages.announcements.to_come()
        due.track.update({one: None for one in to_come if one in search.catalogue.by_incident})


def _changed_tickets(search: Search, due: Due) -> None:
    """Documents whose tickets changed: by search, and at intervals by reading every ticket.

    A person who asks is not told what a search knew a minute ago: all tickets are read.
    """
    tracker, journal = search.context.tracker, search.context.journal
    if tracker is None:
        return
    since = journal.cursor(CHANGED)
    ids: Sequence[TicketId]
    by_hand = search.trigger in {Trigger.COMMAND, Trigger.PAGE}
    if since is None or by_hand or _full_pass_is_due(search.context, search.context.clock()):
        ids = journal.ticket_ids()
        due.cursors.append(IN_FULL)
    else:
        changed = tracker.changed(COMMON_LABEL, since)
        search.tickets.add(changed)
        ids = [*(ticket.id for ticket in changed), *journal.unlabelled_tickets()]
    try:
        search.tickets.read(tracker, ids)
    except PartlyRead as error:  # of those nothing is known; the others are looked at
        due.failures.append(str(error))
    due.cursors.append(CHANGED)
    done = search.context.policy.done_resolutions
    ours = journal.tracked([one for one in ids if one in search.tickets.asked])
    read = search.tickets.tickets
    keep_tickets(search.context, (read[one] for one in ours if one in read))
    for tracked in ours.values():
        ticket = read.get(tracked.id)
        if tracked.ordinal == EPIC_ROW:
            continue
        if reads_otherwise(tracked, ticket, done):
            due.track[tracked.incident] = None
            due.tell(tracked.incident, ticket.updated if ticket else search.context.clock())
    if ours:
        due.track.update(_also_shown(search, ours.values()))


def _also_shown(search: Search, tickets: Iterable[TrackedTicket]) -> Mapping[IncidentId, None]:
    """Give the incidents whose documents show an old status of a ticket that is another's, too.

    The journal keeps a ticket with the document whose row it is; the others come after it. A
    row without a status shows none.
    """
    done = search.context.policy.done_resolutions
    naming = search.context.journal.index.naming()
    found: dict[IncidentId, None] = {}
    for tracked in tickets:
        ticket = search.tickets.tickets.get(tracked.id)
        status = status_text(ticket, done) if ticket else tracked.status_cell
        for row in naming.get(tracked.key, ()):
            if row.incident != tracked.incident and row.status not in {"", status}:
                found[row.incident] = None
    return found


def _full_pass_is_due(context: JobContext, now: datetime) -> bool:
    last = context.journal.cursor(IN_FULL)
    return last is None or now - last >= context.policy.full_pass


def _still_skipped(context: JobContext, incident: Incident, known: Skip | None) -> bool:
    """Tell whether neither the incident nor the rule that spoke against it has changed since."""
    return (
        known is not None
        and known.updated == updated(incident)
        and known.rule == context.policy.only.digest
    )


_LOOKS = (
    _resolved_lately,
    _still_open,
    _picked_since,
    _changed_documents,
    _unpublished,
    _unannounced,
    _changed_tickets,
)
