"""What a new ticket says and carries, and what an incident's epic is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.ticket_fields import (
    Bullets,
    CreateFields,
    FieldChoice,
    Paragraph,
    Preformatted,
    Span,
)
from connectors.tickets import (
    Mark,
    NewTicket,
    NoAccount,
    Parent,
    RemoteLink,
    TicketKey,
)
from tests.unit.tracking_support import ALICE, INCIDENT, LAG, NOW, intent, row, ticket
from worker.document.action_items import ActionItem
from worker.tracking.destinations import Route
from worker.tracking.new_ticket import Origin, describe, prepare, priority_choice, remote_links
from worker.tracking.parents import (
    EpicPlan,
    EpicState,
    belongs,
    parent_key,
    plan_epic,
    prepare_epic,
    written_parent,
)
from worker.tracking.ticket_actions import CreateTicket
from worker.tracking.tracked_tickets import EPIC_ROW, TrackedTicket, Values, row_words

MARK = Mark("m4rk")
ORIGIN = Origin(
    INCIDENT,
    57,
    "Checkout storm",
    "https://acme.pagerduty.com/incidents/Q0STORM",
    "storm.md",
    "https://pm.example.com/postmortems/Q0STORM",
    "Checkout failed for an hour.",
    "PagerDuty",
    "pagerduty",
)
ROUTE = Route("OPS", "Task", ("sre",), ("checkout",), {"customfield_10": "blue"})
HIGH, LOW = FieldChoice("High", "2"), FieldChoice("Low", "4")
CHECKOUT = FieldChoice("Checkout", "7")
FIELDS = CreateFields(FieldChoice("Task", "10002"), priorities=(HIGH,), components=(CHECKOUT,))
ITEM = row("Add alert", "@alice", "High", "2026-12-24")


def prepared(item: ActionItem, owner: object = ALICE, **values: object) -> CreateTicket:
    """Prepare a row's ticket with what is said, and otherwise what all rows here have."""
    plain = {"origin": ORIGIN, "route": ROUTE, "fields": FIELDS, "priorities": {}, **values}
    return prepare(item, "it has none", MARK, owner=owner, **plain)  # type: ignore[arg-type]  # built by name


def test_a_ticket_has_all_that_its_row_and_its_route_say() -> None:
    made = prepared(ITEM)
    assert made == CreateTicket(
        ITEM,
        "it has none",
        NewTicket(
            project="OPS",
            issue_type="10002",
            summary="Add alert",
            mark=MARK,
            incident=INCIDENT,
            description=describe(ITEM, ORIGIN, ()),
            labels=("postmortem-worker", "postmortem-Q0STORM", "pm-m4rk", "sre"),
            components=(CHECKOUT,),
            priority=HIGH,
            due=date(2026, 12, 24),
            assignee=ALICE.id,
            extra={"customfield_10": "blue"},
        ),
    )


def test_a_row_that_says_nothing_more_has_a_ticket_without_problems() -> None:
    made = prepared(row("Add alert"), None, fields=CreateFields(), route=Route("OPS", "Task"))
    ticket, plain = made.ticket, (None, None, None, (), {})
    assert (ticket.assignee, ticket.priority, ticket.due, ticket.components, ticket.extra) == plain
    assert (ticket.issue_type, made.problems) == ("Task", ())


def test_what_cannot_be_used_of_a_row_is_left_out_and_said() -> None:
    item = row("Add alert", "@zoe", "Urgent", "soon")
    fields = CreateFields(settable=frozenset({"summary"}))
    made = prepared(item, NoAccount("Nobody is named by '@zoe'."), fields=fields)
    told = (
        "Nobody is named by '@zoe'.",
        "Project OPS takes no priority, so 'Urgent' was left out.",
        "The deadline 'soon' cannot be used: it is no date. Use YYYY-MM-DD.",
        "Project OPS has no component 'checkout'.",
    )
    assert made.problems == told
    assert made.ticket.description == describe(item, ORIGIN, told)
    assert (made.ticket.assignee, made.ticket.priority, made.ticket.due) == (None, None, None)


def test_a_priority_goes_as_it_is_written_where_nobody_knows_which_there_are() -> None:
    made = prepared(row("Add", priority="P1"), fields=CreateFields(), priorities={"p1": "High"})
    assert made.ticket.priority == FieldChoice("High")


