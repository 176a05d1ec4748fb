"""Incidents that people name by number, as their pages and chat messages do: ``4103``, ``#4103``.

Ids are what everything else knows them by: a number of digits alone is never one.
"""

from collections.abc import Iterable, Sequence

from connectors.errors import ConnectorError, PostmortemError
from connectors.incidents import IncidentId
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext


def own_ids(
    context: JobContext, named: Sequence[IncidentId], *, asks: bool = True
) -> list[IncidentId]:
    """Give incidents by their ids: those named by number as the source or their documents know it.

    A number that nothing is known of stays as it is, for whoever asked to be told. Nobody but
    the documents is asked unless ``asks``. Raises ``PostmortemError`` where the store cannot be
    listed.
    """
    numbers = {one for one in named if one.isdigit()}
    if not numbers:
        return list(named)
    known = _of_source(context, numbers) if asks and context.source is not None else {}
    known |= _of_documents(context, numbers - known.keys())
    return list(dict.fromkeys(known.get(one, one) for one in named))


def _of_source(context: JobContext, numbers: Iterable[IncidentId]) -> dict[IncidentId, IncidentId]:
    found = {}
    for one in numbers:
        try:
            found[one] = context.source.incident(one).id if context.source else one
        except ConnectorError:  # whoever asked meets it again, and tells it
            continue
    return found


def _of_documents(
    context: JobContext, numbers: Iterable[IncidentId]
) -> dict[IncidentId, IncidentId]:
    if not (wanted := set(numbers)):
        return {}
    from worker.document.front_matter import values  # noqa: PLC0415 - for numbers alone

    found: dict[IncidentId, IncidentId] = {}
    for one in look(context).documents.values():
        try:
            front = values(context.store.read(one.name).text) or {}
        except PostmortemError:  # its own command tells what is wrong with it
            continue
        number = IncidentId("".join(front.get("number", ())))
        if number in wanted and one.incident:
            found[number] = one.incident
    return found
