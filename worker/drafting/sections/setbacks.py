"""What went wrong in the response, as far as the log shows.

That is who was not reached or did not answer, and cures in vain.

Evidence, not judgement: a note that reads like a cure is named by its time, and how often the alert
fired again after it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice, zip_longest

from connectors.incidents import LogEntry
from connectors.log_entry_kinds import EntryKind
from worker.content.inline_markdown import Markdown, say
from worker.drafting.history.agents import is_person, timed_out
from worker.drafting.history.alerts import fired_again
from worker.drafting.history.sentence_themes import Theme, sentences
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing, times, times_until
from worker.drafting.timeline.entry_relations import (
    HANDED_OVER,
    POLICY_ASKED,
    SNOOZE_ENDED,
    URGENCY_RAISED,
    WHILE_SNOOZED,
    key_of,
    lapses,
    snooze_ends,
)
from worker.drafting.timeline.entry_wording import failures, paged

_MOST = 5
"""Of each kind, so many are told by themselves."""

_CURED = re.compile(
    r"\b(?:fix|mitigat|workaround|work-around|resolv|solv|recover|stable|healthy|back to normal"
    r"|should be (?:it|ok|okay|fine|good))",
    re.IGNORECASE,
)
"""What people say of a cure that they took to have worked."""


_ESCALATED: Mapping[str, tuple[str, str]] = {
    "": ("escalated", "because nobody acknowledged"),
    HANDED_OVER: ("escalated:handover", "because nobody acknowledged after a handover"),
    URGENCY_RAISED: (
        "escalated:urgency",
        "because nobody acknowledged after the urgency was raised",
    ),
    SNOOZE_ENDED: ("escalated:snooze", "after a snooze had ended"),
    POLICY_ASKED: ("escalated:asked", "after a policy had been asked to help"),
    WHILE_SNOOZED: ("escalated:snoozed", "while it was snoozed"),
}
"""Why a time escalated it, by what had become of the acknowledgement before, and its key."""
_AGAIN = ("escalated:again", "after an acknowledgement that did not last")


def escalations(story: Story) -> Iterator[tuple[str, Markdown]]:
    """Give what time brought about since nobody answered, with the key of its bullet."""
    entries = story.entries
    before = dict(lapses(story))
    by_time = [one for one in entries if one.kind is EntryKind.ESCALATE and timed_out(one)]
    whys = Counter(_ESCALATED.get(before.get(key_of(one), ""), _AGAIN) for one in by_time)
    for key, why in (*_ESCALATED.values(), _AGAIN):
        if number := whys[key, why]:
            text = say("Escalated {times} {why}", times=times(number), why=why)
            yield key, text
    if any(entry.kind is EntryKind.EXHAUST_ESCALATION for entry in entries):
        text = say("The escalation policy ran out of people to page")
        yield "exhausted", text
    ends = set(map(key_of, snooze_ends(entries)))
    by_time = [one for one in entries if one.kind is EntryKind.UNACKNOWLEDGE and timed_out(one)]
    if lapsed := sum(key_of(one) not in ends for one in by_time):
        text = say(
            "An acknowledgement timed out[ {times}]", times=times(lapsed) if lapsed > 1 else ""
        )
        yield "lapsed", text


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
