"""What only events told, as rows: tasks that were finished, roles, and what automation did."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.follow_up import EventReport, ReportKind, ReportState
from connectors.log_entry_kinds import EntryKind
from worker.content.clean_text import clean
from worker.content.inline_markdown import Markdown, say
from worker.drafting.history.story import Story
from worker.drafting.history.tasks_and_roles import Course, courses
from worker.drafting.policy import VALUES, Handling, OutsideLog, Rule, Rules
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import quoted
from worker.drafting.timeline.events import Event, Tell, together

SAME_HAPPENING = timedelta(minutes=2)
"""An event and the log entry that tells of the same are no further apart."""

_RUNS = {ReportKind.WORKFLOW: "workflow", ReportKind.ACTION: "automated action"}
_OUTCOMES = {
    ReportState.DONE: "completed",
    ReportState.FAILED: "failed",
    ReportState.ENDED: "was broken off",
}


def follow_up_events(story: Story, rules: Rules) -> Iterator[Event]:
    """Give what only events told and the log does not."""
    told = story.record.follow_up.reports
    tasks = (_task(one, story, rules) for one in courses(told, ReportKind.TASK))
    roles = (each for one in courses(told, ReportKind.ROLE) for each in _role(one, story, rules))
    runs = (_run(one, story, rules) for one in courses(told, *_RUNS))
    for about, many in (
        (OutsideLog.TASK, [one for one in tasks if one]),
        (OutsideLog.ROLE, list(roles)),
        (OutsideLog.AUTOMATION, [one for one in runs if one]),
    ):
        handling = rules[about].handling
        if handling is Handling.FOLD and len(many) > 1:
            yield together(sorted(many, key=lambda event: event.at))
        elif handling is not Handling.DROP:
            yield from many


def _task(task: Course, story: Story, rules: Rules) -> Event | None:
    """Tell of a task once it is finished; open ones are action items."""
    one = task.latest
    if one.state is not ReportState.DONE or _is_in_log(one, story):
        return None
    rule = rules[OutsideLog.TASK]
    who = one.by or (one.people[0] if len(one.people) == 1 else "")
    wording = rule.wording if who else "The task {text} was finished"
    tell = _worded(wording, who=who, text=quoted(one.name))
    return _reported(task.key, one, OutsideLog.TASK, rule, story, tell, who)


def _role(role: Course, story: Story, rules: Rules) -> Iterator[Event]:
    """Tell of each who took a role on, and of one that was taken away without another in it."""
    rule = rules[OutsideLog.ROLE]
    holder = ""
    for one in role.reports:
        who, before = one.people[0], holder
        holder = who if one.state is ReportState.OPEN else ""
        if holder == before or _is_in_log(one, story):
            continue
        wording = rule.wording if holder else "{who} was no longer {text}"
        tell = _worded(wording, who=who, text=one.name, old=before)
        yield _reported(f"role:{one.event}", one, OutsideLog.ROLE, rule, story, tell)


def _run(run: Course, story: Story, rules: Rules) -> Event | None:
    """Tell of what ran from its start on, with how it ended."""
    first, last = run.first, run.latest
    if _is_in_log(first, story):
        return None
    rule = rules[OutsideLog.AUTOMATION]
    began = first.state is ReportState.OPEN
    outcome = _OUTCOMES.get(last.state, "")

    def tell(clock: LocalTime) -> Markdown:
        at = clock.short(last.at)
        told = say(
            "The {kind} {name}[ {began}][ by {who}][{then}{outcome}][ at {at}][ ({word})]",
            kind=_RUNS[first.kind],
            name=quoted(first.name),
            began="was started" if began else "",
            who=first.by if began else "",
            then=Markdown("; it " if began else " "),
            outcome=outcome,
            at=at if began and outcome and at != clock.short(first.at) else "",
            word=last.word.replace("_", " ") if last.state is not ReportState.DONE else "",
        )
        return say(rule.wording, **{**dict.fromkeys(VALUES, ""), "text": told})

    return _reported(run.key, first, OutsideLog.AUTOMATION, rule, story, tell, until=last.at)


def _worded(wording: str, **told: str) -> Tell:
    return lambda _: say(wording, **{**dict.fromkeys(VALUES, ""), **told})


def _reported(
    key: str,
    one: EventReport,
    topic: OutsideLog,
    rule: Rule,
    story: Story,
    tell: Tell,
    person: str = "",
    until: datetime | None = None,
) -> Event:
    return Event(
        key,
        one.at,
        topic,
        tell,
        rule.weight,
        ((rule.noun, 1),),
        (one.event,),
        person,
        until,
        one.url or story.incident.url,
        "report" if one.url else "incident",
    )


def _is_in_log(one: EventReport, story: Story) -> bool:
    """Tell whether an entry of no known kind tells of the same: it names it at that moment."""
    name = clean(one.name).casefold()
    return any(
        entry.kind is EntryKind.OTHER
        and abs(entry.created_at - one.at) <= SAME_HAPPENING
        and name in clean(entry.summary).casefold()
        for entry in story.entries
    )
