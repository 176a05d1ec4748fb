"""Section 1: when, how long, what it hit, by what the source knows."""

import re
from collections.abc import Iterator
from datetime import timedelta

from connectors.incidents import CustomField, IncidentStatus, LogEntry
from worker.content.clean_text import clean
from worker.content.draft import Entry
from worker.content.safe_markdown import Markdown, link, say
from worker.drafting.alerts import by_service, service_id
from worker.drafting.local_time import LocalTime
from worker.drafting.openings import Opening, open_time
from worker.drafting.story import Story
from worker.drafting.wording import count, duration, listing, quoted, sentences

STATUS_UPDATES = frozenset({"status_update_log_entry", "incident_status_update_log_entry"})
"""Both names were seen in logs; PagerDuty documents neither."""

_EARLIER_SIGNAL = timedelta(seconds=30)
_STRETCHES_TOLD = 4
_SERVICES_TOLD = 15
_IMPACT = re.compile(r"\bimpact", re.IGNORECASE)


def date_time(story: Story, clock: LocalTime) -> Entry:
    """Tell start and end in the shown zone, and an earlier first signal."""
    signal = story.first_signal
    early = signal if signal and story.start - signal >= _EARLIER_SIGNAL else None
    if story.end:
        end = clock.full(story.end)
    else:
        resolved = story.incident.status is IncidentStatus.RESOLVED
        end = "an unknown end" if resolved else "still open"
    return Entry(
        say(
            "{start} - {end} ({zone})[; the first signal came at {signal}, {before} before]",
            start=clock.full(story.start),
            end=end,
            zone=clock.name,
            signal=clock.short(early) if early else "",
            before=duration(story.start - early) if early else "",
        )
    )


def elapsed(story: Story, clock: LocalTime) -> Entry:
    """Tell the elapsed time; after a reopening the open stretches and their sum."""
    total = open_time(story.openings)
    if total is None or story.end is None:
        resolved = story.incident.status is IncidentStatus.RESOLVED
        return Entry(say("Not known" if resolved else "Still open"))
    if len(story.openings) == 1:
        return Entry(say("{total}", total=duration(total)))
    told = len(story.openings) <= _STRETCHES_TOLD
    return Entry(
        say(
            "{total}, open [{stretches}][{number} times]; {whole} from start to end",
            total=duration(total),
            stretches=listing(_stretch(one, clock) for one in story.openings) if told else "",
            number="" if told else f"{len(story.openings):,}",
            whole=duration(story.end - story.start),
        )
    )


def _stretch(opening: Opening, clock: LocalTime) -> str:
    end = opening.ended or opening.began
    span = duration(end - opening.began)
    return f"{clock.short(opening.began)} - {clock.short(end)} ({span})"


def impact(story: Story, clock: LocalTime) -> Entry:
    """Tell priority, urgency, alerts, the last status update and what a field says of impact."""
    told = [
        _level(story),
        _extent(story),
        _last_update(story, clock),
        *(
            say("{label}: {value}", label=one.label, value=quoted(one.value))
            for one in _fields(story)
        ),
    ]
    return Entry(Markdown(sentences(told)), keep_prompt=True)


def _level(story: Story) -> Markdown:
    priority, urgency = clean(story.incident.priority or ""), clean(story.incident.urgency or "")
    if not priority:
        return say(
            "[{urgency} urgency]", urgency={"high": "High", "low": "Low"}.get(urgency, urgency)
        )
    return say("{priority}[, {urgency} urgency]", priority=priority, urgency=urgency)


def _extent(story: Story) -> Markdown:
    number = max(len(story.alerts), story.incident.alert_count or 0)
    if not number:
        return say("No alerts") if story.alerts_are_whole else Markdown("")
    services = len({service_id(alert) for alert in story.alerts if alert.service})
    on = count(services, "service") if services > 1 else ""
    return say("{alerts}[ on {services}]", alerts=count(number, "alert"), services=on)


def _last_update(story: Story, clock: LocalTime) -> Markdown:
    updates = status_updates(story)
    text = update_text(updates[-1]) if updates else ""
    if not text:
        return Markdown("")
    at = clock.short(updates[-1].created_at)
    return say("The last status update ({at}): {text}", at=at, text=text)


def status_updates(story: Story) -> list[LogEntry]:
    """Give the status updates, oldest first."""
    return [entry for entry in story.entries if entry.type in STATUS_UPDATES]


def update_text(update: LogEntry) -> str:
    """Quote what a status update said, "" where the log does not tell."""
    return quoted(update.message or update.note or update.channel.summary or "")


def _fields(story: Story) -> Iterator[CustomField]:
    for one in story.record.custom_fields:
        if clean(one.value) and _IMPACT.search(f"{one.name.replace('_', ' ')} {one.label}"):
            yield one


def services(story: Story) -> Entry:
    """Name the services: the incident's, its alerts', business services, merged incidents."""
    record, incident = story.record, story.incident
    own = [incident.service] if incident.service else []
    named = [clean(one.name) for one in (*own, *incident.impacted_services)]
    named += [name for name, _ in by_service(story.alerts)]
    business = [clean(one.name) for one in record.business_services]
    merged = [
        link(clean(one.name) or one.id, one.url) if one.url else say("{name}", name=one.name)
        for one in record.merged_incidents
    ]
    told = [
        say("{names}", names=listing(named, limit=_SERVICES_TOLD)),
        say("[business services: {names}]", names=listing(business, limit=_SERVICES_TOLD)),
        say("[merged into this incident: {names}]", names=Markdown(", ".join(merged))),
    ]
    return Entry(Markdown("; ".join(filter(None, told))))
