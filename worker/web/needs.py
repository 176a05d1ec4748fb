"""What needs somebody: failing, given up, done in part, overdue."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from connectors.incidents import IncidentId
from worker.jobs.documents.document_status import DocumentStatus, ItemStatus, is_overdue
from worker.jobs.job_lifecycle import JobState

_AS_MEANT = (
    " says that there is nothing to do, so it has no ticket.",
    ", so no ticket is made for it.",
)
"""How sentences end that tell of a row without a ticket as people meant it: nobody is needed."""

_LINE = re.compile(r"\bline \d+", re.IGNORECASE)


class NeedKind(StrEnum):
    """Why an incident needs somebody, the most urgent first."""

    FAILING = "failing"
    PARKED = "parked"
    WARNED = "warned"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Need:
    """One incident that needs somebody; ``next_try`` is ISO 8601 in UTC, None where none is.

    ``document`` is the name of its document, "" where it has none.
    """

    kind: NeedKind
    incident: IncidentId
    title: str
    sentences: tuple[str, ...]
    next_try: str | None = None
    document: str = ""


def needs(
    documents: Sequence[DocumentStatus], parked: Sequence[JobState], today: date
) -> list[Need]:
    """Give what needs somebody, by kind; of a job that was given up, no more is said."""
    known = {one.incident: one for one in documents}
    given_up = {IncidentId(one.subject): one.failures for one in parked}
    found = []
    for name, failures in given_up.items():
        one = known.get(name, DocumentStatus(name, ""))
        found.append(Need(NeedKind.PARKED, name, one.title, failures, document=one.document))
    for one in documents:
        found += _needs_of(one, given_up.get(one.incident, ()), today)
    order = list(NeedKind)
    return sorted(found, key=lambda one: order.index(one.kind))


def _needs_of(one: DocumentStatus, told: Sequence[str], today: date) -> Iterator[Need]:
    """Give what one document needs; its problems are failures where it is left alone for them."""
    last, name = one.last_result, one.document
    found = dict.fromkeys((*(last.failures if last else ()), *(one.problems * one.left_alone)))
    if failing := tuple(sentence for sentence in found if sentence not in told):
        next_try = last.next_try if last and last.failures else None
        yield Need(NeedKind.FAILING, one.incident, one.title, failing, next_try, name)
    rows = {wherever(each) for each in one.problems}
    earlier = (each for each in (last.warnings if last else ()) if wherever(each) not in rows)
    of_page = [one.page.problem] if one.page and one.page.problem else []
    every = dict.fromkeys((*one.problems, *earlier, *of_page))
    untold = (each for each in every if each not in found and each not in told)
    if warned := tuple(each for each in untold if not each.endswith(_AS_MEANT)):
        yield Need(NeedKind.WARNED, one.incident, one.title, warned, document=name)
    if late := [item for item in one.items if is_overdue(item, today)]:
        overdue = tuple(map(_late, late))
        yield Need(NeedKind.OVERDUE, one.incident, one.title, overdue, document=name)


def wherever(sentence: str) -> str:
    """Give a sentence without the line that it is about: lines move with each write above them."""
    return _LINE.sub("", sentence)


def _late(item: ItemStatus) -> str:
    owner = f", {item.owner}" if item.owner else ""
    return f"{item.ticket or 'no ticket'}, since {item.deadline}{owner}: {item.task}"


def with_items(
    documents: Sequence[DocumentStatus], wanted: Callable[[ItemStatus], bool]
) -> list[DocumentStatus]:
    """Give those of the documents that have such action items, with no others."""
    kept = [replace(one, items=tuple(filter(wanted, one.items))) for one in documents]
    return [one for one in kept if one.items]


@dataclass(frozen=True, slots=True)
class Cause:
    """What several incidents fail for alike: the sentence, and which of them it is."""

    sentence: str
    needs: tuple[Need, ...]

    @property
    def next_try(self) -> str | None:
        """When the first of them is tried again by itself, None where none is."""
        return min((one.next_try for one in self.needs if one.next_try), default=None)


def by_cause(found: Iterable[Need]) -> list[Cause]:
    """Group what fails by its sentences, the most frequent first; each with its incidents.

    The incident's own id in a sentence tells no other cause.
    """
    grouped: defaultdict[str, list[Need]] = defaultdict(list)
    first: dict[str, str] = {}
    for need in found:
        for sentence in need.sentences:
            key = sentence.replace(need.incident, "…") if need.incident else sentence
            grouped[key].append(need)
            first.setdefault(key, sentence)
    causes = [
        Cause(first[key] if len(many) == 1 else key, tuple(many)) for key, many in grouped.items()
    ]
    return sorted(causes, key=lambda one: -len(one.needs))


@dataclass(frozen=True, slots=True)
class LateOwner:
    """Somebody's overdue action items: how many, and since when the first ("" is nobody)."""

    owner: str
    count: int
    since: str


def late_owners(documents: Iterable[DocumentStatus], today: date) -> list[LateOwner]:
    """Count overdue action items by their owners, the longest overdue first."""
    deadlines: defaultdict[str, list[str]] = defaultdict(list)
    for one in documents:
        for item in one.items:
            if is_overdue(item, today):
                deadlines[item.owner].append(item.deadline)
    found = [LateOwner(owner, len(many), min(many)) for owner, many in deadlines.items()]
    return sorted(found, key=lambda one: (one.since, one.owner))
