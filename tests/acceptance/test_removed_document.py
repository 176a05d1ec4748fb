"""A document that somebody removed or archived stays away, whatever becomes of its tickets."""

from datetime import timedelta

import pytest

from tests.acceptance.world import World
from worker.jobs.results import Trigger


@pytest.fixture
def removed(here: World) -> World:
    """Give a world in which a document with a ticket was removed, and its ticket is done."""
    here.sync()
    here.add_rows("Count the pictures | Aiko Brandt | High | 2026-12-24")
    assert not here.sync().failures
    (key,) = here.linked()
    here.path().unlink()
    here.jira.transition(key, "Done")
    return here


@pytest.mark.parametrize("trigger", [Trigger.WEBHOOK, Trigger.SCHEDULE, Trigger.COMMAND])
def test_a_job_for_its_tickets_has_nothing_to_do(removed: World, trigger: Trigger) -> None:
    result = removed.job("quick fix", trigger, pulls=False)
    assert (result.failures, result.deeds) == ((), ())
    assert result.skipped == "it has no document any more"
    assert not list(removed.documents.rglob("*.md"))


def test_a_scheduled_look_fails_for_none_of_its_tickets(removed: World) -> None:
    for _ in range(2):
        removed.clock.sleep(timedelta(hours=7).total_seconds())
        result = removed.run(trigger=Trigger.SCHEDULE)
        assert not result.failed
    assert not list(removed.documents.rglob("*.md"))


def test_nobody_gets_another_but_who_asks_for_just_that(removed: World) -> None:
    for trigger in Trigger:
        result = removed.job("quick fix", trigger)
        assert (result.failures, result.warnings, result.deeds) == ((), (), ())
        assert "`postmortem draft Q3PICTURESGONE` makes another" in result.skipped
    assert not list(removed.documents.rglob("*.md"))
    assert not removed.sync(remakes=True).failures
    assert removed.path().is_file()
