"""What the documents say as they are: for `postmortem status`, the web page and its API."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from connectors.incidents import IncidentId
from worker.document.index.indexed_document import IndexedDocument, IndexedItem
from worker.jobs.catalogue import look, near
from worker.jobs.context import JobContext
from worker.jobs.documents.document_status import (
    DocumentStatus,
    ItemStatus,
    ListedDocument,
    PageStatus,
)
from worker.jobs.documents.index_documents import indexed
from worker.jobs.last_results import LastResult, last_results
from worker.journal.records import KnownDocument
from worker.publishing.known_page import KnownPage
from worker.store.document_store import Stored


class KnownStatuses:
    """The documents as they were last read, so that only those that changed are read again.

    What the journal says of them is found out again each time. May be used from several threads:
    each survey puts one whole mapping in the place of another.
    """

    def __init__(self) -> None:
        self.by_name: Mapping[str, tuple[str, ListedDocument]] = {}


def document_statuses(
    context: JobContext, incidents: Sequence[IncidentId] = ()
) -> list[DocumentStatus]:
    """Give the documents of the incidents, or all, the latest first; one not readable says why.

    Before them come the incidents that have none, since their draft failed.
    """
    return [one.status for one in listed_documents(context, incidents)]


def listed_documents(
    context: JobContext,
    incidents: Sequence[IncidentId] = (),
    remembered: KnownStatuses | None = None,
    most: int | None = None,
    *,
    looked: bool = True,
) -> list[ListedDocument]:
    """Give the same with what lists can be narrowed by.

    What is ``remembered`` of a document is taken for as long as its fingerprint is the same. Up to
    ``most`` are read that are not in the index yet; others are told by their names alone. Where
    nothing is ``looked`` for, they are those that the journal knows.
    """
    if incidents:
        catalogue = near(context, incidents)
        known = [one for incident in dict.fromkeys(incidents) for one in catalogue.of(incident)]
    else:
        known = list((look(context).documents if looked else context.journal.documents()).values())
    wanted = [one for one in known if one.incident or one.problem]
    before = remembered.by_name if remembered else {}
    wanted.sort(key=_latest_first, reverse=True)
    new = [one for one in wanted if not _is_current(before.get(one.name), one)]
    rows = indexed(context, new, most)
    done, last = context.journal.done_tickets(), last_results(context, incidents)
    pages = context.journal.pages.every() if context.publisher else {}
    now: dict[str, tuple[str, ListedDocument]] = {}
    for one in wanted:
        kept, row = before.get(one.name), rows.get(one.name)
        if row is not None:
            kept = row.fingerprint, _listed(one, row)
        elif kept is None or not _is_current(kept, one):
            kept = "", ListedDocument(_unread(one))
        own = done.get(one.incident, frozenset())
        page = _page(pages.get(one.incident))
        now[one.name] = kept[0], _with_journal(kept[1], own, last.get(one.incident), page)
    if remembered and not incidents:
        remembered.by_name = now
    documented = {one.incident for one in known}
    failed = (name for name, one in last.items() if one.failures and name not in documented)
    undrafted = [ListedDocument(_undrafted(context, name, last[name])) for name in failed]
    return [*undrafted, *(one for _, one in now.values())]


def undrafted(context: JobContext, incident: IncidentId) -> DocumentStatus | None:
    """Give an incident whose draft failed, None for any other that has no document."""
    last = last_results(context, [incident]).get(incident)
    return _undrafted(context, incident, last) if last and last.failures else None


def _undrafted(context: JobContext, incident: IncidentId, last: LastResult) -> DocumentStatus:
    known = context.journal.incident(incident)
    title, url = (known.title, known.url) if known else ("", "")
    return DocumentStatus(incident, "", title=title, url=url, last_result=last)


def document_text(context: JobContext, incident: IncidentId) -> tuple[ListedDocument, str] | None:
    """Give one incident's document with its text, None where there is none."""
    found = near(context, [incident]).find(incident)
    return None if found is None else _with_text(context, found, context.store.read(found.name))


