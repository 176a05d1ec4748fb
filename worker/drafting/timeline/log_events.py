"""The log and the alerts as events: kept, folded or dropped as the folding table says."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.incidents import Agent, AgentKind, Alert, LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean
from worker.content.inline_markdown import Markdown, link, say
from worker.drafting.history.agents import is_person, name
from worker.drafting.history.alerts import Burst, bursts, cleared, fired_again, shape, tell_burst
from worker.drafting.history.story import OpenPeriod
from worker.drafting.policy import (
    DEFAULT_RULES,
    UNKNOWN,
    Handling,
    OutsideLog,
    Rule,
    Rules,
    Topic,
    Weight,
    topic,
)
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import listing, quoted, times, titled
from worker.drafting.timeline.entry_relations import (
    SAME_ACT,
    EntryRelations,
    ended_early,
    key_of,
    reopening_key,
)
from worker.drafting.timeline.entry_wording import Known, tell_entry, values
from worker.drafting.timeline.events import Event, fold, folded_event


def log_events(related: EntryRelations, rules: Rules) -> Iterator[Event]:
    """Give what the log tells, in no order; notes and further triggers are told elsewhere.

    The first trigger, each reopening and the resolution are told even where the log lacks them.
    """
    folds: defaultdict[Topic, list[LogEntry]] = defaultdict(list)
    for entry in related.story.entries:
        rule = rules.get(topic(entry), UNKNOWN)
        told_elsewhere = entry.kind is EntryKind.ANNOTATE or _is_further_trigger(entry, related)
        if rule.handling is Handling.DROP or told_elsewhere:
            continue
        if rule.handling is Handling.FOLD:
            folds[topic(entry)].append(entry)
        else:
            yield _event(entry, rule, related)
    for about, entries in folds.items():
        yield from fold(entries, rules.get(about, UNKNOWN), related)
    yield from _unlogged(related, rules)


def _is_further_trigger(entry: LogEntry, related: EntryRelations) -> bool:
    return entry.kind is EntryKind.TRIGGER and entry is not related.detection


def _event(entry: LogEntry, rule: Rule, related: EntryRelations) -> Event:
    def tell(clock: LocalTime) -> Markdown:
        if entry.kind is EntryKind.RESOLVE and related.story.incident.merged_into:
            return _tell_merge(entry, related)
        if key_of(entry) in related.snooze_ends:
            by_person = is_person(entry.agent) and ended_early(entry, related.story.entries)
            wording = "{who} ended the snooze" if by_person else "The snooze ended"
            return say(wording, who=name(entry.agent))
        return tell_entry(entry, rule, related.known(entry), clock)

    event = folded_event([entry], rule, related, tell)
    key = key_of(entry)
    note = related.resolution_notes.get(key)
    more = note.sources if note else ()
    more = (*more, *(one.id for one in related.assigned.get(key, ())))
    if entry is related.detection and related.story.alerts:
        further = (one.id for one in related.story.entries if _is_further_trigger(one, related))
        more = (*more, *further)
    known = related.known(entry)
    said = bool(note or known.details or entry.note or entry.message) and bool(event.person)
    return replace(event, sources=tuple(dict.fromkeys((*event.sources, *more))), said=said)


def _tell_merge(entry: LogEntry, related: EntryRelations) -> Markdown:
    target = related.story.incident.merged_into
    named = link(target.name or target.id, target.url) if target and target.url else ""
    plain = target.name or target.id if target else ""
    return say(
        "{who} merged the incident into {target}", who=name(entry.agent), target=named or plain
    )


def _unlogged(related: EntryRelations, rules: Rules) -> Iterator[Event]:
    story = related.story
    if related.detection is None and _shown(EntryKind.TRIGGER, rules):
        yield _made("incident:start", story.start, EntryKind.TRIGGER, _tell_start(related), related)
    for number, period in enumerate(story.open_periods[1:], 1):
        if _shown(EntryKind.REOPEN, rules) and not _is_logged(period):
            key = reopening_key(number)
            who = _reopener(period)
            text = _tell_reopening(who, related.assigned_by(key))
            event = _made(key, period.began, EntryKind.REOPEN, text, related)
            sources = tuple(one.id for one in related.assigned.get(key, ()))
            yield replace(event, person=name(who) if who else "", sources=sources)
    last = story.open_periods[-1]
    if last.ended is not None and last.resolution is None and _shown(EntryKind.RESOLVE, rules):
        yield _made("incident:end", last.ended, EntryKind.RESOLVE, _tell_end(related), related)


def _shown(kind: EntryKind, rules: Rules) -> bool:
    return rules[kind].handling is not Handling.DROP


def _is_logged(period: OpenPeriod) -> bool:
    return period.reopening is not None and period.reopening.kind is EntryKind.REOPEN


def _made(
    key: str, at: datetime, kind: EntryKind, text: Markdown, related: EntryRelations
) -> Event:
    return Event(
        key,
        at,
        kind,
        lambda _: text,
        Weight.TURN,
        ((DEFAULT_RULES[kind].noun, 1),),
        (),
        url=related.story.incident.url,
        link="incident",
    )


def _tell_start(related: EntryRelations) -> Markdown:
    incident = related.story.incident
    return say(
        "The incident was opened: {title}[ on {service}]",
        title=titled(incident.title, incident.title) or "without a title",
        service=incident.service.name if incident.service else "",
    )


def _reopener(period: OpenPeriod) -> Agent | None:
    """Tell who reopened the incident: whoever did at that moment what only an open one allows."""
    shown_by = period.reopening
    if shown_by is None or abs(shown_by.created_at - period.began) > SAME_ACT:
        return None
    return shown_by.agent if is_person(shown_by.agent) else None


def _tell_reopening(who: Agent | None, assigned: Sequence[str]) -> Markdown:
    wording = "{who} reopened the incident" if who else "The incident was reopened"
    targets = listing(assigned)
    return say(f"{wording}[; assigned to {{targets}}]", who=name(who), targets=targets)


def _tell_end(related: EntryRelations) -> Markdown:
    by = related.story.incident.last_status_change_by
    if by is None:
        return say("The incident was resolved; the log does not say by whom")
    if by.kind in {AgentKind.PERSON, AgentKind.BOT}:
        return say("{who} resolved the incident", who=name(by))
    return say("Resolved automatically by {who}", who=name(by))


SAME_SIGNAL = timedelta(minutes=1)
"""The alert that opened an incident is no further from the entry that says so."""

MOST_STRETCHES = 10
"""Up to so many rows tell of what fired again between one note and the next."""


def alert_events(
    related: EntryRelations, rules: Rules, log: Iterable[Event], *, by_service: bool = False
) -> Iterator[Event]:
    """Give the log's events and the alerts as bursts; the alert that is the detection, with it.

    With ``by_service`` there is one row for all bursts of a service.
    """
    rule = rules[OutsideLog.ALERT]
    told = _bursts(related, rule, by_service=by_service)
    for event in log:
        first = next((burst for burst in told if _is_detection(event, burst)), None)
        if first is not None:
            told.remove(first)
            yield _with_alert(event, first, related)
        else:
            yield event
    for burst in told:
        yield _burst_event(burst, rule, related)
    yield from _fired_again(related, rules[OutsideLog.FIRED_AGAIN])


def _bursts(related: EntryRelations, rule: Rule, *, by_service: bool) -> list[Burst]:
    alerts = related.story.alerts
    match rule.handling:
        case Handling.DROP:
            return []
        case Handling.KEEP:
            return [Burst(f"alert:{alert.id}", (alert,)) for alert in alerts]
        case Handling.FOLD:
            return list(bursts(alerts, by_service=by_service))


def _is_detection(event: Event, burst: Burst) -> bool:
    return (
        event.topic is EntryKind.TRIGGER
        and len(burst.alerts) == 1
        and abs(burst.first - event.at) <= SAME_SIGNAL
        and not event.person
    )


def _with_alert(event: Event, burst: Burst, related: EntryRelations) -> Event:
    alert = burst.alerts[0]
    at = cleared(alert, related.story.resolutions)
    words = "" if _is_told(alert, related) else quoted(alert.summary)

    def tell(clock: LocalTime) -> Markdown:
        end = f"; cleared at {clock.short(at)}" if at else ""
        wording = "{told}[; its alert: {words}][{cleared}]"
        return say(wording, told=event.tell(clock), words=words, cleared=end)

    return replace(event, tell=tell, sources=(*event.sources, alert.id))


def _is_told(alert: Alert, related: EntryRelations) -> bool:
    """Tell whether an alert says what the incident is called, or what its detection says."""
    words = clean(alert.summary).lower()
    entry = related.detection
    told = (related.story.incident.title, entry.channel.summary if entry else None)
    known = [clean(one).lower() for one in told if one]
    return any(one.startswith(words) or words.startswith(one) for one in known)


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


def _fired_again(related: EntryRelations, rule: Rule) -> Iterator[Event]:
    """Tell what fired again, in stretches between people's words and resolutions."""
    if rule.handling is Handling.DROP:
        return
    again = fired_again(related.story.entries, related.story.alerts)
    said = sorted(note.at for note in related.story.written_notes)
    ends = sorted(related.story.resolutions)
    if rule.handling is Handling.KEEP:
        found = [[entry] for entry in again]
    else:
        found = _stretches(again, sorted((*said, *ends)))
        if len(found) > MOST_STRETCHES:
            found = _stretches(again, ends)
    for stretch in found:
        yield _fired_again_event(stretch, rule, related)


def _stretches(again: Sequence[LogEntry], cuts: Sequence[datetime]) -> list[list[LogEntry]]:
    groups: defaultdict[tuple[str, str, int], list[LogEntry]] = defaultdict(list)
    for entry in again:
        service = entry.service.id if entry.service else ""
        number = bisect_left(cuts, entry.created_at)
        groups[service, shape(entry.channel.summary or ""), number].append(entry)
    return list(groups.values())


def _fired_again_event(stretch: Sequence[LogEntry], rule: Rule, related: EntryRelations) -> Event:
    first, last = stretch[0], stretch[-1]

    def tell(clock: LocalTime) -> Markdown:
        until = clock.short(last.created_at)
        told = {
            "state": times(len(stretch)) if len(stretch) > 1 else "",
            "until": until if len(stretch) > 1 else "",
            "text": quoted(first.channel.summary or related.story.incident.title),
        }
        return say(rule.wording, **{**values(first, Known(), clock), **told})

    event = folded_event(stretch, rule, related, tell, f"again:{key_of(first)}")
    return replace(event, topic=OutsideLog.FIRED_AGAIN, person="")
