"""What went wrong in the response, as far as the log shows: failed pages, cures in vain.

Evidence, not judgement: a note that reads like a cure is named by its time, and how often the alert
fired again after it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice, zip_longest

from connectors.incidents import LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.inline_markdown import Markdown, say
from worker.drafting.history.agents import is_person
from worker.drafting.history.alerts import fired_again
from worker.drafting.history.sentence_themes import Theme, sentences
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing, times_until
from worker.drafting.timeline.entry_wording import failures, paged

_MOST = 5
"""Of each kind, so many are told by themselves."""

_CURED = re.compile(
    r"\b(?:fix|mitigat|workaround|work-around|resolv|solv|recover|stable|healthy|back to normal"
    r"|should be (?:it|ok|okay|fine|good))",
    re.IGNORECASE,
)
"""What people say of a cure that they took to have worked."""


def setbacks(story: Story, clock: LocalTime) -> Iterator[tuple[str, Markdown]]:
    """Give each setback with the key of its bullet."""
    yield from _failed_pages(story)
    yield from islice(_vain_cures(story, clock), _MOST)


def _failed_pages(story: Story) -> Iterator[tuple[str, Markdown]]:
    pages: defaultdict[str, list[LogEntry]] = defaultdict(list)
    for entry in story.entries:
        if entry.kind is EntryKind.FAILED_PAGE:
            pages[paged(entry)].append(entry)
    for who, failed in islice(pages.items(), _MOST):
        text = say(
            "{number} to {who} failed: {ways}",
            number=count(len(failed), "page"),
            who=who,
            ways=failures(failed),
        )
        yield f"paging:{who}", text
    if others := list(islice(pages, _MOST, None)):
        number = sum(len(pages[who]) for who in others)
        text = say("{number} to {who} failed", number=count(number, "page"), who=listing(others, 6))
        yield "paging:others", text


def _vain_cures(story: Story, clock: LocalTime) -> Iterator[tuple[str, Markdown]]:
    """Tell what fired again between a note that reads like a cure and the next such note."""
    again = fired_again(story.entries, story.alerts)
    cures = [
        note
        for note in story.written_notes
        if is_person(note.author) and _is_cure(note.text) and note.at not in story.resolutions
    ]
    for note, following in zip_longest(cures, cures[1:]):
        until = following.at if following else again[-1].created_at if again else note.at
        after = [one for one in again if note.at < one.created_at <= until]
        if after:
            text = say(
                "Fired again {again}, after it had been noted at {at} what was done",
                again=times_until(len(after), clock.short(after[-1].created_at)),
                at=clock.short(note.at),
            )
            yield f"fired-again:{note.key}", text


def _is_cure(text: str) -> bool:
    steps = any(one.theme is Theme.STEP for one in sentences(text))
    return steps or _CURED.search(text) is not None
