"""Which documents there are, and which incident each belongs to.

The store is listed; only files that are new or changed since they were last seen are read, for
their front matter. That is where a document says whose it is, wherever people moved it. What is
found is remembered, and a job looks at its own document alone where the store can tell that none
came or left since the last listing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.errors import Finding, PostmortemError
from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.jobs.documents.index_documents import keep_read
from worker.jobs.documents.whose_document import given_up, meet, named_for
from worker.jobs.store_presence import (
    changes,
    has_moved,
    listing,
    refuse_gone,
    remember_mark,
    remember_place,
)
from worker.journal.journal import Journal
from worker.journal.records import KnownDocument
from worker.store.document_store import StoreAway, Stored

MOST_NEAR = 50
"""Incidents, and changed documents, beyond which all documents are listed at once."""
FEW = 10
"""Documents that are read in full where they were met; of more that is left to others."""


class CopiedDocument(PostmortemError):
    """Two files claim the same incident."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The store's documents by name and by incident, as they were just found.

    ``own`` are those of some incidents as they were found, or left by a job. Where it is ``whole``
    the journal knows all others; else nothing is known of other incidents.
    """

    journal: Journal
    own: Mapping[IncidentId, tuple[KnownDocument, ...]] = field(default_factory=dict)
    whole: bool = True

    def of(self, incident: IncidentId) -> tuple[KnownDocument, ...]:
        """Give the incident's documents: one, or copies as well."""
        if incident in self.own or not self.whole:
            return self.own.get(incident, ())
        return tuple(self.journal.documents_of(incident))

    def find(self, incident: IncidentId) -> KnownDocument | None:
        """Give the incident's document, None if it has none. Raises ``CopiedDocument``."""
        found = self.of(incident)
        if len(found) > 1:
            names = " and ".join(sorted(one.name for one in found))
            raise CopiedDocument(
                f"{names} both say that they are the postmortem of incident {incident}, "
                "so neither was touched.",
                "Remove one, or the line 'incident:' from the front matter of the copy.",
            )
        return found[0] if found else None

    def named(self, name: str) -> KnownDocument | None:
        """Give the document of that name, None for none."""
        return self.journal.documents_named([name]).get(name)

    def unclaimed(self, incident: IncidentId) -> KnownDocument | None:
        """Give a document that is named as the incident's and does not say whose it is."""
        found = self.journal.documents_of_nobody(incident)
        return next((one for one in found if named_for(one.name) == incident), None)

    @property
    def documents(self) -> Mapping[str, KnownDocument]:
        """All documents, by name."""
        return self.journal.documents()

    @property
    def by_incident(self) -> Mapping[IncidentId, tuple[KnownDocument, ...]]:
        """All documents that are an incident's, by incident."""
        found: defaultdict[IncidentId, list[KnownDocument]] = defaultdict(list)
        for one in self.documents.values():
            if one.incident:
                found[one.incident].append(one)
        return {key: tuple(value) for key, value in found.items()}

    def others(self, incidents: Iterable[IncidentId]) -> int:
        """Count the incidents that have a document, but for these."""
        named = list(incidents)
        journal = self.journal
        return journal.incidents_with_documents() - journal.incidents_with_documents(named)


def look(context: JobContext, *, to_write: bool = False) -> Catalogue:
    """List the store and read what is new in it.

    Raises ``StoreAway`` where it cannot be listed, or shows none of what is known any more; and
    where it cannot be written, if it is looked at ``to_write``.
    """
    found, journal = listing(context, to_write=to_write), context.journal
    now, before = found.documents, journal.fingerprints()
    if now != before or any(one.incident for one in journal.with_problems()):
        _take_in(context, now, journal.documents())
    remember_place(context)
    remember_mark(context, found.mark)
    return Catalogue(journal)


def _take_in(
    context: JobContext, now: Mapping[str, str], known: Mapping[str, KnownDocument]
) -> None:
    """Read what is new or changed, and forget what is gone."""
    changed = [
        name
        for name, fingerprint in now.items()
        if name not in known or known[name].fingerprint != fingerprint
    ]
    read = {name: meet(context, known.get(name), name, now[name]) for name in sorted(changed)}
    met = {name: one for name, (one, _) in read.items()}
    refuse_gone(context, known, now, met)
    kept = {name: one for name, one in known.items() if name in now}
    met |= given_up({**kept, **met}.values())
    context.journal.meet((known.get(name), one) for name, one in met.items())
    context.journal.forget([name for name in known if name not in now])
    _keep(context, read)


