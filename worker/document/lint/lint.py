"""A document held against every rule, and documents against each other."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime

from config.template_names import Names
from worker.content.name_matching import normal
from worker.document.action_item_values import shortened
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.document.front_matter import read as read_front_matter
from worker.document.lint.findings import Flaw, LintFinding, LintRule, placed
from worker.document.lint.strict_rules import evidence_faults, verb_faults
from worker.document.lint.time_rules import time_faults
from worker.document.lint.word_rules import (
    cause_faults,
    is_over,
    item_faults,
    prompt_faults,
    prompts_in,
)
from worker.document.lint.written_times import front_span
from worker.document.outline import outline

_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class LintedDocument:
    """A document as it is looked at: whose it is, its name, its text."""

    incident: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is kept of a document while the others are read: its text is not."""

    incident: str
    name: str
    began: datetime | None
    items: tuple[ActionItem, ...]
    faults: tuple[Flaw, ...] | None
    """None where only its items are asked for."""


def lint(
    documents: Iterable[LintedDocument],
    templates: Sequence[str],
    names: Names,
    now: datetime,
    *,
    strict: bool = False,
    wanted: Container[str] | None = None,
) -> list[LintFinding]:
    """Give what is found in documents made from one of the templates, in their order and by line.

    The first is the usual one: a timeline is told by its header. With ``strict`` words are judged
    as well. Of documents that are not ``wanted``, by name, only the items are read, which others
    may repeat. Each is taken and let go before the next.

    Raises ``DocumentError`` for a broken front matter.
    """
    timeline = outline(templates[0], names).timeline(())
    header = [cell.text for cell in timeline.table.header.cells[:2]] if timeline else []
    asked = frozenset().union(*map(prompts_in, templates))
    read: list[_Planned] = []
    for one in documents:
        items = read_items(one.text, names).items
        faults: tuple[Flaw, ...] | None = None
        if wanted is None or one.name in wanted:
            faults = tuple(_faults(one, items, names, header, asked, now))
            faults += tuple(_strict_faults(one, items, names)) if strict else ()
        began = front_span(one.text).start
        read.append(_Planned(one.incident, one.name, began, items, faults))
    repeated = _repeated(read)
    found: list[LintFinding] = []
    for each in read:
        if each.faults is not None:
            found += placed([*each.faults, *repeated[each.name]], each.incident, each.name)
    return found


def _faults(
    document: LintedDocument,
    items: Iterable[ActionItem],
    names: Names,
    header: Sequence[str],
    asked: AbstractSet[str],
    now: datetime,
) -> Iterator[Flaw]:
    front = read_front_matter(document.text)
    found = outline(document.text, names)
    yield from prompt_faults(document.text, front.status if front else "", asked)
    yield from cause_faults(found, names)
    yield from time_faults(document.text, found, header, now)
    for item in items:
        yield from item_faults(item)


def _strict_faults(
    document: LintedDocument, items: Iterable[ActionItem], names: Names
) -> Iterator[Flaw]:
    yield from evidence_faults(outline(document.text, names), names)
    for item in items:
        yield from verb_faults(item)


def _repeated(documents: Iterable[_Planned]) -> dict[str, list[Flaw]]:
    """Find items that an earlier postmortem has as well, still open: told at the later one."""
    planned: dict[frozenset[str], tuple[_Planned, ActionItem]] = {}
    repeated: dict[str, list[Flaw]] = defaultdict(list)
    for one in sorted(documents, key=_begun):
        mine: dict[frozenset[str], tuple[_Planned, ActionItem]] = {}
        for item in one.items:
            words = frozenset(normal(item.task).split())
            if is_over(item) or len(words) < _LEAST_WORDS:
                continue
            earlier = planned.get(words)
            if earlier is not None and not _is_linked(item, earlier[1]):
                told = _sentence(item, *earlier)
                repeated[one.name].append(Flaw(item.place.line, LintRule.REPEATS_OPEN_ITEM, told))
            mine.setdefault(words, (one, item))
        planned = {**mine, **planned}
    return repeated


def _is_linked(item: ActionItem, earlier: ActionItem) -> bool:
    """Tell whether an item names the earlier one's ticket: then it is one work, told twice."""
    named = [one.key for one in (item.ticket, *item.mentions) if one]
    return earlier.ticket is not None and earlier.ticket.key in named


def _sentence(item: ActionItem, document: _Planned, earlier: ActionItem) -> str:
    ticket = f", as {earlier.ticket.key}" if earlier.ticket else ""
    return (
        f"{shortened(item.task)!r} is still open in {document.name}{ticket}: link it instead of "
        "planning it twice."
    )


def _begun(document: _Planned) -> tuple[datetime, str]:
    """Order documents by when their incident began, those that do not say first, then by name."""
    return document.began or datetime.min.replace(tzinfo=UTC), document.name.rpartition("/")[2]
