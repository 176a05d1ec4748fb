"""Action items in notes, with their owners and the dates that can mean only one day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.template_names import ACTION_MARKS
from worker.drafting.history.notes import (
    NotedAction,
    WrittenNote,
    is_action,
    noted_actions,
    without_actions,
)
from worker.drafting.text.local_time import LocalTime

WEDNESDAY = datetime(2025, 4, 2, 12, 0, tzinfo=UTC)
CLOCK = LocalTime(ZoneInfo("UTC"))


def _found(text: str) -> list[tuple[str, str, date | None]]:
    note = WrittenNote("note:P1", WEDNESDAY, None, text)
    return [(item.task, item.owner, item.deadline) for item in noted_actions([note], CLOCK)]


@pytest.mark.parametrize(
    ("text", "task", "owner", "deadline"),
    [
        ("ACTION: add an alert", "add an alert", "", None),
        ("action item: add an alert", "add an alert", "", None),
        ("AI: add an alert", "add an alert", "", None),
        ("Follow ups: add an alert", "add an alert", "", None),
        ("AI: @ada.okafor add an alert", "add an alert", "ada.okafor", None),
        ("AI: add an alert (@ada)", "add an alert", "ada", None),
        ("AI: add an alert @ada@example.com.", "add an alert.", "ada@example.com", None),
        ("AI: add an alert by 2025-04-30 @ada", "add an alert", "ada", date(2025, 4, 30)),
        ("AI: add an alert @ada, by Friday", "add an alert", "ada", date(2025, 4, 4)),
        ("AI: by 3 May: page the DBA", "by 3 May: page the DBA", "", None),
        ("AI: fix the leak by hand", "fix the leak by hand", "", None),
        ("AI: fix it by hand, by tomorrow", "fix it by hand", "", date(2025, 4, 3)),
        ("AI: add an alert by April 30, 2026", "add an alert", "", date(2026, 4, 30)),
        (
            "AI: add an alert by Friday, April 11, 2025, @ada",
            "add an alert",
            "ada",
            date(2025, 4, 11),
        ),
        ("AI: add an alert by Friday, or two", "add an alert, or two", "", date(2025, 4, 4)),
        ("AI: add an alert by 3/4/2025", "add an alert by 3/4/2025", "", None),
        ("AI: mail ops@example.com", "mail ops@example.com", "", None),
    ],
)
def test_a_note_that_begins_with_a_mark_is_an_action_item(
    text: str, task: str, owner: str, deadline: date | None
) -> None:
    assert _found(text) == [(task, owner, deadline)]


@pytest.mark.parametrize(
    ("text", "task", "owner"),
    [
        ("AI: @Aiko Brandt check the pool", "check the pool", "Aiko Brandt"),
        ("AI: check the pool @aiko brandt by Friday", "check the pool", "Aiko Brandt"),
        ("AI: check the pool @Zoë Quill by Friday", "check the pool", "Zoë Quill"),
        ("AI: @Zoë Check the pool", "Check the pool", "Zoë"),
        ("AI: check the pool (@Aikon)", "check the pool", "Aikon"),
    ],
)
def test_an_owner_of_several_words_is_somebody_known_or_ends_the_item(
    text: str, task: str, owner: str
) -> None:
    note = WrittenNote("note:P1", WEDNESDAY, None, text)
    (item,) = noted_actions([note], CLOCK, ["Aiko", "Aiko Brandt"])
    assert (item.task, item.owner.lower()) == (task, owner.lower())


def test_a_team_has_its_own_marks() -> None:
    note = WrittenNote("note:P1", WEDNESDAY, None, "Next step: one\nTODO : two\nACTION: three")
    found = noted_actions([note], CLOCK, marks=("TODO:", "next-step"))
    assert [item.task for item in found] == ["one", "two"]
    assert is_action(note.text, ("next step",))
    assert not is_action(note.text)


def test_one_note_may_hold_several_items_each_with_a_key_of_its_own() -> None:
    text = "Done for today.\nACTION: one\nnothing\nfollow-up: two @ben"
    found = list(noted_actions([WrittenNote("note:P7", WEDNESDAY, None, text)], CLOCK))
    assert found == [NotedAction("note:P7:1", "one"), NotedAction("note:P7:2", "two", "ben")]


@pytest.mark.parametrize(
    ("text", "tasks", "rest"),
    [
        ("Thanks all. ACTION: Test the cache config, by Friday", ["Test the cache config"], "Thanks all."),
        ("It works (again!) Action item: add an alert", ["add an alert"], "It works (again!)"),
        ('He said "Done." AI: add an alert', ["add an alert"], 'He said "Done."'),
        ("Is it over? **ACTION:** look again", ["look again"], "Is it over?"),
        ("ACTION: one. ACTION: two", ["one.", "two"], ""),
        ("1. ACTION: one\n2. follow-up: two", ["one", "two"], ""),
        ("Fixed… Follow-up: write it down", ["write it down"], "Fixed…"),
        ("止まりました。ACTION: 直す", ["直す"], "止まりました。"),
        ("Over now. Action items:\n- one\n\n- two\nBye", ["one", "two"], "Over now. Bye"),
        ("No reaction: none. Not an action: no", [], "No reaction: none. Not an action: no"),
        ("v1.5 AI: no sentence ends there", [], "v1.5 AI: no sentence ends there"),
    ],
)  # fmt: skip
def test_a_mark_begins_any_sentence_and_the_sentences_before_stay(
    text: str, tasks: list[str], rest: str
) -> None:
    assert [task for task, *_ in _found(text)] == tasks
    assert " ".join(without_actions(text, ACTION_MARKS).split()) == rest


def test_a_mark_alone_on_its_line_makes_items_of_the_list_below() -> None:
    assert [task for task, *_ in _found("Action items:\n- one\n* two\n3. three\nend\n- four")] == [
        "one",
        "two",
        "three",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "TODO: not now",
        "To-do: no",
        "mail: none",
        "reaction: none",
        "an ACTION: inside",
        "ACTION",
        "AI: @ada",
        "",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert _found(text) == []
    assert not is_action(text)


def test_what_was_ticked_is_told_and_no_action_item() -> None:
    text = "Action items:\n- [x] page Ada\n- drain it\n1. [X] call Bo\n\nAll quiet"
    note = WrittenNote("note:P7", WEDNESDAY, None, text)
    assert list(noted_actions([note], CLOCK)) == [NotedAction("note:P7:2", "drain it")]
    assert not is_action(text)
    left = without_actions(text, ACTION_MARKS).split()
    assert " ".join(left) == "- [x] page Ada 1. [X] call Bo All quiet"
