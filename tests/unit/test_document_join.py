"""What becomes of a document that two changed: the usual collisions, and what both changed."""

import pytest

from worker.document.join.browser_text import as_opened
from worker.document.join.join import Conflict, Joined, join

BASE = """\
---
incident: Q1
status: draft
owner: Ada
---

# Postmortem: Down

## 3. Root Cause Analysis

- **Root Cause:** [why]
- **Trigger:** [what]

## 6. Action Items

| Task | Owner | Priority | Deadline |
|---|---|---|---|
| Fix it | Ada | High | |
| Watch it | | | |

The end.
"""
FILED = (
    BASE.replace("| Deadline |", "| Deadline | Ticket | Status |")
    .replace("|---|---|---|---|", "|---|---|---|---|---|---|")
    .replace("| Fix it | Ada | High | |", "| Fix it | Ada | High | | [OPS-1](x) | To Do |")
    .replace("| Watch it | | | |", "| Watch it | | | | [OPS-2](x) | To Do |")
)
DONE = FILED.replace("| [OPS-1](x) | To Do |", "| [OPS-1](x) | Done |")


def row(text: str | None, task: str) -> str:
    assert text is not None
    (found,) = (line for line in text.splitlines() if line.startswith(f"| {task} "))
    return found


def test_an_owner_is_changed_while_the_tickets_columns_come() -> None:
    joined = join(BASE, BASE.replace("| Fix it | Ada", "| Fix it | Bo"), FILED)
    assert joined.text == FILED.replace("| Fix it | Ada", "| Fix it | Bo")
    assert "6. Action Items, line 18" in joined.came_in


def test_a_row_is_added_while_the_others_get_their_tickets() -> None:
    joined = join(
        BASE, BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New | | | |\n"), FILED
    )
    assert row(joined.text, "New") == "| New | | | |"
    assert row(joined.text, "Watch it") == row(FILED, "Watch it")


def test_owner_and_status_of_one_row_are_changed() -> None:
    joined = join(FILED, FILED.replace("| Fix it | Ada", "| Fix it | Bo"), DONE)
    assert row(joined.text, "Fix it") == "| Fix it | Bo | High | | [OPS-1](x) | Done |"


def test_a_deadline_is_set_beside_a_row_whose_status_changes() -> None:
    mine = FILED.replace("| Watch it | | | |", "| Watch it | | | 2026-12-01 |")
    assert row(join(FILED, mine, DONE).text, "Watch it") == row(mine, "Watch it")
    assert row(join(FILED, mine, DONE).text, "Fix it") == row(DONE, "Fix it")


def test_a_row_that_moves_keeps_the_ticket_that_came_meanwhile() -> None:
    rows = ["| Fix it | Ada | High | |", "| Watch it | | | |"]
    mine = BASE.replace("\n".join(rows), "\n".join(reversed(rows)))
    for joined in (join(BASE, mine, FILED), join(BASE, FILED, mine)):
        assert joined.text is not None
        assert row(joined.text, "Fix it") == row(FILED, "Fix it")
        assert joined.text.index("| Watch it") < joined.text.index("| Fix it")


def test_a_column_is_added_while_the_tickets_columns_come() -> None:
    mine = (
        BASE.replace("| Task | Owner |", "| Task | Team | Owner |")
        .replace("|---|---|---|---|", "|---|---|---|---|---|")
        .replace("| Fix it | Ada |", "| Fix it | Core | Ada |")
        .replace("| Watch it | | | |", "| Watch it | Web | | | |")
    )
    text = join(BASE, mine, FILED).text
    assert row(text, "Task") == "| Task | Team | Owner | Priority | Deadline | Ticket | Status |"
    assert row(text, "Fix it") == "| Fix it | Core | Ada | High | | [OPS-1](x) | To Do |"


