"""What needs somebody: failing, given up, done in part, overdue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from connectors.incidents import IncidentId
from worker.jobs.job import JobState
from worker.jobs.status_report import DocumentStatus, ItemStatus


class NeedKind(StrEnum):
    """Why an incident needs somebody, the most urgent first."""

    FAILING = "failing"
    PARKED = "parked"
    WARNED = "warned"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Need:
    """One incident that needs somebody; ``next_try`` is ISO 8601 in UTC, None where none is."""

    kind: NeedKind
    incident: IncidentId
    title: str
    sentences: tuple[str, ...]
    next_try: str | None = None


def needs(
    documents: Sequence[DocumentStatus], parked: Sequence[JobState], today: date
) -> list[Need]:
    """Give what needs somebody, by kind; of a job that was given up, no more is said."""
    titles = {one.incident: one.title for one in documents}
    given_up = {IncidentId(one.subject): one.failures for one in parked}
    found = [
        Need(NeedKind.PARKED, name, titles.get(name, ""), failures)
        for name, failures in given_up.items()
    ]
    for one in documents:
        found += _needs_of(one, given_up.get(one.incident, ()), today)
    order = list(NeedKind)
    return sorted(found, key=lambda one: order.index(one.kind))


def _needs_of(one: DocumentStatus, told: Sequence[str], today: date) -> Iterator[Need]:
    last = one.last_result
    failures = dict.fromkeys((*(last.failures if last else ()), *one.problems))
    if failing := tuple(sentence for sentence in failures if sentence not in told):
        next_try = last.next_try if last and last.failures else None
        yield Need(NeedKind.FAILING, one.incident, one.title, failing, next_try)
    if last and (warnings := tuple(each for each in last.warnings if each not in failures)):
        yield Need(NeedKind.WARNED, one.incident, one.title, warnings)
    if late := [item for item in one.items if is_overdue(item, today)]:
        yield Need(NeedKind.OVERDUE, one.incident, one.title, tuple(map(_late, late)))


def _late(item: ItemStatus) -> str:
    owner = f", {item.owner}" if item.owner else ""
    return f"{item.ticket or 'no ticket'}, since {item.deadline}{owner}: {item.task}"


def is_overdue(item: ItemStatus, today: date) -> bool:
    """Tell whether the deadline has passed; one that is no date never passes."""
    try:
        return not item.done and date.fromisoformat(item.deadline) < today
    except ValueError:
        return False


def with_items(
    documents: Sequence[DocumentStatus], wanted: Callable[[ItemStatus], bool]
) -> list[DocumentStatus]:
    """Give those of the documents that have such action items, with no others."""
    kept = [replace(one, items=tuple(filter(wanted, one.items))) for one in documents]
    return [one for one in kept if one.items]
