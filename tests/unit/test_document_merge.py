"""Who wins when the program, people and new facts meet; the examples on the page come besides."""

import re
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import takewhile

import pytest

from config.template_names import Names, Slot
from worker.content.draft_content import Content, DraftEntry, DraftRow, Point
from worker.document.fill_template import fill
from worker.document.front_matter import DocumentError
from worker.document.merge.merge import Merged, merge, nearest_base
from worker.document.merge.merge_values import (
    ADDED,
    FILLED,
    MOVED,
    REFRESHED,
    REMOVED,
    TIMELINE,
    Unit,
    Written,
    points_of,
)

NAMES = Names()
TEMPLATE = files("config").joinpath("postmortem.md").read_text("utf-8")
FIRED, PAGED, FIXED = (
    DraftRow("fired", ("02:10", "The monitor fired")),
    DraftRow("paged", ("02:20", "Paged 2 people")),
    DraftRow("fixed", ("02:53", "Resolved by Ann")),
)
CONTENT = Content(
    incident="Q1FOX",
    url="https://incidents.example.com/Q1FOX",
    title="Checkout is slow",
    starts_on=date(2026, 11, 2),
    timezone="UTC",
    entries={
        Slot.DURATION: DraftEntry("43 min"),
        Slot.IMPACT: DraftEntry("37 alerts", keep_prompt=True),
        Slot.STEPS_TAKEN: DraftEntry(points=(Point("a", "Looked"), Point("b", "Restarted"))),
        Slot.WENT_WELL: DraftEntry(points=(Point("c", "Acknowledged fast"),), keep_prompt=True),
    },
    timeline=(FIRED, PAGED, FIXED),
    action_items=(DraftRow("todo", ("Watch the disk", "", "", "")),),
)


def written(**known: object) -> Written:
    return fill(TEMPLATE, replace(CONTENT, **known), NAMES)  # type: ignore[arg-type] # any field


BASE = written()


def merged(people: str, fresh: Written, base: Written | None = BASE) -> Merged:
    """Merge, and again: the second time changes nothing."""
    once = merge(base, people, fresh, NAMES)
    twice = merge(once.base, once.text, fresh, NAMES)
    assert twice.text == once.text
    assert twice.changes == ()
    assert twice.base.units == once.base.units
    assert Written.from_json(once.base.to_json()) == once.base
    assert (once.base.text, once.base.prompts) == (once.text, fresh.prompts)
    return once


def edited(old: str, new: str, text: str = BASE.text) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_nothing_new_changes_nothing() -> None:
    result = merged(BASE.text, BASE)
    assert (result.text, result.changes, result.suggestions) == (BASE.text, (), ())


def test_an_untouched_document_becomes_the_fresh_one() -> None:
    fresh = written(
        title="Search is slow",
        url="https://incidents.example.com/new",
        timezone="Europe/Berlin",
        entries={Slot.ROOT_CAUSE: DraftEntry("Disk"), Slot.STEPS_TAKEN: DraftEntry("None")},
        timeline=(PAGED, DraftRow("new", ("02:30", "Escalated"))),
        action_items=(),
    )
    assert merged(BASE.text, fresh).text == fresh.text


def test_each_change_says_where_and_why() -> None:
    fresh = written(
        entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")},
        timeline=(FIRED, DraftRow("new", ("02:15", "Called")), PAGED),
    )
    assert [(one.place, one.before, one.after) for one in merged(BASE.text, fresh).changes] == [
        ("Duration", "43 min", "51 min"),
        ("Timeline of Events", "02:53 | Resolved by Ann", ""),
        ("Timeline of Events", "", "02:15 | Called"),
    ]


def test_each_change_gives_its_reason_and_its_source() -> None:
    paged = DraftRow("paged", ("02:20", "Paged 3 people"))
    fired = DraftRow("fired", ("02:30", "The monitor fired"))
    new = DraftRow("new", ("02:40", "Called"))
    changes = merged(BASE.text, written(timeline=(paged, fired, new))).changes
    assert {one.key: (one.before, one.after, one.reason) for one in changes} == {
        "fired": ("02:10 | The monitor fired", "02:30 | The monitor fired", MOVED),
        "paged": ("02:20 | Paged 2 people", "02:20 | Paged 3 people", REFRESHED),
        "fixed": ("02:53 | Resolved by Ann", "", REMOVED),
        "new": ("", "02:40 | Called", ADDED),
    }
    empty = written(timeline=())
    assert {one.reason for one in merged(empty.text, BASE, empty).changes} == {FILLED}