def test_what_both_changed_is_told_by_place_and_nothing_is_joined() -> None:
    mine = BASE.replace("| Fix it | Ada", "| Fix it | Bo").replace("[why]", "A leak.")
    theirs = BASE.replace("| Fix it | Ada", "| Fix it | Cy").replace("[why]", "A race.")
    joined = join(BASE, mine, theirs)
    assert joined.text is None
    assert joined.conflicts == (
        Conflict(
            "3. Root Cause Analysis, Root Cause, line 11",
            "- **Root Cause:** [why]",
            "- **Root Cause:** A leak.",
            "- **Root Cause:** A race.",
        ),
        Conflict("6. Action Items, row 'Fix it', Owner", "Ada", "Bo", "Cy"),
    )
    assert joined.mine_kept == mine


@pytest.mark.parametrize("moved", [False, True])
def test_beside_a_conflict_both_changes_stand_with_mine_where_both_changed(moved: bool) -> None:
    rows = ["| Fix it | Ada | High | |", "| Watch it | | | |"]
    mine = BASE.replace("| Fix it | Ada", "| Fix it | Bo").replace("The end.", "My end.")
    theirs = BASE.replace("[what]", "A deploy.").replace("The end.", "")
    if moved:
        theirs = theirs.replace("\n".join(rows), "\n".join(reversed(rows)))
    theirs = theirs.replace("| Fix it | Ada", "| Fix it | Cy")
    text = join(BASE, mine, theirs).mine_kept
    assert row(text, "Fix it") == "| Fix it | Bo | High | |"
    assert "A deploy." in text
    assert "My end." in text
    gone = BASE.replace("| Fix it | Ada | High | |\n", "").replace("[what]", "A key.")
    text = join(BASE, gone, theirs).mine_kept
    assert "Fix it" not in text
    assert "A key." in text


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_took_out_and_the_other_changed_is_a_conflict(turned: bool) -> None:
    without = BASE.replace("| Fix it | Ada | High | |\n", "")
    changed = BASE.replace("| Fix it | Ada", "| Fix it | Bo")
    place = "6. Action Items, line 18"
    was, now = "| Fix it | Ada | High | |", "| Fix it | Bo | High | |"
    mine, theirs = (changed, without) if turned else (without, changed)
    joined = join(BASE, mine, theirs)
    assert joined.conflicts == (Conflict(place, was, *((now, "") if turned else ("", now))),)
    assert joined.mine_kept == mine


@pytest.mark.parametrize("moved", [False, True])
def test_of_what_both_changed_mine_is_told_as_mine_whoever_moved_rows(moved: bool) -> None:
    rows = ["| Fix it | Ada | High | |", "| Watch it | | | |"]
    mine = BASE.replace("| Fix it | Ada", "| Fix it | Bo")
    theirs = BASE.replace("\n".join(rows), "\n".join(reversed(rows))) if moved else BASE
    joined = join(BASE, mine, theirs.replace("| Fix it | Ada", "| Fix it | Cy"))
    assert joined.conflicts == (
        Conflict("6. Action Items, row 'Fix it', Owner", "Ada", "Bo", "Cy"),
    )
    without = BASE.replace(f"{rows[0]}\n", "")
    gone = join(BASE, without, theirs.replace("| Fix it | Ada", "| Fix it | Cy"))
    assert [(one.mine, one.theirs) for one in gone.conflicts] == [("", "| Fix it | Cy | High | |")]
    assert "Fix it" not in gone.mine_kept


def test_what_came_in_is_named_by_its_places() -> None:
    theirs = BASE.replace("[why]", "A leak.").replace("owner: Ada\n", "").replace(
        "The end.\n", "\n\nMore.\n"
    )  # fmt: skip
    places = (
        "3. Root Cause Analysis, Root Cause, line 11",
        "6. Action Items, line 22",
        "owner, line 4 (taken out)",
        "6. Action Items, line 21 (taken out)",
    )
    told = tuple(one.replace("line 11", "line 10") for one in places)
    assert join(BASE, BASE, theirs) == Joined(theirs, came_in=told)
    mine = BASE.replace("[what]", "A deploy.")
    assert join(BASE, mine, theirs).came_in == told
    assert join(BASE, mine, mine) == Joined(mine)
    assert join(BASE, mine, BASE) == Joined(mine)
    assert join(BASE, BASE, BASE) == Joined(BASE)


