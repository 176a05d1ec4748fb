"""The main job against a Data Center server that others wrote."""

from pathlib import Path

from tests.acceptance.world import world
from tests.contract.jira_support import jira820_place
from worker.jobs.results import Action


def test_draft_tickets_and_statuses_on_a_server_by_others(tmp_path: Path) -> None:
    with world(tmp_path) as here, jira820_place() as place:
        tracker = place.tracker
        here.sync(tracker=tracker)
        here.add_rows("Add an alert | | High | 2026-12-24", "Review the hand-over", "Try again")
        made = here.sync(tracker=tracker)
        assert made.failures == ()
        assert [deed.action for deed in made.deeds].count(Action.CREATED) == 3
        assert len(set(here.linked())) == 3
        assert here.sync(tracker=tracker).deeds == ()

        found = {one.summary: one for one in tracker.labelled("postmortem-worker")}
        assert len(found) == 3
        close = next(
            one for one in tracker.transitions(found["Add an alert"].id) if one.to_status == "Done"
        )
        tracker.transition(found["Add an alert"].id, close, {})
        place.delete(found["Try again"].key)
        here.edit(lambda text: text.replace("Review the hand-over", "Review the rota"))
        here.sync(tracker=tracker)
        assert here.statuses()[0] == "Done"
        assert here.statuses()[2] == "Unavailable"
        assert tracker.read([found["Review the hand-over"].id]).popitem()[1].summary == (
            "Review the rota"
        )
        assert here.sync(tracker=tracker).deeds == ()
