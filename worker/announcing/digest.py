"""The message that reminds a team of what is late, with what is about to be.

It is worth sending where something is late: an action item past its deadline, a draft past its
review. What is soon due, drafts that nobody owns and work that fails go with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.template_names import Names
from connectors.incidents import IncidentId
from worker.announcing.announcement import LONGEST_LINE, LONGEST_TITLE, ticket_phrases, title_in
from worker.announcing.message import Message, MessageLine, Phrase, line
from worker.content.clean_text import clean, shorten
from worker.document.front_matter import values
from worker.document.index.read_for_index import is_draft, review_day
from worker.document.outline import outline

MOST_IN_A_PART = 25
"""Lines of one part that are named; more are counted."""
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a digest needs to know of a document, beside its action items.

    ``review`` is the day of its review, None where it names none. ``services`` and ``teams`` are
    those of its front matter, by name.
    """

    title: str = ""
    owner: str = ""
    is_draft: bool = True
    review: date | None = None
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def document_facts(text: str, names: Names) -> DocumentFacts:
    """Read them off a document's text. Raises ``DocumentError`` for a broken front matter."""
    front = values(text) or {}
    found = outline(text, names)
    return DocumentFacts(
        title=title_in(found) or clean(" ".join(front.get("title", ()))),
        owner=clean(" ".join(front.get("owner", ()))),
        is_draft=is_draft(front),
        review=review_day(found),
        services=front.get("services", ()),
        teams=front.get("teams", ()),
    )


@dataclass(frozen=True, slots=True)
class DueItem:
    """An action item that is not done, with its document."""

    task: str
    deadline: date
    owner: str = ""
    ticket: str = ""
    url: str = ""
    document: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class UnfinishedDraft:
    """A draft that nobody owns, or whose review is past; ``review`` is that day, None for none."""

    title: str
    address: str = ""
    owner: str = ""
    review: date | None = None


@dataclass(frozen=True, slots=True)
class FailingWork:
    """An incident whose last job failed, and how."""

    incident: IncidentId
    title: str
    reason: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one channel is to be reminded of."""

    overdue: tuple[DueItem, ...] = ()
    soon: tuple[DueItem, ...] = ()
    past_review: tuple[UnfinishedDraft, ...] = ()
    unowned: tuple[UnfinishedDraft, ...] = ()
    failing: tuple[FailingWork, ...] = ()

    @property
    def is_worth_sending(self) -> bool:
        """Whether anything is late."""
        return bool(self.overdue or self.past_review)

    def with_(self, other: "Reminder") -> "Reminder":
        """Give what both say, for channels that turn out to be one."""
        return Reminder(
            self.overdue + other.overdue,
            self.soon + other.soon,
            self.past_review + other.past_review,
            self.unowned + other.unowned,
            self.failing + other.failing,
        )


def digest(reminder: Reminder, today: date) -> Message:
    """Give the message for a channel, as of a day of its zone."""
    lines = [
        line(Phrase(f"Postmortems: {_summary(reminder)}", strong=True)),
        *_items("Overdue", reminder.overdue, today),
        *_items("Due soon", reminder.soon, today),
        *_drafts("Drafts past their review", reminder.past_review, today),
        *_drafts("Drafts that nobody owns", reminder.unowned, today),
        *_part("Failing", map(_failing, reminder.failing)),
    ]
    return Message(tuple(lines))


def _summary(reminder: Reminder) -> str:
    told = []
    if reminder.overdue:
        many = "action items are" if len(reminder.overdue) > 1 else "action item is"
        told.append(f"{len(reminder.overdue)} {many} overdue")
    if reminder.past_review:
        many = "drafts are" if len(reminder.past_review) > 1 else "draft is"
        told.append(f"{len(reminder.past_review)} {many} past the review")
    return ", ".join(told) or "nothing is late"


def _items(title: str, items: Sequence[DueItem], today: date) -> Iterator[MessageLine]:
    """Give items by owner, the owner with the longest overdue first and nobody's last."""
    by_owner: defaultdict[str, list[DueItem]] = defaultdict(list)
    for one in sorted(items, key=lambda one: (one.deadline, one.ticket, one.task)):
        by_owner[clean(one.owner)].append(one)
    owners = sorted(by_owner, key=lambda one: not one)  # the order by deadline stays
    told = (_item(each, owner, today) for owner in owners for each in by_owner[owner])
    yield from _part(title, told)


def _item(item: DueItem, owner: str, today: date) -> MessageLine:
    return line(
        Phrase(f"{shorten(owner, 60) or NOBODY}: "),
        *ticket_phrases(item.ticket, item.url),
        shorten(clean(item.task), LONGEST_LINE),
        f" \u2013 {_when(item.deadline, today)}",
        ", ",
        Phrase(shorten(clean(item.document), LONGEST_TITLE) or "its postmortem", item.address),
        listed=True,
    )


def _when(deadline: date, today: date) -> str:
    days = (deadline - today).days
    if days == 0:
        return "due today"
    if days > 0:
        return f"due {deadline}"
    return f"due {deadline}, {-days} {'day' if days == -1 else 'days'} ago"


def _drafts(title: str, drafts: Iterable[UnfinishedDraft], today: date) -> Iterator[MessageLine]:
    yield from _part(title, (_draft(one, today) for one in drafts))


def _draft(draft: UnfinishedDraft, today: date) -> MessageLine:
    owner = shorten(clean(draft.owner), 60)
    is_past = draft.review is not None and draft.review < today
    return line(
        Phrase(shorten(clean(draft.title), LONGEST_TITLE), draft.address),
        f" \u2013 review was due {draft.review}" if is_past else "",
        f", owner {owner}" if owner else "",
        listed=True,
    )


def _failing(work: FailingWork) -> MessageLine:
    named = shorten(clean(work.title), LONGEST_TITLE) or f"Incident {work.incident}"
    reason = shorten(clean(work.reason), LONGEST_LINE)
    return line(Phrase(named, work.address), f": {reason}", listed=True)


def _part(title: str, lines: Iterable[MessageLine]) -> Iterator[MessageLine]:
    every = list(lines)
    if not every:
        return
    yield line(Phrase(title, strong=True))
    yield from every[:MOST_IN_A_PART]
    if len(every) > MOST_IN_A_PART:
        yield line(f"and {len(every) - MOST_IN_A_PART} more", listed=True)
