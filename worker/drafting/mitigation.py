"""Section 5: what people did, in order, and how it ended."""

from worker.content.draft import Entry, Point
from worker.content.safe_markdown import at_start, say
from worker.drafting.actions import is_action
from worker.drafting.entries import TRIGGER
from worker.drafting.events import Event
from worker.drafting.local_time import LocalTime
from worker.drafting.people import automatic, monitor, name
from worker.drafting.remarks import Kind
from worker.drafting.story import Story
from worker.drafting.summary import STATUS_UPDATES
from worker.drafting.timeline import Timeline
from worker.drafting.wording import quoted

_STEPS_TOLD = 40
_NO_STEPS = STATUS_UPDATES | {TRIGGER}


def steps(story: Story, told: Timeline) -> Entry | None:
    """List what people did and noted; nothing that machines or the escalation policy did."""
    left_out = {one.key for one in story.remarks if is_action(one.text)}
    acts = [
        event
        for event in told.events
        if event.person and event.kind not in _NO_STEPS and event.key not in left_out
    ]
    if not acts:
        alone = _by_itself(story) and story.log_is_whole
        return Entry(say("Nobody acted on it"), keep_prompt=True) if alone else None
    points = [_step(event, told.clock) for event in acts[:_STEPS_TOLD]]
    more = len(acts) - len(points)
    if more:
        points.append(Point("steps:more", say("And {more} more, in the log", more=f"{more:,}")))
    return Entry(points=tuple(points))


def _step(event: Event, clock: LocalTime) -> Point:
    text = say("{at} {told}", at=clock.short(event.at), told=event.tell(clock))
    return Point(f"step:{event.key}", at_start(text))


def fixes(story: Story, clock: LocalTime) -> Entry | None:
    """Tell the resolution notes; where there is none and nobody resolved it, say so."""
    notes = [one for one in story.remarks if one.kind is Kind.RESOLUTION]
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
        return Entry(texts[0])
    keys = (f"fix:{one.key}" for one in notes)
    return Entry(points=tuple(Point(k, at_start(t)) for k, t in zip(keys, texts, strict=True)))


def _no_fix(story: Story) -> Entry | None:
    if not _by_itself(story):
        return None
    last = story.openings[-1].resolution
    who = monitor(last) if last else ""
    text = say("None is noted; it was resolved automatically[ by {who}]", who=who)
    return Entry(text, keep_prompt=True)


def _by_itself(story: Story) -> bool:
    last = story.openings[-1].resolution
    return last is not None and automatic(last)
