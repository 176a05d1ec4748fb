"""All that the source knows to say of an incident, place by place."""

from collections import Counter
from dataclasses import replace

from config.sections import Slot
from connectors.incidents import IncidentRecord
from worker.content.draft import Content, Entry, Point, Row
from worker.content.safe_markdown import say
from worker.content.urls import safe_url
from worker.drafting import causes, communication, effects, lessons, mitigation, summary, supporting
from worker.drafting.actions import Item, items
from worker.drafting.chart import alternative
from worker.drafting.policy import DraftPolicy
from worker.drafting.story import Story, story
from worker.drafting.timeline import Timeline, timeline


def facts(record: IncidentRecord, policy: DraftPolicy) -> Content:
    """Draft everything that the record supports; what it cannot know is left to the prompts.

    The same record and policy give the same content: there is no clock, and nothing is told that
    changes by waiting.
    """
    told = story(record)
    line = timeline(told, policy)
    entries = {
        slot: replace(entry, points=_with_own_keys(entry.points))
        for slot, entry in _entries(told, policy, line).items()
        if entry is not None and (entry.text or entry.points)
    }
    return Content(
        incident=told.incident.id,
        url=safe_url(told.incident.url) or "",
        title=_title(told),
        starts_on=line.clock.day(told.start),
        timezone=line.clock.name,
        entries=entries,
        timeline=line.rows,
        action_items=tuple(map(_row, items(told.remarks, line.clock, told.people))),
    )


def _entries(told: Story, policy: DraftPolicy, line: Timeline) -> dict[Slot, Entry | None]:
    clock = line.clock
    well, badly = lessons.lessons(told, policy)
    found = supporting.links(told)
    picture = alternative(told, line) if policy.chart else ""
    return {
        Slot.DATE_TIME: summary.date_time(told, clock),
        Slot.DURATION: summary.elapsed(told, clock),
        Slot.IMPACT: summary.impact(told, clock),
        Slot.SERVICES: summary.services(told),
        Slot.ROOT_CAUSE: causes.summarised(told, clock),
        Slot.PRIMARY_CAUSE: causes.primary(told, clock),
        Slot.CONTRIBUTING_FACTORS: causes.factors(told),
        Slot.USERS_AFFECTED: effects.users(told),
        Slot.BUSINESS_IMPACT: effects.business(told),
        Slot.TECHNICAL_IMPACT: effects.technical(told, clock),
        Slot.STEPS_TAKEN: mitigation.steps(told, line),
        Slot.SHORT_TERM_FIXES: mitigation.fixes(told, clock),
        Slot.WENT_WELL: well,
        Slot.WENT_BADLY: badly,
        Slot.LOGS: supporting.logs(told, found),
        Slot.METRICS: supporting.metrics(found, policy.chart, picture),
        Slot.STAKEHOLDERS: communication.stakeholders(told, clock),
        Slot.REVIEW: communication.review(told, policy, clock),
    }


def _with_own_keys(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Add a number to keys that are shared, as those of things without ids are."""
    seen = Counter[str]()
    own: list[Point] = []
    for point in points:
        seen[point.key] += 1
        number = seen[point.key]
        own.append(point if number == 1 else replace(point, key=f"{point.key}#{number}"))
    return tuple(own)


def _title(told: Story) -> str:
    return say("{title}", title=told.incident.title) or f"Incident {told.incident.number}"


def _row(item: Item) -> Row:
    deadline = item.deadline.isoformat() if item.deadline else ""
    cells = (item.task, item.owner)
    return Row(item.key, (*(say("{text}", text=text) for text in cells), "", deadline))
