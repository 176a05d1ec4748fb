"""A ticket's whole life on a Jira Data Center that others wrote, through the connector."""

from collections.abc import Iterator
from datetime import date

import pytest

from connectors.jira.payloads import SiteKind
from connectors.ticket_fields import FieldChoice
from connectors.tickets import Category, RemoteLink, TicketChanges
from tests.contract.jira_support import Place, created, jira820_place, new_ticket


@pytest.fixture
def place() -> Iterator[Place]:
    with jira820_place() as running:
        yield running


def test_tickets_are_made_changed_closed_reopened_and_deleted(place: Place) -> None:
    jira = place.tracker
    assert jira.site().kind is SiteKind.DATA_CENTER

    made = [
        created(one)
        for one in jira.create([new_ticket(n, priority=FieldChoice("High")) for n in range(12)])
    ]
    assert {ticket.mark for ticket in jira.labelled(new_ticket().labels[1])} == {
        f"mark{number}" for number in range(12)
    }

    first = made[0]
    changes = TicketChanges(summary="Said anew", priority=FieldChoice("Low"), due=date(2026, 5, 1))
    assert jira.update(first.id, changes) == {}
    jira.link(first.id, RemoteLink("incident", "https://example.com/incident", "Incident"))

    def status() -> tuple[str, Category, str | None]:
        ticket = jira.read([first.id])[first.id]
        return ticket.status, ticket.category, ticket.resolution

    seen = [status()]
    for name in ("In Progress", "Done", "Reopened"):
        move = next(one for one in jira.transitions(first.id) if one.to_status == name)
        jira.transition(first.id, move, {})
        seen.append(status())
    assert seen == [
        ("Open", Category.NEW, None),
        ("In Progress", Category.INDETERMINATE, None),
        ("Done", Category.DONE, "Done"),
        ("Reopened", Category.NEW, None),
    ]

    place.delete(made[1].key)
    tickets = jira.read([one.id for one in made])
    assert tickets.keys() == {one.id for one in made} - {made[1].id}
    assert (tickets[first.id].summary, tickets[first.id].due) == ("Said anew", date(2026, 5, 1))


def test_the_missing_bulk_create_costs_one_request(place: Place) -> None:
    for start in (0, 10):
        outcomes = place.tracker.create([new_ticket(start + n) for n in range(3)])
        assert len([created(one) for one in outcomes]) == 3
