"""A draft: all that the source knows to say of an incident, place by place, and its chart.

What a review of the source's says is a candidate, quoted with its heading: people wrote it for
another document, or a machine did. Who had which role stands where it says who was told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config.template_names import Slot
from connectors.follow_up import (
    FollowUp,
    IncidentReview,
    OutsideReference,
    ReportKind,
    ReviewSection,
)
from connectors.incidents import IncidentRecord
from worker.content.clean_text import LONGEST_TITLE, clean, headline, one_line, shorten
from worker.content.draft_content import Content, DraftEntry, Point, own_keys
from worker.content.inline_markdown import Markdown, at_start, link, safe_url, say
from worker.drafting.chart.drawing import draw_chart
from worker.drafting.chart.layout import alternative, layout
from worker.drafting.history.agents import known_name, name, told_apart
from worker.drafting.history.alerts import by_service
from worker.drafting.history.story import Story, story
from worker.drafting.history.tasks_and_roles import Holding, action_rows, courses, holdings
from worker.drafting.policy import DraftPolicy
from worker.drafting.sections import (
    causes_and_impact,
    response_and_lessons,
    summary,
    supporting_data,
)
from worker.drafting.sections.candidates import people_said
from worker.drafting.sections.summary import impact_fields
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, quoted
from worker.drafting.timeline.timeline import IncidentTimeline, timeline

_SATURDAY, _A_WEEK = 5, 7


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft says, and the picture beside it as the text of an SVG document, if wanted."""

    content: Content
    chart: str | None


def draft(
    record: IncidentRecord, policy: DraftPolicy, drafted_at: datetime | None = None
) -> Drafted:
    """Draft everything that the record supports; what it cannot know is left to the prompts.

    The same record and policy give the same content: there is no clock, and nothing is told that
    changes by waiting. ``drafted_at`` (aware UTC) is when the document was first made: what is to
    come is not told to be due before. There is a chart where the policy names one.
    """
    told = story(told_apart(record), policy.action_marks)
    line = timeline(told, policy)
    shown = layout(told, line) if policy.chart else None
    content = Content(
        incident=told.incident.id,
        url=safe_url(told.incident.url) or "",
        title=_title(told),
        starts_on=line.clock.day(told.start),
        timezone=line.clock.name,
        entries=_entries(told, policy, line, alternative(shown) if shown else "", drafted_at),
        timeline=line.rows,
        action_items=action_rows(told, line.clock, policy.action_marks),
        facts={key: values for key, values in _facts(told, line.clock).items() if any(values)},
    )
    return Drafted(content, draw_chart(shown) if shown else None)


def _entries(
    told: Story,
    policy: DraftPolicy,
    line: IncidentTimeline,
    picture: str,
    drafted_at: datetime | None,
) -> dict[Slot, DraftEntry]:
    return {
        slot: replace(entry, points=_numbered(entry.points))
        for slot, entry in _with_follow_up(
            _all_entries(told, policy, line, picture, drafted_at), told, line.clock
        ).items()
        if entry is not None and (entry.text or entry.points)
    }


def _all_entries(
    told: Story,
    policy: DraftPolicy,
    line: IncidentTimeline,
    picture: str,
    drafted_at: datetime | None,
) -> dict[Slot, DraftEntry | None]:
    clock = line.clock
    well, badly = response_and_lessons.lessons(told, policy)
    found = supporting_data.links(told)
    fields = impact_fields(told)
    said = people_said(told, has_impact=bool(fields.others))
    return {
        Slot.DATE_TIME: summary.date_time(told, clock),
        Slot.DURATION: summary.elapsed(told, clock),
        Slot.IMPACT: _with_title(summary.impact(told, said, fields, clock), told),
        Slot.SERVICES: summary.services(told),
        Slot.ROOT_CAUSE: causes_and_impact.summarised(said, clock),
        Slot.PRIMARY_CAUSE: causes_and_impact.primary(said, clock),
        Slot.CONTRIBUTING_FACTORS: causes_and_impact.factors(told, clock, drafted_at),
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
        Slot.REVIEW: _review(told, policy, clock, drafted_at),
    }