def test_a_priority_that_the_project_lacks_is_told_with_those_that_it_has() -> None:
    allowed = replace(FIELDS, priorities=(HIGH, FieldChoice("Low", "4")))
    made = prepared(row("Add alert", priority="Urgent"), fields=allowed)
    assert made.problems == (
        "Project OPS has no priority 'Urgent'; it has High, Low. `[priorities]` can map the word.",
    )
    assert prepared(row("Add alert", priority="P1"), priorities={"p1": "High"}).ticket.priority == (
        HIGH
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("\U0001f534 High", HIGH),
        ("High \U0001f525", HIGH),
        ("High!", HIGH),
        ("P1 - High", HIGH),
        ("P1 (High)", HIGH),
        ("High \u2013 revenue", HIGH),
        ("high (customers wait)", HIGH),
        ("High/Low", None),
        ("High (not Low)", HIGH),
        ("Low (was High)", LOW),
        ("High (Low)", None),
        ("higher", None),
        ("not high", None),
        ("Sev-1", HIGH),
        ("Sev-1 - Low", None),
        ("\U0001f534", None),
    ],
)
def test_a_priority_is_read_with_what_people_put_around_it(
    written: str, meant: FieldChoice | None
) -> None:
    assert priority_choice(written, {"sev-1": "High"}, (HIGH, LOW)) == meant


def test_of_two_components_with_one_name_the_first_is_taken() -> None:
    twice = replace(FIELDS, components=(CHECKOUT, replace(CHECKOUT, id="8")))
    assert prepared(ITEM, fields=twice).ticket.components == (CHECKOUT,)


def test_a_field_that_asks_for_the_title_has_it_unless_the_route_fills_it() -> None:
    titled = replace(FIELDS, title="customfield_11")
    assert prepared(ITEM, fields=titled).ticket.extra == {
        "customfield_10": "blue",
        "customfield_11": "Add alert",
    }
    own = replace(ROUTE, fields={"customfield_11": "ours"})
    assert prepared(ITEM, fields=titled, route=own).ticket.extra == {"customfield_11": "ours"}


def test_a_description_says_where_the_ticket_is_from_and_what_the_row_was() -> None:
    assert describe(ITEM, ORIGIN, ("It is odd.",)) == (
        Paragraph((Span("Add alert"),)),
        Paragraph(
            (
                Span("Action item of the postmortem of "),
                Span("PagerDuty incident #57: Checkout storm", ORIGIN.url),
                Span("."),
            )
        ),
        Paragraph((Span("Checkout failed for an hour."),)),
        Paragraph((Span("Postmortem: "), Span("storm.md", ORIGIN.document_url))),
        Paragraph((Span("The row as it was written:"),)),
        Preformatted(ITEM.source),
        Paragraph((Span("Not used from the row:", strong=True),)),
        Bullets(((Span("It is odd."),),)),
    )


def test_a_description_leads_to_the_page_once_there_is_one() -> None:
    origin = replace(ORIGIN, page_url="https://wiki.example/7", page_service="Confluence")
    where = describe(ITEM, origin, ())[3]
    assert isinstance(where, Paragraph)
    assert where.spans[-1] == Span("Confluence", "https://wiki.example/7")


def test_a_description_leaves_out_what_is_not_known_and_links_nowhere() -> None:
    bare = Origin(INCIDENT, None, "", "", "storm.md")
    parts = describe(ITEM, bare, ())
    assert parts[1] == Paragraph(
        (Span("Action item of the postmortem of "), Span("incident Q0STORM"), Span("."))
    )
    assert [type(one) for one in parts] == [Paragraph] * 4 + [Preformatted]
    assert parts[2] == Paragraph((Span("Postmortem: "), Span("storm.md")))


def test_a_ticket_shows_its_incident_and_its_document_by_names_that_stay() -> None:
    assert remote_links(ORIGIN) == (
        RemoteLink(
            "pagerduty-incident=Q0STORM", ORIGIN.url, "PagerDuty incident #57: Checkout storm"
        ),
        RemoteLink("postmortem=Q0STORM", ORIGIN.document_url, "Postmortem: Checkout storm"),
    )
    assert remote_links(replace(ORIGIN, url="", document_url="")) == ()
    longest = [len(one.title) for one in remote_links(replace(ORIGIN, title="x" * 300))]
    assert longest == [255, 255]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("OPS-7", "OPS-7"),
        ("ops-7", "OPS-7"),
        ("[OPS-7]", "OPS-7"),
        ("<https://jira.example.com/browse/OPS-7>", "OPS-7"),
        ("https://jira.example.com/browse/OPS-7/", "OPS-7"),
        ("[OPS-7](https://jira.example.com/browse/OPS-7)", "OPS-7"),
        ("https://jira.example.com/jira/boards/1?selectedIssue=OPS-7", "OPS-7"),
        ("https://jira.example.com/browse/", None),
        ("OPS-7 or so", None),
        ("see OPS-7", None),
        ("OPS-0", None),
        ("", None),
    ],
)
def test_a_parent_is_named_by_its_key_or_address(written: str, key: str | None) -> None:
    assert parent_key(written) == key


