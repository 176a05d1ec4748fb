"""What each channel is to be reminded of, as the documents stand now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker.announcing.digest import (
    DocumentFacts,
    DueItem,
    FailingWork,
    Reminder,
    UnfinishedDraft,
    digest,
    document_facts,
)
from worker.announcing.known_messages import KnownAnnouncement, channel_of
from worker.announcing.message import Message
from worker.jobs.announcing.post_lookup import address_of
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, is_overdue
from worker.jobs.status_report import KnownStatuses, listed_documents

SOON = timedelta(days=7)
"""How long before its deadline an action item is named with those that are overdue."""


@dataclass(slots=True)
class KnownTexts:
    """What was read of documents, so that only those that changed are read again."""

    statuses: KnownStatuses = field(default_factory=KnownStatuses)
    facts: dict[str, tuple[str, DocumentFacts]] = field(default_factory=dict)

    def facts_of(self, context: JobContext, name: str, fingerprint: str) -> DocumentFacts:
        """Give what a digest needs to know of a document; nothing of one that cannot be read."""
        known = self.facts.get(name)
        if known is not None and known[0] == fingerprint:
            return known[1]
        try:
            text = context.store.read(name).text
            facts = document_facts(text, context.policy.names)
        except PostmortemError:  # its status tells why
            return DocumentFacts(is_draft=False)
        self.facts[name] = fingerprint, facts
        return facts


def reminders(context: JobContext, known: KnownTexts) -> Mapping[str, Reminder]:
    """Give what each channel is to be reminded of, by its name in the settings; "" for no channel.

    Raises ``StoreAway`` where the documents cannot be listed.
    """
    today = today_of(context)
    prints = {one.name: one.fingerprint for one in look(context).documents.values()}
    announced = context.journal.messages.announcements.every()
    found: defaultdict[str, Reminder] = defaultdict(Reminder)
    for one in (each.status for each in listed_documents(context, remembered=known.statuses)):
        facts = DocumentFacts(is_draft=False)
        if one.document:
            facts = known.facts_of(context, one.document, prints.get(one.document, ""))
        channel = _channel(context, announced.get(one.incident), facts)
        found[channel] = found[channel].with_(_reminder(context, one, facts, today))
    return found


def _channel(context: JobContext, known: KnownAnnouncement | None, facts: DocumentFacts) -> str:
    services, teams = facts.services, facts.teams
    if known is not None:
        services, teams = (*known.services, *services), (*known.teams, *teams)
    return channel_of(context.policy.channels, services, teams)


def _reminder(
    context: JobContext, status: DocumentStatus, facts: DocumentFacts, today: date
) -> Reminder:
    address = address_of(context, status.incident, status.document)
    title = facts.title or status.title or f"Incident {status.incident}"
    late = [one for one in status.items if is_overdue(one, today)]
    soon = [one for one in status.items if _is_soon(one, today)]
    draft = UnfinishedDraft(title, address, facts.owner, facts.review)
    is_past = facts.is_draft and facts.review is not None and facts.review < today
    is_unowned = facts.is_draft and not facts.owner and not is_past
    return Reminder(
        overdue=tuple(_due(one, title, address) for one in late),
        soon=tuple(_due(one, title, address) for one in soon),
        past_review=(draft,) if is_past else (),
        unowned=(draft,) if is_unowned else (),
        failing=_failing(status, title, address),
    )


def _is_soon(item: ItemStatus, today: date) -> bool:
    """Tell whether an item is not overdue, and will be if nothing is done about it soon."""
    return is_overdue(item, today + SOON + timedelta(days=1)) and not is_overdue(item, today)


def _due(item: ItemStatus, title: str, address: str) -> DueItem:
    return DueItem(
        task=item.task,
        deadline=date.fromisoformat(item.deadline),
        owner=item.owner,
        ticket=item.ticket,
        url=item.url,
        document=title,
        address=address,
    )


def _failing(status: DocumentStatus, title: str, address: str) -> tuple[FailingWork, ...]:
    told = status.last_result.failures if status.last_result else ()
    told = told or status.problems * status.left_alone
    incident = IncidentId(status.incident)
    return tuple(FailingWork(incident, title, one, address) for one in told[:1])


class DigestState(StrEnum):
    """What became of a channel's digest."""

    POSTED = "posted"
    WOULD_BE = "would be posted"
    TOLD = "was posted in this period"
    UNKNOWN = "may be posted; it is looked for before another is"
    FAILED = "not posted"
    NOWHERE = "no channel"


@dataclass(frozen=True, slots=True)
class ChannelDigest:
    """A channel's digest, what became of it, and when the next may follow (ISO 8601 in UTC)."""

    channel: str
    state: DigestState
    text: str
    next_at: str | None = None
    problem: str = ""


def today_of(context: JobContext) -> date:
    """Give the day that it is in the zone of the documents."""
    return context.clock().astimezone(context.policy.drafting.timezone).date()


def message_of(context: JobContext, reminder: Reminder) -> Message:
    """Give the message of a digest, with secrets hidden."""
    return context.masking.record(digest(reminder, today_of(context)))


def iso(at: datetime | None) -> str | None:
    """Give a time as programs read it."""
    return at.isoformat(timespec="seconds") if at else None
