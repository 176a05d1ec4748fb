"""Exactly one ticket an item where Jira hides tickets, or cannot store what is in one."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.groups import TicketParent
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import Project
from connectors.sandbox import Fault, Moment, Served
from tests.acceptance.world import World, world
from worker.tracking.plan_links import MOST_FAILURES

ROWS = ("Add an alert", "Review the hand-over", "Write the runbook")
FOUR_BYTES = "[\U00010000-\U0010ffff]"
CREATE = r"POST .*/issue(/bulk)?$"


def project(here: World) -> Project:
    found = here.jira.site.project("OPS")
    assert found is not None
    return found


def lose_the_database(here: World) -> None:
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()
    here.clock.sleep(3600)


def creates(here: World) -> int:
    return sum(1 for call in here.jira.calls() if call.endswith(("/issue", "/issue/bulk")))


@pytest.fixture
def hiding(here: World) -> World:
    """Give a drafted document with rows, in a project that hides each new ticket."""
    project(here).hides_new = True
    here.sync()
    here.add_rows(*ROWS)
    return here


def test_tickets_hidden_at_birth_are_linked_and_unavailable(hiding: World) -> None:
    result = hiding.sync()
    assert result.failures == ()
    assert hiding.linked() == list(hiding.tickets())
    assert all(f"/browse/{key}" in hiding.text() for key in hiding.tickets())
    assert hiding.statuses() == ["Unavailable"] * 3
    assert len([one for one in result.warnings if "cannot see" in one]) == 3
    before = hiding.text()
    assert hiding.sync().warnings == ()
    lose_the_database(hiding)
    for _ in range(3):
        assert hiding.sync().failures == ()
    assert hiding.text() == before
    assert len(hiding.tickets()) == len(ROWS)


def test_a_hidden_ticket_is_known_again_once_it_is_shown(hiding: World) -> None:
    hiding.sync()
    lose_the_database(hiding)
    hiding.sync()
    for key in hiding.tickets():
        hiding.jira.change(key, hidden=False)
    hiding.sync()
    assert hiding.statuses() == ["To Do"] * 3
    assert len(hiding.tickets()) == len(ROWS)


def test_hidden_tickets_whose_links_were_never_saved_are_linked_later(hiding: World) -> None:
    seen: list[str] = []

    def change_it(text: str) -> str:
        return text.replace("## 7.", f"Said {len(seen)}.\n\n## 7.", 1)

    def watch(served: object, moment: Moment) -> None:
        if moment is Moment.AFTER and str(served).endswith(("/issue", "/issue/bulk")):
            seen.append(str(served))
            hiding.edit(change_it)

    hiding.jira.recorder.watcher = watch
    hiding.sync()
    hiding.jira.recorder.watcher = None
    hiding.sync()
    assert seen
    assert sorted(hiding.linked()) == sorted(hiding.tickets())
    assert len(hiding.tickets()) == len(ROWS)


def test_no_create_without_an_answer_is_repeated_where_tickets_are_hidden(hiding: World) -> None:
    hiding.sync()
    hiding.add_rows("Rehearse", "Drill")
    hiding.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    hiding.sync(wait=90)
    made = hiding.tickets()
    assert len(made) == 5
    for _ in range(3):
        result = hiding.sync(wait=90)
        assert hiding.tickets() == made
        assert len(result.failures) == 2
        assert all("cannot see new tickets of project OPS" in one for one in result.failures)
        assert "pm-" in result.failures[0]
        hiding.clock.sleep(600)


def test_the_first_hidden_ticket_after_a_lost_create_stops_the_others(hiding: World) -> None:
    hiding.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    for _ in range(4):
        hiding.sync(wait=90)
        hiding.clock.sleep(600)
    assert len(hiding.tickets()) <= len(ROWS) + 1


@pytest.mark.parametrize("hide", ["some", "all"])
def test_tickets_hidden_later_stay_their_rows(here: World, hide: str) -> None:
    here.sync()
    here.add_rows(*ROWS)
    here.sync()
    for key in list(here.tickets())[: 1 if hide == "some" else None]:
        here.jira.change(key, hidden=True)
    here.run()
    lose_the_database(here)
    here.run()
    here.sync()
    assert here.linked() == list(here.tickets())
    assert len(here.tickets()) == len(ROWS)


def poisoned(here: World, rows: tuple[str, ...], poison: str = FOUR_BYTES) -> None:
    here.jira.site.poison = poison
    here.sync()
    here.add_rows(*rows)
    here.jira.forget()


@pytest.mark.parametrize(
    "rows",
    [
        ("Put a limit on retries", "Page the \U0001f692 crew first", "Write the runbook"),
        ("\U0001f692 one", "\U0001f692 two", "Put a limit on retries", "\U0001f692 three"),
        (*(f"\U0001f692 number {number}" for number in range(5)), "Write the runbook"),
        ("Write the runbook", "Page somebody | \U0001f692 crew"),
    ],
)
def test_a_poison_row_starves_nobody(here: World, rows: tuple[str, ...]) -> None:
    poisoned(here, rows)
    here.sync(wait=90)
    here.clock.sleep(60)
    result = here.sync(wait=90)
    good = [row for row in rows if "\U0001f692" not in row]
    bad = [row.split(" | ")[0] for row in rows if "\U0001f692" in row]
    assert list(here.tickets().values()) == good
    assert sorted(one for one in here.linked() if one) == sorted(here.tickets())
    for row in bad:
        assert [one for one in result.failures if row in one and "500" in one]


def test_a_poison_row_is_left_out_until_it_changes(here: World) -> None:
    poisoned(here, ("Put a limit on retries", "Page the \U0001f692 crew first"))
    for _ in range(6):
        here.sync(wait=90)
        here.clock.sleep(120)
    assert creates(here) <= 2 + MOST_FAILURES
    here.jira.forget()
    result = here.sync(wait=90)
    assert creates(here) == 0
    assert result.again_in is None
    (failure,) = result.failures
    assert "Page the \U0001f692 crew first" in failure
    assert "failed (500)" in failure
    assert "until the row is changed" in failure
    here.edit(lambda text: text.replace("Page the \U0001f692 crew", "Page the fire crew"))
    assert here.sync(wait=90).failures == ()
    assert sorted(here.tickets().values()) == ["Page the fire crew first", "Put a limit on retries"]
    assert sorted(here.linked()) == sorted(here.tickets())


def test_a_new_row_does_not_wait_for_a_poison_one(here: World) -> None:
    poisoned(here, ("Page the \U0001f692 crew first",))
    for _ in range(4):
        here.sync(wait=90)
        here.clock.sleep(120)
    here.add_rows("Rehearse")
    here.sync(wait=0)
    assert list(here.tickets().values()) == ["Rehearse"]


def test_creates_that_are_down_for_a_while_leave_no_row_out(here: World) -> None:
    here.sync()
    here.add_rows(*ROWS)
    here.jira.fault(Fault(at=CREATE, status=503, times=None))
    for _ in range(8):
        here.sync(wait=90)
        here.clock.sleep(120)
    here.jira.faults.clear()
    assert here.sync(wait=90).failures == ()
    assert sorted(here.tickets().values()) == sorted(ROWS)
    assert sorted(here.linked()) == sorted(here.tickets())


@pytest.mark.parametrize("kind", SiteKind, ids=lambda kind: kind.value)
def test_a_row_that_was_stored_though_it_failed_is_found(tmp_path: Path, kind: SiteKind) -> None:
    with world(tmp_path, kind) as here:
        here.sync()
        here.add_rows("Page the crew first")
        here.jira.fault(Fault(at=CREATE, status=500, moment=Moment.AFTER, times=None))
        here.sync(wait=90)
        assert list(here.tickets().values()) == ["Page the crew first"]
        assert here.linked() == list(here.tickets())


def test_an_epic_that_cannot_be_stored_keeps_no_row_from_its_ticket(here: World) -> None:
    here.policy = replace(here.policy, parent=TicketParent.EPIC)
    poisoned(here, ("Add an alert",), '"postmortem-epic-')
    for _ in range(4):
        here.sync(wait=90)
        here.clock.sleep(120)
    assert "Add an alert" in here.tickets().values()


def test_a_row_whose_words_a_firewall_blocks_keeps_no_other_from_its_ticket(here: World) -> None:
    page = b"<html><title>403</title>Blocked by the application firewall</html>"
    here.sync()
    here.add_rows("Write the runbook", "Drop `<script>` from the page", "Rehearse")

    def watch(served: Served, at: Moment) -> None:
        if at is Moment.BEFORE and b"<script>" in served.body:
            here.jira.fault(Fault(at="POST .*/issue", status=403, body=page))

    here.jira.recorder.watcher = watch
    for _ in range(2):
        result = here.sync()
        assert sorted(here.tickets().values()) == ["Rehearse", "Write the runbook"]
        (told,) = result.failures
        assert "script" in told
        assert "firewall" in told
