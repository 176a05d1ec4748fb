"""What machines told: alerts and changes, as events of the timeline."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from connectors.incidents import ChangeEvent
from worker.content.clean_text import clean
from worker.content.safe_markdown import Markdown, say
from worker.drafting.alerts import Burst, bursts, cleared, tell_burst
from worker.drafting.context import Context
from worker.drafting.entries import TRIGGER
from worker.drafting.events import Event
from worker.drafting.limit import together
from worker.drafting.local_time import LocalTime
from worker.drafting.log import Rules
from worker.drafting.rules import ALERTS, CHANGES, VALUES, Handling, Rule
from worker.drafting.story import Story
from worker.drafting.wording import listing, quoted

SHOWN_BEFORE = timedelta(hours=2)
"""Changes this long before the start are in the timeline; earlier ones are factors alone."""

SAME_SIGNAL = timedelta(minutes=1)
"""The alert that opened an incident is no further from the entry that says so."""


def alert_events(context: Context, rules: Rules, log: Iterable[Event]) -> Iterator[Event]:
    """Give the log's events and the alerts as bursts; the alert that is the detection, with it."""
    rule = rules[ALERTS]
    told = _bursts(context, rule)
    for event in log:
        first = next((burst for burst in told if _is_detection(event, burst)), None)
        if first is not None:
            told.remove(first)
            yield _with_alert(event, first, context)
        else:
            yield event
    for burst in told:
        yield _burst_event(burst, rule, context)


def change_events(story: Story, rules: Rules) -> Iterator[Event]:
    """Give the changes from some time before the incident until its end."""
    rule = rules[CHANGES]
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


def _bursts(context: Context, rule: Rule) -> list[Burst]:
    alerts = context.story.alerts
    match rule.handling:
        case Handling.DROP:
            return []
        case Handling.KEEP:
            return [Burst(f"alert:{alert.id}", (alert,)) for alert in alerts]
        case Handling.FOLD:
            return list(bursts(alerts)) if alerts else []


def _is_detection(event: Event, burst: Burst) -> bool:
    return (
        event.kind == TRIGGER
        and len(burst.alerts) == 1
        and abs(burst.first - event.at) <= SAME_SIGNAL
        and not event.person
    )


def _with_alert(event: Event, burst: Burst, context: Context) -> Event:
    at = cleared(burst.alerts[0], context.story.resolutions)

    def tell(clock: LocalTime) -> Markdown:
        end = f"; cleared at {clock.short(at)}" if at else ""
        return say("{told}[{cleared}]", told=event.tell(clock), cleared=end)

    return replace(event, tell=tell, sources=(*event.sources, burst.alerts[0].id))


def _burst_event(burst: Burst, rule: Rule, context: Context) -> Event:
    return Event(
        burst.key,
        burst.first,
        ALERTS,
        lambda clock: tell_burst(burst, context.story.resolutions, clock),
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
        CHANGES,
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
