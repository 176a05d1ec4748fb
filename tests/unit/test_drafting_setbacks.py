"""What went wrong in the response: pages that failed, cures after which it fired again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from config.template_names import Slot
from connectors.log_entry_kinds import EntryKind
from tests.incidents.making import Making, monitor, service
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy

START = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


def _making() -> Making:
    it = Making(4711, "Slow checkout", START, service("Shop"))
    it.triggered()
    return it


def _fired(it: Making, offset: str) -> None:
    """The monitor sends the key of an open alert again: a trigger, and no alert of its own."""
    it.entry("trigger", offset, "Triggered", monitor("Lookout"))


def _went_wrong(it: Making) -> dict[str, str]:
    content = draft(it.record(), DraftPolicy(timezone=ZoneInfo("UTC"), links=False)).content
    told = content.entries.get(Slot.WENT_BADLY)
    return {one.key.removeprefix("evidence:"): one.text for one in told.points} if told else {}


def test_pages_that_failed_are_told_by_whom_they_did_not_reach() -> None:
    it = _making()
    it.page_failed("1:00", "Ada Example", "phone", "busy")
    it.page_failed("2:00", "Ada Example", "phone", "busy")
    it.page_failed("3:00", "Bo Example", "sms", "undeliverable")
    it.resolved("30:00", "Ada Example")
    told = _went_wrong(it)
    assert told["paging:Ada Example"].startswith("2 pages to Ada Example failed: ")
    assert told["paging:Bo Example"].startswith("1 page to Bo Example failed: ")


def test_an_unsure_page_did_not_fail() -> None:
    it = _making()
    it.page_failed("1:00", "Ada Example", "phone", "busy", sure=False)
    it.resolved("30:00", "Ada Example")
    assert EntryKind.FAILED_PAGE not in {one.kind for one in it.log}
    assert not [key for key in _went_wrong(it) if key.startswith("paging:")]


def test_many_whom_no_page_reached_are_told_together() -> None:
    it = _making()
    for number in range(7):
        it.page_failed(f"{number}:30", f"Person{number} Example", "sms", "undeliverable")
    it.page_failed("8:30", "Person6 Example", "sms", "undeliverable")
    it.resolved("30:00", "Ada Example")
    told = _went_wrong(it)
    alone = [key for key in told if key.startswith("paging:Person")]
    assert len(alone) == 5
    assert told["paging:others"] == "3 pages to Person5 Example and Person6 Example failed"


@pytest.mark.parametrize(
    ("note", "vain"),
    [
        ("Restarted the pool, should be fine", True),
        ("Rolled back the release", True),
        ("The customers are asking", False),
    ],
)
def test_what_fired_again_after_a_note_of_a_cure(note: str, vain: bool) -> None:
    it = _making()
    it.noted("10:00", "Ada Example", note)
    for minutes in (12, 15):
        _fired(it, f"{minutes}:00")
    it.resolved("30:00", "Ada Example")
    again = [text for key, text in _went_wrong(it).items() if key.startswith("fired-again:")]
    if vain:
        assert again == [
            "Fired again twice until 09:15, after it had been noted at 09:10 what was done"
        ]
    else:
        assert again == []


def test_a_cure_that_is_followed_by_another_answers_for_its_own_time_alone() -> None:
    it = _making()
    it.noted("10:00", "Ada Example", "Restarted the pool")
    _fired(it, "12:00")
    it.noted("20:00", "Bo Example", "Rolled back the release")
    it.resolved("30:00", "Ada Example")
    again = [text for key, text in _went_wrong(it).items() if key.startswith("fired-again:")]
    assert len(again) == 1
    assert again[0].startswith("Fired again once, at 09:12, after it had been noted at 09:10")