def test_a_part_without_a_name_is_told_by_its_line() -> None:
    base = "---\nteams:\n  - Core\n---\nWords of ours\n"
    mine, theirs = base.replace("Core", "Corn"), base.replace("Core", "Cort")
    assert [one.place for one in join(base, mine, theirs).conflicts] == ["front matter, line 3"]
    mine, theirs = base.replace("ours", "hers"), base.replace("ours", "yours")
    assert [one.place for one in join(base, mine, theirs).conflicts] == ["line 5"]


@pytest.mark.parametrize(
    ("base", "one", "other", "expected"),
    [
        ("aaaa\nb\n", "aaaa\r\nb\n", "aaab\nb\n", "aaab\r\nb\n"),
        ("aaaa\nb\n", "aaab\r\nb\n", "aaaa\nb\n", "aaab\r\nb\n"),
        ("a\nb", "a\nb\nmine", "a\nb\ntheirs", "a\nb\nmine\ntheirs"),
        ("a\r\nb", "a\r\nb\r\nmine", "a\r\nb\r\ntheirs", "a\r\nb\r\nmine\r\ntheirs"),
        ("a\nb\nc\n", "a\nc\n", "a\nb\nx\nc\n", "a\nx\nc\n"),
        ("a\nb\nc\n", "a\nb\nc\nd\n", "a\nb\nx\nc\n", "a\nb\nx\nc\nd\n"),
        ("a\nb\n", "x\na\nb\n", "a\nb\ny\n", "x\na\nb\ny\n"),
        ("a\nb\n", "x\na\nb\n", "x\ny\na\nb\n", "x\ny\na\nb\n"),
        ("a\n", "a\nx\n\n", "a\nx\n\ny\n", "a\nx\n\ny\n"),
        ("a\n", "a\nx\n", "a\nx\nx\n", "a\nx\nx\n"),
        ("a\n", "a\nx\n", "y\na\n", "y\na\nx\n"),
    ],
)
def test_lines_are_joined_with_their_ends(base: str, one: str, other: str, expected: str) -> None:
    assert join(base, one, other).text == expected
    if "mine" not in one:
        assert join(base, other, one).text == expected


def test_what_both_began_alike_and_then_went_on_with_stands_twice_unless_it_is_a_row() -> None:
    one, other = "a\n```\nmine\n```\n", "a\n```\ntheirs\n```\n"
    assert join("a\n", one, other).text == one + other[2:]


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("1", "1", "1"),
        ("1", "12", "12"),
        ("13", "12", "132"),
        ("12", "2", "12"),
        ("1", "11", "11"),
        ("21", "11", "211"),
        ("1", "2", "12"),
        ("1", "1.", "1."),
    ],
)
def test_a_row_that_both_added_is_there_once(mine: str, theirs: str, expected: str) -> None:
    def added(keys: str) -> str:
        told = [f"| New {key} | | | |\n" if key != "." else "\nMore.\n" for key in keys]
        return BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n" + "".join(told))

    assert join(BASE, added(mine), added(theirs)).text == added(expected)


def test_where_nothing_stood_before_both_stand_below_each_other() -> None:
    assert join("", "mine", "theirs").text == "mine\ntheirs"


def test_line_ends_of_one_stay_in_rows_and_conflicts_of_both() -> None:
    mine = BASE.replace("| Fix it | Ada | High | |\n", "| Fix it | Bo | High | |\r\n")
    theirs = BASE.replace("| Fix it | Ada | High | |", "| Fix it | Ada | Low | |")
    expected = BASE.replace("| Fix it | Ada | High | |\n", "| Fix it | Bo | Low | |\r\n")
    assert join(BASE, mine, theirs).text == join(BASE, theirs, mine).text == expected
    mine = BASE.replace("The end.\n", "My end.\r\n")
    theirs = BASE.replace("The end.", "An end.")
    assert join(BASE, mine, theirs).mine_kept == mine
    assert join(BASE, theirs, mine).mine_kept == mine.replace("My", "An")


