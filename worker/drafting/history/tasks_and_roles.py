"""Tasks, roles and automation, as events told of them, and the rows of action items.

Events come late, twice and out of order; what counts is when they happened. A draft proposes rows
from notes, picked messages, tasks and a review: the same task told by two of them is one row, by
the one that tells of it first. What a review says is done is a row that is struck out, and what is
tracked elsewhere names where: neither gets a ticket, and a ticket that is named is the row's.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from connectors.follow_up import ChatMessage, EventReport, ReportKind, ReportState, ReviewItem
from connectors.incidents import Agent, AgentKind, IncidentRecord
from worker.content.clean_text import clean, one_line, shorten
from worker.content.draft_content import DraftRow
from worker.content.inline_markdown import Markdown, link, safe_url, say
from worker.drafting.history.agents import everyone, told_apart
from worker.drafting.history.notes import WrittenNote, is_action, noted_actions
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import LONGEST_QUOTE, listing

_COMMANDER = re.compile(
    r"\bcommander\b|\bincident[ -](?:lead|leader|manager|owner)\b|\bIC\b", re.IGNORECASE
)
_INSTEAD = re.compile(r"\b(?:deputy|vice|backup|assistant|shadow)\b", re.IGNORECASE)
_ORDER = tuple(ReportState)


@dataclass(frozen=True, slots=True)
class Course:
    """One task, role or run: what was told of it, in the order of time. There is at least one."""

    reports: tuple[EventReport, ...]

    @property
    def first(self) -> EventReport:
        """What was told first."""
        return self.reports[0]

    @property
    def latest(self) -> EventReport:
        """What holds now."""
        return self.reports[-1]

    @property
    def key(self) -> str:
        """Name it, the same from pull to pull."""
        return f"{self.first.kind.value}:{self.first.subject}"


@dataclass(frozen=True, slots=True)
class Holding:
    """Who had a role, from when to when; None where no event told, or while it is held."""

    who: str
    since: datetime | None
    until: datetime | None = None


def courses(reports: Iterable[EventReport], *kinds: ReportKind) -> tuple[Course, ...]:
    """Give each task, role or run of the kinds, by when it was first told of."""
    found: defaultdict[tuple[ReportKind, str], list[EventReport]] = defaultdict(list)
    for one in sorted(reports, key=lambda one: (one.at, _ORDER.index(one.state), one.event)):
        if one.kind in kinds:
            found[one.kind, one.subject].append(one)
    return tuple(Course(tuple(many)) for many in found.values())


def holdings(role: Course) -> tuple[Holding, ...]:
    """Tell who had a role, one after the other."""
    found: list[Holding] = []
    for one in role.reports:
        last = found[-1] if found else None
        holds = last is not None and last.until is None
        who = one.people[0]
        if one.state is ReportState.OPEN and holds and last and last.who == who:
            continue
        if holds and last:
            found[-1] = Holding(last.who, last.since, one.at)
        elif one.state is not ReportState.OPEN:
            found.append(Holding(who, None, one.at))
        if one.state is ReportState.OPEN:
            found.append(Holding(who, one.at))
    return tuple(found)


def commander(reports: Iterable[EventReport]) -> Agent | None:
    """Tell who led the response, the last of several; None where no event told."""
    latest: tuple[datetime, str] | None = None
    for role in courses(reports, ReportKind.ROLE):
        if not _COMMANDER.search(role.latest.name) or _INSTEAD.search(role.latest.name):
            continue
        for one in holdings(role):
            at = one.since or one.until
            if at is not None and (latest is None or at >= latest[0]):
                latest = at, one.who
    return Agent(AgentKind.PERSON, "", latest[1]) if latest else None


def followed_up(
    record: IncidentRecord,
    own: Iterable[EventReport],
    others: Iterable[EventReport],
    numbers: Mapping[str, int],
) -> IncidentRecord:
    """Give a record with what events told, and with the numbers of earlier incidents by their ids.

    What was told of ``others`` that were merged into it goes on with it, but for who led them.
    People who are told of by their ids alone get the names that the record knows.
    """
    kept = (*own, *(one for one in others if one.kind is not ReportKind.ROLE))
    known = people_by_id(record)
    reports = tuple(
        replace(
            one,
            by=known.get(one.by, one.by),
            people=tuple(known.get(name, name) for name in one.people),
        )
        for one in kept
    )
    past = tuple(
        replace(one, number=one.number or numbers.get(one.id)) for one in record.follow_up.past
    )
    told = replace(record.follow_up, past=past, reports=reports)
    return replace(record, follow_up=told, commander=record.commander or commander(reports))


def people_by_id(record: IncidentRecord) -> Mapping[str, str]:
    """Give the names of the incident's people by the source's ids of them."""
    people = everyone(told_apart(record))
    return {
        one.id: one.name
        for one in people
        if one.kind is AgentKind.PERSON and one.id and one.name and one.name != one.id
    }


_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class _Proposal:
    """An action item; what nobody told is "" or None. ``sources`` are where it is told."""

    key: str
    sources: frozenset[str]
    task: str
    details: str = ""
    more: str = ""
    owner: str = ""
    priority: str = ""
    deadline: date | None = None
    done: str = ""
    tracked: str = ""

    def with_facts(self, other: "_Proposal") -> "_Proposal":
        """Add what another source tells of the same task."""
        return replace(
            self,
            sources=self.sources | other.sources,
            details=self.details or other.details,
            more=self.more or other.more,
            owner=self.owner or other.owner,
            priority=self.priority or other.priority,
            deadline=self.deadline or other.deadline,
            done=self.done or other.done,
            tracked=self.tracked or other.tracked,
        )


def action_rows(story: Story, clock: LocalTime, marks: tuple[str, ...]) -> tuple[DraftRow, ...]:
    """Give the rows in the order of their sources: notes, messages, tasks, the review."""
    found: list[_Proposal] = []
    told = (_noted, _said_in_chat)
    noted = (each for one in told for each in one(story, clock, marks))
    for one in (*noted, *_tasks(story), *_reviewed(story, clock)):
        at = next((at for at, known in enumerate(found) if _is_same(known, one)), None)
        if at is None:
            found.append(one)
        else:
            found[at] = found[at].with_facts(one)
    return tuple(map(_row, found))


def _is_same(known: _Proposal, other: _Proposal) -> bool:
    """Tell whether two sources tell of one task; one source never tells of it twice."""
    same = _words(known.task) == _words(other.task)
    return same and not known.sources & other.sources


def _words(task: str) -> str:
    return clean(task).casefold().rstrip(".! ")


def _noted(story: Story, clock: LocalTime, marks: tuple[str, ...]) -> Iterator[_Proposal]:
    source = frozenset({"notes"})
    for item in noted_actions(story.written_notes, clock, story.people, marks):
        task, owner, deadline = item.task, item.owner, item.deadline
        yield _Proposal(item.key, source, task, owner=owner, deadline=deadline)


def _said_in_chat(story: Story, clock: LocalTime, marks: tuple[str, ...]) -> Iterator[_Proposal]:
    """Give the items of picked messages that begin with a mark."""
    messages = story.record.follow_up.messages
    people = [*story.people, *(name for one in messages for name in _mentioned(one))]
    written = [
        WrittenNote(f"chat:{one.channel}:{one.id}", one.at, None, one.text)
        for one in messages
        if is_action(one.text, marks)
    ]
    for item in noted_actions(written, clock, people, marks):
        task, owner, deadline = item.task, item.owner, item.deadline
        yield _Proposal(item.key, frozenset({"messages"}), task, owner=owner, deadline=deadline)


def _mentioned(message: ChatMessage) -> Iterator[str]:
    return (one.text[1:] for one in message.words if one.text.startswith("@") and one.text[1:])


def _tasks(story: Story) -> Iterator[_Proposal]:
    """Give the tasks that nobody has finished or dropped."""
    for task in courses(story.record.follow_up.reports, ReportKind.TASK):
        one = task.latest
        if one.state is not ReportState.OPEN:
            continue
        owner, *others = one.people or ("",)
        more = f"with {listing(others)}" if others else ""
        yield _Proposal(task.key, frozenset({"tasks"}), one.name, more=more, owner=owner)


def _reviewed(story: Story, clock: LocalTime) -> Iterator[_Proposal]:
    review, known = story.record.follow_up.review, people_by_id(story.record)
    for item in review.items if review else ():
        yield _from_review(item, known, clock)


def _from_review(item: ReviewItem, known: Mapping[str, str], clock: LocalTime) -> _Proposal:
    on = f" {clock.day(item.done_at).isoformat()}" if item.done_at else ""
    return _Proposal(
        key=f"review:{item.id}",
        sources=frozenset({"review"}),
        task=item.task,
        details=item.details if _words(item.details) != _words(item.task) else "",
        owner=known.get(item.assignee, ""),
        priority=shorten(clean(item.priority).capitalize(), _LONGEST_WORD),
        deadline=clock.day(item.due) if item.due else None,
        done=f"completed{on}" if item.is_done else "",
        tracked=_tracked(item),
    )


def _tracked(item: ReviewItem) -> Markdown:
    named = shorten(clean(item.tracked_as), _LONGEST_WORD)
    if not named:
        return Markdown("")
    linked = link(named, item.url) if item.url and safe_url(item.url) else named
    return say("tracked in {where}", where=linked)


def _row(one: _Proposal) -> DraftRow:
    told = one.task if not one.details else f"{one.task.rstrip('.:')}: {one.details}"
    task = say("{task}", task=shorten(one_line(told), LONGEST_QUOTE))
    if one.done:
        task = Markdown(f"~~{task}~~")
    remark = Markdown(", ".join(filter(None, (one.done, one.tracked))))
    text = say("{task}[ ({more})][ ({remark})]", task=task, more=one.more, remark=remark)
    owner, priority = say("{who}", who=one.owner), say("{word}", word=one.priority)
    return DraftRow(one.key, (text, owner, priority, str(one.deadline or "")))
