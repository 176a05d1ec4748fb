"""Sections 5, 7 and 9: what people did and who was told, and the evidence for lessons.

Who subscribed is known, who read is not: nothing here claims that anybody was reached. A lesson is
evidence, not judgement; the team's targets say under which heading it stands. What went badly names
nobody: who it was stands in the timeline.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.incidents import LogEntry
from connectors.log_entry_kinds import ChannelKind, EntryKind, ResponderAnswer
from worker.content.clean_text import clean
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, say
from worker.drafting.history.agents import (
    FROM_ANYBODY,
    actor,
    automatic,
    is_person,
    monitor,
    name,
    timed_out,
)
from worker.drafting.history.note_entries import same_words, without_next_steps
from worker.drafting.history.notes import NoteKind
from worker.drafting.history.story import Story, open_time
from worker.drafting.policy import DraftPolicy
from worker.drafting.sections.candidates import PeopleSaid, status_updates, update_words
from worker.drafting.sections.setbacks import escalations, setbacks
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, duration, listing, quoted, times
from worker.drafting.timeline.timeline import IncidentTimeline

_STEPS_TOLD = 40
_UPDATES_TOLD = 20
_AUTOMATION = "automation"
"""What automation did is about this, by itself or at somebody's word."""


def steps(story: Story, said: PeopleSaid, told: IncidentTimeline) -> DraftEntry | None:
    """List what people write that they did to the systems or decided, and what automation did.

    What they did to the incident itself is the timeline's, and so is what came after its end.
    """
    done = [*_noted_steps(story, said, told.clock), *_automated(story, told)]
    if not done:
        acted = any(event.person and event.topic is not EntryKind.TRIGGER for event in told.events)
        alone = _by_itself(story) and story.log_is_whole and not acted
        return DraftEntry(say("Nobody acted on it")) if alone else None
    points = [point for _, point in sorted(done, key=lambda one: one[0])]
    more = len(points) - _STEPS_TOLD
    points = points[:_STEPS_TOLD]
    if more > 0:
        points.append(Point("steps:more", say("And {more} more, in the log", more=f"{more:,}")))
    return DraftEntry(points=tuple(points))


def _noted_steps(
    story: Story, said: PeopleSaid, clock: LocalTime
) -> Iterator[tuple[datetime, Point]]:
    for note in story.written_notes:
        is_step = note.key in said.steps and note.kind is not NoteKind.RESOLUTION
        if is_step and (story.end is None or note.at <= story.end):
            at, who = clock.short(note.at), name(note.author)
            text = say("{at} {who}: {text}", at=at, who=who, text=quoted(said.rest[note.key]))
            yield note.at, Point(f"step:{note.key}", at_start(text))


def _automated(story: Story, told: IncidentTimeline) -> Iterator[tuple[datetime, Point]]:
    for event in told.events:
        about = event.topic if isinstance(event.topic, str) else event.topic.value
        if about == _AUTOMATION and (story.end is None or event.at <= story.end):
            text = say("{at} {told}", at=told.clock.short(event.at), told=event.tell(told.clock))
            yield event.at, Point(f"step:{event.key}", at_start(text))


def fixes(story: Story, said: PeopleSaid, clock: LocalTime) -> DraftEntry | None:
    """Tell the resolution notes; where there is none and nobody resolved it, say so."""
    notes = [one for one in story.written_notes if one.kind is NoteKind.RESOLUTION]
    told = [(one, without_next_steps(said.rest.get(one.key, ""))) for one in notes]
    texts = {
        f"fix:{one.key}": say(
            "{text} ({who}, {at})",
            text=quoted(text),
            who=name(one.author),
            at=clock.short(one.at),
        )
        for one, text in told
        if clean(text)
    }
    if not notes:
        return _no_fix(story)
    if len(texts) == 1:
        return DraftEntry(next(iter(texts.values())))
    return DraftEntry(points=tuple(Point(key, at_start(text)) for key, text in texts.items()))


def _no_fix(story: Story) -> DraftEntry | None:
    if not _by_itself(story):
        return None
    last = story.open_periods[-1].resolution
    who = monitor(last) if last else ""
    return DraftEntry(say("None is noted; it was resolved automatically[ by {who}]", who=who))


def _by_itself(story: Story) -> bool:
    last = story.open_periods[-1].resolution
    return last is not None and automatic(last)


def stakeholders(story: Story, said: PeopleSaid, clock: LocalTime) -> DraftEntry:
    """Tell the status updates, and how many subscribed to them."""
    updates = status_updates(story)
    if updates:
        known = story.record.subscribers
        told = count(known, "subscriber") if known else ""
        number = count(len(updates), "status update")
        text = say("{updates}[, to {subscribers}]", updates=number, subscribers=told)
    else:
        text = say("No status update was published") if story.log_is_whole else Markdown("")
    return DraftEntry(text, tuple(_updates(updates, said, clock)), keep_prompt=not updates)