def test_what_a_person_wrote_never_counts_as_the_programs() -> None:
    people = edited("**Duration:** 43 min", "**Duration:** an hour")
    says_the_same = written(entries={**CONTENT.entries, Slot.DURATION: DraftEntry("an hour")})
    result = merged(people, says_the_same)
    assert (result.text, result.suggestions) == (people, ())
    later = written(entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")})
    result = merged(people, later, result.base)
    assert result.text == people
    assert [(one.people, one.fresh, one.is_new) for one in result.suggestions] == [
        ("an hour", "51 min", True)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| 02:20 | Paged 2 people |", "| **02:20** | Paged *2 people* |"),
        ("| 02:20 | Paged 2 people |", "| `02:20` | Paged 2 people |"),
        ("**Duration:** 43 min", "**Duration:** *43 min*"),
    ],
)
def test_other_marks_around_the_same_words_are_nothing_that_the_facts_say_otherwise(
    old: str, new: str
) -> None:
    people = edited(old, new)
    result = merged(people, BASE)
    assert (result.text, result.suggestions) == (people, ())
    other = written(
        entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")},
        timeline=(FIRED, DraftRow("paged", ("02:20", "Paged 3 people")), FIXED),
    )
    result = merged(people, other)
    assert new in result.text
    assert len(result.suggestions) == 1


def test_what_people_struck_out_is_still_told_by_the_facts() -> None:
    people = edited("Paged 2 people", "~~Paged 2 people~~")
    assert [one.fresh for one in merged(people, BASE).suggestions] == ["02:20 | Paged 2 people"]


def test_a_suggestion_that_a_person_had_seen_is_told_from_a_new_one() -> None:
    people = edited("| 02:20 | Paged 2 people |", "| 02:20 | Paged Ann and Bo |")
    (suggestion,) = merged(people, BASE).suggestions
    assert (suggestion.place, suggestion.people, suggestion.fresh, suggestion.is_new) == (
        "Timeline of Events",
        "02:20 | Paged Ann and Bo",
        "02:20 | Paged 2 people",
        False,
    )


PROMPT = '[Brief summary of the impact, e.g., "API requests failed for 90% of users"]'
ASKED = f"- **Impact:** 37 alerts\n  - {PROMPT}\n"
MORE = written(entries={**CONTENT.entries, Slot.IMPACT: DraftEntry("52 alerts", keep_prompt=True)})


def test_an_answered_prompt_is_the_persons_below_a_fact_that_is_the_programs() -> None:
    people = edited(PROMPT, "Nobody could pay")
    assert merged(people, MORE).text == people.replace("37 alerts", "52 alerts")


@pytest.mark.parametrize(
    "mine",
    [
        f"- **Impact:** Nobody could pay\n  - {PROMPT}\n",
        f"- **Impact:** 37 alerts, and nobody could pay\n  - {PROMPT}\n",
        f"- **Impact:** 37 alerts\n  - Network: nobody could pay\n  - {PROMPT}\n",
        f"- **Impact:** 37 alerts\n  - {PROMPT}\n  - Nobody\n    could pay\n",
    ],
)
def test_a_prompt_below_a_fact_goes_once_people_wrote_in_the_place(mine: str) -> None:
    left = mine.replace(f"  - {PROMPT}\n", "")
    result = merged(edited(ASKED, mine), BASE)
    assert result.text == edited(ASKED, left)
    assert merged(result.text, MORE, result.base).text == edited(ASKED, left).replace(
        "Impact:** 37 alerts\n", "Impact:** 52 alerts\n"
    )


def test_the_prompts_of_a_list_go_once_people_wrote_in_it() -> None:
    people = edited("- [Factor 1]", "- Nobody knew the runbook")
    assert points(merged(people, BASE).text, "Contributing Factors") == ["Nobody knew the runbook"]
    people = BASE.text.replace("  - [Point 1]\n", "  - Mine\n", 1)
    assert points(merged(people, BASE).text, "What Went Well") == ["Acknowledged fast", "Mine"]


@pytest.mark.parametrize(
    "mine",
    [
        "- **Impact:** 37 alerts\n",
        f"- **Impact:**\n  - {PROMPT}\n",
        f"- **Impact:** 37 alerts\n  - {PROMPT[:-1]} and for how long]\n",
        "- **Impact:** 37 alerts\n  - [TODO: ask support]\n",
    ],
)
def test_a_prompt_that_people_deleted_or_reworded_does_not_come_back(mine: str) -> None:
    people = edited(ASKED, mine)
    assert merged(people, MORE).text == people.replace("37 alerts", "52 alerts")


def test_a_prompt_that_gave_way_comes_back_when_people_take_their_words_back() -> None:
    people = edited("**Impact:** 37 alerts", "**Impact:** Nobody could pay")
    between = merged(people, BASE)
    again = edited("Nobody could pay", "37 alerts", between.text)
    assert merged(again, BASE, between.base).text == BASE.text


FORMER = replace(
    BASE,
    text=edited(ASKED, f"- **Impact:** 37 alerts {PROMPT}\n"),
    units={
        **BASE.units,
        Slot.IMPACT.value: (Unit("", (f"37 alerts {PROMPT}",)),),
        points_of(Slot.IMPACT): (),
    },
)


def test_a_prompt_on_the_line_of_a_fact_moves_below_where_nobody_wrote() -> None:
    assert merged(FORMER.text, BASE, FORMER).text == BASE.text
    assert merged(FORMER.text, MORE, FORMER).text == MORE.text


