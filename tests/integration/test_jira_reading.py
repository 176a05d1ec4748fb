"""Reading tickets: by id, by key, by label, and what changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from connectors.errors import PartlyRead, PayloadError, Rejected, Unreachable
from connectors.jira.client import OVERLAP
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox, Project
from connectors.jira.sandbox.projects import operations
from connectors.jira.searching import MOST_ASKED
from connectors.sandbox import Fault
from connectors.tickets import Category, TicketId, TicketKey
from tests.contract.jira_support import created, new_ticket, tracker

LABEL = "postmortem-worker"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(params=list(SiteKind), ids=lambda kind: kind.name.lower())
def sandbox(request: pytest.FixtureRequest) -> Iterator[JiraSandbox]:
    clock = Clock()
    lag = timedelta(seconds=30)
    with JiraSandbox(request.param, index_lag=lag, clock=clock) as running:
        running.site.projects[:] = [operations(), Project("SRE", "10002", "Reliability")]
        yield running


def clock_of(sandbox: JiraSandbox) -> Clock:
    assert isinstance(sandbox.clock, Clock)
    return sandbox.clock


def make(sandbox: JiraSandbox, count: int = 1) -> list[TicketId]:
    outcomes = tracker(sandbox).create([new_ticket(number) for number in range(count)])
    sandbox.forget()
    return [created(outcome).id for outcome in outcomes]


def settle(sandbox: JiraSandbox) -> None:
    """Let the index catch up."""
    clock_of(sandbox).tick(60)


def test_a_fresh_ticket_is_read_though_search_does_not_know_it_yet(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    jira = tracker(sandbox)
    assert jira.labelled(LABEL) == []
    assert jira.read([own]).keys() == {own}
    assert jira.read_keys([TicketKey("OPS-1")]).keys() == {"OPS-1"}
    settle(sandbox)
    assert [ticket.id for ticket in jira.labelled(LABEL)] == [own]


def test_a_fresh_read_shows_what_a_search_does_not_yet(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    settle(sandbox)
    sandbox.transition(own, "Done")
    jira = tracker(sandbox)
    assert jira.read([own], fresh=True)[own].status == "Done"
    searches = sandbox.kind is SiteKind.DATA_CENTER
    assert jira.read([own])[own].status == ("To Do" if searches else "Done")


def test_many_are_read_a_hundred_at_a_time(sandbox: JiraSandbox) -> None:
    ids = make(sandbox, 250)
    settle(sandbox)
    jira = tracker(sandbox)
    jira.site()
    sandbox.forget()
    assert list(jira.read(ids)) == ids
    assert len(sandbox.served) == 3


def test_the_same_id_twice_is_asked_for_once(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    settle(sandbox)
    assert tracker(sandbox).read([own, own]).keys() == {own}


def test_nothing_is_asked_for_nothing(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    jira.site()
    sandbox.forget()
    assert jira.read([]) == {}
    assert jira.read_keys([]) == {}
    assert not sandbox.served


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_are_read_to_their_end(sandbox: JiraSandbox, limit: int) -> None:
    ids = make(sandbox, 5)
    settle(sandbox)
    sandbox.site.page_limit = limit
    jira = tracker(sandbox)
    assert [ticket.id for ticket in jira.labelled(LABEL)] == ids
    assert jira.read(ids).keys() == set(ids)


def test_a_moved_ticket_keeps_its_id_and_has_a_new_key(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    assert sandbox.move("OPS-1", "SRE") == "SRE-1"
    settle(sandbox)
    jira = tracker(sandbox)
    ticket = jira.read([own])[own]
    assert (ticket.key, ticket.project) == ("SRE-1", "SRE")
    assert ticket.url.endswith("/browse/SRE-1")
    by_key = jira.read_keys([TicketKey("OPS-1"), TicketKey("SRE-1"), TicketKey("OPS-2")])
    assert {typed: found.id for typed, found in by_key.items()} == {"OPS-1": own, "SRE-1": own}


def test_several_moved_tickets_are_each_found_by_their_old_keys(sandbox: JiraSandbox) -> None:
    ids = make(sandbox, 3)
    for key in ("OPS-1", "OPS-2", "OPS-3"):
        sandbox.move(key, "SRE")
    settle(sandbox)
    found = tracker(sandbox).read_keys([TicketKey(f"OPS-{n}") for n in (1, 2, 3)])
    assert [found[TicketKey(f"OPS-{n}")].id for n in (1, 2, 3)] == ids


def test_what_is_gone_or_hidden_is_absent_and_the_rest_is_read(sandbox: JiraSandbox) -> None:
    ids = make(sandbox, 4)
    settle(sandbox)
    sandbox.delete(ids[0])
    sandbox.change(ids[2], hidden=True)
    assert list(tracker(sandbox).read(ids)) == [ids[1], ids[3]]


def test_an_archived_ticket_is_there_and_says_so(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    sandbox.change(own, archived=True)
    settle(sandbox)
    assert tracker(sandbox).read([own])[own].archived


def test_status_comes_with_category_and_resolution(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    jira = tracker(sandbox)
    seen = []
    for name in ("Start progress", "Won't do", "Reopen", "Done"):
        sandbox.transition(own, name)
        settle(sandbox)
        ticket = jira.read([own])[own]
        seen.append((ticket.status, ticket.category, ticket.resolution))
    assert seen == [
        ("In Progress", Category.INDETERMINATE, None),
        ("Done", Category.DONE, "Won't Do"),
        ("To Do", Category.NEW, None),
        ("Done", Category.DONE, "Done"),
    ]


def test_a_copy_has_the_label_and_comes_after_the_one_that_was_created(
    sandbox: JiraSandbox,
) -> None:
    (own,) = make(sandbox)
    record = sandbox.ticket(own)
    with sandbox.site.lock:
        copy = sandbox.site.create(
            sandbox.site.projects[0],
            issue_type="Task",
            summary="CLONE - Action item 0",
            labels=record.now.labels,
        )
    settle(sandbox)
    found = tracker(sandbox).labelled("pm-mark0")
    assert [(ticket.id, ticket.mark) for ticket in found] == [
        (own, "mark0"),
        (copy.now.id, "mark0"),
    ]


def test_what_changed_since_is_found_and_the_rest_is_not(sandbox: JiraSandbox) -> None:
    ids = make(sandbox, 5)
    clock = clock_of(sandbox)
    clock.tick(3600)
    since = clock.now
    sandbox.transition(ids[3], "Done")
    settle(sandbox)
    assert [ticket.id for ticket in tracker(sandbox).changed(LABEL, since)] == [ids[3]]


def test_a_search_for_changes_reaches_back_over_the_overlap(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    clock = clock_of(sandbox)
    clock.tick(OVERLAP.total_seconds())
    assert [ticket.id for ticket in tracker(sandbox).changed(LABEL, clock.now)] == [own]
    clock.tick(1)
    assert tracker(sandbox).changed(LABEL, clock.now) == []
    wider = tracker(sandbox, overlap=OVERLAP * 2)
    assert [ticket.id for ticket in wider.changed(LABEL, clock.now)] == [own]


def test_a_label_that_cannot_be_is_refused_before_anything_is_asked(sandbox: JiraSandbox) -> None:
    jira = tracker(sandbox)
    with pytest.raises(Rejected):
        jira.labelled("two words")
    assert not any("search" in call for call in sandbox.calls())


def test_a_ticket_that_cloud_could_not_give_is_asked_for_again() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        ids = make(sandbox, 3)
        sandbox.site.unready.add(ids[1])
        assert tracker(sandbox).read(ids).keys() == set(ids)


def test_a_ticket_that_cloud_cannot_give_is_never_taken_for_gone() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        (own,) = make(sandbox)
        failed = {"issues": [], "issueErrors": [{"id": own, "errorMessage": "later"}]}
        sandbox.fault(Fault("bulkfetch", 200, body=failed, times=2))
        with pytest.raises(Unreachable, match=own):
            tracker(sandbox).read([own])


def test_a_token_that_comes_twice_does_not_go_on_for_ever() -> None:
    with JiraSandbox(SiteKind.CLOUD) as sandbox:
        page = {"issues": [], "nextPageToken": "same"}
        sandbox.fault(Fault("search/jql", 200, body=page, times=None))
        with pytest.raises(PayloadError, match="twice"):
            tracker(sandbox).labelled("a")
        assert sandbox.calls().count("POST /rest/api/3/search/jql") == 2


def test_a_total_that_is_too_high_does_not_go_on_for_ever() -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as sandbox:
        page = {"issues": [], "total": 7, "startAt": 0, "maxResults": 50}
        sandbox.fault(Fault("search", 200, body=page, times=None))
        assert tracker(sandbox).labelled("a") == []


def test_data_center_reads_all_but_a_deleted_one_by_search() -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as sandbox:
        ids = make(sandbox, 3)
        sandbox.delete(ids[0])
        jira = tracker(sandbox)
        jira.site()
        sandbox.forget()
        assert list(jira.read(ids)) == ids[1:]
        assert sandbox.calls() == ["GET /rest/api/2/search", f"GET /rest/api/2/issue/{ids[0]}"]


def test_only_the_fields_that_are_read_are_asked_for(sandbox: JiraSandbox) -> None:
    (own,) = make(sandbox)
    settle(sandbox)
    tracker(sandbox).read([own])
    answer = sandbox.served[-1].answer.decode()
    assert '"description"' not in answer
    assert '"reporter"' not in answer


def misdated(answer: Any) -> Any:
    """Give OPS-1 a day that Jira takes and no calendar has."""
    for one in answer.get("issues", [answer]):
        if one.get("key") == "OPS-1":
            one["fields"]["duedate"] = "20216-12-03"
    return answer


@pytest.mark.parametrize("by", ["id", "key"])
def test_a_ticket_with_a_day_of_no_calendar_hides_no_other(sandbox: JiraSandbox, by: str) -> None:
    first, second = make(sandbox, 2)
    settle(sandbox)
    sandbox.fault(Fault("bulkfetch|search|GET .*issue/", change=misdated, times=None))
    jira = tracker(sandbox)
    keys = [TicketKey("OPS-1"), TicketKey("ops-2")]
    read = partial(jira.read, [first, second]) if by == "id" else partial(jira.read_keys, keys)
    with pytest.raises(PartlyRead, match="OPS-1 has the due date '20216-12-03'") as caught:
        read()
    assert caught.value.unread == {first if by == "id" else "OPS-1"}
    assert caught.value.read.keys() == {second if by == "id" else "ops-2"}


def test_a_ticket_with_a_day_of_no_calendar_is_not_missed_in_the_search_for_creates(
    sandbox: JiraSandbox,
) -> None:
    make(sandbox, 2)
    settle(sandbox)
    sandbox.fault(Fault("search", change=misdated, times=None))
    jira = tracker(sandbox)
    with pytest.raises(PartlyRead, match="correct it in Jira") as caught:
        jira.labelled(LABEL)
    assert [one.key for one in caught.value.read.values()] == ["OPS-2"]
    since = clock_of(sandbox).now - timedelta(minutes=5)
    assert [one.key for one in jira.changed(LABEL, since)] == ["OPS-2"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_in_jiras_place_tells_of_no_ticket_that_it_is_gone(
    sandbox: JiraSandbox, status: int
) -> None:
    (own,) = make(sandbox)
    jira = tracker(sandbox)
    jira.site()
    page = Fault("GET .*issue/", status, body=b"<html>nginx</html>", times=None)
    sandbox.fault(page)
    with pytest.raises(PartlyRead, match="a page that is not Jira's own") as caught:
        jira.read_keys([TicketKey("OPS-77")])
    assert caught.value.unread == {"OPS-77"}
    if not sandbox.site.is_cloud:
        with pytest.raises(PartlyRead):
            jira.read([own])


def test_what_this_account_made_in_a_project_is_found_with_its_marks(sandbox: JiraSandbox) -> None:
    make(sandbox, 2)
    settle(sandbox)
    since = clock_of(sandbox).now
    sandbox.site.projects[0].screen -= {"labels"}
    known, new = make(sandbox, 2)
    jira = tracker(sandbox)
    created(jira.create([new_ticket(7, project="SRE")])[0])
    sandbox.site.create(sandbox.site.projects[0], issue_type="Task", summary="By a person")
    assert jira.made_here("OPS", since, ()) == []
    settle(sandbox)
    assert [(one.id, one.mark) for one in jira.made_here("OPS", since, {known})] == [(new, "mark1")]


def test_a_project_that_is_not_to_be_seen_does_not_pass_for_an_empty_one(
    sandbox: JiraSandbox,
) -> None:
    sandbox.site.projects[0].lacking.add("BROWSE_PROJECTS")
    for project in ("OPS", "GONE"):
        with pytest.raises(Rejected, match=project):
            tracker(sandbox).made_here(project, clock_of(sandbox).now, ())


def test_one_among_very_many_is_not_looked_for_one_by_one(sandbox: JiraSandbox) -> None:
    sandbox.site.projects[0].screen -= {"labels"}
    ids = make(sandbox, MOST_ASKED + 1)
    settle(sandbox)
    jira, since = tracker(sandbox), clock_of(sandbox).now - timedelta(days=1)
    assert len(jira.made_here("OPS", since, ids[:1])) == MOST_ASKED
    if sandbox.kind is SiteKind.DATA_CENTER:
        with pytest.raises(Rejected, match="made, 101 may be"):
            jira.made_here("OPS", since, ())
