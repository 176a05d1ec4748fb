"""Reading the documents as they are, for `postmortem status`, the web page and its API."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from connectors.errors import PostmortemError
from worker.document.action_items import ActionItem
from worker.document.action_items import read as read_items
from worker.document.front_matter import read as read_front_matter
from worker.document.template import open_prompts, title
from worker.jobs.catalogue import look
from worker.jobs.parts import Parts
from worker.jobs.results import Action, Deed, DocumentStatus, ItemStatus, JournalEntry
from worker.journal.records import KnownDocument


def survey(parts: Parts, incidents: Sequence[str] = ()) -> list[DocumentStatus]:
    """Give the documents of the incidents, or all, the latest first; one not readable says why."""
    known = look(parts).documents.values()
    wanted = [
        one
        for one in known
        if (one.incident in incidents if incidents else one.incident or one.problem)
    ]
    return [_status(parts, one) for one in sorted(wanted, key=_latest_first)]


def document_text(parts: Parts, incident: str) -> tuple[DocumentStatus, str] | None:
    """Give one incident's document with its text, None where there is none."""
    found = look(parts).find(incident)
    if found is None:
        return None
    text = parts.store.read(found.name).text
    return _read(parts, found, text), text


def journal_of(parts: Parts, incident: str) -> list[JournalEntry]:
    """Give every write that was done for an incident, oldest first."""
    return [
        JournalEntry(
            at=one.at.isoformat(timespec="seconds"),
            incident=one.incident,
            trigger=one.trigger,
            deed=Deed(
                action=Action(one.action),
                subject=one.subject,
                reason=one.reason,
                ticket=one.ticket,
                before=one.before,
                after=one.after,
            ),
        )
        for one in parts.journal.entries(incident)
    ]


def _latest_first(document: KnownDocument) -> tuple[int, ...]:
    """Order by name, which begins with the date, from the latest to the earliest."""
    name = document.name.rpartition("/")[2]
    return tuple(-ord(character) for character in name)


def _status(parts: Parts, document: KnownDocument) -> DocumentStatus:
    try:
        return _read(parts, document, parts.store.read(document.name).text)
    except PostmortemError as error:
        return DocumentStatus(document.incident, document.name, problems=(str(error),))


def _read(parts: Parts, document: KnownDocument, text: str) -> DocumentStatus:
    names = parts.policy.names
    front = read_front_matter(text)
    table = read_items(text, names)
    done = {one.key for one in parts.journal.tickets(document.incident) if one.done}
    status = DocumentStatus(
        incident=document.incident,
        document=document.name,
        title=title(text),
        prompts=open_prompts(text),
        items=tuple(_item(one, done) for one in table.items),
        problems=table.problems,
    )
    return replace(status, url=front.url, status=front.status) if front else status


def _item(item: ActionItem, done: AbstractSet[str]) -> ItemStatus:
    return ItemStatus(
        task=item.task,
        owner=item.owner or "",
        priority=item.priority or "",
        deadline=item.deadline.isoformat() if item.deadline else item.deadline_text,
        ticket=item.ticket.key if item.ticket else "",
        url=(item.ticket.url or "") if item.ticket else "",
        status=item.status_text,
        done=item.ticket is not None and item.ticket.key in done,
    )