@pytest.mark.parametrize(
    "mine",
    [
        "37 alerts",
        "37 alerts Nobody could pay",
        f"37 alerts. Nobody could pay. {PROMPT}",
        f"37 alerts {PROMPT}\n  - Nobody could pay",
    ],
)
@pytest.mark.parametrize("remembered", [True, False])
def test_what_people_wrote_beside_such_a_prompt_stays(mine: str, remembered: bool) -> None:
    people = edited(f"37 alerts {PROMPT}", mine, FORMER.text)
    result = merged(people, BASE, FORMER if remembered else None)
    kept = mine.replace(f"37 alerts {PROMPT}\n", "37 alerts\n") if remembered else mine
    assert result.text == people.replace(mine, kept)
    assert not any(one.is_new for one in result.suggestions if remembered)


def test_what_a_template_says_in_a_list_itself_answers_no_prompt() -> None:
    said = "  - Process, see *handbook*\n  - [Factor 2]\n"
    template = TEMPLATE.replace("  - [Factor 2]\n", said)
    base = fill(template, CONTENT, NAMES)
    assert merged(base.text, base, base).text == base.text
    people = edited("- [Factor 2]", "- Nobody knew the runbook", base.text)
    factors = points(merged(people, base, base).text, "Contributing Factors")
    assert factors == ["Process, see *handbook*", "Nobody knew the runbook"]


def test_places_below_another_answer_no_prompt_of_it() -> None:
    template = (
        "# [T]\n\n## Impact Analysis\n- **Technical Impact:** [what]\n"
        "  - **Users Affected:** [who]\n  - **Business Impact:** [how much]\n"
    )
    entries = {
        Slot.TECHNICAL_IMPACT: DraftEntry("37 alerts", keep_prompt=True),
        Slot.USERS_AFFECTED: DraftEntry("all"),
    }
    base = fill(template, replace(CONTENT, entries=entries), NAMES)
    assert "37 alerts\n  - **Users Affected:** all\n" in base.text
    assert "  - **Business Impact:** [how much]\n  - [what]\n" in base.text
    assert merged(base.text, base, base).text == base.text


@pytest.mark.parametrize("row", CONTENT.timeline)
def test_a_deleted_row_stays_deleted_even_if_it_went_and_came_again(row: DraftRow) -> None:
    people = edited(f"| {row.cells[0]} | {row.cells[1]} |\n", "")
    others = tuple(one for one in CONTENT.timeline if one is not row)
    without = merged(people, written(timeline=others))
    again = merged(without.text, BASE, without.base)
    reworded = replace(row, cells=("02:21", "Paged 3 people"))
    told = tuple(reworded if one is row else one for one in CONTENT.timeline)
    at_last = merged(again.text, written(timeline=told), again.base)
    assert people == without.text == again.text == at_last.text


def test_several_deleted_rows_stay_deleted_when_all_came_again() -> None:
    rows = "| 02:10 | The monitor fired |\n| 02:20 | Paged 2 people |\n"
    people = edited(rows, "")
    without = merged(people, written(timeline=(FIXED,)))
    assert [one.key for one in without.base.units[TIMELINE]] == ["fired", "paged", "fixed"]
    assert merged(people, BASE, without.base).text == people


def test_a_reworded_row_is_not_added_again_when_its_fact_changes() -> None:
    people = edited("Paged 2 people", "Paged Ann, who slept")
    fresh = written(timeline=(FIRED, DraftRow("paged", ("02:20", "Paged 3 people")), FIXED))
    result = merged(people, fresh)
    assert result.text == people
    assert [(one.fresh, one.key) for one in result.suggestions] == [
        ("02:20 | Paged 3 people", "paged")
    ]
    people = edited("Paged 2 people", "Paged  3 people")
    result = merged(people, fresh)
    assert (result.text, result.suggestions) == (people, ())


def test_deleted_bullets_and_sections_stay_away() -> None:
    people = edited("- **Duration:** 43 min\n", "")
    start, end = people.index("## 2."), people.index("## 3.")
    people = people[:start] + people[end:]
    fresh = written(
        entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")},
        timeline=(*CONTENT.timeline, DraftRow("new", ("03:00", "Reviewed"))),
    )
    assert merged(people, fresh).text == people


@pytest.mark.parametrize(
    ("theirs", "new", "expected"),
    [
        (["02:15 x"], "02:12", ["02:10", "02:12", "02:15 x", "02:20", "02:53"]),
        (["02:15 x"], "02:15", ["02:10", "02:15 x", "02:15", "02:20", "02:53"]),
        (["02:15 x", "later y"], "02:16", ["02:10", "02:15 x", "later y", "02:16", "02:20", "02:53"]),
        (["02:18 x", "02:12 y"], "02:15", ["02:10", "02:15", "02:18 x", "02:12 y", "02:20", "02:53"]),
        (["2026-11-02 02:15 x"], "02:17", ["02:10", "2026-11-02 02:15 x", "02:17", "02:20", "02:53"]),
        (["**02:15** x"], "02:17", ["02:10", "**02:15** x", "02:17", "02:20", "02:53"]),
        (["02:15:30 x"], "02:15:20", ["02:10", "02:15:20", "02:15:30 x", "02:20", "02:53"]),
        (["02:14:50 x"], "02:15:10", ["02:10", "02:14:50 x", "02:15:10", "02:20", "02:53"]),
        (["02:15 x"], "2026-11-02 02:17", ["02:10", "02:15 x", "2026-11-02 02:17", "02:20", "02:53"]),
    ],
)  # fmt: skip
def test_a_new_row_enters_by_its_time(theirs: list[str], new: str, expected: list[str]) -> None:
    rows = "".join(
        f"| {time} | {word} |\n" for time, word in (one.rsplit(" ", 1) for one in theirs)
    )
    people = edited("| 02:20 |", rows + "| 02:20 |")
    fresh = written(timeline=(FIRED, DraftRow("new", (new, "New")), PAGED, FIXED))
    table = merged(people, fresh).text.partition("## 2.")[2].partition("---\n\n##")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    mine = ("The monitor fired", "New", "Paged 2 people", "Resolved by Ann")
    assert [time if word in mine else f"{time} {word}" for time, word in lines[1:]] == expected