TEAMED = (
    BASE.replace("| Task | Owner |", "| Task | Team | Owner |")
    .replace("|---|---|---|---|", "|---|---|---|---|---|")
    .replace("| Fix it | Ada |", "| Fix it | Core | Ada |")
    .replace("| Watch it | | | |", "| Watch it | | | | |")
)
ADDED = BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New | Cy | Low | |\n")


def test_an_added_row_has_its_cells_below_the_columns_of_the_other() -> None:
    for joined in (join(BASE, ADDED, TEAMED), join(BASE, TEAMED, ADDED)):
        assert row(joined.text, "New") == "| New |  | Cy | Low | |"
        assert row(joined.text, "Fix it") == row(TEAMED, "Fix it")
    narrow = ADDED.replace("| New | Cy | Low | |", ">| New")
    for joined in (join(BASE, narrow, TEAMED), join(BASE, TEAMED, narrow)):
        assert joined.text is not None
        assert "\n>| New" in joined.text


def test_an_added_row_is_fitted_into_its_own_table() -> None:
    legend = "| Word | Means | Since |\n|---|---|---|\n| Done | Closed | 2020 |\n\n## 6."
    base, teamed, added = (one.replace("## 6.", legend) for one in (BASE, TEAMED, ADDED))
    for joined in (join(base, added, teamed), join(base, teamed, added)):
        assert row(joined.text, "New") == "| New |  | Cy | Low | |"
        assert joined.text is not None
        assert legend in joined.text
    whole = BASE.replace("## 6.", legend)
    for joined in (join(BASE, whole, TEAMED), join(BASE, TEAMED, whole)):
        assert joined.text == TEAMED.replace("## 6.", legend)


@pytest.mark.parametrize(
    ("new", "other", "place"),
    [
        ("| New | Cy | Low | | More |", TEAMED, "6. Action Items, line 20"),
        ("| New | Cy | Low | |", "without the priority", "6. Action Items, line 20"),
    ],
)
def test_an_added_row_that_would_lose_words_is_a_conflict(new: str, other: str, place: str) -> None:
    changed = TEAMED if other == TEAMED else WITHOUT
    added = BASE.replace("| Watch it | | | |\n", f"| Watch it | | | |\n{new}\n")
    assert join(BASE, added, changed).conflicts == (Conflict(place, "", new, ""),)
    assert join(BASE, changed, added).conflicts == (Conflict(place, "", "", new),)


WITHOUT = (
    BASE.replace("| Task | Owner | Priority", "| Task | Owner")
    .replace("|---|---|---|---|", "|---|---|---|")
    .replace("| Fix it | Ada | High | |", "| Fix it | Ada | |")
    .replace("| Watch it | | | |", "| Watch it | | |")
)


def test_a_column_that_one_took_out_goes_where_the_other_left_it_alone() -> None:
    mine = BASE.replace("| Fix it | Ada", "| Fix it | Bo")
    for joined in (join(BASE, mine, WITHOUT), join(BASE, WITHOUT, mine)):
        assert joined.text == WITHOUT.replace("| Fix it | Ada", "| Fix it | Bo")
    added = BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New | Cy | | soon |\n")
    for joined in (join(BASE, added, WITHOUT), join(BASE, WITHOUT, added)):
        assert row(joined.text, "New") == "| New | Cy | soon |"
    assert join(BASE, WITHOUT, WITHOUT.replace("The end.", "")).text == WITHOUT.replace(
        "The end.", ""
    )
    both = WITHOUT.replace("| Fix it | Ada | |", "| Fix it | Bo | |")
    assert join(BASE, WITHOUT, both).text == both
    low = BASE.replace("| Watch it | | | |", "| Watch it | | Low | |")
    place = "6. Action Items, row 'Watch it', Priority"
    assert join(BASE, low, WITHOUT).conflicts == (Conflict(place, "", "Low", ""),)
    assert join(BASE, WITHOUT, low).conflicts == (Conflict(place, "", "", "Low"),)


SWAPPED = (
    BASE.replace("| Task | Owner |", "| Owner | Task |")
    .replace("| Fix it | Ada |", "| Ada | Fix it |")
    .replace("| Watch it | | |", "| | Watch it | |")
)


