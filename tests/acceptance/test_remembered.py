"""What is remembered after each outcome: nothing is asked for twice, and no word of a person lost."""

from dataclasses import replace
from itertools import count

import pytest

from connectors.sandbox import Fault
from tests.acceptance.world import World
from worker.jobs.incident_job import do_job
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger
from worker.store.directory.directory_store import DirectoryStore
from worker.tracking.tracked_tickets import Intent, TrackedTicket

BULK, SINGLE = r"POST .*/issue/bulk$", r"POST .*/issue$"


@pytest.fixture
def there(here: World) -> World:
    """Give a world with a draft and two rows without tickets."""
    here.sync()
    here.add_rows("Add an alert |  |  | 2026-12-24", "Review the hand-over")
    return here


def intents(here: World) -> tuple[Intent, ...]:
    with here.context() as context:
        return context.journal.intents(here.id("quick fix"))


def remembered(here: World) -> dict[str, TrackedTicket]:
    with here.context() as context:
        return {one.row.task: one for one in context.journal.tickets(here.id("quick fix"))}


def test_a_create_that_surely_made_nothing_leaves_no_intent_and_is_tried_at_once(
    there: World,
) -> None:
    there.jira.fault(Fault(at=BULK, status=401))
    assert there.sync(wait=0).failures
    assert intents(there) == ()
    assert there.sync(wait=0).again_in is None
    assert len(there.tickets()) == 2


def test_a_create_that_was_not_sent_leaves_no_intent_and_is_tried_at_once(there: World) -> None:
    there.jira.fault(Fault(at=BULK, status=404))
    there.jira.fault(Fault(at=SINGLE, status=401, skip=1))
    result = there.sync(wait=0)
    assert "('Review the hand-over')" in result.failures[0]
    assert "has no ticket yet: It was not sent" in result.failures[0]
    assert intents(there) == ()
    assert list(there.tickets().values()) == ["Add an alert"]
    assert there.sync(wait=0).again_in is None
    assert len(there.tickets()) == 2


def test_a_replaced_ticket_is_forgotten_and_no_other(there: World) -> None:
    there.sync()
    first, second = there.linked()
    there.jira.delete(first)
    there.jira.delete(second)
    there.sync()
    there.edit(lambda text: without_line(text, "Review the hand-over"))
    there.edit(lambda text: "|".join(emptied(text, first)))
    there.sync()
    (new,) = there.linked()
    assert new not in {first, second}
    assert {task: one.key for task, one in remembered(there).items()} == {
        "Add an alert": new,
        "Review the hand-over": second,
    }


def test_a_refused_due_date_stays_in_the_row_and_is_told_while_it_does(there: World) -> None:
    there.sync()
    ticket = there.jira.ticket(there.linked()[0])
    before = ticket.now.due
    there.edit(lambda text: text.replace("2026-12-24", "2027-01-15"))
    refusal = {"errorMessages": [], "errors": {"duedate": "It is frozen."}}
    there.jira.fault(Fault(at=r"PUT .*/issue/\d+$", status=400, body=refusal))
    result = there.sync()
    assert "refused the new due date" in " ".join(result.warnings)
    assert result.deeds == ()
    there.jira.forget()
    again = there.sync()
    assert (again.deeds, again.warnings) == ((), result.warnings)
    assert not [call for call in there.jira.calls() if call.startswith("PUT")]
    assert ticket.now.due == before
    assert "2027-01-15" in there.text()


def test_what_is_changed_while_people_write_reaches_the_ticket_once_they_are_done(
    there: World,
) -> None:
    there.sync()
    key = there.linked()[0]
    there.edit(lambda text: text.replace("| Add an alert", "| Add two alerts"))
    there.jira.change(key, priority="Low")
    there.job("quick fix", Trigger.WEBHOOK)
    assert there.items()[0].priority == "Low"
    assert there.jira.ticket(key).now.summary == "Add an alert"
    there.clock.sleep(3600)
    there.job("quick fix", Trigger.WEBHOOK)
    now = there.jira.ticket(key).now
    assert (now.summary, now.priority) == ("Add two alerts", "Low")
    assert there.sync().deeds == ()


@pytest.mark.parametrize("looks_first", [False, True])
def test_what_the_program_wrote_a_moment_ago_is_nobody_writing(
    there: World, *, looks_first: bool
) -> None:
    moments = count(1)

    def just_written() -> int:  # to a clock that fast, the document may still change in this tick
        return there.path().stat().st_ctime_ns + next(moments)

    there.sync()
    key = there.linked()[0]
    there.edit(lambda text: text.replace("| Add an alert", "| Add two alerts"))
    there.jira.change(key, priority="Low")
    there.job("quick fix", Trigger.WEBHOOK)
    assert there.jira.ticket(key).now.summary == "Add an alert"
    there.clock.sleep(3600)
    store = DirectoryStore(there.documents, clock=just_written)
    if looks_first:
        there.sync(trigger=Trigger.WEBHOOK, store=store)
    else:
        with there.context(store=store) as context:
            do_job(context, JobRequest(there.id("quick fix"), Trigger.WEBHOOK))
    assert there.jira.ticket(key).now.summary == "Add two alerts"


def test_a_status_that_a_person_writes_while_others_do_closes_the_ticket_later(
    there: World,
) -> None:
    there.policy = replace(there.policy, close_from_document=True)
    there.sync()
    there.edit(lambda text: text.replace("| To Do", "| Done ", 1))
    there.job("quick fix", Trigger.WEBHOOK)
    assert there.statuses() == ["Done", "To Do"]
    assert there.jira.ticket(there.linked()[0]).now.status == "To Do"
    there.clock.sleep(3600)
    there.job("quick fix", Trigger.WEBHOOK)
    assert there.jira.ticket(there.linked()[0]).now.status == "Done"
    assert there.statuses() == ["Done", "To Do"]


def without_line(text: str, word: str) -> str:
    """Take the lines with a word out of a text."""
    return "\n".join(line for line in text.split("\n") if word not in line)


def emptied(text: str, key: str) -> list[str]:
    """Give a text's cells with those that name a ticket emptied."""
    return [" " if f"[{key}]" in cell else cell for cell in text.split("|")]
