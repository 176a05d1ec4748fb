"""Section 7: evidence, not judgement, under the heading where the team's targets put it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from connectors.incident_kinds import EntryKind, ResponderAnswer
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, say
from worker.drafting.history.agents import automatic, is_person, monitor, name, timed_out
from worker.drafting.history.phases import open_time
from worker.drafting.history.story import Story
from worker.drafting.policy import DraftPolicy
from worker.drafting.text.wording import count, duration, listing, times
from worker.drafting.timeline.relations import snooze_ends

_FIRST_ALERT = timedelta(seconds=5)


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
        text = say("No monitor raised it: {who} opened it by hand", who=name(first.agent))
        yield Evidence("detection", well=False, text=text)
    elif automatic(first):
        yield Evidence(
            "detection", well=True, text=say("Detected by monitoring[ ({who})]", who=monitor(first))
        )


def _acknowledgement(story: Story, policy: DraftPolicy) -> Iterator[Evidence]:
    target = policy.acknowledge_within
    first = story.open_periods[0]
    if first.acknowledgement is None and not story.log_is_whole:
        return
    if first.acknowledgement is None:
        open_for = first.ended - first.began if first.ended else None
        if open_for is None or target is None or open_for > target:
            yield Evidence("acknowledged", well=False, text=say("Nobody acknowledged it"))
        return
    if target is None:
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
    total, target = open_time(story.open_periods), policy.resolve_within
    if total is None or target is None or story.end is None:
        return
    wording = (
        "Resolved after {total}" if len(story.open_periods) == 1 else "Open for {total} in all"
    )
    text = say(wording + " (target {target})", total=duration(total), target=duration(target))
    yield Evidence("resolved", well=total <= target, text=text)


def _escalations(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    entries = story.entries
    unanswered = sum(entry.kind is EntryKind.ESCALATE and timed_out(entry) for entry in entries)
    if unanswered:
        text = say("Escalated {times} because nobody acknowledged", times=times(unanswered))
        yield Evidence("escalated", well=False, text=text)
    if any(entry.kind is EntryKind.EXHAUST_ESCALATION for entry in entries):
        text = say("The escalation policy ran out of people to page")
        yield Evidence("exhausted", well=False, text=text)
    lapses = sum(entry.kind is EntryKind.UNACKNOWLEDGE and timed_out(entry) for entry in entries)
    lapsed = lapses - len(list(snooze_ends(entries)))
    if lapsed:
        text = say(
            "An acknowledgement timed out[ {times}]", times=times(lapsed) if lapsed > 1 else ""
        )
        yield Evidence("lapsed", well=False, text=text)


def _reopenings(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    number = len(story.open_periods) - 1
    if number:
        text = say("Reopened {times} after it had been resolved", times=times(number))
        yield Evidence("reopened", well=False, text=text)


def _responders(story: Story, _: DraftPolicy) -> Iterator[Evidence]:
    asked = [one for one in story.incident.responders if one.state != ResponderAnswer.WITHDRAWN]
    absent = [one for one in asked if one.state != ResponderAnswer.JOINED]
    if not asked:
        return
    if not absent:
        who = listing(name(one.who) for one in asked)
        text = say("Everybody who was asked to help joined: {who}", who=who)
    else:
        who = listing(name(one.who) for one in absent)
        text = say(
            "{absent} of {asked} asked to help did not join: {who}",
            absent=f"{len(absent):,}",
            asked=count(len(asked), "person").replace("persons", "people"),
            who=who,
        )
    yield Evidence("responders", well=not absent, text=text)


_RULES: tuple[Callable[[Story, DraftPolicy], Iterator[Evidence]], ...] = (
    _detection,
    _acknowledgement,
    _escalations,
    _responders,
    _resolution,
    _reopenings,
)
