"""What is told beside the log, as events: alerts, changes, notes and requests for help."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from connectors.incidents import ChangeEvent, Responder
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean
from worker.content.inline_markdown import Markdown, say
from worker.drafting.history.agents import REQUESTS, is_person, name, unlogged, with_answer
from worker.drafting.history.alerts import Burst, bursts, cleared, tell_burst
from worker.drafting.history.notes import NoteKind, WrittenNote, is_action, noted_actions
from worker.drafting.history.story import Story
from worker.drafting.policy import VALUES, Handling, OutsideLog, Rule, Rules
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing, quoted
from worker.drafting.timeline.events import Event, together
from worker.drafting.timeline.relations import EntryRelations

SHOWN_BEFORE = timedelta(hours=2)
"""Changes this long before the start are in the timeline; earlier ones are factors alone."""

SAME_SIGNAL = timedelta(minutes=1)
"""The alert that opened an incident is no further from the entry that says so."""


_LATE_RESOLUTION_NOTE = "{who} wrote a resolution note: {text}"
_ACTION_ITEMS = "{who} noted {number}: {text}"


def alert_events(related: EntryRelations, rules: Rules, log: Iterable[Event]) -> Iterator[Event]:
    """Give the log's events and the alerts as bursts; the alert that is the detection, with it."""
    rule = rules[OutsideLog.ALERT]
    told = _bursts(related, rule)
    for event in log:
        first = next((burst for burst in told if _is_detection(event, burst)), None)
        if first is not None:
            told.remove(first)
            yield _with_alert(event, first, related)
        else:
            yield event
    for burst in told:
        yield _burst_event(burst, rule, related)


def change_events(story: Story, rules: Rules) -> Iterator[Event]:
    """Give the changes from some time before the incident until its end."""
    rule = rules[OutsideLog.CHANGE]
    events = [
        _change_event(change, rule)
        for change in sorted(story.record.change_events, key=lambda one: one.created_at)
        if change.created_at >= story.start - SHOWN_BEFORE
        and (story.end is None or change.created_at <= story.end)
    ]
    if rule.handling is Handling.FOLD and len(events) > 1:
        events = [together(events)]
    if rule.handling is not Handling.DROP:
        yield from events


def _bursts(related: EntryRelations, rule: Rule) -> list[Burst]:
    alerts = related.story.alerts
    match rule.handling:
        case Handling.DROP:
            return []
        case Handling.KEEP:
            return [Burst(f"alert:{alert.id}", (alert,)) for alert in alerts]
        case Handling.FOLD:
            return list(bursts(alerts)) if alerts else []


def _is_detection(event: Event, burst: Burst) -> bool:
    return (
        event.topic is EntryKind.TRIGGER
        and len(burst.alerts) == 1
        and abs(burst.first - event.at) <= SAME_SIGNAL
        and not event.person
    )


def _with_alert(event: Event, burst: Burst, related: EntryRelations) -> Event:
    at = cleared(burst.alerts[0], related.story.resolutions)

    def tell(clock: LocalTime) -> Markdown:
        end = f"; cleared at {clock.short(at)}" if at else ""
        return say("{told}[{cleared}]", told=event.tell(clock), cleared=end)

    return replace(event, tell=tell, sources=(*event.sources, burst.alerts[0].id))


def _burst_event(burst: Burst, rule: Rule, related: EntryRelations) -> Event:
    return Event(
        burst.key,
        burst.first,
        OutsideLog.ALERT,
        lambda clock: tell_burst(burst, related.story.resolutions, clock),
        rule.weight,
        ((rule.noun, len(burst.alerts)),),
        tuple(alert.id for alert in burst.alerts),
        until=burst.last,
        url=burst.alerts[0].url,
        link="alert" if len(burst.alerts) == 1 else "first alert",
    )


def _change_event(change: ChangeEvent, rule: Rule) -> Event:
    return Event(
        f"change:{change.id}",
        change.created_at,
        OutsideLog.CHANGE,
        lambda _: say(rule.wording, **told_change(change)),
        rule.weight,
        ((rule.noun, 1),),
        (change.id,),
        url=change.url or next((one.url for one in change.links), None),
        link="change",
    )


def told_change(change: ChangeEvent) -> dict[str, str]:
    """Give the values that a change's wording may name."""
    return {
        **dict.fromkeys(VALUES, ""),
        "service": listing(clean(service.name) for service in change.services),
        "source": clean(change.source or ""),
        "summary": clean(change.summary),
        "text": quoted(change.summary) or "without a summary",
    }


def note_events(related: EntryRelations, rules: Rules) -> Iterator[Event]:
    """Give the notes, without those that are told with a resolution."""
    rule = rules[EntryKind.ANNOTATE]
    with_resolution = set(related.resolution_notes.values()) if _shows_note(related, rules) else {}
    events = [
        _note_event(note, rule, related)
        for note in related.story.written_notes
        if note not in with_resolution
    ]
    if rule.handling is Handling.FOLD and len(events) > 1:
        events = [together(events)]
    if rule.handling is not Handling.DROP:
        yield from events


def responder_events(story: Story, rules: Rules) -> Iterator[Event]:
    """Give the requests for help that the log does not tell of."""
    rule = rules[OutsideLog.RESPONDER]
    if rule.handling is Handling.DROP:
        return
    requests = [entry for entry in story.entries if entry.kind in REQUESTS]
    for asked in unlogged(story.incident.responders, requests):
        yield _request_event(asked, rule, story)


def _shows_note(related: EntryRelations, rules: Rules) -> bool:
    merged = related.story.incident.merged_into is not None
    return rules[EntryKind.RESOLVE].handling is Handling.KEEP and not merged


def _note_event(note: WrittenNote, rule: Rule, related: EntryRelations) -> Event:
    own = note.entry.url if note.entry else None
    return Event(
        note.key,
        note.at,
        EntryKind.ANNOTATE,
        lambda clock: _tell_note(note, rule, related.story.people, clock),
        rule.weight,
        ((rule.noun, 1),),
        note.sources,
        name(note.author) if is_person(note.author) else "",
        url=own or related.story.incident.url,
        link="log" if own else "incident",
    )


def _tell_note(note: WrittenNote, rule: Rule, people: Sequence[str], clock: LocalTime) -> Markdown:
    who = name(note.author)
    if is_action(note.text):
        tasks = [quoted(item.task) for item in noted_actions([note], clock, people)]
        number = "an action item" if len(tasks) == 1 else count(len(tasks), "action item")
        return say(_ACTION_ITEMS, who=who, number=number, text=listing(tasks))
    wording = _LATE_RESOLUTION_NOTE if note.kind is NoteKind.RESOLUTION else rule.wording
    return say(wording, **{**dict.fromkeys(VALUES, ""), "who": who, "text": quoted(note.text)})


def _request_event(asked: Sequence[Responder], rule: Rule, story: Story) -> Event:
    first = asked[0]
    told = {
        **dict.fromkeys(VALUES, ""),
        "who": name(first.requested_by),
        "targets": listing(map(with_answer, asked), limit=6),
        "text": quoted(first.message or ""),
    }
    return Event(
        f"responder:{first.who.id}",
        first.requested_at or story.start,
        OutsideLog.RESPONDER,
        lambda _: say(rule.wording, **told),
        rule.weight,
        ((rule.noun, len(asked)),),
        (),
        name(first.requested_by) if is_person(first.requested_by) else "",
        url=story.incident.url,
        link="incident",
    )
