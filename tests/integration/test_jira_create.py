"""Creating tickets: an outcome for each, and no create sent twice."""

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from connectors.errors import AccessDenied, OutOfQuota, Unreachable
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox, ProjectField
from connectors.jira.sandbox.projects import SYSTEM_FIELDS, Project
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault, Moment
from connectors.ticket_fields import FieldChoice, TicketField
from connectors.tickets import Created, Mark, NotSent, Refused, Unknown
from tests.contract.jira_support import created, new_ticket, tracker


@pytest.fixture(scope="module", params=list(SiteKind), ids=lambda kind: kind.name.lower())
def running(request: pytest.FixtureRequest) -> Iterator[JiraSandbox]:
    with JiraSandbox(request.param) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: JiraSandbox) -> JiraSandbox:
    running.clear()
    running.site.projects[:] = [Project("OPS", "10001", "Operations")]
    return running


def posts(sandbox: JiraSandbox) -> list[str]:
    """Give the creates that were sent: "bulk" or "issue"."""
    return [one.path.rpartition("/")[2] for one in sandbox.served if one.method == "POST"]


def test_fifty_go_in_one_request(sandbox: JiraSandbox) -> None:
    outcomes = tracker(sandbox).create([new_ticket(number) for number in range(50)])
    assert all(isinstance(outcome, Created) for outcome in outcomes)
    assert posts(sandbox) == ["bulk"]


def test_more_go_in_as_few_requests_as_jira_allows(sandbox: JiraSandbox) -> None:
    outcomes = tracker(sandbox).create([new_ticket(number) for number in range(101)])
    assert len([created(outcome) for outcome in outcomes]) == 101
    assert posts(sandbox) == ["bulk", "bulk", "issue"]


def test_a_create_carries_its_mark_as_label_and_as_property(sandbox: JiraSandbox) -> None:
    made = created(tracker(sandbox).create([new_ticket()])[0])
    record = sandbox.ticket(made.id)
    assert "pm-mark1" in record.now.labels
    assert record.properties["postmortem-worker"] == {
        "mark": "mark1",
        "incident": new_ticket().incident,
    }


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("priority", {"priority": FieldChoice("P0")}),
        ("duedate", {}),
        ("assignee", {"assignee": "nobody"}),
        ("components", {"components": (FieldChoice("None such"),)}),
        ("labels", {}),
        ("description", {}),
        ("customfield_9", {"extra": {"customfield_9": "x"}}),
    ],
)
def test_a_refused_field_is_left_out_and_told(
    sandbox: JiraSandbox, field: str, changes: dict[str, Any]
) -> None:
    project = sandbox.site.projects[0]
    if field in {"duedate", "labels", "description"}:
        project.screen = frozenset(SYSTEM_FIELDS) - {field}
    made = created(tracker(sandbox).create([new_ticket(**changes)])[0])
    told = TicketField.DUE if field == "duedate" else field
    assert made.dropped.keys() == {told}
    assert made.dropped[told]
    assert posts(sandbox) == ["issue", "issue"]
    assert sandbox.ticket(made.id).now.summary == "Action item 1"


