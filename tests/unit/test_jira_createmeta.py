"""The three shapes in which Jira tells what a create takes."""

from typing import Any

import pytest

from connectors.errors import NotFound, PayloadError
from connectors.jira.createmeta import choose_type, create_fields, field_page, legacy, type_page
from connectors.ticket_fields import CreateFields, FieldChoice

PRIORITIES = [{"id": "1", "name": "High"}, {"id": "2", "name": "Low"}]


def field(own: str, **more: Any) -> dict[str, Any]:
    return {"fieldId": own, "key": own, "name": own.title(), "required": False, **more}


FIELDS = [
    field("summary", required=True),
    field("reporter", required=True),
    field("priority", required=True, hasDefaultValue=True, allowedValues=PRIORITIES),
    field("components", allowedValues=[{"name": "Search"}]),
    field("customfield_1", required=True, name="Team", allowedValues=[{"value": "Red"}, "odd"]),
]
TYPES = [{"id": "3", "name": "Task"}, {"id": "4", "name": "Bug"}]
TASK = type_page({"values": TYPES}).types[0]
EXPECTED = CreateFields(
    issue_type=FieldChoice("Task", "3"),
    required={"summary": "Summary", "customfield_1": "Team"},
    settable=frozenset({"summary", "reporter", "priority", "components", "customfield_1"}),
    priorities=(FieldChoice("High", "1"), FieldChoice("Low", "2")),
    components=(FieldChoice("Search"),),
)


@pytest.mark.parametrize("name", ["fields", "values", "results"])
def test_fields_are_read_from_either_shape(name: str) -> None:
    page = field_page({"startAt": 0, "maxResults": 50, "total": 5, name: FIELDS})
    assert create_fields(TASK, page.fields) == EXPECTED
    assert page.next_start is None


@pytest.mark.parametrize("name", ["issueTypes", "values"])
def test_types_are_read_from_either_shape(name: str) -> None:
    page = type_page({name: [{"id": "10100", "name": "Task"}, {"id": 7, "name": "Bug"}]})
    kinds = [kind.choice for kind in page.types]
    assert kinds == [FieldChoice("Task", "10100"), FieldChoice("Bug", "7")]


GERMAN = [
    {"id": "10002", "name": "Aufgabe", "untranslatedName": "Task", "subtask": False},
    {"id": "10003", "name": "Teilaufgabe", "untranslatedName": "Sub-task", "subtask": True},
    {"id": "10004", "name": "Störung  (IT)", "untranslatedName": "Bug", "subtask": False},
    {"id": "10005", "name": "Bug", "untranslatedName": "Käfer", "subtask": False},
    {"id": "10006", "name": "AUFGABE", "subtask": True},
]


@pytest.mark.parametrize(
    ("wanted", "own"),
    [
        ("Aufgabe", "10002"),
        ("aufgabe", "10002"),
        (" Task ", "10002"),
        ("TASK", "10002"),
        ("10002", "10002"),
        ("AUFGABE", "10006"),
        ("10006", "10006"),
        ("Teilaufgabe", "10003"),
        ("störung (it)", "10004"),
        ("Bug", "10005"),
    ],
)
def test_a_type_is_known_by_either_name_in_any_case_and_by_its_id(wanted: str, own: str) -> None:
    types = type_page({"issueTypes": GERMAN}).types
    assert choose_type(types, "OPS", wanted).choice.id == own


def test_a_type_that_is_not_there_is_told_with_both_names_of_those_that_are() -> None:
    types = type_page({"issueTypes": GERMAN}).types
    with pytest.raises(NotFound, match="no issue type 'Aufg'") as raised:
        choose_type(types, "OPS", "Aufg")
    assert "Aufgabe (Task), Teilaufgabe (Sub-task)" in raised.value.what


def test_of_several_types_of_one_name_none_is_guessed() -> None:
    same = [{"id": own, "name": "Task"} for own in ("10002", "10007")]
    types = type_page({"values": same}).types
    with pytest.raises(NotFound, match="2 issue types called 'task': 10002, 10007") as raised:
        choose_type(types, "OPS", "task")
    assert "id" in raised.value.remedy
    assert choose_type(types, "OPS", "10007").choice.id == "10007"


@pytest.mark.parametrize(
    ("page", "next_start"),
    [
        ({"startAt": 0, "total": 3}, 2),
        ({"startAt": 2, "total": 4}, None),
        ({"startAt": 0, "isLast": False}, 2),
        ({"startAt": 0, "isLast": True, "total": 9}, None),
        ({}, None),
    ],
)
def test_a_page_tells_where_the_next_begins(page: dict[str, Any], next_start: int | None) -> None:
    kinds = [{"id": "1", "name": "A"}, {"id": "2", "name": "B"}]
    assert type_page({**page, "values": kinds}).next_start == next_start


def test_an_empty_page_is_the_last() -> None:
    assert type_page({"startAt": 0, "total": 3, "values": []}).next_start is None


def test_the_answer_of_old_is_read() -> None:
    fields = {each["fieldId"]: {k: v for k, v in each.items() if k != "fieldId"} for each in FIELDS}
    answer = {
        "projects": [
            {"key": "X", "issuetypes": []},
            {"key": "OPS", "issuetypes": [{"id": "3", "name": "Task", "fields": fields}]},
        ]
    }
    assert legacy(answer, "OPS", "TASK") == EXPECTED
    with pytest.raises(NotFound, match="no issue type 'Bug'"):
        legacy(answer, "OPS", "Bug")
    assert legacy(answer, "NONE", "Task") is None


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(PayloadError, match=r"fields\[0\].required"):
        field_page({"fields": [field("summary", required="yes")]})