def test_rows_follow_the_order_of_columns_that_one_of_both_chose() -> None:
    for joined in (join(BASE, ADDED, SWAPPED), join(BASE, SWAPPED, ADDED)):
        assert joined.text is not None
        assert "| Owner | Task | Priority | Deadline |\n" in joined.text
        assert "| Ada | Fix it | High | |\n" in joined.text
        assert "| Cy | New | Low | |\n" in joined.text
        assert joined.text.count("Watch it") == joined.text.count("New") == 1
    swapped = TEAMED.replace("| Task | Team | Owner |", "| Task | Owner | Team |").replace(
        "| Core | Ada |", "| Ada | Core |"
    )
    mine = TEAMED.replace("| Core |", "| Edge |")
    for joined in (join(TEAMED, mine, swapped), join(TEAMED, swapped, mine)):
        assert joined.text == swapped.replace("| Core |", "| Edge |")
    more = mine.replace("| Task | Team |", "| Task | Since | Team |").replace(
        "|---|---|---|---|---|", "|---|---|---|---|---|---|"
    )  # fmt: skip
    more = more.replace("| Fix it |", "| Fix it | May |").replace("| Watch it |", "| Watch it | |")
    for joined in (join(TEAMED, more, swapped), join(TEAMED, swapped, more)):
        assert row(joined.text, "Task") == "| Task | Since | Owner | Team | Priority | Deadline |"
        assert row(joined.text, "Fix it") == "| Fix it | May | Ada | Edge | High | |"


def test_an_added_row_stays_as_it_is_where_columns_came_at_the_right() -> None:
    added = BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New |Cy| | |\n")
    for joined in (join(BASE, added, FILED), join(BASE, FILED, added)):
        assert row(joined.text, "New") == "| New |Cy| | |"


def test_an_added_row_has_a_blank_in_a_column_that_the_other_put_first() -> None:
    base = "| Task | Owner |\n|---|---|\n| a | x |\n"
    numbered = "| # | Task | Owner |\n|---|---|---|\n| 1 | a | x |\n"
    for joined in (
        join(base, base + "| b | y |\n", numbered),
        join(base, numbered, base + "| b | y |\n"),
    ):
        assert joined.text is not None
        assert sorted(joined.text.splitlines()) == sorted(f"{numbered}|  | b | y |".splitlines())


def test_cells_that_both_changed_alike_are_no_conflict_and_emptied_ones_are_changed() -> None:
    was = "| Fix it | Ada | High | |"
    mine = BASE.replace(was, "| Fix it | Bo | Low | |")
    theirs = BASE.replace(was, "| Fix it | Bo | High | soon |")
    assert row(join(BASE, mine, theirs).text, "Fix it") == "| Fix it | Bo | Low | soon |"
    emptied = BASE.replace(was, "| Fix it | | High | |")
    place = "6. Action Items, row 'Fix it', Owner"
    assert join(BASE, mine, emptied).conflicts == (Conflict(place, "Ada", "Bo", ""),)
    rows = [was, "| Watch it | | | |"]
    moved = BASE.replace("\n".join(rows), "\n".join(reversed(rows))).replace("| Ada |", "| Cy |")
    joined = join(BASE, emptied, moved)
    assert joined.conflicts == (Conflict(place, "Ada", "", "Cy"),)
    assert row(joined.mine_kept, "Fix it") == "| Fix it | | High | |"


def test_a_row_that_both_left_short_gets_blank_cells() -> None:
    base = BASE.replace("| Fix it | Ada | High | |", "| Fix it | Ada | High |")
    mine, theirs = base.replace("| Ada |", "| Bo |"), base.replace("| High |", "| Low |")
    assert row(join(base, mine, theirs).text, "Fix it") == "| Fix it | Bo | Low |  |"


