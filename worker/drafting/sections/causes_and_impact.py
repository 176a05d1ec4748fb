"""Sections 3 and 4: what people said of the cause, candidates for it, and what the incident did."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from connectors.incidents import CustomField
from worker.content.clean_text import clean, one_line, shorten
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, link, safe_url, say
from worker.drafting.history.agents import name
from worker.drafting.history.alerts import by_service, by_severity, peak
from worker.drafting.history.notes import NoteKind, root_cause
from worker.drafting.history.story import Story, open_time
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import LONGEST_QUOTE, count, duration, listing, quoted, tally
from worker.drafting.timeline.alerts_and_notes import told_change

BEFORE = timedelta(hours=24)
"""A change this long before the start may have contributed."""

_FACTORS_TOLD = 10
_ROOT_CAUSE = re.compile(r"\broot[ _-]?cause", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody, or a field, says that the root cause was."""

    text: str
    source: str


def stated(story: Story, clock: LocalTime) -> Iterator[Statement]:
    """Give what custom fields and notes name as the root cause, the latest note first."""
    for field in story.record.custom_fields:
        if _ROOT_CAUSE.search(f"{field.name} {field.label}") and clean(field.value):
            yield Statement(field.value, f'the field "{clean(field.label)}"')
    for note in reversed(story.written_notes):
        if text := root_cause(note.text):
            at = clock.short(note.at)
            yield Statement(text, f"the note of {name(note.author)}, {at}")


def summarised(story: Story, clock: LocalTime) -> DraftEntry | None:
    """Tell the root cause in section 1: as stated, else the resolution note as a candidate."""
    for statement in stated(story, clock):
        return DraftEntry(say("{text}", text=quoted(statement.text)))
    return _candidate(story)


def primary(story: Story, clock: LocalTime) -> DraftEntry | None:
    """Tell the primary cause in section 3, with its source; people still explain it."""
    for statement in stated(story, clock):
        text = quoted(statement.text)
        said = say("{text} (from {source})", text=text, source=statement.source)
        return DraftEntry(said, keep_prompt=True)
    return _candidate(story)


def _candidate(story: Story) -> DraftEntry | None:
    notes = [one for one in story.written_notes if one.kind is NoteKind.RESOLUTION]
    if not notes:
        return None
    text = quoted(notes[-1].text)
    return DraftEntry(
        say("Candidate, from the resolution note: {text}", text=text), keep_prompt=True
    )


def factors(story: Story) -> DraftEntry | None:
    """Tell the changes of the day before the start, the nearest first, as candidates."""
    changes = [
        change
        for change in story.record.change_events
        if timedelta() <= story.start - change.created_at <= BEFORE
    ]
    if not changes:
        return None
    nearest = sorted(changes, key=lambda one: one.created_at, reverse=True)
    points = [
        Point(
            f"change:{change.id}",
            at_start(
                say(
                    "Candidate: change {before} before the start[ on {service}][, from {source}]"
                    ": {text}[ {link}]",
                    **{
                        **told_change(change),
                        "before": duration(story.start - change.created_at),
                        "link": _link(change.url or next((o.url for o in change.links), "")),
                    },
                )
            ),
        )
        for change in nearest[:_FACTORS_TOLD]
    ]
    return DraftEntry(points=tuple(points), keep_prompt=True)


def _link(url: str) -> Markdown:
    return link("change", url) if safe_url(url) else Markdown("")


_USERS = re.compile(
    r"\b(users?|customers?|people)\b.*\b(affected|impacted)|"
    r"\b(affected|impacted)\b.*\b(users?|customers?)",
    re.IGNORECASE,
)
_BUSINESS = re.compile(r"\b(business|revenue|sla|slo|financial)\b", re.IGNORECASE)
_SERVICES_TOLD = 8
_PEAK_FROM = 5


def users(story: Story) -> DraftEntry | None:
    """Tell a custom field about affected users."""
    field = _field(story, _USERS)
    if field is None:
        return None
    value = shorten(one_line(field.value), LONGEST_QUOTE)
    text = say('{value} (from the field "{label}")', value=value, label=field.label)
    return DraftEntry(at_start(text))


def business(story: Story) -> DraftEntry | None:
    """Tell a custom field about the business, and which business services were hit."""
    field = _field(story, _BUSINESS)
    told = f"{clean(field.label)}: {quoted(field.value)}" if field else ""
    services = listing((clean(one.name) for one in story.record.business_services), limit=10)
    if not told and not services:
        return None
    text = say(
        "[{told}][{gap}][Business services hit: {services}]",
        told=told,
        gap="; " if told and services else "",
        services=services,
    )
    return DraftEntry(text, keep_prompt=not told)


def technical(story: Story, clock: LocalTime) -> DraftEntry:
    """Tell the times to acknowledge and to resolve, and the alerts by severity and service."""
    return DraftEntry(_times(story), tuple(_alerts(story, clock)), keep_prompt=True)


def _times(story: Story) -> Markdown:
    first = story.open_periods[0].acknowledgement
    total = open_time(story.open_periods)
    never = "never acknowledged" if first is None and story.log_is_whole else ""
    told = [
        f"acknowledged after {duration(first.created_at - story.start)}" if first else never,
        f"resolved after {duration(story.end - story.start)}" if story.end else "",
        f"open for {duration(total)} of it" if total and len(story.open_periods) > 1 else "",
    ]
    text = ", ".join(filter(None, told))
    return say("{text}", text=text[:1].upper() + text[1:])


def _alerts(story: Story, clock: LocalTime) -> list[Point]:
    alerts = story.alerts
    if not alerts:
        return []
    most, at = peak([alert.created_at for alert in alerts])
    services = by_service(alerts)
    severities = by_severity(alerts)
    points = [
        Point(
            "alerts",
            at_start(
                say(
                    "{alerts}[ ({severities})][; peak {peak} a minute at {at}]",
                    alerts=count(len(alerts), "alert"),
                    severities=_severities(severities),
                    peak=f"{most:,}" if len(alerts) >= _PEAK_FROM else "",
                    at=clock.short(at),
                )
            ),
        )
    ]
    if len(services) > 1:
        text = say("By service: {services}", services=tally(services, limit=_SERVICES_TOLD))
        points.append(Point("alerts:services", text))
    return points


def _severities(counted: Sequence[tuple[str, int]]) -> str:
    if len(counted) == 1:
        severity, number = counted[0]
        return severity if number == 1 else f"all {severity}"
    return tally(counted)


def _field(story: Story, pattern: re.Pattern[str]) -> CustomField | None:
    for one in story.record.custom_fields:
        if clean(one.value) and pattern.search(f"{one.name.replace('_', ' ')} {one.label}"):
            return one
    return None
