"""Reading a document for the index: once, for all that lists, reports and searches know of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from config.template_names import Names, Slot
from worker.content.inline_markdown import plain
from worker.document.action_items import ActionItem, LeftOut
from worker.document.action_section import read as read_items
from worker.document.front_matter import INITIAL_STATUS, values
from worker.document.front_matter import read as read_front_matter
from worker.document.index.indexed_document import ELSEWHERE, IndexedDocument, IndexedItem, rules
from worker.document.lint.review import step_of
from worker.document.lint.word_rules import is_over
from worker.document.lint.written_times import spans
from worker.document.outline import Outline, outline, title
from worker.document.unread.unfinished_text import conflicts, prompt_lines

_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


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
        status=step_of(front.status) if front else "",
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
    status = step_of(" ".join(front.get("status", ())))
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
