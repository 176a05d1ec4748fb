"""Earlier incidents that this one repeats, in section 3, with what was planned then and is open."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from connectors.follow_up import OpenTask, Repeat
from worker.content.clean_text import clean, shorten
from worker.content.draft_content import Point
from worker.content.inline_markdown import Markdown, at_start, link, safe_url, say
from worker.drafting.history.story import Story
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count

_LONGEST_NAME = 80
_LONGEST_KEY = 60
_MOST_TASKS = 5


def repeats(story: Story, clock: LocalTime, drafted_at: datetime | None) -> Iterator[Point]:
    """Tell each earlier incident, and how overdue its open action items are.

    They are as overdue as they were on the day when the document was first made (``drafted_at``),
    or else on that of the end: a number that grew with each day would have every document written
    anew each day.
    """
    as_of = clock.day(drafted_at or story.end or story.start)
    for one in story.record.follow_up.repeats:
        yield Point(f"repeat:{one.id}", at_start(_told(one, clock, as_of)))


def _told(one: Repeat, clock: LocalTime, as_of: date) -> Markdown:
    title = shorten(clean(one.title), _LONGEST_NAME)
    named = f"#{one.number} {title}".rstrip()
    return say(
        "{sure}: {named}, {day} (same service, {why})[; planned then: {tasks} (as of {as_of})]",
        sure="Happened before" if one.key else "May have happened before",
        named=link(named, one.url) if safe_url(one.url) else named,
        day=clock.day(one.started).isoformat(),
        why=_why(one),
        tasks=_tasks(one.open_tasks, as_of),
        as_of=as_of.isoformat() if one.open_tasks else "",
    )


def _why(one: Repeat) -> Markdown:
    if one.key:
        return say('same alert key "{key}"', key=shorten(clean(one.key), _LONGEST_KEY))
    return say("title {percent} % alike", percent=str(one.likeness))


def _tasks(tasks: Iterable[OpenTask], as_of: date) -> Markdown:
    each = tuple(tasks)
    told = [_task(one, as_of) for one in each[:_MOST_TASKS]]
    if len(each) > _MOST_TASKS:
        told.append(Markdown(f"and {len(each) - _MOST_TASKS} more"))
    return Markdown("; ".join(told))


def _task(one: OpenTask, as_of: date) -> Markdown:
    task = shorten(clean(one.task), _LONGEST_NAME)
    return say(
        "{key}, {when}[ ({task})]",
        key=one.key,
        when=_when(one.deadline, as_of),
        task=link(task, one.url) if task and safe_url(one.url) else task,
    )


def _when(deadline: date | None, as_of: date) -> str:
    if deadline is None:
        return "without a deadline"
    if deadline >= as_of:
        return f"due {deadline.isoformat()}"
    return f"{count((as_of - deadline).days, 'day')} overdue"