@pytest.mark.parametrize("above", ["02:05", "02:30"])
def test_a_new_row_stays_between_its_neighbours_whatever_stands_above(above: str) -> None:
    mine = f"| {above} | Mine |\n"
    people = edited("| 02:10 |", f"{mine}| 02:10 |")
    fresh = written(timeline=(FIRED, DraftRow("new", ("02:15", "Called")), PAGED, FIXED))
    fired = f"{mine}| 02:10 | The monitor fired |\n"
    assert f"{fired}| 02:15 | Called |\n| 02:20 |" in merged(people, fresh).text


def test_a_new_first_row_enters_by_its_time_among_those_of_people() -> None:
    people = edited("| 02:10 |", "| 02:05 | Mine |\n| 02:10 |")
    fresh = written(timeline=(DraftRow("new", ("02:08", "Called")), *CONTENT.timeline))
    assert "| 02:05 | Mine |\n| 02:08 | Called |\n| 02:10 |" in merged(people, fresh).text


def test_rows_with_dates_go_by_their_days() -> None:
    first = (
        DraftRow("a", ("2026-11-02 23:50", "Fired")),
        DraftRow("b", ("2026-11-03 00:20", "Fixed")),
    )
    base = written(timeline=first)
    mine = "| 2026-11-02 23:55 | Mine |\n| 00:05 | Also mine |\n"
    people = edited("| 2026-11-03 00:20 |", mine + "| 2026-11-03 00:20 |", base.text)
    fresh = written(timeline=(first[0], DraftRow("n", ("2026-11-03 00:01", "Escalated")), first[1]))
    text = merged(people, fresh, base).text
    lines = [line for line in text.splitlines() if line.startswith(("| 2026", "| 00"))]
    assert [line.split(" | ")[1] for line in lines] == [
        "Fired |",
        "Mine |",
        "Also mine |",
        "Escalated |",
        "Fixed |",
    ]


def test_a_row_whose_time_was_corrected_moves_unless_people_moved_rows() -> None:
    fresh = written(timeline=(PAGED, DraftRow("fired", ("02:30", "The monitor fired")), FIXED))
    assert merged(BASE.text, fresh).text == fresh.text
    swapped = edited("| 02:10 | The monitor fired |\n| 02:20 | Paged 2 people |\n",
                     "| 02:20 | Paged 2 people |\n| 02:10 | The monitor fired |\n")  # fmt: skip
    late = written(timeline=(FIXED, FIRED, PAGED))
    assert merged(swapped, late).text == swapped


def test_people_may_add_reorder_and_remove_columns() -> None:
    table = BASE.text.partition("## 2. Timeline of Events\n")[2].partition("\n---")[0]
    other = (
        "| Who | What happened | Time (UTC) |\n|---|---|---|\n"
        "| a bot | The monitor fired | 02:10 |\n| | Paged 2 people | 02:20 |\n"
    )
    people = edited(table, other)
    fresh = written(timeline=(DraftRow("fired", ("02:11", "The monitor fired")), PAGED, FIXED))
    assert merged(people, fresh).text == people.replace("02:10", "02:11")
    fresh = written(timeline=(FIRED, DraftRow("n", ("02:15", "Called")), PAGED))
    expected = other.replace("| | Paged", "|  | Called | 02:15 |\n| | Paged")
    assert merged(people, fresh).text == people.replace(other, expected)


def test_columns_are_known_by_the_header_that_was_written() -> None:
    german = TEMPLATE.replace("| Time (Timezone) | Event Description |", "| Zeit | Ereignis |")
    base = fill(german, CONTENT, NAMES)
    rows = "".join(f"| {row.cells[0]} | {row.cells[1]} |\n" for row in CONTENT.timeline)
    swapped = "".join(f"| {row.cells[1]} | {row.cells[0]} |\n" for row in CONTENT.timeline)
    people = edited("| Zeit (UTC) | Ereignis |", "| Ereignis | Zeit (UTC) |", base.text)
    people = edited(rows, swapped, people)
    fresh = written(timeline=(replace(FIRED, cells=("02:11", "The monitor fired")), PAGED, FIXED))
    assert "| The monitor fired | 02:11 |" in merged(people, fresh, base).text


