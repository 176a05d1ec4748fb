"""Section 4: what the incident did, as far as the source measured it."""

import re
from collections.abc import Sequence

from connectors.incidents import CustomField
from worker.content.clean_text import clean, one_line, shorten
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, say
from worker.drafting.history.alerts import by_service, by_severity, peak
from worker.drafting.history.phases import open_time
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import LONGEST_QUOTE, count, duration, listing, quoted, tally

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
