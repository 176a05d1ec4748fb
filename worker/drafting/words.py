"""What people said: notes and requests for help, as events of the timeline."""

from collections.abc import Iterator, Sequence

from connectors.incidents import Responder
from worker.content.safe_markdown import Markdown, say
from worker.drafting.actions import is_action, items
from worker.drafting.context import Context
from worker.drafting.events import Event
from worker.drafting.limit import together
from worker.drafting.local_time import LocalTime
from worker.drafting.log import Rules
from worker.drafting.openings import RESOLVE
from worker.drafting.people import is_person, name
from worker.drafting.remarks import ANNOTATE, Kind, Remark
from worker.drafting.responders import REQUESTS, unlogged, with_answer
from worker.drafting.rules import RESPONDERS, VALUES, Handling, Rule
from worker.drafting.story import Story
from worker.drafting.wording import count, listing, quoted

_LATE_RESOLUTION_NOTE = "{who} wrote a resolution note: {text}"
_ACTION_ITEMS = "{who} noted {number}: {text}"


def remark_events(context: Context, rules: Rules) -> Iterator[Event]:
    """Give the notes, without those that are told with a resolution."""
    rule = rules[ANNOTATE]
    with_resolution = set(context.resolution_notes.values()) if _shows_note(context, rules) else {}
    events = [
        _remark_event(remark, rule, context)
        for remark in context.story.remarks
        if remark not in with_resolution
    ]
    if rule.handling is Handling.FOLD and len(events) > 1:
        events = [together(events)]
    if rule.handling is not Handling.DROP:
        yield from events


def responder_events(story: Story, rules: Rules) -> Iterator[Event]:
    """Give the requests for help that the log does not tell of."""
    rule = rules[RESPONDERS]
    if rule.handling is Handling.DROP:
        return
    requests = [entry for entry in story.entries if entry.type in REQUESTS]
    for asked in unlogged(story.incident.responders, requests):
        yield _request_event(asked, rule, story)


def _shows_note(context: Context, rules: Rules) -> bool:
    merged = context.story.incident.merged_into is not None
    return rules[RESOLVE].handling is Handling.KEEP and not merged


def _remark_event(remark: Remark, rule: Rule, context: Context) -> Event:
    own = remark.entry.url if remark.entry else None
    return Event(
        remark.key,
        remark.at,
        ANNOTATE,
        lambda clock: _tell_remark(remark, rule, context.story.people, clock),
        rule.weight,
        ((rule.noun, 1),),
        remark.sources,
        name(remark.author) if is_person(remark.author) else "",
        url=own or context.story.incident.url,
        link="log" if own else "incident",
    )


def _tell_remark(remark: Remark, rule: Rule, people: Sequence[str], clock: LocalTime) -> Markdown:
    who = name(remark.author)
    if is_action(remark.text):
        tasks = [quoted(item.task) for item in items([remark], clock, people)]
        number = "an action item" if len(tasks) == 1 else count(len(tasks), "action item")
        return say(_ACTION_ITEMS, who=who, number=number, text=listing(tasks))
    wording = _LATE_RESOLUTION_NOTE if remark.kind is Kind.RESOLUTION else rule.wording
    return say(wording, **{**dict.fromkeys(VALUES, ""), "who": who, "text": quoted(remark.text)})


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
        RESPONDERS,
        lambda _: say(rule.wording, **told),
        rule.weight,
        ((rule.noun, len(asked)),),
        (),
        name(first.requested_by) if is_person(first.requested_by) else "",
        url=story.incident.url,
        link="incident",
    )