def test_only_the_refused_ones_of_many_are_sent_again(sandbox: JiraSandbox) -> None:
    tickets = [new_ticket(number) for number in range(6)]
    tickets[1] = new_ticket(1, priority=FieldChoice("P0"))
    tickets[4] = new_ticket(4, priority=FieldChoice("P0"), assignee="nobody")
    outcomes = [created(outcome) for outcome in tracker(sandbox).create(tickets)]
    assert posts(sandbox) == ["bulk", "bulk"]
    assert [sorted(one.dropped) for one in outcomes] == [
        [],
        ["priority"],
        [],
        [],
        ["assignee", "priority"],
        [],
    ]
    summaries = [sandbox.ticket(one.id).now.summary for one in outcomes]
    assert summaries == [f"Action item {number}" for number in range(6)]
    assert len(sandbox.site.records) == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"project": "NONE"}, "project"),
        ({"issue_type": "Epic"}, "issuetype"),
        ({"summary": ""}, "summary"),
        ({"summary": "two\nlines"}, "summary"),
        ({"summary": "x" * 256}, "summary"),
        ({"summary": "x" * 256, "priority": FieldChoice("P0")}, "summary"),
    ],
)
def test_what_no_ticket_can_do_without_refuses_it(
    sandbox: JiraSandbox, changes: dict[str, Any], field: str
) -> None:
    (outcome,) = tracker(sandbox).create([new_ticket(**changes)])
    assert isinstance(outcome, Refused)
    assert field in outcome.fields
    assert outcome.reason.startswith("Jira would not create the ticket: ")
    assert posts(sandbox) == ["issue"]


def test_a_required_field_that_nobody_gives_refuses_the_ticket(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].custom = (ProjectField("customfield_7", "Team", required=True),)
    (outcome,) = tracker(sandbox).create([new_ticket(priority=FieldChoice("P0"))])
    assert isinstance(outcome, Refused)
    assert outcome.fields["customfield_7"] == "Team is required."
    assert "Give a value in the route's fields" in outcome.reason
    assert posts(sandbox) == ["issue"]


def refusal(*messages: str, **fields: str) -> Fault:
    return Fault("/issue$", 400, body={"errors": fields, "errorMessages": list(messages)})


def test_fields_that_are_refused_one_after_the_other_are_all_left_out(
    sandbox: JiraSandbox,
) -> None:
    sandbox.site.projects[0].screen -= {"priority"}
    ticket = new_ticket(priority=FieldChoice("High"), assignee="nobody")
    made = created(tracker(sandbox).create([ticket])[0])
    assert made.dropped.keys() == {"priority", "assignee"}
    assert posts(sandbox) == ["issue"] * 3


def test_of_many_each_goes_without_what_it_was_refused_for(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].screen -= {"priority"}
    tickets = [new_ticket(n, priority=FieldChoice("High"), assignee="nobody") for n in range(3)]
    made = [created(one) for one in tracker(sandbox).create(tickets)]
    assert {*map(frozenset, (one.dropped for one in made))} == {frozenset({"priority", "assignee"})}
    assert posts(sandbox) == ["bulk"] * 3
    assert len(sandbox.site.records) == 3


def test_a_ticket_refused_twice_for_one_field_is_refused(sandbox: JiraSandbox) -> None:
    sandbox.fault(refusal(labels="first"))
    sandbox.fault(refusal(labels="second"))
    (outcome,) = tracker(sandbox).create([new_ticket()])
    assert isinstance(outcome, Refused)
    assert outcome.fields == {"labels": "second"}
    assert "labels: first. Nor without that: labels: second. Give another value" in outcome.reason
    assert posts(sandbox) == ["issue", "issue"]


@pytest.mark.parametrize(
    ("field", "changes", "why", "remedy"),
    [
        ("duedate", {}, "Must not be past.", "Write another deadline into the row, give another"),
        ("priority", {"priority": FieldChoice("High")}, "Is invalid.", "Write another priority"),
        ("assignee", {"assignee": "nobody"}, "Nobody is.", "Write another owner into the row"),
        ("components", {"components": (FieldChoice("Search"),)}, "Is old.", "Give another value"),
        (
            "customfield_7",
            {"extra": {"customfield_7": "Sev-9"}},
            "No option.",
            "Give another value",
        ),
    ],
)
def test_why_the_value_of_a_required_field_was_refused_is_told(
    sandbox: JiraSandbox, field: str, changes: dict[str, Any], why: str, remedy: str
) -> None:
    sandbox.fault(refusal(**{field: why}))
    sandbox.fault(refusal(**{field: "It is required."}))
    (outcome,) = tracker(sandbox).create([new_ticket(**changes)])
    assert isinstance(outcome, Refused)
    told = f"{field}: {why} Nor without that: {field}: It is required. {remedy}"
    assert told in outcome.reason