def _numbered(points: tuple[Point, ...]) -> tuple[Point, ...]:
    keys = own_keys(point.key for point in points)
    return tuple(replace(point, key=key) for point, key in zip(points, keys, strict=True))


def _review(
    story: Story, policy: DraftPolicy, clock: LocalTime, drafted_at: datetime | None
) -> DraftEntry | None:
    """Tell until which working day the review is due; when it takes place, people decide.

    Where that had passed when the draft was made, it is counted from then.
    """
    if policy.review_due is None or story.end is None:
        return None
    due = clock.day(story.end + policy.review_due)
    if drafted_at is not None and due < clock.day(drafted_at):
        due = clock.day(drafted_at + policy.review_due)
    if due.weekday() >= _SATURDAY:
        due += timedelta(days=_A_WEEK - due.weekday())
    return DraftEntry(say("Due by {due}", due=due.isoformat()), keep_prompt=True)


def _title(told: Story) -> str:
    """Give the heading's title; what escapes add counts, for the file is read as well."""
    limit = LONGEST_TITLE
    title = say("{title}", title=headline(told.incident.title, limit))
    while len(title) > LONGEST_TITLE and limit > LONGEST_TITLE // 2:
        limit -= max(1, (len(title) - LONGEST_TITLE) // 2)
        title = say("{title}", title=headline(told.incident.title, limit))
    return title or f"Incident {told.incident.number}"


def _with_title(entry: DraftEntry, told: Story) -> DraftEntry:
    """Tell a title that no heading holds whole, once, in its place below the impact."""
    title = told.incident.title
    if len(clean(title)) <= LONGEST_TITLE:
        return entry
    whole = at_start(say('The whole title: "{title}"', title=one_line(title)))
    return replace(entry, points=(*entry.points, Point("title", whole)))


def _facts(told: Story, clock: LocalTime) -> dict[str, tuple[str, ...]]:
    """Give what the front matter says of the incident; "" and nothing for what is not known."""
    incident, commander = told.incident, told.record.commander
    own = [incident.service] if incident.service else []
    services = [known_name(one) for one in (*own, *incident.impacted_services)]
    services += [service for service, _ in by_service(told.alerts)]
    return {
        "title": (headline(incident.title),),
        "number": (str(incident.number),),
        "started": (clock.stamp(told.start),),
        "ended": (clock.stamp(told.end) if told.end else "",),
        "severity": (clean(incident.priority or ""),),
        "services": tuple(dict.fromkeys(filter(None, services))),
        "teams": tuple(dict.fromkeys(filter(None, map(known_name, incident.teams)))),
        "commander": (name(commander) if commander else "",),
    }


_Entries = Mapping[Slot, DraftEntry | None]

_MOST_PAST = 3
"""How many earlier incidents are named; the source ranks them."""
_MOST_REFERENCES = 10
_MOST_ROLES = 6
_LONGEST_NAME = 80

_PLACES: tuple[tuple[re.Pattern[str], Slot], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), slot)
    for pattern, slot in (
        (r"\bcontribut", Slot.CONTRIBUTING_FACTORS),
        (r"\bcauses?\b|\bwhy\b", Slot.PRIMARY_CAUSE),
        (r"went well|\bworked well\b|\bstrengths?\b", Slot.WENT_WELL),
        (r"(?:didn.?t|did not) (?:go|work)|went (?:wrong|badly|poorly)|weakness", Slot.WENT_BADLY),
        (r"\bbusiness\b|\brevenue\b|\bsla\b", Slot.BUSINESS_IMPACT),
        (r"\b(?:customers?|users?)\b", Slot.USERS_AFFECTED),
        (r"\bimpact|\beffects?\b|\bsummary\b|\boverview\b|\bwhat happened\b", Slot.IMPACT),
        (r"\bmitigat|\bresolution\b|\brecovery\b|\bfix(?:es)?\b", Slot.SHORT_TERM_FIXES),
        (r"\blessons?\b|\blearn|\bimprove|\bbetter\b|\bprevent", Slot.IMPROVEMENTS),
    )
)
"""Where a section of a review belongs, by its heading; the first that fits."""


