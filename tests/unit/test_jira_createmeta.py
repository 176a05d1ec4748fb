"""The three shapes in which Jira tells what a create takes."""

from typing import Any

import pytest

from connectors.errors import PayloadError
from connectors.jira.createmeta import create_fields, field_page, legacy, type_page
from connectors.tickets import CreateFields

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
EXPECTED = CreateFields(
    required={"summary": "Summary", "customfield_1": "Team"},
    settable=frozenset({"summary", "reporter", "priority", "components", "customfield_1"}),
    priorities=("High", "Low"),
    components=("Search",),
)


@pytest.mark.parametrize("name", ["fields", "values", "results"])
def test_fields_are_read_from_either_shape(name: str) -> None:
    page = field_page({"startAt": 0, "maxResults": 50, "total": 5, name: FIELDS})
    assert create_fields(page.fields) == EXPECTED
    assert page.next_start is None


@pytest.mark.parametrize("name", ["issueTypes", "values"])
def test_types_are_read_from_either_shape(name: str) -> None:
    page = type_page({name: [{"id": "10100", "name": "Task"}, {"id": 7, "name": "Bug"}]})
    assert [(kind.id, kind.name) for kind in page.types] == [("10100", "Task"), ("7", "Bug")]


def test_a_type_answers_to_its_name_in_any_case_and_to_its_id() -> None:
    (kind,) = type_page({"values": [{"id": "10100", "name": "Task"}]}).types
    assert kind.answers_to("task")
    assert kind.answers_to("10100")
    assert not kind.answers_to("Tas")


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
    assert legacy(answer, "OPS", "Bug") is None
    assert legacy(answer, "NONE", "Task") is None


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(PayloadError, match=r"fields\[0\].required"):
        field_page({"fields": [field("summary", required="yes")]})