def test_a_label_of_the_route_that_is_refused_takes_no_other_along(sandbox: JiraSandbox) -> None:
    own = new_ticket().labels
    sandbox.fault(refusal(labels="The label 'sre' is not allowed."))
    made = created(tracker(sandbox).create([new_ticket(labels=(*own, "sre"))])[0])
    assert made.dropped.keys() == {"labels"}
    assert made.dropped["labels"].startswith("The label 'sre' is not allowed. Correct the route's")
    assert sandbox.ticket(made.id).now.labels == own
    assert posts(sandbox) == ["issue", "issue"]


def test_what_goes_without_its_labels_is_told_of_before_it_is_sent(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].validators["labels"] = "Labels are set by the triage."
    told: list[tuple[list[str], int]] = []
    tickets = [new_ticket(1, labels=()), new_ticket(2), new_ticket(3)]

    def going_unlabelled(marks: Sequence[Mark]) -> None:
        told.append((list(marks), len(sandbox.site.records)))

    for outcome in tracker(sandbox).create(tickets, going_unlabelled):
        created(outcome)
    assert told == [(["mark2", "mark3"], 1)]


def test_what_cannot_be_told_of_is_not_sent_without_its_labels(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].validators["labels"] = "Labels are set by the triage."

    def going_unlabelled(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tracker(sandbox).create([new_ticket()], going_unlabelled)
    assert not sandbox.site.records


def test_labels_that_no_screen_takes_are_all_left_out(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].screen = frozenset(SYSTEM_FIELDS) - {"labels"}
    made = created(tracker(sandbox).create([new_ticket(labels=("sre", "pm-mark1"))])[0])
    assert made.dropped.keys() == {"labels"}
    assert posts(sandbox) == ["issue"] * 3


def test_an_archived_project_is_told_with_what_to_do(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].archived = True
    (outcome,) = tracker(sandbox).create([new_ticket()])
    assert isinstance(outcome, Refused)
    assert "archived. Restore the project" in outcome.reason
    assert "set JIRA_PROJECT" in outcome.reason


@pytest.mark.parametrize(
    ("said", "dropped"),
    [
        ("Due Date cannot be in the past.", {TicketField.DUE}),
        ("Field 'labels' cannot be set. It is not on the appropriate screen, or unknown.", {"labels"}),
        ("A high Priority needs a due date", {"priority", TicketField.DUE}),
        ("The workflow does not want this.", None),
        ("Summary is too short.", None),
    ],
)  # fmt: skip
def test_a_validators_words_name_the_field_that_is_left_out(
    sandbox: JiraSandbox, said: str, dropped: set[str] | None
) -> None:
    sandbox.fault(refusal(said))
    (outcome,) = tracker(sandbox).create([new_ticket(priority=FieldChoice("High"))])
    if dropped is None:
        assert outcome == Refused(f"Jira would not create the ticket: {said}", {})
        assert posts(sandbox) == ["issue"]
    else:
        made = created(outcome)
        assert made.dropped.keys() == dropped
        assert all(why.startswith(f"{said.rstrip('.')}. ") for why in made.dropped.values())
        assert posts(sandbox) == ["issue", "issue"]


def test_a_validator_that_is_never_content_ends_the_trying(sandbox: JiraSandbox) -> None:
    for _ in range(9):
        sandbox.fault(refusal("Due date, priority, labels and assignee are wrong."))
    (outcome,) = tracker(sandbox).create([new_ticket()])
    assert isinstance(outcome, Refused)
    assert posts(sandbox) == ["issue", "issue"]


@pytest.mark.parametrize(
    ("field", "remedy"),
    [
        ("duedate", "Write a deadline into the row, give a value in the route's fields"),
        ("assignee", "Write an owner into the row, give a value in the route's fields"),
        ("components", ". Give a value in the route's fields"),
    ],
)
def test_a_required_field_that_a_row_can_fill_says_so(
    sandbox: JiraSandbox, field: str, remedy: str
) -> None:
    sandbox.site.projects[0].needed = frozenset({field})
    (outcome,) = tracker(sandbox).create([new_ticket(due=None, assignee=None, components=())])
    assert isinstance(outcome, Refused)
    assert remedy in outcome.reason


def test_some_of_many_are_refused_and_the_others_made(sandbox: JiraSandbox) -> None:
    tickets = [new_ticket(1, project="NONE"), new_ticket(2), new_ticket(3, issue_type="Epic")]
    first, second, third = tracker(sandbox).create(tickets)
    assert isinstance(first, Refused)
    assert isinstance(third, Refused)
    assert sandbox.ticket(created(second).id).now.summary == "Action item 2"


@pytest.mark.parametrize("moment", list(Moment), ids=lambda moment: moment.value)
@pytest.mark.parametrize(
    "fault",
    [{}, {"status": 503}, {"status": 201, "cut_short": True}, {"status": 201, "body": b"<html>"}],
    ids=["connection lost", "unavailable", "answer cut short", "answer unreadable"],
)
def test_a_create_without_a_clear_outcome_is_unknown_and_not_repeated(
    sandbox: JiraSandbox, fault: dict[str, Any], moment: Moment
) -> None:
    sandbox.fault(Fault("/issue$", moment=moment, **fault))
    (outcome,) = tracker(sandbox).create([new_ticket()])
    assert isinstance(outcome, Unknown)
    assert posts(sandbox) == ["issue"]
    assert len(sandbox.site.records) == (1 if moment is Moment.AFTER else 0)


@pytest.mark.parametrize("moment", list(Moment), ids=lambda moment: moment.value)
def test_after_an_unclear_outcome_nothing_more_is_sent(
    sandbox: JiraSandbox, moment: Moment
) -> None:
    sandbox.fault(Fault("/issue/bulk$", moment=moment, skip=1))
    outcomes = tracker(sandbox).create([new_ticket(number) for number in range(130)])
    kinds = [Created] * 50 + [Unknown] * 50 + [NotSent] * 30
    assert [type(outcome) for outcome in outcomes] == kinds
    assert posts(sandbox) == ["bulk", "bulk"]


def test_an_unclear_outcome_keeps_the_refused_ones_for_later(sandbox: JiraSandbox) -> None:
    body = {
        "issues": [{"id": "1", "key": "OPS-1"}],
        "errors": [
            {"status": 500, "elementErrors": {"errorMessages": ["?"]}, "failedElementNumber": 1},
            {
                "status": 400,
                "elementErrors": {"errors": {"priority": "no"}},
                "failedElementNumber": 2,
            },
            {"status": 429, "elementErrors": {}, "failedElementNumber": 3},
        ],
    }
    sandbox.fault(Fault("bulk", 201, body=body))
    outcomes = tracker(sandbox).create(
        [new_ticket(n, priority=FieldChoice("High")) for n in range(4)]
    )
    assert [type(outcome) for outcome in outcomes] == [Created, Unknown, NotSent, NotSent]
    assert posts(sandbox) == ["bulk"]


def test_an_answer_that_does_not_add_up_leaves_all_unknown(sandbox: JiraSandbox) -> None:
    body = {"issues": [{"id": "1", "key": "OPS-1"}], "errors": []}
    sandbox.fault(Fault("bulk", 201, body=body))
    outcomes = tracker(sandbox).create([new_ticket(1), new_ticket(2)])
    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]
    assert posts(sandbox) == ["bulk"]


