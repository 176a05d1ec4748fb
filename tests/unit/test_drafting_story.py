"""When an incident was open, and what people wrote, each told once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.incidents import IncidentStatus
from connectors.log_entry_kinds import EntryKind
from tests.incidents.making import Making, person, service
from worker.drafting.history.note_entries import root_cause
from worker.drafting.history.notes import NoteKind
from worker.drafting.history.sentence_themes import sentences
from worker.drafting.history.story import PhaseState, open_time, phases, story

START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)


def _making() -> Making:
    return Making(1, "Disk full", START, service("Archive"))


def _stretches(it: Making) -> list[tuple[int, int | None]]:
    """Minutes after the start at which each stretch began and ended."""
    minute = timedelta(minutes=1)
    return [
        ((one.began - START) // minute, (one.ended - START) // minute if one.ended else None)
        for one in story(it.record()).open_periods
    ]


def test_an_incident_is_open_from_its_creation_to_its_resolution() -> None:
    it = _making()
    it.triggered()
    it.resolved("30:00", "Ada")
    assert _stretches(it) == [(0, 30)]


@pytest.mark.parametrize("by", [None, "Ada"])
def test_an_escalation_to_several_people_is_one_though_the_log_has_an_entry_for_each(
    by: str | None,
) -> None:
    it = _making()
    it.triggered()
    for who in ("Ben", "Chloé", "Ben"):
        it.escalated("10:00", who, by=by)
    it.escalated("10:30", "Dmitri", by=by)
    it.resolved("30:00", "Ben")
    told = [
        [agent.name for agent in entry.assignees]
        for entry in story(it.record()).entries
        if entry.kind is EntryKind.ESCALATE
    ]
    assert told == [["Ben", "Chloé"], ["Dmitri"]]


def test_no_words_of_an_escalation_go_into_that_of_its_moment() -> None:
    it = _making()
    for who, words in (("Ben", "Look at Redis"), ("Chloé", "Look at the proxy"), ("Eva", "")):
        it.escalated("10:00", who, by="Ada")
        at = max(at for at, one in enumerate(it.log) if one.kind is EntryKind.ESCALATE)
        it.log[at] = replace(it.log[at], note=words or None)
    entries = [one for one in story(it.record()).entries if one.kind is EntryKind.ESCALATE]
    assert [one.note for one in entries] == ["Look at Redis", "Look at the proxy"]
    assert [agent.name for agent in entries[1].assignees] == ["Chloé", "Eva"]


def test_escalations_of_one_moment_by_different_people_are_two() -> None:
    it = _making()
    it.escalated("10:00", "Ben", by="Ada")
    it.escalated("10:00", "Chloé", by="Dmitri")
    it.escalated("10:00", "Chloé")
    kinds = [entry.kind for entry in story(it.record()).entries]
    assert kinds.count(EntryKind.ESCALATE) == 3


def test_resolved_at_wins_over_the_log_and_the_log_over_the_last_change() -> None:
    it = _making()
    it.resolved("30:00", "Ada")
    it.more = {"last_status_change_at": it.at("50:00")}
    assert _stretches(it) == [(0, 30)]
    it.resolved_at = None
    assert _stretches(it) == [(0, 30)]
    it.log.clear()
    assert _stretches(it) == [(0, 50)]


def test_clocks_that_disagree_lose_no_acknowledgement_and_turn_no_time_round() -> None:
    it = _making()
    it.acknowledged("-0:03", "Ada")
    it.triggered()
    it.resolved("30:00", "Ada")
    it.resolved_at = it.at("-0:02")
    told = story(it.record())
    (period,) = told.open_periods
    assert (told.end, period.ended) == (START, START)
    assert period.acknowledgement is not None
    it.resolved_at = it.at("30:00")
    told = story(it.record())
    shown = phases(told.open_periods, told.entries, it.at("30:00"))
    assert [one.state for one in shown] == [PhaseState.ACKNOWLEDGED]


def test_an_unresolved_incident_has_no_end() -> None:
    it = _making()
    it.triggered()
    told = story(it.record())
    assert told.end is None
    assert open_time(told.open_periods) is None


def test_a_reopening_is_known_by_its_time() -> None:
    it = _making()
    it.resolved("10:00", "Ada")
    it.acknowledged("25:00", "Ada")
    it.resolved("30:00", "Ada")
    it.more = {"reopened_at": it.at("20:00")}
    assert _stretches(it) == [(0, 10), (20, 30)]
    assert open_time(story(it.record()).open_periods) == timedelta(minutes=20)


def test_an_older_reopening_is_known_by_what_only_an_open_incident_has() -> None:
    it = _making()
    it.resolved("10:00", "Ada")
    it.assigned("15:00", "Ben", by="Ada")
    it.resolved("18:00", "Ada")
    it.entry("incident_reopened", "40:00", "Reopened", person("Ada"))
    it.resolved("45:00", "Ada")
    it.more = {"reopened_at": it.at("40:00")}
    assert _stretches(it) == [(0, 10), (15, 18), (40, 45)]


def test_two_resolutions_with_nothing_between_are_no_reopening() -> None:
    it = _making()
    it.resolved("10:00", "Ada")
    it.noted("11:00", "Ada", "closed it twice")
    it.resolved("12:00", "Ada")
    assert _stretches(it) == [(0, 12)]


def test_an_entry_after_the_last_resolution_of_a_resolved_incident_does_not_reopen_it() -> None:
    it = _making()
    it.resolved("10:00", "Ada")
    it.assigned("10:01", "Ada")
    assert _stretches(it) == [(0, 10)]


def test_a_reopened_incident_may_still_be_open() -> None:
    it = _making()
    it.resolved("10:00", "Ada")
    it.status, it.resolved_at = IncidentStatus.TRIGGERED, None
    it.more = {"reopened_at": it.at("20:00")}
    assert _stretches(it) == [(0, 10), (20, None)]


def test_a_reopening_may_be_known_though_the_log_lacks_the_last_resolution() -> None:
    it = _making()
    it.resolved("10:00", "Ada")
    it.resolved_at = it.at("40:00")
    it.more = {"reopened_at": it.at("20:00")}
    assert _stretches(it) == [(0, 10), (20, 40)]


def test_phases_follow_acknowledgements_escalations_and_resolutions() -> None:
    it = _making()
    it.triggered()
    it.acknowledged("2:00", "Ada")
    it.lapsed("12:00")
    it.acknowledged("14:00", "Ada")
    it.escalated("20:00", "Ben", by="Ada")
    it.acknowledged("21:00", "Ben")
    it.resolved("30:00", "Ben")
    told = story(it.record())
    found = phases(told.open_periods, told.entries, it.at("35:00"))
    minutes = [(one.state, int((one.end - one.begin).total_seconds() // 60)) for one in found]
    waiting, taken = PhaseState.UNACKNOWLEDGED, PhaseState.ACKNOWLEDGED
    assert minutes == [
        *((waiting, 2), (taken, 10), (waiting, 2), (taken, 6), (waiting, 1), (taken, 9)),
        (PhaseState.RESOLVED, 5),
    ]


@pytest.mark.parametrize("offset", ["29:59", "30:01"])
def test_a_resolution_note_belongs_to_the_resolution_before_or_after_it(offset: str) -> None:
    it = _making()
    it.resolved("30:00", "Ada")
    it.noted(offset, "Ada", "Resolution Note: pruned by hand")
    (note,) = story(it.record()).written_notes
    assert note.kind is NoteKind.RESOLUTION
    assert note.text == "pruned by hand"
    assert note.resolution is it.log[0]


def test_a_note_that_the_resolution_carries_is_its_note() -> None:
    it = _making()
    it.entry("resolve", "30:00", "Resolved", person("Ada"), note="pruned by hand")
    (note,) = story(it.record()).written_notes
    assert note.kind is NoteKind.RESOLUTION


def test_a_note_without_words_is_none() -> None:
    it = _making()
    it.noted("5:00", "Ada", " \n\u200b")
    assert story(it.record()).written_notes == ()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Root cause: a full disk", "a full disk"),
        ("Found it.\nroot cause = a full disk\nof logs\n\nMore later", "a full disk\nof logs"),
        ("**Root Cause:** a full disk", "a full disk"),
        ("Probable root-cause - a full disk", "a full disk"),
        ("The root cause is unknown", ""),
        ("root cause-analysis tomorrow", ""),
        ("Root cause:", ""),
    ],
)
def test_a_root_cause_is_what_is_called_one(text: str, cause: str) -> None:
    assert root_cause(text) == cause


def test_a_resolution_before_the_start_makes_no_negative_stretch() -> None:
    it = _making()
    it.resolved("-5:00", "Ada")
    assert _stretches(it) == [(0, 0)]


def test_a_long_note_of_marks_alone_is_read_to_its_end() -> None:
    assert root_cause("\n" * 100_000 + "Root cause: a leak") == "a leak"
    first, second = sentences("?" * 100_000 + " It is back.")
    assert (first.text[-1:], second.text) == ("?", "It is back.")
