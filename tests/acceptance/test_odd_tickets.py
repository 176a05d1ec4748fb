"""A ticket that Jira gives in an odd form is that ticket's problem alone."""

from typing import Any

import pytest

from connectors.sandbox import Fault, Moment
from tests.acceptance.world import World
from worker.jobs.results import Trigger

READS = r"bulkfetch|search/jql$|GET .*/2/search$|GET .*/issue/\d+$"
ODD = "OPS-1"

ODDITIES: dict[str, dict[str, Any]] = {
    "a status that is null": {"fields": {"status": None}},
    "a status that is a text": {"fields": {"status": "Done"}},
    "a status without a name": {"fields": {"status": {"id": "1"}}},
    "no summary": {"fields": {"summary": None}},
    "a summary that is rich text": {"fields": {"summary": {"type": "doc"}}},
    "an assignee without an id": {"fields": {"assignee": {"displayName": "Former user"}}},
    "an assignee that is a text": {"fields": {"assignee": "mira"}},
    "labels with a number": {"fields": {"labels": ["a", 7]}},
    "a priority that is a text": {"fields": {"priority": "High"}},
    "a resolution that is a text": {"fields": {"resolution": "Done"}},
    "a time that is none": {"fields": {"created": "yesterday"}},
    "no time of its change": {"fields": {"updated": None}},
    "no project": {"fields": {"project": None}},
    "a day of the year 20216": {"fields": {"duedate": "20216-01-01"}},
    "an archival that is no time": {"fields": {"archiveddate": True}},
    "an end that is no time": {"fields": {"resolutiondate": "soon"}},
    "no fields at all": {"fields": None},
    "fields that are a list": {"fields": []},
    "no key": {"key": None},
    "properties that are a list": {"properties": ["a"]},
}
HARMLESS: dict[str, dict[str, Any]] = {
    "a category that nobody knows": {"fields": {"status": {"name": "Somewhere"}}},
    "an empty assignee": {"fields": {"assignee": None, "labels": None, "priority": None}},
    "properties that are null": {"properties": None},
}


def made_odd(one: dict[str, Any], odd: dict[str, Any]) -> dict[str, Any]:
    if one.get("key") != ODD:
        return one
    fields = odd.get("fields", {})
    return {
        **one,
        **odd,
        "fields": {**one["fields"], **fields} if isinstance(fields, dict) else fields,
    }


def odd_from_now_on(here: World, odd: dict[str, Any]) -> None:
    def change(answer: dict[str, Any]) -> dict[str, Any]:
        if "issues" in answer:
            return {**answer, "issues": [made_odd(one, odd) for one in answer["issues"]]}
        return made_odd(answer, odd)

    here.jira.fault(Fault(at=READS, times=None, change=change))


@pytest.fixture
def linked(here: World) -> World:
    here.sync()
    here.add_rows("Add an alert | Mira Castellan", "Review the hand-over")
    here.sync()
    return here


@pytest.mark.parametrize("odd", ODDITIES.values(), ids=ODDITIES)
def test_an_odd_ticket_is_told_and_all_others_go_on(linked: World, odd: dict[str, Any]) -> None:
    odd_from_now_on(linked, odd)
    linked.jira.transition("OPS-2", "Done")
    linked.edit(lambda text: text.replace("Review the hand-over", "Review the rota"))
    linked.add_rows("Rehearse")
    result = linked.sync()
    assert linked.statuses() == ["To Do", "Done", "To Do"]
    assert linked.linked() == ["OPS-1", "OPS-2", "OPS-3"]
    assert linked.tickets()["OPS-2"] == "Review the rota"
    (told,) = result.failures
    named = ODD if "key" not in odd else linked.jira.ticket(ODD).now.id
    assert f"{named} " in told
    assert linked.items()[0].owner == "Mira Castellan"
    linked.jira.faults.clear()
    assert linked.sync().failures == ()
    assert linked.sync().deeds == ()


@pytest.mark.parametrize("odd", HARMLESS.values(), ids=HARMLESS)
def test_what_may_be_missing_is_no_oddity(linked: World, odd: dict[str, Any]) -> None:
    odd_from_now_on(linked, odd)
    linked.add_rows("Rehearse")
    assert linked.sync().failures == ()
    assert linked.linked() == ["OPS-1", "OPS-2", "OPS-3"]


def test_an_odd_ticket_that_may_be_the_lost_one_lets_none_be_made_beside_it(here: World) -> None:
    here.sync()
    here.add_rows("Add an alert")
    create = r"POST .*/issue$"
    here.jira.fault(Fault(at=create, moment=Moment.AFTER))
    odd_from_now_on(here, {"fields": {"status": None}})
    for _ in range(3):
        told = here.sync(wait=0).failures
        here.clock.sleep(120)
    assert ODD in " ".join(told)
    assert list(here.tickets()) == [ODD]
    here.jira.faults.clear()
    here.sync()
    assert here.linked() == list(here.tickets()) == [ODD]


def test_an_odd_person_hides_no_other(here: World) -> None:
    here.sync()
    here.add_rows("Add an alert | Mira Castellan")
    odd = [{"displayName": "Former user"}, None, {"accountId": 7, "name": 7}]
    here.jira.fault(Fault(at="GET .*/user/", times=None, change=lambda found: [*odd, *found]))
    assert here.sync().warnings == ()
    assignee = here.jira.ticket(ODD).now.assignee
    assert assignee is not None
    assert assignee.name == "Mira Castellan"


def test_an_odd_priority_of_a_project_keeps_no_ticket_from_being_made(here: World) -> None:
    def change(answer: dict[str, Any]) -> dict[str, Any]:
        for one in answer.get("fields", answer.get("values", [])):
            if one.get("fieldId") == "priority":
                one["allowedValues"][:0] = [None, {"id": "9"}, "High"]
        return answer

    here.sync()
    here.add_rows("Add an alert | | High")
    here.jira.fault(Fault(at=r"GET .*/createmeta/.*/\d+", times=None, change=change))
    assert here.sync().failures == ()
    assert here.jira.ticket(ODD).now.priority == "High"


@pytest.mark.parametrize("trigger", [Trigger.COMMAND, Trigger.SCHEDULE], ids=lambda one: one.value)
def test_an_odd_ticket_keeps_no_other_document_from_its_statuses(
    linked: World, trigger: Trigger
) -> None:
    linked.sync("checkout storm")
    linked.add_rows("Rehearse", name="checkout storm")
    linked.run()
    linked.run(trigger=Trigger.SCHEDULE)
    odd_from_now_on(linked, {"fields": {"status": None}})
    linked.jira.transition(linked.linked("checkout storm")[-1], "Done")
    linked.clock.sleep(linked.policy.full_pass.total_seconds())
    result = linked.run(trigger=trigger)
    assert linked.statuses("checkout storm")[-1] == "Done"
    assert linked.statuses() == ["To Do", "To Do"]
    assert ODD in " ".join(
        (*result.failures, *(w for one in result.incidents for w in one.failures))
    )
