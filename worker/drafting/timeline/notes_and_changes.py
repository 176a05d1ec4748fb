"""What is told beside the log, as events: changes, notes, requests for help and their answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from connectors.incidents import ChangeEvent, Responder
from connectors.log_entry_kinds import EntryKind, ResponderAnswer
from worker.content.clean_text import clean
from worker.content.inline_markdown import Markdown, say
from worker.drafting.history.agents import (
    REQUESTS,
    SAME_REQUEST,
    is_person,
    name,
    unlogged,
    with_answer,
)
from worker.drafting.history.notes import NoteKind, WrittenNote, is_action, noted_actions
from worker.drafting.history.story import Story
from worker.drafting.policy import VALUES, Handling, OutsideLog, Rule, Rules
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, duration, listing, quoted
from worker.drafting.timeline.entry_relations import (
    EntryRelations,
    has_own_answer,
    without_own_answers,
)
from worker.drafting.timeline.entry_wording import capitalised
from worker.drafting.timeline.events import Event, together

SHOWN_BEFORE = timedelta(hours=2)
"""Changes this long before the start are in the timeline; earlier ones are factors alone."""

_LATE_RESOLUTION_NOTE = "{who} wrote a resolution note: {text}"
_ON_ANOTHER = "{who} wrote on {incident}: {text}"
_ACTION_ITEMS = "{who} noted {number}: {text}"


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
    """Give the requests for help that the log does not tell of, and answers that have a time."""
    rule = rules[OutsideLog.RESPONDER]
    if rule.handling is Handling.DROP:
        return
    requests = [entry for entry in story.entries if entry.kind in REQUESTS]
    for asked in unlogged(story.incident.responders, requests):
        yield _request_event(asked, rule, story)
    for responder in story.incident.responders:
        if has_own_answer(responder) and not _is_logged(responder, story):
            yield _answer_event(responder, rule, story)


def _is_logged(responder: Responder, story: Story) -> bool:
    """Tell whether an entry of no known kind says it already."""
    at, who = responder.answered_at, name(responder.who)
    return any(
        entry.kind is EntryKind.OTHER
        and at is not None
        and abs(entry.created_at - at) <= SAME_REQUEST
        and who in clean(entry.summary)
        for entry in story.entries
    )


def _shows_note(related: EntryRelations, rules: Rules) -> bool:
    merged = related.story.incident.merged_into is not None
    return rules[EntryKind.RESOLVE].handling is Handling.KEEP and not merged


def _note_event(note: WrittenNote, rule: Rule, related: EntryRelations) -> Event:
    own = note.entry.url if note.entry else None
    there = note.written_on.url if note.written_on else None
    return Event(
        note.key,
        note.at,
        EntryKind.ANNOTATE,
        lambda clock: _tell_note(note, rule, related.story, clock),
        rule.weight,
        ((rule.noun, 1),),
        note.sources,
        name(note.author) if is_person(note.author) else "",
        url=own or there or related.story.incident.url,
        link="log" if own else "incident",
        said=True,
    )


def _tell_note(note: WrittenNote, rule: Rule, story: Story, clock: LocalTime) -> Markdown:
    who, marks = name(note.author), story.action_marks
    if is_action(note.text, marks):
        tasks = [quoted(item.task) for item in noted_actions([note], clock, story.people, marks)]
        number = "an action item" if len(tasks) == 1 else count(len(tasks), "action item")
        return capitalised(say(_ACTION_ITEMS, who=who, number=number, text=listing(tasks)))
    if note.written_on is not None:
        on = clean(note.written_on.name)
        return capitalised(say(_ON_ANOTHER, who=who, incident=on, text=quoted(note.text)))
    wording = _LATE_RESOLUTION_NOTE if note.kind is NoteKind.RESOLUTION else rule.wording
    told = {**dict.fromkeys(VALUES, ""), "who": who, "text": quoted(note.text)}
    return capitalised(say(wording, **told))


def _request_event(asked: Sequence[Responder], rule: Rule, story: Story) -> Event:
    first = asked[0]
    told = {
        **dict.fromkeys(VALUES, ""),
        "who": name(first.requested_by),
        "targets": listing(map(with_answer, without_own_answers(asked)), limit=6),
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
        said=bool(told["text"]),
    )


_ANSWERS: Mapping[str, str] = {
    ResponderAnswer.JOINED: "{who} joined[ after {waited}]",
    ResponderAnswer.DECLINED: "{who} declined to help",
    ResponderAnswer.WITHDRAWN: "The request to {who} was withdrawn",
}


def _answer_event(responder: Responder, rule: Rule, story: Story) -> Event:
    asked, answered = responder.requested_at, responder.answered_at or story.start
    text = say(
        _ANSWERS.get(responder.state, "{who} answered the request for help: {state}"),
        who=name(responder.who),
        state=responder.state,
        waited=duration(answered - asked) if asked else "",
    )
    return Event(
        f"answer:{responder.who.id}",
        answered,
        OutsideLog.RESPONDER,
        lambda _: text,
        rule.weight,
        (("answer", 1),),
        (),
        name(responder.who) if is_person(responder.who) else "",
        url=story.incident.url,
        link="incident",
    )
