"""The parts of a postmortem that the program can fill, and what the template calls them.

A *slot* is a place in the document: the title, a bullet known by its label, or a table. A team's
own template, in any language, is understood through a mapping of these names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator


class Section(StrEnum):
    """The nine sections, by name; the value is the name that configuration uses."""

    SUMMARY = "summary"
    TIMELINE = "timeline"
    ROOT_CAUSE = "root_cause"
    IMPACT = "impact"
    MITIGATION = "mitigation"
    ACTION_ITEMS = "action_items"
    LESSONS = "lessons"
    SUPPORTING_DATA = "supporting_data"
    COMMUNICATION = "communication"


class Slot(StrEnum):
    """A place that the program can fill; the value is the name that configuration uses."""

    DATE_TIME = "summary.date_time"
    DURATION = "summary.duration"
    IMPACT = "summary.impact"
    SERVICES = "summary.services"
    ROOT_CAUSE = "summary.root_cause"
    PRIMARY_CAUSE = "root_cause.primary"
    CONTRIBUTING_FACTORS = "root_cause.factors"
    USERS_AFFECTED = "impact.users"
    BUSINESS_IMPACT = "impact.business"
    TECHNICAL_IMPACT = "impact.technical"
    STEPS_TAKEN = "mitigation.steps"
    SHORT_TERM_FIXES = "mitigation.fixes"
    WENT_WELL = "lessons.well"
    WENT_BADLY = "lessons.badly"
    IMPROVEMENTS = "lessons.improvements"
    LOGS = "supporting_data.logs"
    METRICS = "supporting_data.metrics"
    DIAGRAMS = "supporting_data.diagrams"
    STAKEHOLDERS = "communication.stakeholders"
    REVIEW = "communication.review"

    @property
    def section(self) -> Section:
        """The section that the slot stands in."""
        return Section(self.value.split(".")[0])


class Column(StrEnum):
    """The columns of the action-item table that the program knows."""

    TASK = "task"
    OWNER = "owner"
    PRIORITY = "priority"
    DEADLINE = "deadline"
    TICKET = "ticket"
    STATUS = "status"


HEADINGS: Mapping[Section, str] = MappingProxyType(
    {
        Section.SUMMARY: "Incident Summary",
        Section.TIMELINE: "Timeline of Events",
        Section.ROOT_CAUSE: "Root Cause Analysis",
        Section.IMPACT: "Impact Analysis",
        Section.MITIGATION: "Mitigation and Recovery",
        Section.ACTION_ITEMS: "Action Items",
        Section.LESSONS: "Lessons Learned",
        Section.SUPPORTING_DATA: "Supporting Data",
        Section.COMMUNICATION: "Communication and Review",
    }
)

LABELS: Mapping[Slot, str] = MappingProxyType(
    {
        Slot.DATE_TIME: "Date/Time",
        Slot.DURATION: "Duration",
        Slot.IMPACT: "Impact",
        Slot.SERVICES: "Services Affected",
        Slot.ROOT_CAUSE: "Root Cause",
        Slot.PRIMARY_CAUSE: "Primary Cause",
        Slot.CONTRIBUTING_FACTORS: "Contributing Factors",
        Slot.USERS_AFFECTED: "Users Affected",
        Slot.BUSINESS_IMPACT: "Business Impact",
        Slot.TECHNICAL_IMPACT: "Technical Impact",
        Slot.STEPS_TAKEN: "Steps Taken",
        Slot.SHORT_TERM_FIXES: "Short-Term Fixes",
        Slot.WENT_WELL: "What Went Well",
        Slot.WENT_BADLY: "What Didn't Go Well",
        Slot.IMPROVEMENTS: "Improvements for the Future",
        Slot.LOGS: "Logs",
        Slot.METRICS: "Metrics",
        Slot.DIAGRAMS: "Diagrams",
        Slot.STAKEHOLDERS: "Stakeholders Notified",
        Slot.REVIEW: "Postmortem Review Meeting",
    }
)

COLUMNS: Mapping[Column, str] = MappingProxyType(
    {
        Column.TASK: "Task Description",
        Column.OWNER: "Owner",
        Column.PRIORITY: "Priority",
        Column.DEADLINE: "Deadline",
        Column.TICKET: "Ticket",
        Column.STATUS: "Status",
    }
)


ACTION_MARKS = ("ACTION", "ACTION ITEM", "AI", "FOLLOW-UP")
"""With what a line of a note begins that names an action item, before a colon, in any case."""

NOTHING: tuple[str, ...] = (
    "TBD",
    "TBC",
    "TBA",
    "TODO",
    "T.B.D.",
    "to be determined",
    "to be discussed",
    "to be decided",
    "to be defined",
    "n/a",
    "NA",
    "not applicable",
    "none",
    "none yet",
    "none so far",
    "none identified",
    "none at this time",
    "none for now",
    "none needed",
    "none required",
    "nil",
    "nothing",
    "nothing yet",
    "nothing for now",
    "nothing to do",
    "no action items",
    "no action items identified",
    "no action items were identified",
    "no action items at this time",
    "no action",
    "no actions",
    "no actions needed",
    "no actions required",
    "no follow-up",
    "no follow-ups",
    "no follow-up needed",
    "no follow-up required",
    "no further action",
    "no action needed",
    "no action required",
    "unassigned",
)
"""Words that stand where an action item, an owner or a deadline could, and say that none is."""


@dataclass(frozen=True, slots=True)
class Names:
    """What this team's documents call the parts; each defaults to the built-in template's name.

    ``nothing`` are the words that stand for none; case and punctuation make no difference.
    """

    headings: Mapping[Section, str] = field(default_factory=lambda: HEADINGS)
    labels: Mapping[Slot, str] = field(default_factory=lambda: LABELS)
    columns: Mapping[Column, str] = field(default_factory=lambda: COLUMNS)
    nothing: tuple[str, ...] = NOTHING


_BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "headings": {key.value: name for key, name in HEADINGS.items()},
    "labels": {key.value: name for key, name in LABELS.items()},
    "columns": {key.value: name for key, name in COLUMNS.items()},
}


def _laid_over(value: object) -> object:
    """Complete a team's names by the built-in ones; every other value is left to be refused."""
    if not isinstance(value, Mapping):
        return value
    unknown = sorted(set(value) - {*_BUILT_IN, "nothing"})
    if unknown:
        known = ", ".join(field.name for field in fields(Names))
        raise ValueError(f"holds {unknown[0]!r}, which is not a setting. Valid here: {known}.")
    names: dict[str, object] = {"nothing": value.get("nothing", NOTHING)}
    for table, built_in in _BUILT_IN.items():
        given = value.get(table, {})
        names[table] = {**built_in, **_flat(given)} if isinstance(given, Mapping) else given
    return names


