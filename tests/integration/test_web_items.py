"""New action items by the form: a row of the document, and what the tracker offers for it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from connectors.jira.sandbox import JiraSandbox
from tests.contract.jira_support import tracker
from tests.integration.desk import FILED, TEXT, WAIT, Desk, desk_in
from tests.integration.test_web_access import form_key
from worker.jobs.context import RouteRule
from worker.jobs.edits.new_item import item_choices
from worker.tracking.destinations import Route


@pytest.fixture(scope="module")
def served_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_in(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def desk(served_desk: Desk) -> Desk:
    served_desk.write(TEXT)
    return served_desk


def place(desk: Desk) -> str:
    return f"{desk.url}/postmortems/QEDIT/items"


def form(desk: Desk, **fields: str) -> dict[str, str]:
    page = requests.get(place(desk), timeout=WAIT).text
    base = page.partition('name="base" value="')[2].partition('"')[0]
    return {"form_key": form_key(page), "base": base, **fields}


def send(desk: Desk, fields: dict[str, str]) -> requests.Response:
    return requests.post(place(desk), fields, timeout=WAIT, allow_redirects=False)


def test_a_row_is_added_once_however_often_it_is_sent(desk: Desk) -> None:
    fields = form(desk, task="Ask | tell", owner="Bo", priority="High", deadline="2026-12-01")
    desk.write(FILED)  # the worker was here meanwhile
    assert send(desk, fields).status_code == 303
    assert send(desk, fields).status_code == 303
    row = "| Ask \\| tell | Bo | High | 2026-12-01 |  |  |"
    assert desk.text() == f"{FILED}{row}\n"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"task": "TBD", "owner": "Bo <b>"}, 422),
        ({"task": "x", "owner": "Bo <b>", "deadline": "soon"}, 422),
        ({"task": "x", "owner": "Bo <b>", "form_key": "old"}, 403),
        ({"task": "x", "owner": "Bo <b>", "base": "0000"}, 409),
    ],
)
def test_what_cannot_be_added_is_there_again(
    desk: Desk, fields: dict[str, str], status: int
) -> None:
    answer = send(desk, form(desk) | fields)
    assert answer.status_code == status
    assert 'value="Bo &lt;b&gt;"' in answer.text
    assert f'name="task" value="{fields["task"]}"' in answer.text
    assert desk.text() == TEXT


def test_the_form_offers_who_owns_items_already(desk: Desk) -> None:
    page = requests.get(place(desk), timeout=WAIT).text
    assert '<option value="Ada">' in page
    told = requests.get(f"{desk.api}/choices", timeout=WAIT)
    assert told.json() == {"owners": [], "priorities": []}  # no tracker is configured
    missing = requests.get(f"{desk.url}/api/documents/QNONE/choices", timeout=WAIT)
    assert missing.status_code == 404


def test_the_tracker_tells_of_people_and_priorities_of_the_documents_project(
    desk: Desk, tmp_path: Path
) -> None:
    with JiraSandbox() as sandbox:
        context = desk.data._context
        rules = (
            RouteRule(Route("NOWHERE", "Task"), frozenset({"Shop"})),
            RouteRule(Route("OPS", "Task")),
        )
        routed = replace(
            context, tracker=tracker(sandbox), policy=replace(context.policy, routes=rules)
        )
        assert item_choices(routed, TEXT, "mira").owners == ("Mira Castellan",)
        assert "High" in item_choices(routed, TEXT, "").priorities
        assert routed.policy.route_by_names(["Shop"], []) == rules[0].route
