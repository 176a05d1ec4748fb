"""What PagerDuty leaves out, withholds or takes back, and what the document says then."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.jira.payloads import SiteKind
from connectors.sandbox import Fault
from tests.acceptance.world import World, world
from worker.jobs.results import IncidentResult, Trigger

LOG = "/log_entries$"
NOTES = "/notes$"


def here(folder: Path) -> Any:
    return world(folder, SiteKind.CLOUD)


def note(
    it: World, text: str, after: timedelta = timedelta(), name: str = "quick fix"
) -> dict[str, Any]:
    """Write a note to an incident, so long after the last that happened to it."""
    incident = it.incidents[name]
    with it.pagerduty.account.lock:
        last = incident.log[-1]
        by = next(one["agent"] for one in incident.log if _is_user(one.get("agent")))
        made: dict[str, Any] = incident.note(text, last["created_at"] + after, by)
    return made


def _is_user(agent: dict[str, Any] | None) -> bool:
    return agent is not None and agent["type"] == "user_reference"


def delete(it: World, made: dict[str, Any], name: str = "quick fix") -> None:
    """Delete a note: the log keeps its entry."""
    with it.pagerduty.account.lock:
        it.incidents[name].notes.remove(made)


def test_people_are_named_though_the_log_names_them_in_its_sentences_alone(
    tmp_path: Path,
) -> None:
    def strip(answer: Any) -> Any:
        for entry in answer["log_entries"]:
            for field in ("agent", "assignees", "user", "responders"):
                if _named(entry.get(field), entry["summary"]):
                    del entry[field]
        return answer

    with here(tmp_path) as it:
        it.pagerduty.fault(Fault(LOG, change=strip, times=None))
        it.sync("checkout storm")
        text = it.text("checkout storm").lower()
    assert "jonas thorvald acknowledged" in text
    assert "somebody" not in text


def _named(who: Any, sentence: str) -> bool:
    """Tell whether a sentence names all of those in a field."""
    if isinstance(who, list):
        return bool(who) and all(_named(one.get("user") or one, sentence) for one in who)
    return _is_user(who) and who["summary"] in sentence


def test_a_note_deleted_before_the_draft_is_told_nowhere(tmp_path: Path) -> None:
    with here(tmp_path) as it:
        note(it, "db-4 was read-only")
        delete(it, note(it, "login is svc_ledger / tide-7-lantern"))
        it.sync()
        assert "db-4 was read-only" in it.text()
        assert "tide-7-lantern" not in it.text()


def test_a_note_deleted_after_the_draft_leaves_it_and_its_suggestions(tmp_path: Path) -> None:
    with here(tmp_path) as it:
        first = note(it, "login is svc_ledger / tide-7-lantern")
        second = note(it, "password of the replica is oak-9-harbour")
        it.sync()
        assert "tide-7-lantern" in it.text()
        it.edit(lambda text: text.replace("oak-9-harbour", "(removed)"))
        delete(it, first)
        delete(it, second)
        result = it.sync()
        assert "tide-7-lantern" not in it.text()
        assert "oak-9-harbour" not in it.text()
        assert "harbour" not in repr(result.suggestions)
        assert "password of the replica is (removed)" in it.text()  # a person's row stays


def test_notes_that_cannot_be_read_whole_are_not_deleted(tmp_path: Path) -> None:
    with here(tmp_path) as it:
        note(it, "db-4 was read-only")
        it.sync()
        before = it.text()
        for spoiled in (
            Fault(NOTES, 500, times=None),
            Fault(NOTES, cut_short=True, times=None),
            Fault(NOTES, body={}, times=None),
            Fault(NOTES, change=lambda one: {"notes": [], "more": True}, times=None),
            Fault(LOG, 500, times=None),
            Fault(LOG, change=lambda one: {**one, "log_entries": [], "more": True}, times=None),
        ):
            it.pagerduty.faults.clear()
            it.pagerduty.fault(spoiled)
            result = it.sync()
            assert it.text() == before
            assert result.failures == ()
            assert "was left as it is" in " ".join(result.warnings)
        it.pagerduty.faults.clear()
        assert it.sync().warnings == ()
        assert it.text() == before


def test_what_failed_for_now_is_looked_at_again_by_the_next_look_and_then_no_more(
    tmp_path: Path,
) -> None:
    with here(tmp_path) as it:
        incident = it.incidents["quick fix"]
        for _ in range(2):  # a document that never told of the log, then one that did
            it.pagerduty.fault(Fault(f"{incident.id}{LOG}", 503, times=None))
            (failed,) = _touched(it, incident.id)
            assert "503" in " ".join(failed.warnings)
            it.pagerduty.faults.clear()
            (again,) = _touched(it, incident.id)
            assert again.warnings == ()
            assert "acknowledged" in it.text()
            assert _touched(it, incident.id) == []
            note(it, "db-4 was read-only", timedelta(minutes=1))
        _touched(it, incident.id)
        assert "db-4 was read-only" in it.text()


def _touched(it: World, incident: str) -> list[IncidentResult]:
    """Give what a scheduled look did about an incident."""
    done = it.run(trigger=Trigger.SCHEDULE, since=timedelta(days=365)).incidents
    return [one for one in done if one.incident == incident]


def test_a_part_that_never_could_be_read_keeps_no_document_from_its_facts(
    tmp_path: Path,
) -> None:
    with here(tmp_path) as it:
        it.pagerduty.fault(Fault("/related_change_events$", 500, times=None))
        result = it.sync()
        assert "change events" in it.text()
        assert len(result.warnings) == 1
        note(it, "db-4 was read-only")
        it.sync()
        assert "db-4 was read-only" in it.text()
        it.pagerduty.faults.clear()
        assert it.sync().warnings == ()
        assert "Not in this draft" not in it.text()