def _flat(table: Mapping[str, object]) -> Mapping[str, object]:
    """Give ``{"summary.duration": …}`` for ``{"summary": {"duration": …}}``.

    TOML reads ``summary.duration = …`` as the second, unless the key is in quotes.
    """
    flat: dict[str, object] = {}
    for key, name in table.items():
        if isinstance(name, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in name.items()}
        else:
            flat[key] = name
    return flat


def _told_apart(names: Names) -> Names:
    """Refuse two parts of one name: the program could not tell which is which."""
    _distinct([("", part.value, name) for part, name in names.headings.items()])
    _distinct([(slot.section, slot.value, name) for slot, name in names.labels.items()])
    _distinct([("", part.value, name) for part, name in names.columns.items()])
    return names


def _distinct(parts: Iterable[tuple[str, str, str]]) -> None:
    """Look at ``(where, part, name)``: in one place, each part must have a name of its own."""
    taken: dict[tuple[str, str], str] = {}
    for where, part, name in parts:
        if not name.strip():
            raise ValueError(f"gives {part} an empty name. Give it one, or leave it out.")
        other = taken.setdefault((where, name.strip().casefold()), part)
        if other != part:
            raise ValueError(f"calls both {other} and {part} {name!r}. Give each its own name.")


DocumentNames = Annotated[Names, BeforeValidator(_laid_over), AfterValidator(_told_apart)]
