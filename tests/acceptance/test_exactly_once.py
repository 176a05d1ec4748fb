"""Exactly one ticket an item, each linked, no human byte changed: whatever breaks, and when."""

import re
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from connectors.sandbox import Fault, Moment
from tests.acceptance.processes import kill_at, start, sync_in_process, sync_until_quiet
from tests.acceptance.world import LAG, World, world
from worker.jobs.results import Action
from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import Version

ROWS = (
    "Add an alert on queue depth | Aiko Brandt | High | 2026-12-24",
    "Review the hand-over | | | ",
    "Review the hand-over | | Low | ",
)
CREATE = r"POST /rest/api/\d/issue(/bulk)?$"


def drafted(here: World) -> str:
    """Draft, let a person add rows, and give the text as the person left it."""
    here.sync()
    here.add_rows(*ROWS)
    here.jira.forget()
    return here.text()


def human(text: str) -> list[str]:
    """Give a text without what the tracker writes: the last two cells of section 6's rows."""
    before, _, rest = text.partition("## 6.")
    section, _, after = rest.partition("## 7.")
    rows = [re.sub(r"\s+", " ", "|".join(row.split("|")[:5])) for row in section.splitlines()]
    return [before, *rows, after]


def assert_one_each(here: World, as_left: str) -> None:
    assert sorted(here.tickets().values()) == sorted(row.split(" | ")[0] for row in ROWS)
    assert sorted(here.linked()) == sorted(here.tickets())
    assert here.statuses() == ["To Do"] * len(ROWS)
    assert human(here.text()) == human(as_left)


@pytest.mark.parametrize("step", range(1, 18))
def test_a_process_killed_at_any_step(lagging: World, step: int) -> None:
    as_left = drafted(lagging)
    kill_at(lagging, step)
    sync_until_quiet(lagging)
    assert_one_each(lagging, as_left)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"moment": Moment.AFTER}, id="connection lost after commit"),
        pytest.param({"moment": Moment.AFTER, "status": 503}, id="503 after commit"),
        pytest.param({"moment": Moment.AFTER, "status": 500}, id="500 after commit"),
        pytest.param({"moment": Moment.AFTER, "status": 201, "body": b"<html>"}, id="not JSON"),
        pytest.param({"moment": Moment.AFTER, "status": 504}, id="gateway timeout after commit"),
        pytest.param({"moment": Moment.BEFORE}, id="connection lost before"),
        pytest.param({"moment": Moment.BEFORE, "status": 503}, id="503 before"),
    ],
)
def test_a_create_without_an_answer(lagging: World, fault: dict[str, object]) -> None:
    as_left = drafted(lagging)
    lagging.jira.fault(Fault(at=CREATE, **fault))  # type: ignore[arg-type]  # by name
    result = lagging.sync(wait=0)
    assert result.again_in is not None
    assert result.again_in <= LAG.total_seconds()
    lagging.sync(wait=90)
    assert_one_each(lagging, as_left)


def test_a_sync_waits_for_the_index_by_itself_and_ends_well(lagging: World) -> None:
    as_left = drafted(lagging)
    lagging.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    result = lagging.run("quick fix", wait=90)
    assert not result.failed
    assert [deed.action for deed in result.incidents[0].deeds].count(Action.ADOPTED) == len(ROWS)
    assert_one_each(lagging, as_left)


def test_a_database_lost_between_create_and_link(lagging: World) -> None:
    as_left = drafted(lagging)
    lagging.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    for path in lagging.folder.glob("postmortem.db*"):
        path.unlink()
    lagging.clock.sleep(1)
    lagging.sync(wait=90)
    assert_one_each(lagging, as_left)


def test_a_database_lost_twice_as_fast_as_the_index_learns(lagging: World) -> None:
    as_left = drafted(lagging)
    lagging.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    for path in lagging.folder.glob("postmortem.db*"):
        path.unlink()
    for _ in range(3):
        lagging.clock.sleep(5)
        lagging.sync(wait=0)
    lagging.sync(wait=90)
    assert_one_each(lagging, as_left)


def test_a_database_lost_while_the_first_draft_gets_its_tickets(lagging: World) -> None:
    lagging.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    lagging.sync("checkout storm", wait=0)
    made = lagging.tickets()
    assert made
    for path in lagging.folder.glob("postmortem.db*"):
        path.unlink()
    lagging.clock.sleep(1)
    lagging.sync("checkout storm", wait=0)
    lagging.sync("checkout storm", wait=90)
    assert lagging.tickets() == made
    assert sorted(lagging.linked("checkout storm")) == sorted(made)


