"""The message that announces a document: what it is about, what it still lacks, what is planned.

It says nothing that passes by itself, such as how late something is: as long as the document says
the same, so does the message.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.template_names import Names, Slot
from connectors.incidents import IncidentId
from worker.announcing.message import Message, MessageLine, Phrase, line
from worker.content.clean_text import clean, shorten
from worker.content.inline_markdown import plain, safe_url
from worker.content.name_matching import label
from worker.content.placeholders import is_placeholder, says_nothing
from worker.document.action_items import ActionItem, LeftOut
from worker.document.action_section import read as read_items
from worker.document.front_matter import INITIAL_STATUS, values
from worker.document.lint.word_rules import is_over
from worker.document.outline import Bullet, Outline, outline, title_of
from worker.document.unread.unfinished_text import open_prompts

MOST_ITEMS = 10
"""Action items that are named; more are counted."""
LONGEST_TITLE, LONGEST_LINE = 150, 200
_ASKED = (
    Slot.IMPACT,
    Slot.ROOT_CAUSE,
    Slot.PRIMARY_CAUSE,
    Slot.USERS_AFFECTED,
    Slot.BUSINESS_IMPACT,
    Slot.STEPS_TAKEN,
)
"""The places of a document that are named where they are empty, in the document's own words."""
_CAUSES = (Slot.ROOT_CAUSE, Slot.PRIMARY_CAUSE)
_PREFIXES = ("postmortem:", "postmortem -", "postmortem \u2013")


@dataclass(frozen=True, slots=True)
class Announced:
    """What an announcement says beside the document's own words.

    ``title`` and ``number`` are the incident's, for where the document says none. ``address`` is
    where people open the document, "" where that is not known.
    """

    incident: IncidentId
    title: str = ""
    number: str = ""
    address: str = ""


def announcement(text: str, names: Names, about: Announced) -> Message:
    """Give the message that announces a document, as its text is now.

    Raises ``DocumentError`` for a front matter that cannot be read.
    """
    front = {key: clean(" ".join(cells)) for key, cells in (values(text) or {}).items()}
    found = outline(text, names)
    items = [one for one in read_items(text, names).items if one.left_out in _SHOWN]
    lines = [
        _heading(found, front, about),
        _facts(found, front, about),
        *_missing(text, found, names, items),
        *_meeting(found, front),
        *_planned(items),
    ]
    return Message(tuple(one for one in lines if one.phrases))


_SHOWN = (None, LeftOut.ELSEWHERE)


def title_in(found: Outline) -> str:
    """Give a document's title without the word that it is a postmortem, "" for none."""
    heading = title_of(found.blocks, found.sections)
    told = clean(plain(heading.text)) if heading else ""
    for prefix in _PREFIXES:
        if told.casefold().startswith(prefix):
            return told[len(prefix) :].strip()
    return told


def _heading(found: Outline, front: Mapping[str, str], about: Announced) -> MessageLine:
    status = front.get("status", "")
    kind = "Postmortem draft" if status.casefold() in {"", INITIAL_STATUS} else "Postmortem"
    title = title_in(found) or front.get("title") or clean(about.title)
    shown = shorten(title or f"Incident {about.incident}", LONGEST_TITLE)
    behind = f" ({shorten(status, 40)})" if kind == "Postmortem" else ""
    return line(Phrase(f"{kind}: "), Phrase(shown, about.address, strong=True), behind)


def _facts(found: Outline, front: Mapping[str, str], about: Announced) -> MessageLine:
    """Say which incident it was, how severe, when, how long, and what it hit."""
    number = front.get("number") or about.number
    name = f"Incident #{number}" if number else f"Incident {about.incident}"
    url = safe_url(front.get("url", "")) or ""
    told = [
        front.get("severity", ""),
        _said(found, Slot.DATE_TIME),
        _said(found, Slot.DURATION),
        _said(found, Slot.SERVICES),
    ]
    merged = front.get("merged_into", "")
    told.append(f"merged into {merged}" if merged else "")
    rest = [shorten(one, LONGEST_LINE) for one in told if one]
    return line(Phrase(name, url), *(f" \u00b7 {one}" for one in rest))


