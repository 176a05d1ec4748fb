"""What lists, reports and searches know of a document without reading it again."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from config.template_names import Names, Slot
from worker.content.inline_markdown import plain
from worker.document.action_item_values import ActionItem, LeftOut
from worker.document.action_section import read as read_items
from worker.document.front_matter import INITIAL_STATUS, values
from worker.document.front_matter import read as read_front_matter
from worker.document.lint.word_rules import is_over
from worker.document.lint.written_times import spans
from worker.document.outline import Outline, outline, title
from worker.document.unread.unfinished_text import conflicts, prompt_lines

_READING = 2
"""To be raised whenever :func:`read` gives something else for the same text."""
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
ELSEWHERE = ""
"""The key of prompts that stand in none of the sections."""


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """An action item as its document has it; those that are struck out are among them.

    ``deadline`` is ISO 8601, "" where there is none or it cannot be read; ``deadline_text`` is what
    is written there. ``done`` is what the document's own status or box says: what the ticket says
    is in the journal. ``line`` counts from 1. ``left_out`` is why it gets no ticket, "" if it may.
    """

    ordinal: int
    task: str
    owner: str = ""
    priority: str = ""
    deadline: str = ""
    deadline_text: str = ""
    ticket: str = ""
    url: str = ""
    status: str = ""
    done: bool = False
    left_out: str = ""
    line: int = 0

    @property
    def shows(self) -> bool:
        """Whether lists show it: what is tracked elsewhere is shown, what is struck out not."""
        return self.left_out in ("", LeftOut.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """One document. ``name`` and ``fingerprint`` are the store's for the text that was read.

    ``rules`` tells by which names of sections, and which release's way of reading. The times are
    ISO 8601 in UTC; ``review`` is the day of the review. ``prompts`` counts by section (its
    :class:`Section` value, or :data:`ELSEWHERE`) what nobody has answered yet. Of a document that
    is ``left_alone`` as a whole ``problems`` say why; else they are about parts of it.
    """

    name: str
    fingerprint: str
    rules: str
    incident: str = ""
    number: str = ""
    started: str = ""
    ended: str = ""
    title: str = ""
    url: str = ""
    status: str = ""
    owner: str = ""
    severity: str = ""
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    prompts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    left_alone: bool = False
    is_draft: bool = False
    review: str = ""
    items: tuple[IndexedItem, ...] = ()

    @property
    def open_prompts(self) -> int:
        """How many prompts nobody has answered yet."""
        return sum(self.prompts.values())


def rules(names: Names) -> str:
    """Give what tells one way of reading documents from another."""
    parts = (names.headings, names.labels, names.columns)
    written = repr([_READING, *(sorted(one.items()) for one in parts), names.nothing])
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def read(name: str, fingerprint: str, text: str, names: Names) -> IndexedDocument:
    """Read a document; it is parsed once. Raises ``DocumentError`` for a broken front matter."""
    front = read_front_matter(text)
    table, found = read_items(text, names), outline(text, names)
    said = {key: tuple(filter(None, cells)) for key, cells in (values(text) or {}).items()}
    marked = conflicts(text)
    span = next(reversed(spans(text, found)), None)
    return IndexedDocument(
        name=name,
        fingerprint=fingerprint,
        rules=rules(names),
        incident=front.incident if front else "",
        number=" ".join(said.get("number", ())),
        started=_utc(span.start) if span else "",
        ended=_utc(span.end) if span else "",
        title=title(text),
        url=front.url if front else "",
        status=front.status if front else "",
        owner=", ".join(said.get("owner", ())),
        severity=" ".join(said.get("severity", ())),
        services=said.get("services", ()),
        teams=said.get("teams", ()),
        prompts=_prompts(text, found),
        problems=(f"{name} is left as it is: {marked}",) if marked else table.problems,
        left_alone=bool(marked),
        is_draft=is_draft(said),
        review=day.isoformat() if (day := review_day(found)) else "",
        items=() if marked else tuple(map(_item, table.items)),
    )


def is_draft(front: Mapping[str, Sequence[str]]) -> bool:
    """Tell by a front matter whether somebody still has to write.

    Who was merged into another incident's document is written there.
    """
    status = " ".join(front.get("status", ())).strip().casefold()
    return status in {"", INITIAL_STATUS} and "merged_into" not in front


def review_day(found: Outline) -> date | None:
    """Give the day of a document's review, None where it names none."""
    bullet = found.bullets.get(Slot.REVIEW)
    for day in _DAY.finditer(plain(bullet.text)) if bullet else ():
        try:
            return date(int(day[1]), int(day[2]), int(day[3]))
        except ValueError:
            continue
    return None


def unreadable(name: str, fingerprint: str, names: Names, problem: str) -> IndexedDocument:
    """Give what is known of a document that cannot be read, and why."""
    return IndexedDocument(name, fingerprint, rules(names), problems=(problem,), left_alone=True)


def _utc(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _prompts(text: str, found: Outline) -> Mapping[str, int]:
    counted: Counter[str] = Counter()
    for line, _ in prompt_lines(text):
        holds = (one.value for one, extent in found.sections.items() if extent.holds(line))
        counted[next(holds, ELSEWHERE)] += 1
    return dict(counted)


def _item(item: ActionItem) -> IndexedItem:
    return IndexedItem(
        ordinal=item.ordinal,
        task=item.task,
        owner=item.owner or "",
        priority=item.priority or "",
        deadline=item.deadline.isoformat() if item.deadline else "",
        deadline_text=item.deadline_text,
        ticket=item.ticket.key if item.ticket else "",
        url=(item.ticket.url or "") if item.ticket else "",
        status=item.status_text,
        done=item.left_out is not LeftOut.ELSEWHERE and is_over(item),
        left_out=item.left_out or "",
        line=item.place.line + 1,
    )
