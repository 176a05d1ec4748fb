"""The cause in sections 1 and 3, and section 4: what the incident did, to whom."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from config.template_names import Slot
from connectors.incidents import LogEntry
from worker.content.clean_text import clean, one_line, shorten
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, link, safe_url, say
from worker.drafting.history.agents import automatic
from worker.drafting.history.alerts import by_service, by_severity, fired_again, peak
from worker.drafting.history.sentence_themes import WHO
from worker.drafting.history.story import Story, open_time
from worker.drafting.sections.candidates import PeopleSaid, Said
from worker.drafting.sections.repeats import repeats
from worker.drafting.sections.summary import ImpactFields, told_field
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import (
    LONGEST_QUOTE,
    count,
    duration,
    listing,
    tally,
    times_until,
)
from worker.drafting.timeline.notes_and_changes import told_change

BEFORE = timedelta(hours=24)
"""A change this long before the start may have contributed."""
_AT_ONCE = timedelta(seconds=1)

_FACTORS_TOLD = 10
_CAUSES_TOLD = 4
_SENTENCES_TOLD = 5


def summarised(said: PeopleSaid, clock: LocalTime) -> DraftEntry | None:
    """Tell the root cause in section 1: as somebody or a field states it, else a candidate."""
    for one in said.stated:
        return DraftEntry(one.told(clock))
    for one in said.causes:
        return DraftEntry(one.point(clock).text, keep_prompt=True)
    return None


def primary(said: PeopleSaid, clock: LocalTime) -> DraftEntry | None:
    """Tell in section 3 what else was said of the cause, and where the summary has it from."""
    each = (*said.stated, *said.causes)
    if not each:
        return None
    points = tuple(one.point(clock) for one in each[1 : _CAUSES_TOLD + 1])
    summary = summarised(said, clock) or DraftEntry()
    return DraftEntry(
        say("See the summary ({source})", source=each[0].source(clock)),
        points,
        keep_prompt=not said.stated,
        told_in=Slot.ROOT_CAUSE,
        instead=summary.text,
    )


def factors(story: Story, clock: LocalTime, drafted_at: datetime | None) -> DraftEntry | None:
    """Tell which incidents it repeats, then the changes of the day before the start.

    The nearest changes come first, as candidates; for ``drafted_at`` see :func:`repeats`.
    """
    repeated = tuple(repeats(story, clock, drafted_at))
    changes = [
        change
        for change in story.record.change_events
        if timedelta() <= story.start - change.created_at <= BEFORE
    ]
    if not changes and not repeated:
        return None
    nearest = sorted(changes, key=lambda one: one.created_at, reverse=True)
    points = [
        Point(
            f"change:{change.id}",
            at_start(
                say(
                    "Candidate: change {before}[ on {service}][, from {source}]: {text}[ {link}]",
                    **{
                        **told_change(change),
                        "before": _before(story.start - change.created_at),
                        "link": _link(change.url or next((o.url for o in change.links), "")),
                    },
                )
            ),
        )
        for change in nearest[:_FACTORS_TOLD]
    ]
    return DraftEntry(points=(*repeated, *points), keep_prompt=True)


def _before(elapsed: timedelta) -> str:
    return "at the start" if elapsed < _AT_ONCE else f"{duration(elapsed)} before the start"


def _link(url: str) -> Markdown:
    return link("change", url) if safe_url(url) else Markdown("")


_SEVERITIES_TOLD = 6
_SERVICES_TOLD = 8
_PEAK_FROM = 5
_HOW_MANY = re.compile(
    r"\b(?:(?:about|around|roughly|nearly|almost|over|up to|more than|at least|approx\.?) )?"
    r"\d[\d.,]*\s?(?:%|percent|k\b|thousand|million)?(?: of)?(?: (?:all|our|the))?"
    rf"(?: [a-z-]+){{0,2}}? {WHO}\b",
    re.IGNORECASE,
)


def users(said: PeopleSaid, fields: ImpactFields, clock: LocalTime) -> DraftEntry | None:
    """Tell what a custom field, else what people say of affected users."""
    if fields.users:
        values = [
            say(
                '{value} (from the field "{label}")',
                value=shorten(one_line(one.value), LONGEST_QUOTE),
                label=one.label,
            )
            for one in fields.users
        ]
        return DraftEntry(at_start(Markdown("; ".join(values))), _told(said.users, clock))
    if said.users:
        return DraftEntry(points=_told(said.users, clock), keep_prompt=True)
    for told in said.impact:
        if found := _HOW_MANY.search(one_line(told.text)):
            source = f"{told.source(clock)}; see the summary"
            number = f"{found[0][0].lower()}{found[0][1:]}"
            text = say("Candidate: {number} ({source})", number=number, source=source)
            instead = told.point(clock).text
            return DraftEntry(text, keep_prompt=True, told_in=Slot.IMPACT, instead=instead)
    return None


def business(
    story: Story, said: PeopleSaid, fields: ImpactFields, clock: LocalTime
) -> DraftEntry | None:
    """Tell what a custom field and people say of the business, and the business services hit."""
    told = Markdown("; ".join(told_field(one, clock) for one in fields.business))
    services = listing((clean(one.name) for one in story.record.business_services), limit=10)
    if not told and not services and not said.business:
        return None
    text = say(
        "[{told}][{gap}][Business services hit: {services}]",
        told=told,
        gap="; " if told and services else "",
        services=services,
    )
    return DraftEntry(text, _told(said.business, clock), keep_prompt=not told)


def _told(each: Sequence[Said], clock: LocalTime) -> tuple[Point, ...]:
    return tuple(one.point(clock) for one in each[-_SENTENCES_TOLD:])


def technical(story: Story, clock: LocalTime) -> DraftEntry:
    """Tell the times to acknowledge and to resolve, and the alerts by severity and service."""
    alerts = tuple(_alerts(story, clock))
    return DraftEntry(_times(story), alerts, keep_prompt=not alerts)


def _times(story: Story) -> Markdown:
    first = story.open_periods[0].acknowledgement
    total = open_time(story.open_periods)
    later = any(one.acknowledgement for one in story.open_periods)
    never = "not acknowledged before it was reopened" if later else "never acknowledged"
    never = never if story.log_is_whole else ""
    told = [
        f"{_acknowledged(first)} after {duration(first.created_at - story.start)}"
        if first
        else never,
        f"resolved after {duration(story.end - story.start)}" if story.end else "",
        f"open for {duration(total)} of it" if total and len(story.open_periods) > 1 else "",
    ]
    text = ", ".join(filter(None, told))
    return say("{text}", text=text[:1].upper() + text[1:])


def _acknowledged(first: LogEntry) -> str:
    return "acknowledged automatically" if automatic(first) else "acknowledged"


def _alerts(story: Story, clock: LocalTime) -> list[Point]:
    alerts = story.alerts
    if not alerts:
        return []
    most, at = peak([alert.created_at for alert in alerts])
    services = by_service(alerts)
    severities = by_severity(alerts)
    again = fired_again(story.entries, alerts)
    points = [
        Point(
            "alerts",
            at_start(
                say(
                    "{alerts}[ ({severities})][; peak {peak} a minute at {at}]"
                    "[; fired again {again}]",
                    alerts=count(len(alerts), "alert"),
                    severities=_severities(severities, len(alerts)),
                    peak=f"{most:,}" if len(alerts) >= _PEAK_FROM else "",
                    at=clock.short(at),
                    again=times_until(len(again), clock.short(again[-1].created_at))
                    if again
                    else "",
                )
            ),
        )
    ]
    if len(services) > 1:
        text = say("By service: {services}", services=tally(services, limit=_SERVICES_TOLD))
        points.append(Point("alerts:services", text))
    return points


def _severities(counted: Sequence[tuple[str, int]], total: int) -> str:
    """Word how many are of which severity, those without one as such where others have one."""
    rest = total - sum(number for _, number in counted)
    if len(counted) == 1 and not rest:
        severity, number = counted[0]
        return severity if number == 1 else f"all {severity}"
    without = [("without severity", rest)] if rest and counted else []
    return tally([*counted, *without], limit=_SEVERITIES_TOLD)