def _with_follow_up(entries: _Entries, story: Story, clock: LocalTime) -> _Entries:
    """Give the entries with what the follow-up adds to them, behind what they say already."""
    told = story.record.follow_up
    added: dict[Slot, list[Point]] = {}
    for slot, point in _candidates(told.review):
        added.setdefault(slot, []).append(point)
    added[Slot.LOGS] = [
        *_own_review(told.review),
        *_references(told.references, entries.get(Slot.LOGS)),
        *_past(told, clock),
    ]
    added[Slot.STAKEHOLDERS] = list(_roles(story, clock))
    return {**entries, **{slot: _with(entries.get(slot), many) for slot, many in added.items()}}


def _with(entry: DraftEntry | None, points: list[Point]) -> DraftEntry | None:
    if not points:
        return entry
    known = entry or DraftEntry(keep_prompt=True)
    return replace(known, points=(*known.points, *points))


def _candidates(review: IncidentReview | None) -> Iterator[tuple[Slot, Point]]:
    for number, section in enumerate(review.sections if review else (), 1):
        slot = next((slot for pattern, slot in _PLACES if pattern.search(section.title)), None)
        if review and slot and quoted(section.text):
            yield slot, Point(f"review:section:{number}", _quoted(section, review))


def _quoted(section: ReviewSection, review: IncidentReview) -> Markdown:
    return say(
        "Candidate: {text} ({source}[, {heading}])",
        source="the review's draft by a machine" if review.by_machine else "the review",
        heading=quoted(section.title, _LONGEST_NAME),
        text=quoted(section.text),
    )


def _own_review(review: IncidentReview | None) -> Iterator[Point]:
    """Name the review that the source keeps, and where it stands."""
    if review is None:
        return
    items = len(review.items)
    text = say(
        "Incident review: {title}[, {status}][, with {items}]",
        title=quoted(review.title, _LONGEST_NAME) or "without a title",
        status=review.status,
        items=count(items, "action item") if items else "",
    )
    yield Point("review", text)


def _references(each: Iterable[OutsideReference], logs: DraftEntry | None) -> Iterator[Point]:
    """Link what other systems keep, unless the draft links it already."""
    linked = {point.key for point in logs.points} if logs else set()
    for one in tuple(each)[:_MOST_REFERENCES]:
        if f"link:{one.url}" not in linked:
            named = shorten(clean(one.name), _LONGEST_NAME) or re.sub(r"^https?://", "", one.url)
            yield Point(f"reference:{one.url}", at_start(link(named, one.url)))


def _past(told: FollowUp, clock: LocalTime) -> Iterator[Point]:
    repeated = {one.id for one in told.repeats}  # told among the contributing factors
    for one in [one for one in told.past if one.id not in repeated][:_MOST_PAST]:
        title = shorten(clean(one.title), _LONGEST_NAME) or "without a title"
        named = f"#{one.number} {title}" if one.number else title
        linked = link(named, one.url) if one.url and safe_url(one.url) else named
        day = clock.day(one.created_at).isoformat()
        text = say("An earlier incident like it, {day}: {named}", day=day, named=linked)
        yield Point(f"past:{one.id}", text)


def _roles(story: Story, clock: LocalTime) -> Iterator[Point]:
    roles = courses(story.record.follow_up.reports, ReportKind.ROLE)
    for role in roles[:_MOST_ROLES]:
        held = Markdown(", ".join(_held(one, clock) for one in holdings(role)))
        name = shorten(clean(role.latest.name), _LONGEST_NAME)
        yield Point(role.key, at_start(say("{name}: {held}", name=name, held=held)))


def _held(one: Holding, clock: LocalTime) -> Markdown:
    return say(
        "{who}[ from {since}][ until {until}]",
        who=one.who,
        since=clock.short(one.since) if one.since else "",
        until=clock.short(one.until) if one.until else "",
    )
