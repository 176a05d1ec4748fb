"""What Jira, or what stands before it, says in another form than documented is told as it says it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.sandbox import Fault
from tests.acceptance.test_refusals import set_cell
from tests.acceptance.world import World

ROW = "Add an alert | Aiko Brandt | High | 2026-12-24"
CREATE = r"POST .*/issue$"
JSON = {"content-type": "application/json"}
TEXT = {"content-type": "text/plain;charset=UTF-8"}


@pytest.fixture
def rowed(here: World) -> World:
    here.sync()
    here.add_rows(ROW)
    return here


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errorMessages": "No way", "errors": None}, "No way"),
        ({"errorMessages": None, "errors": {"summary": {"message": "Too dull"}}}, "Too dull"),
        ({"errorMessages": [], "errors": ["The value is wrong"]}, "The value is wrong"),
        ({"errors": [{"message": "The workflow says no", "code": 7}]}, "The workflow says no"),
        ({"errors": [{"title": "Bad", "detail": "It is Friday"}]}, "It is Friday"),
        (None, "answered 400"),
        (5, "answered 400"),
        ("No", "answered 400"),
        ([["No"]], "answered 400"),
    ],
    ids=json.dumps,
)
def test_a_refusal_of_any_form_is_told_in_its_words(rowed: World, body: Any, said: str) -> None:
    rowed.jira.fault(Fault(CREATE, 400, body=json.dumps(body).encode(), headers=JSON))
    (told,) = rowed.sync().failures
    assert said in told
    assert "('Add an alert')" in told
    assert "fault of the program" not in told


def test_a_field_whose_refusal_is_an_object_is_left_out_too(rowed: World) -> None:
    body = {"errorMessages": None, "errors": {"priority": {"message": "No such priority"}}}
    rowed.jira.fault(Fault(CREATE, 400, body=json.dumps(body).encode(), headers=JSON))
    (told,) = rowed.sync().warnings
    assert "priority 'High' of OPS-1: No such priority. Write another" in told


def test_plain_words_for_a_refused_create_are_told(rowed: World) -> None:
    rowed.jira.fault(Fault(CREATE, 403, body=b"XSRF check failed", headers=TEXT))
    (told,) = rowed.sync().failures
    assert "403: XSRF check failed. " in told
    assert "proxy or firewall" in told


@pytest.mark.parametrize("status", [401, 403])
def test_plain_words_for_refused_credentials_are_told(rowed: World, status: int) -> None:
    words = b"Basic Authentication has been disabled on this instance."
    rowed.jira.fault(Fault(".*", status, body=words, headers=TEXT, times=None))
    assert words.decode() in " ".join(rowed.sync().failures)


def test_a_page_of_markup_is_not_told(rowed: World) -> None:
    page = b"  <html><p>Blocked by policy 7"
    rowed.jira.fault(Fault(".*", 403, body=page, headers={"content-type": "text/html"}, times=None))
    told = " ".join(rowed.sync().failures)
    assert "policy 7" not in told
    assert "a page that is not Jira's own" in told


def test_a_project_that_shows_no_types_is_told_with_the_permission(rowed: World) -> None:
    rowed.jira.fault(
        Fault(
            r"GET .*/createmeta/OPS/issuetypes$",
            times=None,
            change=lambda answer: {**answer, "issueTypes": [], "values": [], "total": 0},
        )
    )
    (told,) = rowed.sync().failures
    assert "shows these credentials no issue types" in told
    assert "Create Issues" in told


def test_a_priority_goes_as_it_is_written_where_no_fields_are_told(rowed: World) -> None:
    rowed.jira.fault(
        Fault(
            r"GET .*/createmeta/OPS/issuetypes/\d+",
            times=None,
            change=lambda answer: {**answer, "fields": [], "values": [], "total": 0},
        )
    )
    assert rowed.sync().warnings == ()
    assert rowed.jira.ticket("OPS-1").now.priority == "High"


@pytest.fixture
def closing(rowed: World) -> World:
    rowed.policy = replace(rowed.policy, close_from_document=True)
    rowed.sync()
    set_cell(rowed, "Add an alert", "To Do", "Done")
    return rowed


def test_a_move_that_jira_takes_and_does_not_make_is_told(closing: World) -> None:
    closing.jira.fault(Fault(r"POST .*/transitions", 204, body=b""))
    result = closing.sync()
    assert "OPS-1 is still 'To Do', though Jira took the move to Done" in " ".join(result.failures)
    assert "moved" not in {deed.action.value for deed in result.deeds}
    assert closing.statuses() == ["To Do"]


def test_a_transition_that_says_not_where_it_leads_hides_no_other(closing: World) -> None:
    odd = [{"id": "1", "name": "Odd", "to": None}, {"id": "2"}, None]
    closing.jira.fault(
        Fault(
            r"GET .*/transitions",
            change=lambda answer: {"transitions": [*odd, *answer["transitions"]]},
        )
    )
    assert closing.sync().failures == ()
    assert closing.statuses() == ["Done"]


def test_what_could_not_be_looked_up_is_told_once_and_decides_nothing(closing: World) -> None:
    closing.jira.fault(Fault(r"GET .*/transitions", 500, times=None))
    result = closing.sync()
    assert len(result.failures) == 1
    assert result.warnings == ()
    closing.jira.faults.clear()
    assert closing.sync().failures == ()
    assert closing.statuses() == ["Done"]


def test_a_move_is_not_doubted_while_a_search_lags_behind_it(lagging: World) -> None:
    lagging.policy = replace(lagging.policy, close_from_document=True)
    lagging.sync()
    lagging.add_rows(ROW)
    lagging.sync()
    lagging.clock.sleep(3600)
    lagging.sync()
    set_cell(lagging, "Add an alert", "To Do", "Done")
    assert lagging.sync().failures == ()
    assert lagging.statuses() == ["Done"]
