"""Answers captured from real Jiras, and the documents' own examples, can be read."""

import json
from typing import Any

import pytest

from connectors.jira import payloads
from connectors.jira.createmeta import create_fields, field_page, type_page
from connectors.jira.payloads import SiteKind
from connectors.jira.responses import problems
from connectors.jira.writing.creating import Made, NotMade, bulk_results
from connectors.json_fields import JsonValue
from connectors.tickets import Category
from tests.contract.reference_material import reference

SITE = "https://jira.example.com"


def sample(name: str) -> Any:
    return json.loads(reference("samples", "jira", name).read_text("utf-8"))


def test_an_issue_of_a_data_center_is_read() -> None:
    sent = sample("dc-issues-full.json")
    sent["issues"][0]["fields"]["summary"] = "left out of the sample"
    found = payloads.found(sent, SiteKind.DATA_CENTER, SITE)
    (ticket,) = found.tickets
    assert (ticket.key, ticket.project, ticket.category) == ("AR-86", "AR", Category.NEW)
    assert ticket.assignee is not None
    assert ticket.updated >= ticket.created
    assert found.total == 10


def test_the_site_and_people_of_a_cloud_are_read() -> None:
    assert payloads.server(sample("cloud-serverinfo.json")).kind is SiteKind.CLOUD
    people = payloads.candidates(sample("cloud-user-search.json"), SiteKind.CLOUD)
    assert [each.usable for each in people] == [True, False]


@pytest.mark.parametrize("name", ["dc-transitions.json", "transitions-200-spec.json"])
def test_transitions_are_read_even_with_a_category_nobody_documents(name: str) -> None:
    moves = payloads.transitions(sample(name))
    assert moves
    assert moves[0].to_category is Category.UNDEFINED


def test_what_a_create_takes_is_read() -> None:
    types = type_page(sample("dc-createmeta-issuetypes.json"))
    assert [kind.choice.name for kind in types.types][:2] == ["Epic", "Task"]
    assert types.next_start is None
    fields = field_page(sample("createmeta-fields-200-spec.json"))
    assert create_fields(types.types[0], fields.fields).required == {"assignee": "Assignee"}


def test_the_results_of_creates_are_read() -> None:
    made = bulk_results(sample("bulk-create-201-spec.json"), 2)
    assert [each.key for each in made if isinstance(each, Made)] == ["ED-24", "ED-25"]
    failed = bulk_results(sample("bulk-create-400-all-failed-spec.json"), 2)
    assert all(isinstance(each, NotMade) and each.problems.fields for each in failed)


def test_every_known_error_body_says_something() -> None:
    bodies = sample("error-bodies.json")
    said = {
        name: problems(each["body"]).sentence()
        for name, each in bodies.items()
        if isinstance(each, dict) and "errorMessages" in each.get("body", {})
    }
    assert said
    assert all(said.values())


@pytest.mark.parametrize("number", [0, 1])
def test_remote_links_have_the_shape_that_is_sent(number: int) -> None:
    link = JsonValue(sample("dc-remote-links.json"), payloads.JIRA).each()[number]
    assert link["globalId"].text()
    assert link["object"]["url"].text()
    assert link["object"]["title"].text()
