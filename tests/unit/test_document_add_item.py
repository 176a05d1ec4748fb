"""An action item is added where the others stand, as they are written there."""

import pytest

from config.template_names import Column, Names
from worker.document.action_section import read
from worker.document.add_item import add_item
from worker.document.front_matter import DocumentError

NAMES = Names()
TABLE = """# P

## 6. Action Items

| Task Description | Owner | Priority | Deadline | Ticket |
|---|---|---|---|---|
| Warn | Ada | | | [OPS-1](u) |

## 7. Lessons Learned
"""
BOXES = """# P

## Action Items

- [x] Warn @Ada
- [ ] Watch
  with care

## Next
"""
ALL = {
    Column.TASK: "Ask\nthe bank | again",
    Column.OWNER: "Bo Example",
    Column.PRIORITY: "High",
    Column.DEADLINE: "2026-12-01",
}


def test_a_row_stands_behind_the_last() -> None:
    text = add_item(TABLE, NAMES, ALL)
    row = "| Ask the bank \\| again | Bo Example | High | 2026-12-01 |  |\n"
    assert text == TABLE.replace("[OPS-1](u) |\n", f"[OPS-1](u) |\n{row}")
    item = read(text, NAMES).items[-1]
    assert (item.owner, item.priority) == ("Bo Example", "High")


def test_a_table_without_rows_gets_its_first() -> None:
    bare = TABLE.replace("| Warn | Ada | | | [OPS-1](u) |\n", "")
    assert "|---|---|---|---|---|\n| Warn |  |  |  |  |\n" in add_item(
        bare, NAMES, {Column.TASK: "Warn"}
    )


def test_a_check_box_stands_behind_the_last() -> None:
    cells = {**ALL, Column.PRIORITY: ""}
    text = add_item(BOXES, NAMES, cells)
    line = "- [ ] Ask the bank | again @[Bo Example] (by 2026-12-01)\n"
    assert text == BOXES.replace("  with care\n", f"  with care\n{line}")
    item = read(text, NAMES).items[-1]
    assert (item.task, item.owner) == ("Ask the bank | again", "Bo Example")
    assert str(item.deadline) == "2026-12-01"


@pytest.mark.parametrize("mark", ["[ ]", "[x]", "[X]"])
def test_only_boxes_of_the_section_are_gone_by(mark: str) -> None:
    text = f"- [ ] no\n\n## Action Items\n- {mark} a\n- [ ] b\n* {mark} c\n- d\n\n## Next\n- {mark} no\n"
    assert add_item(text, NAMES, {Column.TASK: "x"}) == text.replace(" c\n", " c\n* [ ] x\n")
    due = add_item(text, NAMES, {Column.TASK: "x", Column.DEADLINE: "2026-12-01"})
    assert due == text.replace(" c\n", " c\n* [ ] x (by 2026-12-01)\n")


def test_a_pipe_that_is_escaped_already_stays_so() -> None:
    assert "| a \\| b \\| c |  |" in add_item(TABLE, NAMES, {Column.TASK: "a \\| b | c"})


@pytest.mark.parametrize(
    ("text", "cells", "says"),
    [
        (
            TABLE,
            {Column.TASK: "TBD"},
            "^The action item has no words that a ticket could have. Name it.$",
        ),
        (
            TABLE,
            {Column.TASK: "[Task]"},
            "^The action item has no words that a ticket could have. Name it.$",
        ),
        (
            TABLE,
            {Column.TASK: " "},
            "^The action item has no words that a ticket could have. Name it.$",
        ),
        (
            TABLE.replace(" Priority |", " Weight |"),
            {Column.TASK: "Ask", Column.PRIORITY: "High"},
            "no column 'Priority'. Add the column, or leave that out.$",
        ),
        ("# P\n", {Column.TASK: "Ask"}, "There is no heading 'Action Items'"),
        (
            "# P\n\n## Action Items\n\nNone.\n",
            {Column.TASK: "Ask"},
            "^The section of action items has neither a table nor check boxes. Add a table with a column for the task, and try again.$",
        ),
    ],
)
def test_what_has_no_place_is_told(text: str, cells: dict[Column, str], says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        add_item(text, NAMES, cells)