def test_a_database_lost_by_a_process_killed_before_its_first_draft_was_saved(
    lagging: World,
) -> None:
    class Unsaved(DirectoryStore):
        def write(self, *_: object, **__: object) -> Version:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lagging.sync("checkout storm", store=Unsaved(lagging.documents))
    assert lagging.tickets() == {}


def test_a_database_lost_after_everything_was_linked(lagging: World) -> None:
    as_left = drafted(lagging)
    lagging.sync()
    for path in lagging.folder.glob("postmortem.db*"):
        path.unlink()
    lagging.clock.sleep(3600)
    lagging.sync()
    assert_one_each(lagging, as_left)


def test_two_processes_at_once_on_one_document(lagging: World) -> None:
    as_left = drafted(lagging)
    first, _ = start(lagging, "quick fix")
    second, _ = start(lagging, "quick fix")
    first.join(60)
    second.join(60)
    assert (first.exitcode, second.exitcode) == (0, 0)
    sync_in_process(lagging)
    assert_one_each(lagging, as_left)


def test_a_person_rewords_a_row_while_its_create_has_no_answer(lagging: World) -> None:
    drafted(lagging)
    lagging.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    lagging.edit(lambda text: text.replace("Add an alert on queue depth", "Add alert: queue depth"))
    lagging.sync(wait=90)
    assert len(lagging.tickets()) == len(ROWS)
    assert len(set(lagging.linked())) == len(ROWS)
    assert "Add alert: queue depth" in lagging.tickets().values()


@pytest.mark.parametrize("kind", SiteKind, ids=lambda kind: kind.value)
def test_the_same_again_and_again_is_once(tmp_path: Path, kind: SiteKind) -> None:
    with world(tmp_path, kind) as here:
        as_left = drafted(here)
        for _ in range(5):
            here.sync()
        assert_one_each(here, as_left)


def test_a_clone_carries_the_labels_and_is_told(lagging: World) -> None:
    as_left = drafted(lagging)
    lagging.jira.fault(Fault(at=CREATE, moment=Moment.AFTER))
    lagging.sync(wait=0)
    original = next(iter(lagging.jira.site.records.values()))
    project = lagging.jira.site.project("OPS")
    assert project is not None
    with lagging.jira.site.lock:
        clone = lagging.jira.site.create(
            project,
            issue_type="Task",
            summary=original.now.summary,
            labels=original.now.labels,
        )
    result = lagging.sync(wait=90)
    assert clone.now.key in " ".join(result.warnings)
    assert clone.now.key not in lagging.linked()
    assert human(lagging.text()) == human(as_left)


def test_a_create_that_went_without_its_owner_and_had_no_answer_gets_the_owner(
    lagging: World,
) -> None:
    refused = {"errorMessages": [], "errors": {"assignee": "User cannot be assigned issues."}}
    lagging.sync()
    lagging.add_rows("Add an alert | Aiko Brandt")
    lagging.jira.fault(Fault(r"POST .*/issue$", 400, body=refused))
    lagging.jira.fault(Fault(r"POST .*/issue$", moment=Moment.AFTER))
    for _ in range(3):
        lagging.sync()
        lagging.clock.sleep(LAG.total_seconds())
    (ticket,) = lagging.jira.site.records.values()
    assert ticket.now.assignee is not None
    assert ticket.now.assignee.name == "Aiko Brandt"


def test_a_page_in_jiras_place_tells_nothing_of_the_labels_that_tickets_take(
    lagging: World,
) -> None:
    lagging.jira.site.projects[0].screen -= {"labels"}
    lagging.sync()
    lagging.add_rows("Review the handover")
    lagging.jira.fault(Fault(CREATE, skip=1, moment=Moment.AFTER))
    lagging.sync(wait=0)
    for _ in range(3):
        lagging.clock.sleep(120)
        lagging.jira.fault(Fault("GET .*/createmeta", status=404, body=b"<html>"))
        lagging.sync(wait=0)
    assert list(lagging.tickets().values()) == ["Review the handover"]


@pytest.mark.parametrize("status", [403, 404])
def test_an_owner_for_whom_a_page_answered_in_jiras_place_is_looked_up_again(
    lagging: World, status: int
) -> None:
    lagging.sync()
    lagging.add_rows("Review the handover | Aiko Brandt")
    lagging.jira.fault(Fault("GET .*/user/", status=status, body=b"<html>"))
    lagging.sync(wait=0)
    lagging.sync(wait=0)
    (ticket,) = lagging.jira.site.records.values()
    assert ticket.now.assignee is not None