def test_without_a_base_columns_are_known_by_the_header_that_would_be_written() -> None:
    table = TEMPLATE.partition("## 2. Timeline of Events\n")[2].partition("\n---")[0]
    swapped = "| Event Description | Time (UTC) |\n|---|---|\n| [Event 1] | HH:MM |\n"
    people = edited(
        table, swapped.replace("[Event 1]", "[Event 1: Detection of the issue]"), TEMPLATE
    )
    text = merged(people, BASE, None).text
    assert "|---|---|\n| The monitor fired | 02:10 |\n" in text


def test_what_links_by_reference_is_still_the_programs() -> None:
    link = "[Runbook](https://x.example.com/a)"
    base = written(
        entries={
            Slot.ROOT_CAUSE: DraftEntry(f"See {link}"),
            Slot.STEPS_TAKEN: DraftEntry(points=(Point("a", f"Read {link}"),)),
        },
        timeline=(DraftRow("read", ("02:10", f"Opened {link}")),),
    )
    people = base.text.replace(link, "[Runbook][1]") + "\n[1]: https://x.example.com/a\n"
    assert people.count("[Runbook][1]") == 3
    nothing = written(entries={}, timeline=())
    text = merged(people, nothing, base).text
    assert text == nothing.text + "\n[1]: https://x.example.com/a\n"


def test_a_section_that_was_not_there_without_a_base_counts_as_removed() -> None:
    start, end = BASE.text.index("## 2."), BASE.text.index("## 3.")
    once = merged(BASE.text[:start] + BASE.text[end:], BASE, None)
    assert once.base.units[TIMELINE] == BASE.units[TIMELINE]


def test_a_row_with_a_ticket_or_words_of_people_is_never_removed() -> None:
    row = "| Watch the disk                             |            |            |               |"
    people = edited(row, f"{row} [OPS-1](https://jira.example.com/OPS-1) | To Do |")
    people = edited(
        "Priority   | Deadline      |", "Priority   | Deadline      | Ticket | Status |", people
    )
    people = edited("------------|---------------|", "------------|---------------|-|-|", people)
    kept = merged(people, written(action_items=()))
    assert kept.text == people
    renamed = written(action_items=(DraftRow("todo", ("Watch the disks", "", "", "")),))
    assert merged(people, renamed).text == people.replace("Watch the disk ", "Watch the disks")


def test_facts_that_vanish_give_way_to_the_prompts_again() -> None:
    nothing = written(entries={}, timeline=(), action_items=())
    assert merged(BASE.text, nothing).text == nothing.text
    mine = "| 02:30 | Mine |\n"
    people = edited("| 02:53 |", mine + "| 02:53 |")
    assert f"|-------------------|\n{mine}\n" in merged(people, nothing).text


