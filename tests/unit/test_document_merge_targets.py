"""What a merge writes into lists and tables as people keep them: their marks, widths, columns."""

import pytest

from config.template_names import Names, Slot
from worker.content.same_markdown import Spelling
from worker.document.merge.merge_targets import PointsTarget, RowsTarget
from worker.document.outline import outline

NAMES = Names()
HERE = Spelling(in_cell=True)
SECTION = "## Mitigation and Recovery\n"
TABLE = "## Action Items\n| Task | Owner | Priority | Deadline | Mine |\n|---|---|---|---|---|\n"


def points(text: str) -> PointsTarget:
    found = outline(SECTION + text, NAMES)
    return PointsTarget(found.blocks.source, found.bullets[Slot.STEPS_TAKEN], Spelling())


def rows(text: str) -> RowsTarget:
    found = outline(text, NAMES)
    return RowsTarget(found.blocks.source, found.actions, HERE)


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("- **Steps Taken:** x\n", -1, "- **Steps Taken:** x\n  - New\n  - Newer\n"),
        ("* **Steps Taken:**\n", -1, "* **Steps Taken:**\n  * New\n  * Newer\n"),
        ("1. **Steps Taken:**\n", -1, "1. **Steps Taken:**\n   - New\n   - Newer\n"),
        (
            "- **Steps Taken:**\n  *   One\n  - Two\n",
            0,
            "- **Steps Taken:**\n  *   One\n  *   New\n  *   Newer\n  - Two\n",
        ),
        (
            "- **Steps Taken:**\n    - One\n      more\n",
            0,
            "- **Steps Taken:**\n    - One\n      more\n    - New\n    - Newer\n",
        ),
        (
            "- **Steps Taken:**\n  +  One\n",
            -1,
            "- **Steps Taken:**\n  +  New\n  +  Newer\n  +  One\n",
        ),
        (
            "- **Steps Taken:**\n  - One\n  -\n",
            1,
            "- **Steps Taken:**\n  - One\n  -\n  - New\n  - Newer\n",
        ),
    ],
)
def test_new_points_are_marked_and_indented_as_their_neighbours(
    text: str, after: int, expected: str
) -> None:
    edit = points(text).insert(after, [("New",), (" Newer\n",)])
    source = outline(SECTION + text, NAMES).blocks.source
    assert source.apply([edit]) == SECTION + expected


@pytest.mark.parametrize(
    ("row", "cells", "expected"),
    [
        ("| Watch |", ("Watch it", "Ann", "", "2026-12-01"), "| Watch it | Ann |  | 2026-12-01 |"),
        ("| Watch |", ("Watch", "Ann", "", ""), "| Watch | Ann |"),
        ("| Watch |", ("Watch", "", "", "soon"), "| Watch |  |  | soon |"),
        ("| Watch | Ann |", ("Watch", "", "", ""), "| Watch |     |"),
        ("|*Watch*| Ann |", ("_Watch_", "a|b", "", ""), "|*Watch*| a\\|b |"),
        ("| Watch | Ann | x | y | z |", ("Watch", "Bo", "x", "y"), "| Watch | Bo  | x | y | z |"),
    ],
)
def test_a_row_changes_in_the_cells_that_differ_and_gets_those_it_lacks(
    row: str, cells: tuple[str, ...], expected: str
) -> None:
    text = f"{TABLE}{row}\n"
    target = rows(text)
    source = outline(text, NAMES).blocks.source
    assert source.apply(target.change(0, cells)) == f"{TABLE}{expected}\n"


def test_a_column_that_people_removed_is_neither_read_nor_written() -> None:
    text = "## Action Items\n| Deadline | Task |\n|---|---|\n| soon | Watch |\n"
    target = rows(text)
    assert target.entries == (("Watch", None, None, "soon"),)
    source = outline(text, NAMES).blocks.source
    edits = target.change(0, ("Watch it", "Ann", "High", "now"))
    assert source.apply(edits) == text.replace("| soon | Watch |", "| now  | Watch it |")
    added = source.apply([target.insert(0, [("Write", "Bo", "Low", "")])])
    assert added == f"{text}|  | Write |\n"


@pytest.mark.parametrize(
    ("table", "after", "new"),
    [
        ("| Task  | Owner |\n|-------|-------|\n| Watch | Ann   |\n", 0, "| New   | Bo    |"),
        ("| Task  | Owner |\n|-------|-------|\n", -1, "| New   | Bo    |"),
        ("| Task  | Owner |\n|-------|-------|\n| Watch | Ann |\n", 0, "| New | Bo |"),
        ("| Task  | Owner |\n|---|---|\n| Watch | Ann   |\n", -1, "| New | Bo |"),
        ("|Task |Owner|\n|-----|-----|\n|Watch|Ann  |\n", 0, "| New | Bo  |"),
        ("Task  | Owner\n------|------\nWatch | Ann  \n", 0, "| New | Bo |"),
    ],
)
def test_a_new_row_is_padded_where_all_are(table: str, after: int, new: str) -> None:
    text = f"## Action Items\n{table}"
    source = outline(text, NAMES).blocks.source
    lines = source.apply([rows(text).insert(after, [("New", "Bo", "", "")])]).splitlines()
    assert lines[3 + after + 1] == new


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ("| | |", False),
        ("| \u2013 | [Ticket] |", False),
        ("| OPS-1 | |", True),
        ("| | words |", True),
    ],
)
def test_a_row_that_holds_more_than_the_program_writes_is_kept(more: str, kept: bool) -> None:
    text = f"## Action Items\n| Task | Ticket | Mine |\n|---|---|---|\n| x {more}\n"
    assert list(rows(text).kept) == ([0] if kept else [])