def _updates(updates: Sequence[LogEntry], said: PeopleSaid, clock: LocalTime) -> Iterator[Point]:
    """Quote an update whole or not at all: what is left of one says something else."""
    for update in updates[:_UPDATES_TOLD]:
        words = update_words(update)
        is_whole = same_words(said.rest.get(update.id, ""), words)
        text = say(
            "{at} by {who}[: {text}][ ({above})]",
            at=clock.short(update.created_at),
            who=actor(update),
            text=quoted(words) if is_whole else "",
            above="quoted above" if clean(words) and not is_whole else "",
        )
        yield Point(f"update:{update.id}", at_start(text))
    more = len(updates) - _UPDATES_TOLD
    if more > 0:
        yield Point("update:more", say("And {more} more, in the log", more=f"{more:,}"))


_FIRST_ALERT = timedelta(seconds=5)
_SOON = timedelta(minutes=5)
"""What recovers by itself sooner needed nobody, where a team has no target of its own."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that can be learned from; ``well`` is the heading it belongs under."""

    key: str
    well: bool
    text: Markdown


def lessons(story: Story, policy: DraftPolicy) -> tuple[DraftEntry | None, DraftEntry | None]:
    """Give what went well and what did not, as far as the log shows it."""
    found = [one for rule in _RULES for one in rule(story, policy)]
    return _entry(found, well=True), _entry(found, well=False)


def _entry(found: list[Evidence], *, well: bool) -> DraftEntry | None:
    points = tuple(
        Point(f"evidence:{one.key}", at_start(one.text)) for one in found if one.well is well
    )
    return DraftEntry(points=points, keep_prompt=True) if points else None


def _detection(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    first = next((entry for entry in story.entries if entry.kind is EntryKind.TRIGGER), None)
    if first is None:
        return
    if is_person(first.agent):
        if first.channel.kind is ChannelKind.MONITOR:  # a monitor may call the API in a name
            return
        text = say("No monitor raised it: it was opened by hand")
        yield Evidence("detection", well=False, text=text)
    elif automatic(first) and first.channel.kind not in FROM_ANYBODY:
        yield Evidence(
            "detection", well=True, text=say("Detected by monitoring[ ({who})]", who=monitor(first))
        )


def _acknowledgement(story: Story, policy: DraftPolicy) -> Iterator[Evidence]:
    target = policy.acknowledge_within
    first = story.open_periods[0]
    if first.acknowledgement is None and not story.log_is_whole:
        return
    if first.acknowledgement is None and any(one.acknowledgement for one in story.open_periods):
        text = say("Nobody acknowledged it before it was reopened")
        yield Evidence("acknowledged", well=False, text=text)
        return
    if first.acknowledgement is None:
        open_for = first.ended - first.began if first.ended else None
        if open_for is None or open_for > (target or _SOON):
            yield Evidence("acknowledged", well=False, text=say("Nobody acknowledged it"))
        return
    if target is None or automatic(first.acknowledgement):  # nobody had seen it by then
        return
    signal = story.first_signal
    by_alert = signal is not None and abs(signal - story.start) <= _FIRST_ALERT
    waited = first.acknowledgement.created_at - story.start
    text = say(
        "Acknowledged {waited} after {since} (target {target})",
        waited=duration(waited),
        since="the first alert" if by_alert else "it was opened",
        target=duration(target),
    )
    yield Evidence("acknowledged", well=waited <= target, text=text)


def _resolution(story: Story, policy: DraftPolicy) -> Iterator[Evidence]:
    last = story.open_periods[-1].resolution
    if last is not None and timed_out(last):
        text = say("Nobody resolved it: its time limit ran out")
        yield Evidence("resolved:by-time", well=False, text=text)
    total, target = open_time(story.open_periods), policy.resolve_within
    if total is None or target is None or story.end is None:
        return
    wording = (
        "Resolved after {total}" if len(story.open_periods) == 1 else "Open for {total} in all"
    )
    text = say(wording + " (target {target})", total=duration(total), target=duration(target))
    yield Evidence("resolved", well=total <= target, text=text)


def _escalations(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    for key, text in escalations(story):
        yield Evidence(key, well=False, text=text)


def _reopenings(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    number = len(story.open_periods) - 1
    if number:
        text = say("Reopened {times} after it had been resolved", times=times(number))
        yield Evidence("reopened", well=False, text=text)


def _setbacks(story: Story, policy: DraftPolicy) -> Iterator[Evidence]:
    for key, text in setbacks(story, LocalTime.for_times(policy.timezone, story.start, [])):
        yield Evidence(key, well=False, text=text)


def _unanswered(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    asked = [one for one in story.incident.responders if one.state != ResponderAnswer.WITHDRAWN]
    absent = [one for one in asked if one.state != ResponderAnswer.JOINED]
    if not asked:
        return
    if not absent:
        who = listing(name(one.who) for one in asked)
        text = say("Everybody who was asked to help joined: {who}", who=who)
    else:
        number = count(len(asked), "person").replace("persons", "people")
        if not all(is_person(one.who) for one in asked):
            number = f"{len(asked):,} that were"
        text = say(
            "{absent} of {asked} asked to help did not join",
            absent=f"{len(absent):,}",
            asked=number,
        )
    yield Evidence("responders", well=not absent, text=text)


_RULES: tuple[Callable[[Story, DraftPolicy], Iterator[Evidence]], ...] = (
    _detection,
    _acknowledgement,
    _escalations,
    _unanswered,
    _resolution,
    _reopenings,
    _setbacks,
)
