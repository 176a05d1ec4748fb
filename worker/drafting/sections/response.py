"""Sections 5 and 9: what people did, in order, how it ended, who was told and who was asked.

Who subscribed is known, who read is not: nothing here claims that anybody was reached.
"""

from collections.abc import Iterator, Sequence

from connectors.incident_kinds import EntryKind
from connectors.incidents import LogEntry
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, say
from worker.drafting.history.agents import actor, automatic, monitor, name, with_answer
from worker.drafting.history.noted_actions import is_action
from worker.drafting.history.notes import NoteKind
from worker.drafting.history.story import Story
from worker.drafting.policy import DraftPolicy, Topic
from worker.drafting.sections.summary import status_updates, update_text
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing, quoted
from worker.drafting.timeline.events import Event
from worker.drafting.timeline.timeline import IncidentTimeline

_STEPS_TOLD = 40
_UPDATES_TOLD = 20
_NO_STEPS: frozenset[Topic] = frozenset({EntryKind.STATUS_UPDATE, EntryKind.TRIGGER})


def steps(story: Story, told: IncidentTimeline) -> DraftEntry | None:
    """List what people did and noted; nothing that machines or the escalation policy did."""
    left_out = {one.key for one in story.written_notes if is_action(one.text)}
    acts = [
        event
        for event in told.events
        if event.person and event.topic not in _NO_STEPS and event.key not in left_out
    ]
    if not acts:
        alone = _by_itself(story) and story.log_is_whole
        return DraftEntry(say("Nobody acted on it"), keep_prompt=True) if alone else None
    points = [_step(event, told.clock) for event in acts[:_STEPS_TOLD]]
    more = len(acts) - len(points)
    if more:
        points.append(Point("steps:more", say("And {more} more, in the log", more=f"{more:,}")))
    return DraftEntry(points=tuple(points))


def _step(event: Event, clock: LocalTime) -> Point:
    text = say("{at} {told}", at=clock.short(event.at), told=event.tell(clock))
    return Point(f"step:{event.key}", at_start(text))


def fixes(story: Story, clock: LocalTime) -> DraftEntry | None:
    """Tell the resolution notes; where there is none and nobody resolved it, say so."""
    notes = [one for one in story.written_notes if one.kind is NoteKind.RESOLUTION]
    if not notes:
        return _no_fix(story)
    texts = [
        say(
            "{text} ({who}, {at})",
            text=quoted(one.text),
            who=name(one.author),
            at=clock.short(one.at),
        )
        for one in notes
    ]
    if len(texts) == 1:
        return DraftEntry(texts[0])
    keys = (f"fix:{one.key}" for one in notes)
    return DraftEntry(points=tuple(Point(k, at_start(t)) for k, t in zip(keys, texts, strict=True)))


def _no_fix(story: Story) -> DraftEntry | None:
    if not _by_itself(story):
        return None
    last = story.open_periods[-1].resolution
    who = monitor(last) if last else ""
    text = say("None is noted; it was resolved automatically[ by {who}]", who=who)
    return DraftEntry(text, keep_prompt=True)


def _by_itself(story: Story) -> bool:
    last = story.open_periods[-1].resolution
    return last is not None and automatic(last)


def stakeholders(story: Story, clock: LocalTime) -> DraftEntry:
    """Tell the status updates, how many subscribed to them, and who was asked to help."""
    updates = status_updates(story)
    if updates:
        known = story.record.subscribers
        told = count(known, "subscriber") if known else ""
        number = count(len(updates), "status update")
        text = say("{updates}[, to {subscribers}]", updates=number, subscribers=told)
    else:
        text = say("No status update was published") if story.log_is_whole else Markdown("")
    points = (*_updates(updates, clock), *_responders(story))
    return DraftEntry(text, points, keep_prompt=True)


def _updates(updates: Sequence[LogEntry], clock: LocalTime) -> Iterator[Point]:
    for update in updates[:_UPDATES_TOLD]:
        text = say(
            "{at} by {who}[: {text}]",
            at=clock.short(update.created_at),
            who=actor(update),
            text=update_text(update),
        )
        yield Point(f"update:{update.id}", at_start(text))
    more = len(updates) - _UPDATES_TOLD
    if more > 0:
        yield Point("update:more", say("And {more} more, in the log", more=f"{more:,}"))


def _responders(story: Story) -> Iterator[Point]:
    asked = story.incident.responders
    if asked:
        who = listing((with_answer(one) for one in asked), limit=12)
        yield Point("responders", say("Asked to help: {who}", who=who))


def review(story: Story, policy: DraftPolicy, clock: LocalTime) -> DraftEntry | None:
    """Tell until when the review is due; when it takes place, people decide."""
    if policy.review_due is None or story.end is None:
        return None
    due = clock.day(story.end + policy.review_due)
    return DraftEntry(say("Due by {due}", due=due.isoformat()), keep_prompt=True)
