"""Rows of tables by their characters: where cells are, and edits that touch one of them alone."""

import pytest

from worker.document.markdown_tables import (
    TableRow,
    append_cells,
    append_rules,
    render_row,
    replace_cell,
    split_row,
    with_cut_code,
)
from worker.document.text_edits import Edit, Place, SourceText

LEAD = "| a |\n> "
"""What stands before a row, with words that are also in it."""


def split(text: str) -> TableRow:
    return split_row(LEAD + text, len(LEAD), len(LEAD) + len(text), 1)


def edited(text: str, edit: Edit) -> str:
    result = SourceText.of(LEAD + text).apply([edit])
    assert result.startswith(LEAD)
    return result[len(LEAD) :]


@pytest.mark.parametrize(
    ("text", "cells", "opened", "closed"),
    [
        ("| a | a |", [" a ", " a "], True, True),
        ("  |a|  b|\t", ["a", "  b"], True, True),
        ("a | a", ["a ", " a"], False, False),
        ("a |", ["a "], False, True),
        ("| a", [" a"], True, False),
        ("|", [""], True, False),
        ("||", [""], True, True),
        ("|||", ["", ""], True, True),
        ("a", ["a"], False, False),
        (r"| a \| b | `c\|d` |", [r" a \| b ", r" `c\|d` "], True, True),
        (r"\| a | b", [r"\| a ", " b"], False, False),
        ("| a |  |", [" a ", "  "], True, True),
    ],
)
def test_a_row_is_split_at_its_pipes(
    text: str, cells: list[str], opened: bool, closed: bool
) -> None:
    row, whole = split(text), LEAD + text
    assert [whole[cell.place.start : cell.place.end] for cell in row.cells] == cells
    assert [cell.width for cell in row.cells] == [len(cell) for cell in cells]
    for cell in row.cells:
        assert whole[cell.words.start : cell.words.end] == cell.text
        assert cell.place.start <= cell.words.start
        assert cell.words.end <= cell.place.end
        assert cell.text == whole[cell.place.start : cell.place.end].strip()
    assert (row.opened, row.closed, row.line) == (opened, closed, 1)
    assert whole[row.place.start : row.place.end] == text.strip()
    assert [row.text(at) for at in (0, len(cells), None)] == [cells[0].strip(), "", ""]


@pytest.mark.parametrize(
    ("text", "columns", "cells"),
    [
        ("| a | `ps | wc` | no |", 2, ["a", "`ps | wc` | no"]),
        ("| `ps | wc` twice", 1, ["`ps | wc` twice"]),
        ("| a | `ps | wc` |", 3, ["a", "`ps", "wc`"]),
        ("| a | `ps` | wc |", 2, ["a", "`ps`", "wc"]),
        ("| a | ps | wc |", 2, ["a", "ps", "wc"]),
        ("| a` | ps | wc |", 2, ["a`", "ps", "wc"]),
        ("| `a` `b | c` | d |", 1, ["`a` `b | c` | d"]),
        ("| a | `b", 2, ["a", "`b"]),
    ],
)
def test_code_that_a_bare_pipe_cut_is_one_cell_again(
    text: str, columns: int, cells: list[str]
) -> None:
    row, whole = with_cut_code(split(text), columns, LEAD + text), LEAD + text
    assert [cell.text for cell in row.cells] == cells
    assert [whole[one.words.start : one.words.end] for one in row.cells] == cells
    assert row.cells[-1].place.end == split(text).cells[-1].place.end
    assert row.cells[-1].place.start == split(text).cells[len(cells) - 1].place.start


@pytest.mark.parametrize(
    ("text", "column", "words", "right", "expected"),
    [
        ("| a | b |", 0, "xy", False, "| xy | b |"),
        ("| abc | b |", 0, "x", False, "| x   | b |"),
        ("|abc|b|", 0, "x", False, "|x|b|"),
        ("|   abc | b |", 0, "wxyz", False, "|   wxyz | b |"),
        ("| abc   | b |", 0, "wxyz", False, "| wxyz  | b |"),
        ("|  | b |", 0, "x", False, "| x | b |"),
        ("|     | b |", 0, "x", False, "| x   | b |"),
        ("|| b |", 0, "x", False, "| x | b |"),
        ("abc | b", 0, "x", False, "x   | b"),
        ("abc | def", 1, "x", False, "abc | x"),
        ("abc | d", 1, "xyz", False, "abc | xyz"),
        ("| abc | def", 1, "x", False, "| abc | x"),
        ("|", 0, "x", False, "| x "),
        ("|   abc | b |", 0, "wxyz", True, "|  wxyz | b |"),
        ("|   abc | b |", 0, "uvwxyz", True, "| uvwxyz | b |"),
        ("|abc|b|", 0, "x", True, "|  x|b|"),
        ("abc | b", 0, "x", True, "  x | b"),
        ("| abc | b |", 0, "", False, "|     | b |"),
    ],
)
def test_a_cell_is_replaced_in_its_place(
    text: str, column: int, words: str, right: bool, expected: str
) -> None:
    assert edited(text, replace_cell(split(text), column, words, right=right)) == expected


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("| a | b |", 2, "| a | b | x |  |"),
        ("| a |", 3, "| a |  |  | x |  |"),
        ("| a", 1, "| a | x |  |"),
        ("a | b", 2, "a | b | x | "),
        ("a |", 2, "a |  | x |  |"),
        ("| a | b |", 1, "| a | b | x |  |"),
    ],
)
def test_cells_are_added_at_the_right(text: str, columns: int, expected: str) -> None:
    assert edited(text, append_cells(split(text), ["x", ""], columns)) == expected


def test_a_row_without_cells_is_given_its_first() -> None:
    row = TableRow(0, Place(0, 0), (), opened=False, closed=False)
    assert append_cells(row, ["x"], 1) == Edit(Place(0, 0), "  | x |")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("|---|:-:|", "|---|:-:|----|-----|"),
        ("| --- | --- |", "| --- | --- | -- | --- |"),
        ("|---|---", "|---|---|----|-----|"),
        ("---|---", "---|---|----|-----"),
        ("--- | ---", "--- | ---| -- | --- "),
    ],
)
def test_a_rule_gets_more_dashes_as_it_has_them(rule: str, expected: str) -> None:
    assert edited(rule, append_rules(split(rule), [2, 3])) == expected


def test_a_new_row_is_padded_to_the_widths_it_is_told() -> None:
    assert render_row(["a", "", "b c"]) == "| a |  | b c |"
    assert render_row(["a", "", "b c"], [3, 2, 1]) == "| a   |    | b c |"
