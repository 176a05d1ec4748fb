"""Section 1: when, how long, what it hit, by what the source knows; and a team's own fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from connectors.incidents import CustomField, IncidentStatus
from connectors.log_entry_kinds import UrgencyLevel
from worker.content.clean_text import clean
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, say
from worker.drafting.history.agents import known_name
from worker.drafting.history.alerts import by_service, service_id
from worker.drafting.history.story import OpenPeriod, Story, open_time
from worker.drafting.sections.candidates import PeopleSaid
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, duration, listing, quoted, sentences

_EARLIER_SIGNAL = timedelta(seconds=30)
_STRETCHES_TOLD = 4
_SERVICES_TOLD = 15
_URGENCIES: Mapping[str, str] = {UrgencyLevel.HIGH: "High", UrgencyLevel.LOW: "Low"}
_SENTENCES_TOLD = 3
_IMPACT = re.compile(r"\bimpact|\bloss\b|\boutage\b", re.IGNORECASE)
_USERS = re.compile(
    r"\b(users?|customers?|clients?|people)\b.*\b(affected|impacted)|"
    r"\b(affected|impacted)\b.*\b(users?|customers?|clients?|people)",
    re.IGNORECASE,
)
_BUSINESS = re.compile(r"\b(business|revenue|sla|slo|financial)\b", re.IGNORECASE)


def date_time(story: Story, clock: LocalTime) -> DraftEntry:
    """Tell start and end in the shown zone, and an earlier first signal."""
    signal = story.first_signal
    early = signal if signal and story.start - signal >= _EARLIER_SIGNAL else None
    if story.end:
        end = clock.full(story.end)
    else:
        resolved = story.incident.status is IncidentStatus.RESOLVED
        end = "an unknown end" if resolved else "still open"
    return DraftEntry(
        say(
            "{start} - {end} ({zone})[; the first signal came at {signal}, {before} before]",
            start=clock.full(story.start),
            end=end,
            zone=clock.name,
            signal=clock.short(early) if early else "",
            before=duration(story.start - early) if early else "",
        )
    )


def elapsed(story: Story, clock: LocalTime) -> DraftEntry:
    """Tell the elapsed time; after a reopening the open stretches and their sum."""
    total = open_time(story.open_periods)
    if total is None or story.end is None:
        resolved = story.incident.status is IncidentStatus.RESOLVED
        return DraftEntry(say("Not known" if resolved else "Still open"))
    if len(story.open_periods) == 1:
        return DraftEntry(say("{total}", total=duration(total)))
    told = len(story.open_periods) <= _STRETCHES_TOLD
    return DraftEntry(
        say(
            "{total}, open [{stretches}][{number} times]; {whole} from start to end",
            total=duration(total),
            stretches=listing(_stretch(one, clock) for one in story.open_periods) if told else "",
            number="" if told else f"{len(story.open_periods):,}",
            whole=duration(story.end - story.start),
        )
    )


def _stretch(period: OpenPeriod, clock: LocalTime) -> str:
    end = period.ended or period.began
    span = duration(end - period.began)
    return f"{clock.short(period.began)} - {clock.on_day_of(period.began).short(end)} ({span})"


@dataclass(frozen=True, slots=True)
class ImpactFields:
    """The custom fields that tell of an impact, each in one place."""

    users: tuple[CustomField, ...]
    business: tuple[CustomField, ...]
    others: tuple[CustomField, ...]


def impact_fields(story: Story) -> ImpactFields:
    """Find the custom fields that say whom or what the incident hit."""
    found: dict[re.Pattern[str], list[CustomField]] = {_USERS: [], _BUSINESS: [], _IMPACT: []}
    for one in story.record.custom_fields:
        called = f"{one.name.replace('_', ' ')} {one.label}"
        for pattern, fields in found.items() if clean(one.value) else ():
            if pattern.search(called):
                fields.append(one)
                break
    return ImpactFields(*map(tuple, found.values()))


def told_field(field: CustomField, clock: LocalTime) -> Markdown:
    """Word a field: ``Regions: EU, UK``, ``Began: 2025-03-03 02:10``, ``Note: "some words"``."""
    shown = clock.moments(field.value)
    words = any(" " in part.strip() for part in field.value.split(","))
    value = quoted(shown) if words else clean(shown)
    return say("{label}: {value}", label=clean(field.label) or field.name, value=value)


def other_fields(story: Story, said: PeopleSaid, clock: LocalTime) -> Iterator[Point]:
    """Give the fields that tell of neither impact nor cause."""
    fields = impact_fields(story)
    told = (*fields.users, *fields.business, *fields.others)
    causes = {one.key for one in said.stated}
    for field in story.record.custom_fields:
        if clean(field.value) and field not in told and f"field:{field.name}" not in causes:
            yield Point(f"field:{field.name}", at_start(told_field(field, clock)))


def impact(story: Story, said: PeopleSaid, fields: ImpactFields, clock: LocalTime) -> DraftEntry:
    """Tell priority, type, urgency, alerts, what fields say of impact, and people's candidates."""
    told = [
        _level(story),
        _extent(story),
        *(told_field(one, clock) for one in fields.others),
    ]
    points = tuple(one.point(clock) for one in said.impact[:_SENTENCES_TOLD])
    return DraftEntry(Markdown(sentences(told)), points, keep_prompt=not fields.others)


def _level(story: Story) -> Markdown:
    priority, urgency = clean(story.incident.priority or ""), clean(story.incident.urgency or "")
    kind = clean(story.incident.incident_type or "").replace("_", " ")
    kind = f"{kind} incident" if kind and "incident" not in kind.lower() else kind
    named = f"{priority} {kind}".strip()
    if not named:
        return say("[{urgency} urgency]", urgency=_URGENCIES.get(urgency, urgency))
    named = named[0].upper() + named[1:]
    return say("{named}[, {urgency} urgency]", named=named, urgency=urgency)


def _extent(story: Story) -> Markdown:
    number = max(len(story.alerts), story.incident.alert_count or 0)
    if not number:
        return say("No alerts") if story.alerts_are_whole else Markdown("")
    services = len({service_id(alert) for alert in story.alerts if alert.service})
    on = count(services, "service") if services > 1 else ""
    return say("{alerts}[ on {services}]", alerts=count(number, "alert"), services=on)


def services(story: Story) -> DraftEntry:
    """Name the services: the incident's, its alerts' and business services."""
    record, incident = story.record, story.incident
    own = [incident.service] if incident.service else []
    named = [known_name(one) for one in (*own, *incident.impacted_services)]
    named += [name for name, _ in by_service(story.alerts)]
    business = map(known_name, record.business_services)
    told = [
        say("{names}", names=listing(named, limit=_SERVICES_TOLD)),
        say("[business services: {names}]", names=listing(business, limit=_SERVICES_TOLD)),
    ]
    return DraftEntry(Markdown("; ".join(filter(None, told))))
