"""A service account whose language is not English: what is shown is not what a create takes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from tests.acceptance.world import World, world
from worker.app.preflight import preflight
from worker.jobs.context import RouteRule
from worker.tracking.destinations import Route

GERMAN = {
    "Task": "Aufgabe",
    "Bug": "Fehler",
    "Story": "Story",
    "Highest": "Höchste",
    "High": "Hoch",
    "Medium": "Mittel",
    "To Do": "Zu erledigen",
    "Done": "Fertig",
}


@pytest.fixture(params=SiteKind, ids=lambda kind: kind.name.lower())
def german(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, request.param) as made:
        made.jira.site.translated |= GERMAN
        yield made


def to(here: World, issue_type: str, **more: tuple[str, ...]) -> None:
    """Send all tickets to one issue type."""
    route = Route("OPS", issue_type, **more)  # type: ignore[arg-type]  # labels or components
    here.policy = replace(here.policy, routes=(RouteRule(route),))


def row_synced(here: World, row: str) -> None:
    here.sync()
    here.add_rows(row)
    result = here.sync()
    assert (result.failures, result.warnings) == ((), ())
    (key,) = here.linked()
    assert key


@pytest.mark.parametrize("named", ["Aufgabe", "aufgabe", "10100", "FEHLER", "10101"])
def test_what_the_check_accepts_the_sync_can_do(german: World, named: str) -> None:
    to(german, named)
    with german.context() as context:
        assert [one.problem for one in preflight(context) if one.problem] == []
    row_synced(german, "Add an alert | Aiko Brandt | hoch | 2026-12-24")
    ticket = german.jira.ticket("OPS-1").now
    assert ticket.issue_type == ("Bug" if named in {"FEHLER", "10101"} else "Task")
    assert ticket.priority == "High"
    assert german.statuses() == ["Zu erledigen"]


def test_the_untranslated_name_of_a_type_is_as_good_where_it_is_told(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.jira.site.translated |= GERMAN
        to(here, "task")
        row_synced(here, "Add an alert | Aiko Brandt | Hoch | 2026-12-24")
        assert here.jira.ticket("OPS-1").now.issue_type == "Task"


def test_a_priority_goes_both_ways_in_the_accounts_language(german: World) -> None:
    to(german, "Aufgabe")
    german.policy = replace(german.policy, priorities={"P1": "Höchste"})
    row_synced(german, "Add an alert | Aiko Brandt | Hoch | 2026-12-24")
    german.edit(lambda text: text.replace("| Hoch |", "| P1 |"))
    assert german.sync().warnings == ()
    assert german.jira.ticket("OPS-1").now.priority == "Highest"
    german.jira.change("OPS-1", priority="Medium")
    german.sync()
    assert german.items()[0].priority == "Mittel"
    german.jira.change("OPS-1", priority="Highest")
    german.sync()
    assert german.items()[0].priority == "P1"
    assert german.sync().deeds == ()


def test_a_component_of_the_route_is_known_in_any_case(german: World) -> None:
    to(german, "Fehler", components=("SEARCH",))
    row_synced(german, "Add an alert")
    assert german.jira.ticket("OPS-1").now.components == ("Search",)


def test_types_of_one_name_are_told_by_check_and_sync_until_one_is_named(german: World) -> None:
    german.jira.site.translated["Story"] = "Aufgabe"
    to(german, "Aufgabe")
    with german.context() as context:
        (problem,) = [one.problem for one in preflight(context) if one.problem]
    assert problem == "Jira project OPS has 2 issue types called 'Aufgabe': 10100, 10102."
    german.sync()
    german.add_rows("Add an alert")
    result = german.sync()
    assert problem in result.failures[0]
    assert german.tickets() == {}
    to(german, "10102")
    assert german.sync().failures == ()
    assert german.jira.ticket("OPS-1").now.issue_type == "Story"
