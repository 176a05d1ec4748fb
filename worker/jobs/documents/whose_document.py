"""Which incident a document belongs to: what it says itself, wherever people moved it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.journal.records import KnownDocument
from worker.store.document_store import DocumentBusy, LinkedDocument, Stored, shows_the_same

_NAME = re.compile(r"\d{4}-\d\d-\d\d-(?P<incident>[A-Z0-9]+)(?:-|\.)", re.ASCII)
"""How the program names a document: what says whose it is where its front matter cannot be read."""


def meet(
    context: JobContext, before: KnownDocument | None, name: str, fingerprint: str
) -> tuple[KnownDocument, Stored | None]:
    """Read whose a document is; one that cannot be read is taken to be whose it was.

    Gives it as it is known from now on, and as it was read.
    """
    from worker.document import front_matter  # noqa: PLC0415 - for what is new or changed

    stored: Stored | None = None
    met = KnownDocument(name, fingerprint, named_for(name), seen_at=context.clock())
    if before is not None and shows_the_same(fingerprint, before.fingerprint):
        met = replace(met, seen_at=before.seen_at)
    if before is not None and before.incident:
        met = replace(met, incident=before.incident)
    try:
        stored = context.store.read(name)
        front = front_matter.read(stored.text)
    except DocumentBusy as busy:
        return replace(met, fingerprint="", problem=str(busy)), None
    except LinkedDocument as linked:
        return _linked(met, before, linked.text), None
    except PostmortemError as error:
        told = str(error) if name in str(error) else f"{name}: {error}"
        return replace(met, problem=told), stored
    if front is not None and front.incident:
        return replace(met, incident=IncidentId(front.incident)), stored
    was = before.incident if before is not None else IncidentId("")
    incident = was or IncidentId("" if front else front_matter.former(stored.text))
    problem = _lost(name, incident) if incident else ""
    return replace(met, incident=incident, problem=problem), stored


def _linked(met: KnownDocument, before: KnownDocument | None, text: str) -> KnownDocument:
    """Say whose a document is that stands behind a symbolic link, if it is anyone's."""
    from worker.document import front_matter  # noqa: PLC0415 - as above

    try:
        front = front_matter.read(text)
    except PostmortemError:
        front = None
    said = IncidentId(front.incident if front else front_matter.former(text))
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


def given_up(documents: Iterable[KnownDocument]) -> dict[str, KnownDocument]:
    """Give those that stand for an incident no more, since another document says it is its own."""
    aside, claimed = [], set()
    for one in documents:
        if one.problem in (_lost(one.name, one.incident), _behind_link(one.name, one.incident)):
            aside.append(one)
        elif one.incident:
            claimed.add(one.incident)
    lost = [one for one in aside if one.incident in claimed]
    return {one.name: replace(one, incident=IncidentId(""), problem="") for one in lost}


def named_for(name: str) -> IncidentId:
    """Give the incident that a document's name holds, "" for none."""
    found = _NAME.match(name.rpartition("/")[2])
    return IncidentId(found["incident"] if found else "")
