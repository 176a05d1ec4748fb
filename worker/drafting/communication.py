"""Section 9: who was told, who was asked, and when the review is due.

Who subscribed is known, who read is not: nothing here claims that anybody was reached.
"""

from collections.abc import Iterator, Sequence

from connectors.incidents import LogEntry
from worker.content.draft import Entry, Point
from worker.content.safe_markdown import Markdown, at_start, say
from worker.drafting.local_time import LocalTime
from worker.drafting.people import actor
from worker.drafting.policy import DraftPolicy
from worker.drafting.responders import with_answer
from worker.drafting.story import Story
from worker.drafting.summary import status_updates, update_text
from worker.drafting.wording import count, listing

_UPDATES_TOLD = 20


def stakeholders(story: Story, clock: LocalTime) -> Entry:
    """Tell the status updates, how many subscribed to them, and who was asked to help."""
    updates = status_updates(story)
    if updates:
        known = story.record.subscribers
        told = count(known, "subscriber") if known else ""
        number = count(len(updates), "status update")
        text = say("{updates}[, to {subscribers}]", updates=number, subscribers=told)
    else:
        text = say("No status update was published") if story.log_is_whole else Markdown("")
    points = (*_updates(updates, clock), *_responders(story))
    return Entry(text, points, keep_prompt=True)


def _updates(updates: Sequence[LogEntry], clock: LocalTime) -> Iterator[Point]:
    for update in updates[:_UPDATES_TOLD]:
        text = say(
            "{at} by {who}[: {text}]",
            at=clock.short(update.created_at),
            who=actor(update),
            text=update_text(update),
        )
        yield Point(f"update:{update.id}", at_start(text))
    more = len(updates) - _UPDATES_TOLD
    if more > 0:
        yield Point("update:more", say("And {more} more, in the log", more=f"{more:,}"))


def _responders(story: Story) -> Iterator[Point]:
    asked = story.incident.responders
    if asked:
        who = listing((with_answer(one) for one in asked), limit=12)
        yield Point("responders", say("Asked to help: {who}", who=who))


def review(story: Story, policy: DraftPolicy, clock: LocalTime) -> Entry | None:
    """Tell until when the review is due; when it takes place, people decide."""
    if policy.review_due is None or story.end is None:
        return None
    due = clock.day(story.end + policy.review_due)
    return Entry(say("Due by {due}", due=due.isoformat()), keep_prompt=True)