def test_a_row_that_one_took_into_another_table_is_told_whole() -> None:
    table = "| Task | Owner |\n|---|---|\n"
    base = f"{table}| a | x |\n\nMore:\n\n{table}| b | y |\n"
    mine = f"{table}| a | x |\n| b | z |\n\nMore:\n"
    theirs = base.replace("| y |", "| w |")
    told = Conflict("line 9", "| b | y |", "| b | z |", "| b | w |")
    assert join(base, mine, theirs).conflicts == (told,)


def test_a_row_with_more_cells_than_its_header_is_taken_or_told_whole() -> None:
    more = BASE.replace("| Fix it | Ada | High | |", "| Fix it | Ada | High | | b | c |")
    low = BASE.replace("| Fix it | Ada | High | |", "| Fix it | Ada | Low | |")
    was, mine, theirs = (row(one, "Fix it") for one in (BASE, more, low))
    place = "6. Action Items, line 18"
    assert join(BASE, more, low).conflicts == (Conflict(place, was, mine, theirs),)
    assert join(BASE, low, more).conflicts == (Conflict(place, was, theirs, mine),)


def test_rows_whose_header_one_took_out_are_told_whole() -> None:
    headless = BASE.replace("| Task | Owner | Priority | Deadline |\n|---|---|---|---|\n", "")
    mine = headless.replace("| Fix it | Ada", "| Fix it | Bo")
    theirs = BASE.replace("| Fix it | Ada", "| Fix it | Cy")
    for joined in (join(BASE, mine, theirs), join(BASE, theirs, mine)):
        assert joined.text is None
        assert [one.place for one in joined.conflicts][-1] == "6. Action Items, line 18"


def test_cells_are_joined_between_pipes_as_the_row_has_them() -> None:
    base = "> | Task | Owner | Due |\n> |---|---|---|\n> |Fix it|Ada||  \n"
    mine, theirs = base.replace("Ada", "Bo"), base.replace("||  ", "| soon|  ")
    assert join(base, mine, theirs).text == base.replace(
        "|Fix it|Ada||  ", "| Fix it | Bo | soon |  "
    )
    short = base.replace("|Fix it|Ada||  ", "| Fix it")
    mine, theirs = (
        short.replace("| Fix it", f"| Fix it {more} |") for more in ("| Bo", "|  | soon")
    )
    assert join(short, mine, theirs).text == short.replace("| Fix it", "| Fix it | Bo | soon |")


LONG = "Look at each of the sixty machines, one after the other, soon"


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (LONG, f"row '{LONG[:59]}…'"),
        (LONG[:60], f"row '{LONG[:60]}'"),
        ("**Look** \\| at", "row 'Look | at'"),
    ],
)
def test_a_conflict_in_a_row_names_its_task_and_column(task: str, told: str) -> None:
    base = f"| Task | |\n|---|---|\n| {task} | a |\n"
    mine, theirs = base.replace("| a |", "| b |"), base.replace("| a |", "| c |")
    joined = join(base, mine, theirs)
    assert joined.conflicts == (Conflict(f"{told}, a column without a name", "a", "b", "c"),)
    titled, at = "## Title\n\n", len("## Title\n\n")
    (conflict,) = join(titled + base, titled + mine, titled + theirs).conflicts
    assert conflict.place == f"Title, {told}, a column without a name"
    assert (titled + base)[at:] == base


@pytest.mark.parametrize("title", ["", "## Actions\n\n"])
def test_a_conflict_in_a_header_names_it_so(title: str) -> None:
    base = f"{title}| Task | Who |\n|---|---|\n| a | b |\n"
    mine, theirs = base.replace("Who", "Owner"), base.replace("Who", "Person")
    (conflict,) = join(base, mine, theirs).conflicts
    header = "Actions, the names of the columns" if title else "the columns' names"
    assert (conflict.place, conflict.base, conflict.mine) == (f"{header}, Owner", "Who", "Owner")


