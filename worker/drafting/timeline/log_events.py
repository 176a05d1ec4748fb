"""The log as events: each entry kept, folded or dropped as the folding table says."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.incidents import Agent, AgentKind, LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.inline_markdown import Markdown, link, say
from worker.drafting.history.agents import is_person, name
from worker.drafting.history.story import OpenPeriod
from worker.drafting.policy import (
    DEFAULT_RULES,
    UNKNOWN,
    Handling,
    Rule,
    Rules,
    Topic,
    Weight,
    topic,
)
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import listing, quoted
from worker.drafting.timeline.entry_wording import tell_entry
from worker.drafting.timeline.events import Event, fold, folded_event
from worker.drafting.timeline.relations import SAME_ACT, EntryRelations, key_of, reopening_key


def log_events(related: EntryRelations, rules: Rules) -> Iterator[Event]:
    """Give what the log tells, in no order; notes are told elsewhere.

    The first trigger, each reopening and the resolution are told even where the log lacks them.
    Further triggers are those of alerts, and told with them.
    """
    folds: defaultdict[Topic, list[LogEntry]] = defaultdict(list)
    for entry in related.story.entries:
        rule = rules.get(topic(entry), UNKNOWN)
        if rule.handling is Handling.DROP or entry.kind is EntryKind.ANNOTATE:
            continue
        if rule.handling is Handling.FOLD or _is_further_trigger(entry, related):
            folds[topic(entry)].append(entry)
        else:
            yield _event(entry, rule, related)
    further = folds.pop(EntryKind.TRIGGER, [])
    if not related.story.alerts and further:
        folds[EntryKind.TRIGGER] = further
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
            return say("The snooze ended")
        return tell_entry(entry, rule, related.known(entry), clock)

    event = folded_event([entry], rule, related, tell)
    key = key_of(entry)
    note = related.resolution_notes.get(key)
    more = note.sources if note else ()
    more = (*more, *(one.id for one in related.assigned.get(key, ())))
    if entry is related.detection and related.story.alerts:
        further = (one.id for one in related.story.entries if _is_further_trigger(one, related))
        more = (*more, *further)
    return replace(event, sources=tuple(dict.fromkeys((*event.sources, *more))))


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
        title=quoted(incident.title) or "without a title",
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