def _keep(context: JobContext, read: Mapping[str, tuple[KnownDocument, Stored | None]]) -> None:
    """Keep what a few documents say that were just read; of many it is read in the background.

    Which of them are final is kept of all: from when that was first seen counts.
    """
    each = [(one, stored.text) for one, stored in read.values() if stored is not None]
    if not each:
        return
    from worker.jobs.facts.keep_facts import keep_documents  # noqa: PLC0415 - only for what is new

    keep_documents(context, {one.incident: text for one, text in each if one.incident})
    if len(read) <= FEW:
        keep_read(context, each)


def near(
    context: JobContext, incidents: Sequence[IncidentId], *, to_write: bool = False
) -> Catalogue:
    """Find the documents of these incidents, by looking at them alone where that is sure.

    All documents are listed where any came or left since they last were, and where an incident
    seems to have none, or several. Raises ``StoreAway`` as :func:`look` does.
    """
    changed = changes(context, to_write=to_write)
    if changed is None or max(len(incidents), len(changed)) > MOST_NEAR or has_moved(context):
        return look(context, to_write=to_write)
    journal, store = context.journal, context.store
    known = {one.name: one for incident in incidents for one in journal.documents_of(incident)}
    now = {name: store.fingerprint(name) for name in known} | dict(changed)
    known |= journal.documents_named([name for name in changed if name not in known])
    read = {
        name: meet(context, known.get(name), name, fingerprint)
        for name, fingerprint in now.items()
        if fingerprint and (name not in known or known[name].fingerprint != fingerprint)
    }
    met = {name: one for name, (one, _) in read.items()}
    found = {one: _of(one, {**known, **met}) for one in incidents}
    is_sure = all(now.values()) and all(len(one) == 1 for one in found.values())
    if not is_sure or any(_is_news(known.get(name), one) for name, one in met.items()):
        return look(context, to_write=to_write)
    journal.meet((known[name], one) for name, one in met.items())
    _keep(context, read)
    remember_place(context)
    return Catalogue(journal, found, whole=False)


def _of(incident: IncidentId, known: Mapping[str, KnownDocument]) -> tuple[KnownDocument, ...]:
    return tuple(one for one in known.values() if one.incident == incident)


def _is_news(before: KnownDocument | None, now: KnownDocument) -> bool:
    """Tell whether a document is new, another incident's, or cannot be used."""
    return before is None or before.incident != now.incident or bool(now.problem or before.problem)


def must_be_usable(context: JobContext) -> None:
    """Raise ``StoreAway`` where documents cannot be listed, are gone, or cannot be written."""
    if changes(context, to_write=True) is not None and not has_moved(context):
        return
    names = listing(context, to_write=True).documents
    known = context.journal.fingerprints()
    if known and (known.keys().isdisjoint(names) or has_moved(context)):
        look(context)  # they may have been renamed, or all be in a copy of the place


def store_findings(context: JobContext) -> Iterable[Finding]:
    """Give what a check finds of the store, and of where the known documents are."""
    try:
        must_be_usable(context)
    except StoreAway as error:
        return [Finding.of("Documents", error)]
    return context.store.check()


def must_still_be_there(context: JobContext) -> None:
    """Raise ``StoreAway`` where the documents' place was taken away since it was looked at."""
    if has_moved(context):
        look(context)


def up_to_date(context: JobContext, catalogue: Catalogue, incident: IncidentId) -> Catalogue:
    """Look again where another process has dealt with the incident's document since."""
    if incident not in catalogue.own:
        return catalogue if catalogue.whole else near(context, [incident])
    then = {(one.name, one.fingerprint) for one in catalogue.of(incident)}
    now = {(one.name, one.fingerprint) for one in context.journal.documents_of(incident)}
    return catalogue if then == now else near(context, [incident])


def with_document(catalogue: Catalogue, document: KnownDocument) -> Catalogue:
    """Give the catalogue with one document as a job left it."""
    others = tuple(one for one in catalogue.of(document.incident) if one.name != document.name)
    return replace(catalogue, own={**catalogue.own, document.incident: (*others, document)})