def test_words_in_a_column_that_the_other_took_out_are_not_lost() -> None:
    mine = BASE.replace("| Watch it | | | |\n", "| Watch it | | | |\n| New | Cy | High | |\n")
    theirs = (
        BASE.replace("| Task | Owner | Priority", "| Task | Owner")
        .replace("|---|---|---|---|", "|---|---|---|")
        .replace("| Fix it | Ada | High | |", "| Fix it | Ada | |")
        .replace("| Watch it | | | |", "| Watch it | | |")
    )
    assert join(BASE, mine, theirs).text is None
    mine = BASE.replace("| Watch it | | |", "| Watch it | | Low |")
    (conflict,) = join(BASE, mine, theirs).conflicts
    assert conflict == Conflict("6. Action Items, row 'Watch it', Priority", "", "Low", "")


def test_the_front_matter_is_joined_key_by_key() -> None:
    mine, theirs = BASE.replace("owner: Ada", "owner: Bo"), BASE.replace("draft", "in review")
    assert join(BASE, mine, theirs).text == mine.replace("draft", "in review")
    theirs = BASE.replace("owner: Ada", "owner: Cy")
    assert [one.place for one in join(BASE, mine, theirs).conflicts] == ["owner, line 4"]


def test_a_document_that_cannot_be_read_is_joined_by_lines() -> None:
    broken = BASE.replace("owner: Ada\n---", "owner: Ada")
    mine, theirs = (
        broken.replace("The end.", "The very end."),
        broken.replace("# Post", "# My post"),
    )
    assert join(broken, mine, theirs).text == mine.replace("# Post", "# My post")


def test_both_add_the_same_once_and_else_one_behind_the_other() -> None:
    mine, theirs = BASE + "\nMine.\n", BASE + "\nTheirs.\n"
    assert join(BASE, mine, mine).text == mine
    assert join(BASE, mine + "x\n", mine).text == mine + "x\n"
    assert join(BASE, mine, theirs).text == BASE + "\nMine.\n\nTheirs.\n"


def test_line_ends_and_a_missing_last_one_stay() -> None:
    base, mine = "a\r\n\r\nb", "a\r\n\r\nmine\r\nb"
    assert join(base, mine, "theirs a\r\n\r\nb").text == "theirs a\r\n\r\nmine\r\nb"
    assert join("a\n\nb", "a\n\nb\n\nc", "new a\n\nb").text == "new a\n\nb\n\nc"


@pytest.mark.parametrize(
    ("opened", "sent", "meant"),
    [
        ("a\nb\n", "a\r\nb\r\n", "a\nb\n"),
        ("a\nb", "a\r\nb", "a\nb"),
        ("a\r\nb\n", "a\r\nb\r\nc\r\n", "a\r\nb\nc\r\n"),
        ("\ufeffa\n", "a\r\nb\r\n", "\ufeffa\nb\n"),
        ("a\rb\r", "a\r\nnew\r\nb\r\n", "a\rnew\rb\r"),
        ("a\n", "a", "a\n"),
        ("a\n", "b", "b"),
        ("a", "a\r\nb", "a\nb"),
        ("a\n", "", ""),
        ("a\0\r\nb\nd\n", "a\ufffd\r\nc\r\nd\r\n", "a\0\r\nc\nd\n"),
        ("a\n\0\ufffd", "x\r\n\ufffd\ufffd", "x\n\0\ufffd"),
        ("a\nb\0\nc\n", "a\r\nb\ufffd\r\nc\r\n", "a\nb\0\nc\n"),
        ("a\r\nb\nc\r\n", "x\r\na\r\nb\r\nc\r\n", "x\r\na\r\nb\nc\r\n"),
        ("a\nb", "a\r\nb\r\nc", "a\nb\nc"),
        ("\ufeffa\n", "\ufeffa\r\n", "\ufeffa\n"),
        ("a\n", "\ufeffa\r\n", "a\n"),
        ("\ufeffa\r\nb\nc\n", "a\r\nb\r\nc\r\n", "\ufeffa\r\nb\nc\n"),
        ("x\r\nx\n" * 150, "x\r\n" * 300, "x\r\nx\n" * 150),
        ("a\0\r\nb\nd\n", "a\0\r\nc\r\nd\r\n", "a\0\r\nc\nd\n"),
    ],
)
def test_what_a_browser_did_to_a_text_is_undone(opened: str, sent: str, meant: str) -> None:
    assert as_opened(sent, opened) == meant