def seen_text(context: JobContext, incident: IncidentId) -> tuple[ListedDocument, str] | None:
    """Give the same as it was last seen, without asking a store that is far away."""
    found = context.journal.documents_of(incident)
    stored = context.store.seen(found[0].name) if len(found) == 1 else None
    return None if stored is None else _with_text(context, found[0], stored)


def _with_text(
    context: JobContext, found: KnownDocument, stored: Stored
) -> tuple[ListedDocument, str]:
    incident = found.incident
    done = {one.key for one in context.journal.tickets(incident) if one.done}
    last = last_results(context, [incident]).get(incident)
    page = _page(context.journal.pages.of(incident)) if context.publisher else None
    row = indexed(context, [found], most=0).get(found.name)
    if row is None or row.fingerprint != stored.version.fingerprint:
        from worker.document.index.read_for_index import read  # noqa: PLC0415 - for what the index lacks

        row = read(found.name, found.fingerprint, stored.text, context.policy.names)
    return _with_journal(_listed(found, row), done, last, page), stored.text


def _page(known: KnownPage | None) -> PageStatus | None:
    if known is None or not known.page:
        return None
    return PageStatus(known.page, known.address, known.called, known.told)


def _latest_first(document: KnownDocument) -> str:
    """Give the name, which begins with the date: the latest is the last."""
    return document.name.rpartition("/")[2]


def _is_current(kept: tuple[str, ListedDocument] | None, document: KnownDocument) -> bool:
    return kept is not None and kept[0] != "" and kept[0] == document.fingerprint


def _unread(document: KnownDocument) -> DocumentStatus:
    name = document.name.rpartition("/")[2]
    problems = (document.problem,) if document.problem else ()
    return DocumentStatus(
        document.incident, document.name, name, problems=problems, left_alone=bool(problems)
    )


def _status(document: KnownDocument, row: IndexedDocument) -> DocumentStatus:
    unknown = bool(document.problem) and not row.incident and row.problems != (document.problem,)
    return DocumentStatus(
        incident=document.incident,
        document=document.name,
        title=row.title,
        url=row.url,
        status=row.status,
        prompts=row.open_prompts,
        items=tuple(_item(one) for one in row.items if one.shows),
        problems=(document.problem, *row.problems) if unknown else row.problems,
        left_alone=row.left_alone or unknown,
    )


def _item(item: IndexedItem) -> ItemStatus:
    return ItemStatus(
        task=item.task,
        owner=item.owner,
        priority=item.priority,
        deadline=item.deadline or item.deadline_text,
        ticket=item.ticket,
        url=item.url,
        status=item.status,
    )


def _listed(document: KnownDocument, row: IndexedDocument) -> ListedDocument:
    return ListedDocument(
        status=_status(document, row),
        started=row.started,
        ended=row.ended,
        severity=row.severity,
        services=row.services,
        teams=row.teams,
        owner=row.owner,
        is_draft=row.is_draft,
        review=row.review,
    )


def _with_journal(
    listed: ListedDocument,
    done: AbstractSet[str],
    last: LastResult | None,
    page: PageStatus | None,
) -> ListedDocument:
    """Say what the journal has of a document: which tickets are done, its last result, its page.

    The same object comes back where that is what it says.
    """
    status = listed.status
    right = all(one.done == (one.ticket in done) for one in status.items)
    if right and status.last_result == last and status.page == page:
        return listed
    items = tuple(replace(one, done=one.ticket in done) for one in status.items)
    return replace(listed, status=replace(status, items=items, last_result=last, page=page))


def failed_look(context: JobContext, documents: Iterable[DocumentStatus]) -> str:
    """Say how the last scheduled look failed, "" where it did not.

    What ``documents`` tell of themselves is left to them.
    """
    look = context.journal.last_look.failed()
    if look is None:
        return ""
    told = {problem for one in documents for problem in one.problems}
    failures = tuple(one for one in look.failures if one not in told)
    return replace(look, failures=failures).sentence(context.clock()) if failures else ""