def test_a_parent_is_read_from_the_front_matter_however_it_is_written() -> None:
    assert written_parent({"title": "x", " Jira_Parent ": " OPS-7 "}) == "OPS-7"
    assert written_parent({"jira_parent": 7}) == "7"
    assert written_parent({"title": "OPS-7"}) == ""


def epics(**values: object) -> EpicState:
    plain = {"origin": ORIGIN, "labelled": (), "intents": (), "now": NOW, "index_lag": LAG}
    return EpicState(**{**plain, **values})  # type: ignore[arg-type]  # built by name


def test_an_epic_that_carries_the_label_is_the_incidents_and_the_oldest_of_several() -> None:
    older, newer = ticket(9, "Postmortem: storm", mark=MARK), ticket(10, "Postmortem: storm")
    made = intent("m4rk", "x", EPIC_ROW)
    plan = plan_epic(epics(labelled=(newer, older), intents=(made,)))
    assert plan.found == TrackedTicket(
        id=older.id,
        key=older.key,
        url=older.url,
        incident=INCIDENT,
        ordinal=EPIC_ROW,
        row=Values(task="Postmortem: storm"),
        mark=MARK,
        linked=True,
    )
    assert (plan.until, plan.settled) == (None, (MARK,))
    assert plan.warning == (
        "OPS-10 carries the same label as the epic OPS-9 (a clone copies labels). New tickets "
        "belong to OPS-9, the oldest; close the others if they are not wanted."
    )
    assert plan_epic(epics(labelled=(older,))).warning == ""
    third = ticket(11, "Postmortem: storm")
    assert plan_epic(epics(labelled=(older, newer, third))).warning.startswith("OPS-10, OPS-11 ")


def test_an_epic_without_an_answer_is_waited_for_while_the_search_may_miss_it() -> None:
    late, early = intent("late", "x", EPIC_ROW, age=10), intent("early", "x", EPIC_ROW, age=90)
    waits = plan_epic(epics(intents=(late, early)))
    assert waits == EpicPlan(until=late.opened_at + LAG)
    assert plan_epic(epics(intents=(early,))) == EpicPlan(settled=(Mark("early"),))
    assert plan_epic(epics()) == EpicPlan()
    soon = NOW + timedelta(seconds=5)
    assert plan_epic(epics(forgotten_until=soon)) == EpicPlan(until=soon)
    assert plan_epic(epics(forgotten_until=NOW)) == EpicPlan()


def test_an_epic_is_named_after_its_incident_and_takes_the_fields_that_epics_have() -> None:
    takes = CreateFields(
        FieldChoice("Epic", "10000"), settable=frozenset({"customfield_10"}), title="customfield_11"
    )
    route = replace(ROUTE, issue_type="Epic", fields={"customfield_10": "blue", "points": 3})
    made = prepare_epic(MARK, ORIGIN, route, takes)
    title = "Postmortem: Checkout storm"
    assert made.item == ActionItem(EPIC_ROW, title, source=title)
    assert made.reason == "the incident's tickets are to belong to one epic"
    assert made.ticket == NewTicket(
        project="OPS",
        issue_type="10000",
        summary=title,
        mark=MARK,
        incident=INCIDENT,
        description=describe(made.item, ORIGIN, ()),
        labels=("postmortem-worker", "postmortem-epic-Q0STORM", "pm-m4rk", "sre"),
        extra={"customfield_10": "blue", "customfield_11": title},
    )
    bare = prepare_epic(MARK, replace(ORIGIN, title=""), route, CreateFields()).ticket
    assert (bare.summary, bare.issue_type) == ("Postmortem of Q0STORM", "Epic")
    assert bare.extra == {"customfield_10": "blue", "points": 3}


def test_a_parent_stands_in_the_place_of_one_that_the_route_names() -> None:
    made = prepared(ITEM, route=replace(ROUTE, fields={"parent": {"key": "OPS-1"}, "points": 3}))
    child = belongs(made, TicketKey("OPS-7"), replace(FIELDS, parent="parent"))
    assert child.ticket.parent == Parent(TicketKey("OPS-7"), "parent")
    assert child.ticket.extra == {"points": 3}
    assert replace(child.ticket, parent=None, extra=made.ticket.extra) == made.ticket


def test_the_words_of_a_row_are_all_that_it_says_without_its_layout() -> None:
    assert row_words(replace(ITEM, source="|  Add   alert |@alice | High  |")) == (
        "Add alert @alice High"
    )
