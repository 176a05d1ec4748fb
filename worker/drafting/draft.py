"""A draft: all that the source knows to say of an incident, place by place, and its chart."""

from dataclasses import dataclass, replace

from config.template_names import Slot
from connectors.incidents import IncidentRecord
from worker.content.draft_content import Content, DraftEntry, DraftRow, Point, own_keys
from worker.content.inline_markdown import safe_url, say
from worker.drafting.chart.drawing import draw_chart
from worker.drafting.chart.layout import alternative, layout
from worker.drafting.history.notes import NotedAction, noted_actions
from worker.drafting.history.story import Story, story
from worker.drafting.policy import DraftPolicy
from worker.drafting.sections import (
    causes_and_impact,
    response_and_lessons,
    summary,
    supporting_data,
)
from worker.drafting.sections.candidates import people_said
from worker.drafting.sections.summary import impact_fields
from worker.drafting.timeline.timeline import IncidentTimeline, timeline


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft says, and the picture beside it as the text of an SVG document, if wanted."""

    content: Content
    chart: str | None


def draft(record: IncidentRecord, policy: DraftPolicy) -> Drafted:
    """Draft everything that the record supports; what it cannot know is left to the prompts.

    The same record and policy give the same content: there is no clock, and nothing is told that
    changes by waiting. There is a chart where the policy names one.
    """
    told = story(record)
    line = timeline(told, policy)
    shown = layout(told, line) if policy.chart else None
    content = Content(
        incident=told.incident.id,
        url=safe_url(told.incident.url) or "",
        title=_title(told),
        starts_on=line.clock.day(told.start),
        timezone=line.clock.name,
        entries=_entries(told, policy, line, alternative(shown) if shown else ""),
        timeline=line.rows,
        action_items=tuple(map(_row, noted_actions(told.written_notes, line.clock, told.people))),
    )
    return Drafted(content, draw_chart(shown) if shown else None)


def _entries(
    told: Story, policy: DraftPolicy, line: IncidentTimeline, picture: str
) -> dict[Slot, DraftEntry]:
    return {
        slot: replace(entry, points=_numbered(entry.points))
        for slot, entry in _all_entries(told, policy, line, picture).items()
        if entry is not None and (entry.text or entry.points)
    }


def _all_entries(
    told: Story, policy: DraftPolicy, line: IncidentTimeline, picture: str
) -> dict[Slot, DraftEntry | None]:
    clock = line.clock
    well, badly = response_and_lessons.lessons(told, policy)
    found = supporting_data.links(told)
    fields = impact_fields(told)
    said = people_said(told, has_impact=bool(fields.others))
    return {
        Slot.DATE_TIME: summary.date_time(told, clock),
        Slot.DURATION: summary.elapsed(told, clock),
        Slot.IMPACT: summary.impact(told, said, fields, clock),
        Slot.SERVICES: summary.services(told),
        Slot.ROOT_CAUSE: causes_and_impact.summarised(said, clock),
        Slot.PRIMARY_CAUSE: causes_and_impact.primary(said, clock),
        Slot.CONTRIBUTING_FACTORS: causes_and_impact.factors(told),
        Slot.USERS_AFFECTED: causes_and_impact.users(said, fields, clock),
        Slot.BUSINESS_IMPACT: causes_and_impact.business(told, said, fields, clock),
        Slot.TECHNICAL_IMPACT: causes_and_impact.technical(told, clock),
        Slot.STEPS_TAKEN: response_and_lessons.steps(told, said, line),
        Slot.SHORT_TERM_FIXES: response_and_lessons.fixes(told, said, clock),
        Slot.WENT_WELL: well,
        Slot.WENT_BADLY: badly,
        Slot.LOGS: supporting_data.logs(told, said, found, clock),
        Slot.METRICS: supporting_data.metrics(found, policy.chart, picture),
        Slot.STAKEHOLDERS: response_and_lessons.stakeholders(told, said, clock),
        Slot.REVIEW: response_and_lessons.review(told, policy, clock),
    }


def _numbered(points: tuple[Point, ...]) -> tuple[Point, ...]:
    keys = own_keys(point.key for point in points)
    return tuple(replace(point, key=key) for point, key in zip(points, keys, strict=True))


def _title(told: Story) -> str:
    return say("{title}", title=told.incident.title) or f"Incident {told.incident.number}"


def _row(item: NotedAction) -> DraftRow:
    deadline = item.deadline.isoformat() if item.deadline else ""
    cells = (item.task, item.owner)
    return DraftRow(item.key, (*(say("{text}", text=text) for text in cells), "", deadline))
