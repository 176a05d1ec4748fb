"""Which documents there are, and which incident each belongs to.

The store is listed; only files that are new or changed since they were last seen are read, for
their front matter. That is where a document says whose it is, wherever people moved it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from connectors.errors import Finding, PostmortemError
from connectors.incidents import IncidentId
from worker.document.front_matter import former
from worker.document.front_matter import read as read_front_matter
from worker.jobs.context import JobContext
from worker.jobs.store_presence import has_moved, listing, refuse_gone, remember_place
from worker.journal.records import KnownDocument
from worker.store.document_store import DocumentBusy, LinkedDocument, StoreAway

_NAME = re.compile(r"\d{4}-\d\d-\d\d-(?P<incident>[A-Z0-9]+)(?:-|\.)", re.ASCII)
"""How the program names a document: what says whose it is where its front matter cannot be read."""


class CopiedDocument(PostmortemError):
    """Two files claim the same incident."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The store's documents as they are now, by name and by incident."""

    documents: dict[str, KnownDocument]
    by_incident: dict[IncidentId, tuple[KnownDocument, ...]]

    def find(self, incident: IncidentId) -> KnownDocument | None:
        """Give the incident's document, None if it has none. Raises ``CopiedDocument``."""
        found = self.by_incident.get(incident, ())
        if len(found) > 1:
            names = " and ".join(sorted(one.name for one in found))
            raise CopiedDocument(
                f"{names} both say that they are the postmortem of incident {incident}, "
                "so neither was touched.",
                "Remove one, or the line 'incident:' from the front matter of the copy.",
            )
        return found[0] if found else None

    def unclaimed(self, incident: IncidentId) -> KnownDocument | None:
        """Give a document that is named as the incident's and does not say whose it is."""
        for one in self.documents.values():
            if not one.incident and not one.problem and _by_name(one.name) == incident:
                return one
        return None

    @property
    def unsettled(self) -> list[KnownDocument]:
        """Documents that changed since a sync last dealt with them."""
        return [one for one in self.documents.values() if one.incident and not one.settled]


def look(context: JobContext, *, to_write: bool = False) -> Catalogue:
    """List the store and read what is new in it.

    Raises ``StoreAway`` where it cannot be listed, or shows none of what is known any more; and
    where it cannot be written, if it is looked at ``to_write``.
    """
    known = context.journal.documents()
    now = {one.name: one.fingerprint for one in listing(context, to_write=to_write)}
    changed = [
        name
        for name, fingerprint in now.items()
        if name not in known or known[name].fingerprint != fingerprint
    ]
    met = {name: _meet(context, known.get(name), name, now[name]) for name in changed}
    refuse_gone(context, known, now, met)
    remember_place(context)
    kept = {name: one for name, one in known.items() if name in now}
    met |= _given_up({**kept, **met}.values())
    context.journal.meet((known.get(name), one) for name, one in met.items())
    context.journal.forget([name for name in known if name not in now])
    return _catalogue({**kept, **met}.values())


def must_be_usable(context: JobContext) -> None:
    """Raise ``StoreAway`` where documents cannot be listed, are gone, or cannot be written."""
    names = {one.name for one in listing(context, to_write=True)}
    known = context.journal.documents()
    if known and (names.isdisjoint(known) or has_moved(context)):
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
    then = {(one.name, one.fingerprint) for one in catalogue.by_incident.get(incident, ())}
    now = {(one.name, one.fingerprint) for one in context.journal.documents_of(incident)}
    return catalogue if then == now else look(context)


def with_document(catalogue: Catalogue, document: KnownDocument) -> Catalogue:
    """Give the catalogue with one document as a job left it."""
    documents = {**catalogue.documents, document.name: document}
    before = catalogue.documents.get(document.name)
    if before is not None and before.incident != document.incident:
        return _catalogue(documents.values())
    copies = catalogue.by_incident.get(document.incident, ())
    others = tuple(one for one in copies if one.name != document.name)
    by_incident = {**catalogue.by_incident, document.incident: (*others, document)}
    return Catalogue(documents, by_incident)


def _catalogue(documents: Iterable[KnownDocument]) -> Catalogue:
    by_incident: dict[IncidentId, list[KnownDocument]] = defaultdict(list)
    by_name = {}
    for one in documents:
        by_name[one.name] = one
        if one.incident:
            by_incident[one.incident].append(one)
    return Catalogue(by_name, {key: tuple(value) for key, value in by_incident.items()})


def _meet(
    context: JobContext, before: KnownDocument | None, name: str, fingerprint: str
) -> KnownDocument:
    """Read whose a document is; one that cannot be read is taken to be whose it was."""
    met = KnownDocument(name, fingerprint, _by_name(name), seen_at=context.clock())
    if before is not None and before.incident:
        met = replace(met, incident=before.incident)
    try:
        text = context.store.read(name).text
        front = read_front_matter(text)
    except DocumentBusy as busy:
        return replace(met, fingerprint="", problem=str(busy))
    except LinkedDocument as linked:
        return _linked(met, before, linked.text)
    except PostmortemError as error:
        told = str(error) if name in str(error) else f"{name}: {error}"
        return replace(met, problem=told)
    if front is not None and front.incident:
        return replace(met, incident=IncidentId(front.incident))
    was = before.incident if before is not None else IncidentId("")
    incident = was or IncidentId("" if front else former(text))
    return replace(met, incident=incident, problem=_lost(name, incident) if incident else "")


def _linked(met: KnownDocument, before: KnownDocument | None, text: str) -> KnownDocument:
    """Say whose a document is that stands behind a symbolic link, if it is anyone's."""
    try:
        front = read_front_matter(text)
    except PostmortemError:
        front = None
    said = IncidentId(front.incident if front else former(text))
    incident = said or (before.incident if before is not None else said)
    problem = _behind_link(met.name, incident) if incident else ""
    return replace(met, incident=incident, problem=problem)


def _lost(name: str, incident: IncidentId) -> str:
    return (
        f"{name} was the postmortem of incident {incident}, and has lost the front matter that "
        "says so: nothing was done to it, and no other document is made. Put the lines '---', "
        f"'incident: {incident}' and '---' back at its very top, or remove the file. Tools that "
        "format Markdown need a plugin for front matter."
    )


def _behind_link(name: str, incident: IncidentId) -> str:
    return (
        f"{name}, the postmortem of incident {incident}, is below a symbolic link: nothing was "
        "done to it, and no other document is made. Put the document itself into the store, or "
        "name the folder that the link leads to as the place of documents."
    )


def _given_up(documents: Iterable[KnownDocument]) -> dict[str, KnownDocument]:
    """Give those that stand for an incident no more, since another document says it is its own."""
    aside, claimed = [], set()
    for one in documents:
        if one.problem in (_lost(one.name, one.incident), _behind_link(one.name, one.incident)):
            aside.append(one)
        elif one.incident:
            claimed.add(one.incident)
    given_up = [one for one in aside if one.incident in claimed]
    return {one.name: replace(one, incident=IncidentId(""), problem="") for one in given_up}


def _by_name(name: str) -> IncidentId:
    found = _NAME.match(name.rpartition("/")[2])
    return IncidentId(found["incident"] if found else "")