def test_a_refusal_of_the_first_request_is_raised(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    jira.site()
    sandbox.fault(Fault("bulk", 403))
    with pytest.raises(AccessDenied):
        jira.create([new_ticket(1), new_ticket(2)])


@pytest.mark.parametrize(
    "fault",
    [{"status": 401}, {"status": 403}, {"status": 429, "times": None}],
    ids=["token expired", "forbidden", "too many requests"],
)
def test_a_refusal_of_a_later_request_leaves_its_tickets_unsent(
    sandbox: JiraSandbox, fault: dict[str, Any]
) -> None:
    sandbox.fault(Fault("bulk", skip=1, **fault))
    outcomes = tracker(sandbox).create([new_ticket(number) for number in range(100)])
    assert [type(outcome) for outcome in outcomes] == [Created] * 50 + [NotSent] * 50
    assert len(sandbox.site.records) == 50


def test_a_burst_is_waited_out(sandbox: JiraSandbox) -> None:
    waits: list[float] = []
    sandbox.fault(Fault("bulk", 429, headers={"Retry-After": "2"}, times=2))
    outcomes = tracker(sandbox, waits).create([new_ticket(1), new_ticket(2)])
    assert [created(outcome).key for outcome in outcomes] == ["OPS-1", "OPS-2"]
    assert waits == [2.0, 2.0]


def test_a_used_up_quota_ends_the_run_at_once(sandbox: JiraSandbox) -> None:
    waits: list[float] = []
    sandbox.fault(
        Fault("bulk", 429, headers={"Retry-After": "5", "RateLimit-Reason": "jira-cost-based"})
    )
    with pytest.raises(OutOfQuota) as caught:
        tracker(sandbox, waits).create([new_ticket(1), new_ticket(2)])
    assert (caught.value.again_in, waits) == (5.0, [])
    assert sandbox.site.records == {}


def test_a_refused_connection_is_raised_since_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    jira = Jira(
        f"http://127.0.0.1:{port}", personal_token="x", policy=RetryPolicy(sleep=lambda _: None)
    )
    with pytest.raises(Unreachable, match="refused the connection"):
        jira.create([new_ticket()])


@pytest.mark.parametrize("status", [404, 405])
def test_a_site_without_bulk_creates_is_asked_one_by_one_from_then_on(
    sandbox: JiraSandbox, status: int
) -> None:
    sandbox.fault(Fault("bulk", status, times=None))
    jira = tracker(sandbox)
    for _ in range(2):
        outcomes = jira.create([new_ticket(1), new_ticket(2)])
        assert [type(outcome) for outcome in outcomes] == [Created, Created]
    assert posts(sandbox) == ["bulk", "issue", "issue", "issue", "issue"]


def test_one_by_one_the_first_unclear_outcome_ends_the_run_too(sandbox: JiraSandbox) -> None:
    sandbox.fault(Fault("bulk", 405))
    sandbox.fault(Fault("/issue$", 502, skip=1, moment=Moment.AFTER))
    outcomes = tracker(sandbox).create([new_ticket(number) for number in range(4)])
    assert [type(outcome) for outcome in outcomes] == [Created, Unknown, NotSent, NotSent]
    assert posts(sandbox) == ["bulk", "issue", "issue"]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_many_refused_as_a_whole_are_tried_alone_this_time(
    sandbox: JiraSandbox, status: int
) -> None:
    sandbox.fault(Fault("bulk", status, body={"errorMessages": ["too large"], "errors": {}}))
    jira = tracker(sandbox)
    for _ in range(2):
        outcomes = jira.create([new_ticket(1), new_ticket(2)])
        assert [type(outcome) for outcome in outcomes] == [Created, Created]
    assert posts(sandbox) == ["bulk", "issue", "issue", "bulk"]


def test_each_thread_has_its_own_way_to_the_site(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda n: jira.create([new_ticket(n)])[0], range(20)))
    keys = [created(outcome).key for outcome in outcomes]
    assert sorted(keys) == sorted(f"OPS-{number}" for number in range(1, 21))
    assert sandbox.calls().count("GET /rest/api/2/serverInfo") == 1
