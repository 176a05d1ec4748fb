"""What any tracker must do, asked of Jira Cloud, of Data Center, and of a server by others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.ticket_fields import FieldChoice
from connectors.tickets import (
    COMMON_LABEL,
    Account,
    AccountId,
    Category,
    NoAccount,
    RemoteLink,
    TicketChanges,
    TicketId,
    TicketKey,
    TicketTracker,
)
from tests.contract.jira_support import (
    INCIDENT,
    Place,
    created,
    jira820_place,
    new_ticket,
    sandbox_place,
)

LACKING = {
    "test_tickets_changed_since_a_time_are_found": "jira820 reads milliseconds as days",
    "test_a_label_is_added_and_nobody_elses_replaced": "jira820 ignores 'update'",
    "test_an_owner_is_found_by_display_name_or_address": "jira820 has no assignable search",
    "test_a_name_that_only_begins_like_another_is_nobody": "jira820 has no assignable search",
    "test_a_priority_that_the_project_lacks_is_left_out_of_the_ticket": (
        "jira820 takes any priority"
    ),
    "test_an_owner_who_is_nobody_is_left_out_of_the_ticket": "jira820 takes any owner",
    "test_a_refused_field_is_named_and_the_others_change": "jira820 takes any priority",
    "test_a_create_tells_the_priorities_to_choose_from": "jira820's createmeta has no priority",
    "test_a_project_that_is_ready_has_no_problem": "jira820 has no mypermissions",
    "test_an_unknown_project_is_told_as_such": "jira820 shows its one project for any key",
}
"""What jira820 cannot do: each such test must fail with it, or leave this table."""


@pytest.fixture(params=["cloud", "data center", "jira820"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "jira820":
        reason = LACKING.get(request.node.originalname)
        if reason:
            request.applymarker(pytest.mark.xfail(reason=reason))
        with jira820_place() as server:
            yield server
        return
    kind = SiteKind.CLOUD if request.param == "cloud" else SiteKind.DATA_CENTER
    with sandbox_place(kind) as sandbox:
        yield sandbox


def test_the_client_is_a_tracker(place: Place) -> None:
    tracker: TicketTracker = place.tracker
    assert tracker.site().kind is place.kind


def test_the_site_tells_its_kind_and_who_we_are(place: Place) -> None:
    site = place.tracker.site()
    assert site.kind is place.kind
    assert site.account
    assert site.account_name
    assert site.url.startswith("http://127.0.0.1:")


def test_a_created_ticket_reads_as_it_was_sent(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    ticket = place.tracker.read([made.id])[made.id]
    assert (ticket.key, ticket.url) == (made.key, made.url)
    assert ticket.summary == "Action item 1"
    assert ticket.due == date(2026, 3, 31)
    assert ticket.labels == (COMMON_LABEL, f"postmortem-{INCIDENT}", "pm-mark1")
    assert ticket.category is Category.NEW
    assert ticket.resolution is None
    assert ticket.project == place.project
    assert ticket.mark == "mark1"
    assert not ticket.archived
    assert made.dropped == {}


def test_many_tickets_are_created_in_their_order(place: Place) -> None:
    outcomes = place.tracker.create([new_ticket(number) for number in range(60)])
    made = [created(outcome) for outcome in outcomes]
    tickets = place.tracker.read([one.id for one in made])
    assert [tickets[one.id].summary for one in made] == [f"Action item {n}" for n in range(60)]


def test_creating_nothing_gives_nothing(place: Place) -> None:
    assert list(place.tracker.create([])) == []


def test_a_ticket_that_is_gone_is_absent(place: Place) -> None:
    made = [created(o) for o in place.tracker.create([new_ticket(1), new_ticket(2)])]
    place.delete(made[0].key)
    assert place.tracker.read([one.id for one in made]).keys() == {made[1].id}
    assert place.tracker.read_keys([one.key for one in made]).keys() == {made[1].key}


def test_what_cannot_be_an_id_or_key_is_absent(place: Place) -> None:
    ids = [TicketId("0"), TicketId("x) OR (id > 0"), TicketId("")]
    assert place.tracker.read(ids) == {}
    keys = [TicketKey('OPS-1" OR key > "'), TicketKey("OPS"), TicketKey("")]
    assert place.tracker.read_keys(keys) == {}


def test_keys_are_understood_as_people_type_them(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    typed = TicketKey(f" {made.key.lower()} ")
    assert place.tracker.read_keys([typed])[typed].id == made.id


def test_a_label_finds_its_tickets_with_their_marks(place: Place) -> None:
    tickets = [new_ticket(1), new_ticket(2), replace(new_ticket(3), labels=("other",))]
    made = [created(outcome) for outcome in place.tracker.create(tickets)]
    found = place.tracker.labelled(f"postmortem-{INCIDENT}")
    assert {ticket.id: ticket.mark for ticket in found} == {
        made[0].id: "mark1",
        made[1].id: "mark2",
    }
    assert [int(ticket.id) for ticket in found] == sorted(int(ticket.id) for ticket in found)


def test_a_label_that_nothing_carries_finds_nothing(place: Place) -> None:
    assert list(place.tracker.labelled("postmortem-NONE")) == []


def test_tickets_changed_since_a_time_are_found(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    now = datetime.now(UTC)
    assert [ticket.id for ticket in place.tracker.changed(COMMON_LABEL, now)] == [made.id]
    assert list(place.tracker.changed(COMMON_LABEL, now + timedelta(days=1))) == []


def test_fields_change_and_others_stay(place: Place) -> None:
    made = created(place.tracker.create([new_ticket(priority=FieldChoice("Low"))])[0])
    changes = TicketChanges(summary="Said anew", priority=FieldChoice("High"), due=date(2026, 4, 1))
    assert place.tracker.update(made.id, changes) == {}
    ticket = place.tracker.read([made.id])[made.id]
    assert (ticket.summary, ticket.priority, ticket.due) == ("Said anew", "High", date(2026, 4, 1))
    assert ticket.labels == new_ticket().labels


def test_a_date_and_an_owner_can_be_taken_away(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    assert place.tracker.update(made.id, TicketChanges(clear_due=True, clear_assignee=True)) == {}
    ticket = place.tracker.read([made.id])[made.id]
    assert (ticket.due, ticket.assignee) == (None, None)


def test_a_label_is_added_and_nobody_elses_replaced(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    assert place.tracker.update(made.id, TicketChanges(add_labels=("extra",))) == {}
    ticket = place.tracker.read([made.id])[made.id]
    assert ticket.labels == (*new_ticket().labels, "extra")


def test_a_refused_field_is_named_and_the_others_change(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    changes = TicketChanges(summary="Said anew", priority=FieldChoice("No such priority"))
    assert place.tracker.update(made.id, changes).keys() == {"priority"}
    assert place.tracker.read([made.id])[made.id].summary == "Said anew"


def test_nothing_to_change_is_nothing_refused(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    assert place.tracker.update(made.id, TicketChanges()) == {}


def test_a_ticket_is_moved_to_done_and_back(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    _move(place.tracker, made.id, Category.DONE)
    ticket = place.tracker.read([made.id])[made.id]
    assert (ticket.status, ticket.category, ticket.resolution) == ("Done", Category.DONE, "Done")
    _move(place.tracker, made.id, Category.NEW)
    ticket = place.tracker.read([made.id])[made.id]
    assert (ticket.category, ticket.resolution) == (Category.NEW, None)


def _move(tracker: Jira, ticket: TicketId, to: Category) -> None:
    moves = [move for move in tracker.transitions(ticket) if move.to_category is to]
    tracker.transition(ticket, moves[0], {})


def test_a_link_can_be_made_again(place: Place) -> None:
    made = created(place.tracker.create([new_ticket()])[0])
    link = RemoteLink("pagerduty-incident=Q2", "https://example.com/incidents/Q2", "Incident")
    place.tracker.link(made.id, link)
    place.tracker.link(made.id, replace(link, title="Incident, renamed"))


def test_an_owner_is_found_by_display_name_or_address(place: Place) -> None:
    by_name = place.tracker.account(place.project, "mira castellan")
    assert isinstance(by_name, Account)
    assert place.tracker.account(place.project, "mira.castellan@example.com") == by_name
    made = created(place.tracker.create([new_ticket(assignee=by_name.id)])[0])
    assert place.tracker.read([made.id])[made.id].assignee == by_name


def test_a_name_that_only_begins_like_another_is_nobody(place: Place) -> None:
    assert isinstance(place.tracker.account(place.project, "Mir"), NoAccount)
    lena = place.tracker.account(place.project, "Lena Okafor")
    assert isinstance(lena, Account)
    assert lena.name == "Lena Okafor"


def test_a_create_tells_what_it_takes(place: Place) -> None:
    fields = place.tracker.create_fields(place.project, "task")
    assert "summary" in fields.required
    assert {"labels", "description", "duedate", "assignee"} <= fields.settable


def test_a_create_tells_the_priorities_to_choose_from(place: Place) -> None:
    fields = place.tracker.create_fields(place.project, "Task")
    assert [one.name for one in fields.priorities] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert [one.name for one in fields.components] == ["Checkout", "Search"]


def test_a_priority_that_the_project_lacks_is_left_out_of_the_ticket(place: Place) -> None:
    made = created(place.tracker.create([new_ticket(priority=FieldChoice("P0"))])[0])
    assert made.dropped.keys() == {"priority"}


def test_an_owner_who_is_nobody_is_left_out_of_the_ticket(place: Place) -> None:
    ticket = new_ticket(assignee=AccountId("nobody"))
    assert created(place.tracker.create([ticket])[0]).dropped.keys() == {"assignee"}


def test_a_project_that_is_ready_has_no_problem(place: Place) -> None:
    findings = place.tracker.check(place.project, "Task")
    assert [finding.problem for finding in findings] == [""] * 5


def test_an_unknown_project_is_told_as_such(place: Place) -> None:
    findings = place.tracker.check("NONE", "Task")
    assert [(one.subject, one.problem != "") for one in findings[1:]] == [
        ("Jira project NONE", True)
    ]