def _said(found: Outline, slot: Slot) -> str:
    """Give what stands behind a label, "" where nobody has said it yet."""
    bullet = found.bullets.get(slot)
    if bullet is None:
        return ""
    if is_placeholder(bullet.text):
        points = [clean(plain(one.text)) for one in bullet.points if not is_placeholder(one.text)]
        return ", ".join(points)
    return clean(plain(bullet.text))


def _missing(
    text: str, found: Outline, names: Names, items: Sequence[ActionItem]
) -> Iterator[MessageLine]:
    """Say what people still have to write: places by their labels, prompts and items by number."""
    asked = {slot: found.bullets[slot] for slot in _ASKED if slot in found.bullets}
    is_open = {slot: not _is_told(bullet, names) for slot, bullet in asked.items()}
    causes = [slot for slot in _CAUSES if slot in asked]
    if not all(is_open[slot] for slot in causes):
        is_open |= dict.fromkeys(causes, False)  # told in one place is told
    is_open |= dict.fromkeys(causes[1:], False)
    told = [_label(asked[slot]) for slot in asked if is_open[slot]]
    todo = [one for one in items if not is_over(one)]
    if not items:
        told.append("action items")
    told += _counted(sum(not one.owner for one in todo), "without an owner")
    told += _counted(sum(one.deadline is None for one in todo), "without a deadline")
    prompts = open_prompts(text)
    if prompts:
        many = "1 prompt" if prompts == 1 else f"{prompts} prompts"
        told.append(f"{many} in all" if told else many)
    if told:
        yield line(Phrase("Missing: "), shorten(", ".join(dict.fromkeys(told)), 2 * LONGEST_LINE))


def _meeting(found: Outline, front: Mapping[str, str]) -> Iterator[MessageLine]:
    """Say who sees to the document, and when it is reviewed, where it says so."""
    owner, review = front.get("owner", ""), _said(found, Slot.REVIEW)
    if owner:
        yield line(f"Owner: {shorten(owner, LONGEST_LINE)}")
    if review:
        yield line(f"Review: {shorten(review, LONGEST_LINE)}")


def _counted(count: int, what: str) -> list[str]:
    if not count:
        return []
    return [f"1 action item {what}" if count == 1 else f"{count} action items {what}"]


def _label(bullet: Bullet) -> str:
    found = label(bullet.item.text)
    return shorten(clean(plain(found[0])), 60) if found else ""


def _is_told(bullet: Bullet, names: Names) -> bool:
    words = [bullet.text, *(point.text for one in bullet.points for point in one.walk())]
    return any(
        not is_placeholder(one) and not says_nothing(plain(one), names.nothing) for one in words
    )


def _planned(items: Sequence[ActionItem]) -> Iterator[MessageLine]:
    if not items:
        return
    yield line("Action items:")
    for one in items[:MOST_ITEMS]:
        yield _item(one)
    if len(items) > MOST_ITEMS:
        yield line(f"and {len(items) - MOST_ITEMS} more", listed=True)


def _item(item: ActionItem) -> MessageLine:
    deadline = item.deadline.isoformat() if item.deadline else item.deadline_text
    told = [item.owner or "", f"due {clean(deadline)}" if deadline else "", item.status_text]
    rest = ", ".join(shorten(clean(one), 60) for one in told if clean(one))
    return line(
        *(ticket_phrases(item.ticket.key, item.ticket.url) if item.ticket else ()),
        shorten(clean(item.task), LONGEST_LINE),
        f" ({rest})" if rest else "",
        listed=True,
    )


def ticket_phrases(key: str, url: str | None) -> tuple[Phrase, ...]:
    """Give a ticket's key as the beginning of a line, linked where its address can be."""
    return (Phrase(shorten(clean(key), 40), safe_url(url or "") or ""), Phrase(" ")) if key else ()