def test_a_placeholder_that_a_person_answered_is_theirs() -> None:
    base = written(timeline=(), action_items=())
    people = edited("| HH:MM | [Event 2: Actions taken] |", "| 02:30 | We called Bo |", base.text)
    text = merged(people, BASE, base).text
    table = text.partition("|-------------------|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [
        "| 02:10 | The monitor fired |",
        "| 02:20 | Paged 2 people |",
        "| 02:30 | We called Bo |",
        "| 02:53 | Resolved by Ann |",
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_are_no_edit_and_stay(end: str) -> None:
    fresh = written(
        timeline=(FIRED, DraftRow("n", ("02:15", "Called")), PAGED),
        entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")},
    )
    assert merged(BASE.text.replace("\n", end), fresh).text == fresh.text.replace("\n", end)


def test_a_formatter_changes_nobodys_ownership() -> None:
    people = BASE.text.replace("- **", "*   **").replace("  - ", "    *   ")
    people = people.replace("| 02:10 | The monitor fired |", "|02:10   |   The monitor fired    |")
    fresh = written(
        entries={
            **CONTENT.entries,
            Slot.STEPS_TAKEN: DraftEntry(points=(Point("a", "Looked twice"),)),
        },
        timeline=(DraftRow("fired", ("02:11", "The monitor fired")), PAGED, FIXED),
    )
    text = merged(people, fresh).text
    assert "*   **Steps Taken:**\n    *   Looked twice\n*   **Short" in text
    assert "|02:11   |   The monitor fired    |" in text


def test_a_point_that_a_formatter_wrapped_goes_with_all_its_lines() -> None:
    long = written(entries={Slot.STEPS_TAKEN: DraftEntry(points=(Point("a", "Looked at it"),))})
    people = edited("  - Looked at it\n", "  - Looked\n    at it\n", long.text)
    nothing = written(entries={})
    assert merged(people, nothing, long).text == nothing.text


@pytest.mark.parametrize("tail", ["", "\n", "\n\n", "  "])
def test_the_end_of_the_document_stays(tail: str) -> None:
    template = "# [T]\n\n## Timeline\n| Time (Z) | Event |\n|---|---|\n| HH:MM | [E] |"
    base = fill(template, replace(CONTENT, timeline=()), NAMES)
    fresh = fill(template, CONTENT, NAMES)
    assert base.text.endswith("[E] |")
    text = merged(base.text + tail, fresh, base).text
    assert text.endswith("| 02:53 | Resolved by Ann |" + (tail if tail != "  " else ""))


def test_a_bullet_is_found_where_people_moved_it() -> None:
    people = edited("- **Duration:** 43 min\n", "")
    people = edited("## 4. Impact Analysis\n", "### Impact!\n- **duration** : 43 min\n", people)
    fresh = written(entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")})
    assert merged(people, fresh).text == people.replace("43 min", "51 min")


def test_without_a_base_only_untouched_placeholders_are_filled() -> None:
    people = edited("[Duration of the Incident]", "an hour", TEMPLATE)
    people = edited("| HH:MM | [Event 1: Detection of the issue] |", "| 01:00 | Mine |", people)
    text = merged(people, BASE, None).text
    assert "# Postmortem: Checkout is slow\n" in text
    assert "**Duration:** an hour\n" in text
    assert "| Time (UTC)      | Event" in text
    assert "| 01:00 | Mine |\n| 02:10 | The monitor fired |\n" in text
    assert "HH:MM" not in text


def test_without_a_base_an_untouched_place_gets_its_list_as_well() -> None:
    text = merged(TEMPLATE, BASE, None).text
    assert points(text, "Steps Taken") == ["Looked", "Restarted"]
    assert ASKED in text
    mine = edited(
        "- **Steps Taken:** [Describe", "- **Steps Taken:** I looked, [Describe", TEMPLATE
    )
    assert points(merged(mine, BASE, None).text, "Steps Taken") == []
    emptied = re.sub(r"(- \*\*Steps Taken:\*\*).*", r"\1", TEMPLATE)
    assert points(merged(emptied, BASE, None).text, "Steps Taken") == []


def test_without_a_base_what_says_the_same_is_the_programs() -> None:
    once = merged(BASE.text, BASE, None)
    assert once.text == BASE.text
    fresh = written(
        entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")}, timeline=(FIRED,)
    )
    assert merged(once.text, fresh, once.base).text == merged(BASE.text, fresh).text


def test_without_a_base_nothing_is_added_to_what_people_filled() -> None:
    people = edited("| 02:20 | Paged 2 people |\n", "", edited("- Restarted", "- Rebooted"))
    fresh = written(timeline=(FIRED, DraftRow("paged", ("02:20", "Paged 3")), FIXED))
    assert merged(people, fresh, None).text == people


def test_the_url_is_refreshed_where_it_is_the_programs() -> None:
    fresh = written(url="https://other.example.com/Q1FOX")
    assert merged(BASE.text, fresh).text == fresh.text
    people = edited("url: https://incidents.example.com/Q1FOX", "url: https://mine.example.com/")
    assert merged(people, fresh).text == people


def test_a_broken_front_matter_is_refused() -> None:
    with pytest.raises(DocumentError, match="not valid YAML"):
        merge(BASE, edited("status: draft", "status: [draft"), BASE, NAMES)


def test_sources_with_one_key_are_told_apart() -> None:
    twins = (DraftRow("x", ("02:10", "One")), DraftRow("x", ("02:11", "Two")))
    base = written(timeline=twins)
    assert [unit.key for unit in base.units[TIMELINE]] == ["x", "x#2"]
    fresh = written(timeline=(twins[0], DraftRow("x", ("02:11", "Three"))))
    assert merged(base.text, fresh, base).text == fresh.text


def test_of_rows_with_the_same_words_the_right_one_is_known_as_deleted() -> None:
    rows = [DraftRow(str(at), ("02:10", "Same" if at % 2 else f"Row {at}")) for at in range(6)]
    base = written(timeline=tuple(rows))
    lines = [f"| 02:10 | {row.cells[1]} |" for row in rows]
    people = edited("\n".join(lines), "\n".join(lines[:3] + lines[4:]), base.text)
    changed = [replace(row, cells=("02:10", row.cells[1] + f" {row.key}")) for row in rows]
    text = merged(people, written(timeline=tuple(changed)), base).text
    assert [line for line in text.splitlines() if "Same" in line] == [
        "| 02:10 | Same 1 |",
        "| 02:10 | Same 5 |",
    ]


@pytest.mark.parametrize("was_written", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        {"timeline": (FIRED,)},
        {"timeline": (*CONTENT.timeline, DraftRow("n", ("03:00", "Reviewed")))},
        {"title": "Search is slow"},
    ],
)
def test_after_a_crash_the_base_is_the_one_that_the_document_is_nearest_to(
    change: dict[str, object], was_written: bool
) -> None:
    proposed = written(**change)
    text = (proposed if was_written else BASE).text.replace("- **Logs:**", "- **Logs:** mine,")
    assert nearest_base(text, [BASE, proposed], NAMES) is (proposed if was_written else BASE)


def test_a_base_that_is_the_only_one_is_the_nearest() -> None:
    assert nearest_base("# Another\n", [BASE], NAMES) is BASE


def test_of_bases_that_a_document_is_equally_near_to_the_last_one_counts() -> None:
    one, other = written(title="One"), written(title="Other")
    neither = written(title="Neither").text
    assert nearest_base(neither, [one, other], NAMES) is other
    assert nearest_base(neither, [other, one], NAMES) is one


def test_a_base_that_holds_more_of_a_document_is_nearer_than_one_that_misses_as_much() -> None:
    less, more = written(timeline=(FIRED, PAGED)), written(timeline=(FIRED, PAGED, FIXED))
    people = edited("The monitor fired", "It all began", more.text)
    assert nearest_base(people, [more, less], NAMES) is more


def test_a_memory_that_cannot_be_read_says_so() -> None:
    for stored in ("", "{}", "[]", '{"text": "", "units": {"title": [1]}, "prompts": {}}'):
        with pytest.raises(DocumentError, match="remembered of a document cannot be read"):
            Written.from_json(stored)


def points(text: str, label: str) -> list[str]:
    """Give the bullets below a label."""
    behind = text.split(f"- **{label}:**")[1].splitlines()[1:]
    return [line.strip()[2:] for line in takewhile(lambda line: line.startswith("  "), behind)]


def test_without_a_base_facts_stand_before_prompts_that_stay() -> None:
    people = BASE.text.replace("  - Acknowledged fast\n", "")
    assert points(merged(people, BASE, None).text, "What Went Well") == [
        "Acknowledged fast",
        "[Point 1]",
        "[Point 2]",
    ]


def test_without_a_base_a_persons_point_beside_such_prompts_says_that_the_facts_were_removed() -> (
    None
):
    people = BASE.text.replace("  - Acknowledged fast\n", "  - Mine\n")
    assert merged(people, BASE, None).text == people


def test_without_a_base_prompts_that_wait_become_facts_beside_a_persons_row() -> None:
    rows = "\n".join(f"| {row.cells[0]} | {row.cells[1]} |" for row in CONTENT.timeline)
    people = edited(rows, "| HH:MM | [Event 1: Detection of the issue] |\n| 02:30 | Mine |")
    text = merged(people, BASE, None).text
    assert [line for line in text.splitlines() if re.match(r"\| \d\d:", line)] == [
        "| 02:10 | The monitor fired |",
        "| 02:20 | Paged 2 people |",
        "| 02:30 | Mine |",
        "| 02:53 | Resolved by Ann |",
    ]


def test_without_a_base_prompts_that_people_reordered_stay_so() -> None:
    people = edited(
        "  - [Point 1]\n  - [Point 2]\n- **What Didn't",
        "  - [Point 2]\n  - [Point 1]\n- **What Didn't",
    )
    people = people.replace("  - Acknowledged fast\n", "")
    well = points(merged(people, BASE, None).text, "What Went Well")
    assert well == ["[Point 2]", "Acknowledged fast", "[Point 1]"]


def test_a_new_point_stands_right_behind_the_one_before_it() -> None:
    people = edited("  - Restarted\n", "  - Mine\n  - Restarted\n  - Too\n")
    a, b = CONTENT.entries[Slot.STEPS_TAKEN].points
    steps = DraftEntry(points=(a, Point("n", "Paged"), b, Point("m", "Watched")))
    text = merged(people, written(entries={**CONTENT.entries, Slot.STEPS_TAKEN: steps})).text
    assert points(text, "Steps Taken") == ["Looked", "Paged", "Mine", "Restarted", "Watched", "Too"]


@pytest.mark.parametrize("day", ["", "2026-11-02 "])
def test_a_new_row_stands_by_its_time_whether_or_not_rows_have_dates(day: str) -> None:
    first, last = DraftRow("a", (f"{day}02:10", "First")), DraftRow("z", ("02:53", "Last"))
    new = DraftRow("n", ("2026-11-02 02:20", "New"))
    base = written(timeline=(first, last))
    people = edited("| 02:53 | Last |", "| 02:30 | Mine |\n| 02:53 | Last |", base.text)
    text = merged(people, written(timeline=(first, new, last)), base).text
    assert re.findall(r"(First|New|Mine|Last) \|", text) == ["First", "New", "Mine", "Last"]


def test_a_new_row_of_the_next_day_stands_behind_the_rows_of_the_day_before() -> None:
    first, last = DraftRow("a", ("2026-11-02 23:10", "First")), DraftRow("z", ("00:53", "Last"))
    base = written(timeline=(first,))
    people = edited(
        "| First |", "| First |\n| 23:30 | Mine |\n| 2026-11-03 01:00 | Too |", base.text
    )
    new = replace(last, cells=("2026-11-03 00:53", "Last"))
    text = merged(people, written(timeline=(first, new)), base).text
    assert re.findall(r"(First|Mine|Last|Too) \|", text) == ["First", "Mine", "Last", "Too"]


def test_a_reworded_row_whose_fact_vanished_stays_without_a_suggestion() -> None:
    people = edited("| 02:20 | Paged 2 people |", "| 02:20 | Paged Ann and Bo |")
    result = merged(people, written(timeline=(FIRED, FIXED)))
    assert (result.text, result.suggestions) == (people, ())


LATER = written(
    entries={**CONTENT.entries, Slot.DURATION: DraftEntry("51 min")},
    timeline=(FIRED, replace(PAGED, cells=("02:20", "Paged 3 people")), FIXED),
)


def test_a_text_gives_its_reason_and_whether_a_suggestion_is_new() -> None:
    fresh = written(
        entries={
            **CONTENT.entries,
            Slot.DURATION: DraftEntry("51 min"),
            Slot.ROOT_CAUSE: DraftEntry("Disk"),
        }
    )
    reasons = {one.place: (one.reason, one.key) for one in merged(BASE.text, fresh).changes}
    assert reasons == {"Duration": (REFRESHED, ""), "Root Cause": (FILLED, "")}
    people = edited("**Duration:** 43 min", "**Duration:** an hour")
    (seen,) = merged(people, BASE).suggestions
    assert (seen.fresh, seen.is_new, seen.key) == ("43 min", False, "")
    answered = edited("[Brief explanation of the root cause]", "Mine")
    assert merged(answered, BASE).suggestions == ()


@pytest.mark.parametrize(
    ("begin", "end", "old", "new"),
    [
        ("- **Duration:**", "- **Impact:**", "43 min", "51 min"),
        ("| Time ", "\n---\n\n## 3.", "Paged 2 people", "Paged 3 people"),
    ],
)
def test_what_was_removed_and_put_back_is_the_programs_again(
    begin: str, end: str, old: str, new: str
) -> None:
    def without(text: str) -> str:
        return text[: text.index(begin)] + text[text.index(end) :]

    removed = merged(without(BASE.text), LATER)
    assert removed.text == without(LATER.text)
    put_back = edited(new, old, LATER.text)
    assert merged(put_back, LATER, removed.base).text == LATER.text


def test_what_a_person_took_back_is_the_programs_again() -> None:
    people = edited("**Duration:** 43 min", "**Duration:** an hour")
    told = merged(people, LATER)
    assert len(told.suggestions) == 1
    back = edited("an hour", "43 min", told.text)
    assert merged(back, LATER, told.base).text == LATER.text


def test_what_a_template_leaves_out_for_a_while_is_still_the_programs() -> None:
    shorter = fill(
        TEMPLATE.replace("- **Duration:** [Duration of the Incident]\n", ""), CONTENT, NAMES
    )
    between = merged(BASE.text, shorter)
    assert between.text == BASE.text
    assert merged(BASE.text, LATER, between.base).text == LATER.text


def test_a_new_row_stays_above_the_next_one_whatever_time_a_person_gave_that() -> None:
    people = edited("| 02:53 | Resolved by Ann |", "| 01:53 | Resolved by Ann |\n| 02:50 | Mine |")
    fresh = written(timeline=(FIRED, PAGED, DraftRow("new", ("02:40", "Called")), FIXED))
    lines = merged(people, fresh).text.splitlines()
    at = lines.index("| 02:40 | Called |")
    assert lines[at - 1 : at + 2] == [
        "| 02:20 | Paged 2 people |",
        "| 02:40 | Called |",
        "| 01:53 | Resolved by Ann |",
    ]


def test_points_stand_in_their_order_whatever_time_they_begin_with() -> None:
    a, b = Point("a", "10:00 Looked"), Point("b", "11:00 Restarted")
    base = written(entries={Slot.STEPS_TAKEN: DraftEntry(points=(a, b))})
    people = edited("  - 11:00 Restarted\n", "  - 10:30 Mine\n  - 11:00 Restarted\n", base.text)
    fresh = written(
        entries={Slot.STEPS_TAKEN: DraftEntry(points=(a, b, Point("n", "09:00 Paged")))}
    )
    assert points(merged(people, fresh, base).text, "Steps Taken") == [
        "10:00 Looked",
        "10:30 Mine",
        "11:00 Restarted",
        "09:00 Paged",
    ]
    between = DraftEntry(points=(a, Point("n", "10:45 Paged"), b))
    fresh = written(entries={Slot.STEPS_TAKEN: between})
    assert points(merged(people, fresh, base).text, "Steps Taken") == [
        "10:00 Looked",
        "10:45 Paged",
        "10:30 Mine",
        "11:00 Restarted",
    ]


def test_an_action_item_that_another_source_tells_of_now_is_no_other_one() -> None:
    row = DraftRow("review:1", ("Watch the disk", "Ada", "", ""))
    told_anew = written(action_items=(row,))
    assert merged(BASE.text, told_anew).text == told_anew.text
    people = "\n".join(line for line in BASE.text.split("\n") if "Watch the disk" not in line)
    assert merged(people, told_anew).text == people
    both = written(action_items=(*CONTENT.action_items, row))
    assert merged(BASE.text, both).text.count("Watch the disk") == 2


def test_code_that_a_formatter_cut_at_its_pipe_is_still_ours_and_is_mended() -> None:
    base = written(timeline=(FIRED, DraftRow("ran", ("02:30", "Ran `ps \\| wc` twice")), FIXED))
    cut = edited("ps \\| wc", "ps | wc", base.text)
    known = merged(cut, base, base)
    assert (known.text, known.suggestions) == (cut, ())
    fresh = written(timeline=(FIRED, DraftRow("ran", ("02:30", "Ran `ps \\| wc` once")), FIXED))
    assert merged(cut, fresh, base).text == fresh.text
    people = edited("` twice", "` twice, he says", cut)
    theirs = merged(people, fresh, base)
    assert theirs.text == people
    assert [one.place for one in theirs.suggestions] == ["Timeline of Events"]
