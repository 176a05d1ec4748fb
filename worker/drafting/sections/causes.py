"""Root cause and contributing factors: what people said of them, and candidates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from worker.content.clean_text import clean
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, link, say
from worker.content.urls import safe_url
from worker.drafting.history.agents import name
from worker.drafting.history.notes import NoteKind, root_cause
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import duration, quoted
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
