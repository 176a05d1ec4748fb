"""Where the blocks of a document stand."""

import pytest

from worker.document.front_matter import DocumentError
from worker.document.markdown_blocks import Blocks, Passage, PassageKind, parse


def cells(text: str) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in parse(text).tables for row in table.rows]


def at(blocks: Blocks, start: int, end: int) -> str:
    return blocks.source.text[start:end]


TABLE = "| a | b |\n|---|---|\n"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| x | y |", ["x", "y"]),
        ("x | y", ["x", "y"]),
        ("|x|y", ["x", "y"]),
        ("x|y|", ["x", "y"]),
        ("| x |", ["x"]),
        ("| x | y | z |", ["x", "y", "z"]),
        ("|| y |", ["", "y"]),
        ("| \t x\t |y |  ", ["x", "y"]),
        (r"| a\|b | y |", [r"a\|b", "y"]),
        (r"| `a\|b` | y |", [r"`a\|b`", "y"]),
        ("| `a|b` | y |", ["`a", "b`", "y"]),
        (r"| a\\|b |", [r"a\\|b"]),
        ("| [t](u 'v') ![i](j) | **y** <br> z |", ["[t](u 'v') ![i](j)", "**y** <br> z"]),
        ("| \u00a0x\u00a0 | y |\u00a0", ["x", "y"]),
    ],
)
def test_a_row_is_split_where_github_splits_it(row: str, expected: list[str]) -> None:
    assert cells(TABLE + row + "\n") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "```\n{}```\n",
        "~~~ text\n{}",
        "<pre>\n{}</pre>\n",
        "<!--\n{}-->\n",
        "<div>\n{}</div>\n",
    ],
)
def test_a_table_that_is_shown_letter_by_letter_is_none(text: str) -> None:
    assert parse(text.format(TABLE + "| x | y |\n")).tables == ()


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("text\n\n  | a | b |\n  |---|---|\n  | x | y |\n", "  "),
        ("text\n| a | b |\n|---|---|\n| x | y |\n", ""),
        ("- | a | b |\n  |---|---|\n  | x | y |\n", "  "),
        ("1. text\n\n   | a | b |\n   |---|---|\n   | x | y |\n", "   "),
        ("> | a | b |\n> |---|---|\n> | x | y |\n", "> "),
        ("> - t\n>   | a | b |\n>   |---|---|\n>   | x | y |\n", ">   "),
        ("-\t| a | b |\n\t|---|---|\n\t| x | y |\n", "\t"),
        ("\n| a | b |\n|---|---|\n| x | y |\n", ""),
        ("\n  | a | b |\n  |---|---|\n  | x | y |\n", "  "),
    ],
)
def test_a_table_is_found_in_lists_and_quotes(text: str, indent: str) -> None:
    (table,) = parse(text).tables
    assert [cell.text for cell in table.rows[0].cells] == ["x", "y"]
    assert [cell.text for cell in table.header.cells] == ["a", "b"]
    assert table.indent == indent


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "start", ["", "\ufeff", "---\nincident: Q1\n---\n", "\ufeff---\na: b\n---\n"]
)
def test_places_are_those_of_the_source(start: str, end: str) -> None:
    text = (
        start + "# Title #\n\n| a | b |\n|---|---|\n| x\ty | z |\n\n- **L:** one\n  two  \n  - n\n"
    )
    text = text.replace("\n", end)
    blocks = parse(text)
    (title,) = blocks.headings
    assert at(blocks, title.place.start, title.place.end) == "Title"
    (cell, _) = blocks.tables[0].rows[0].cells
    assert at(blocks, cell.words.start, cell.words.end) == "x\ty"
    item, child = blocks.all_items()
    assert at(blocks, item.place.start, item.place.end) == f"**L:** one{end}  two"
    assert at(blocks, child.place.start, child.place.end) == "n"
    assert (item.indent, child.inset, child.marker) == ("  ", "  ", "-")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Title\n=====\n", ["Title"]),
        ("   ## A *b* ##\n", ["A *b*"]),
        ("#\n# x\n", ["", "x"]),
        ("> # quoted\n\n- # listed\n", []),
        ("# a\0b\n", ["a\0b"]),
        ("Two\nlines\n---\n", ["Two\nlines"]),
        ("Two  \nlines\n---\n", ["Two  \nlines"]),
        ("\u00a0\nTitle\n===\n", ["Title"]),
        ("a\n\n\u00a0\n\u00a0\nTitle\n===\n", ["Title"]),
    ],
)
def test_headings_are_found_at_the_top_level(text: str, found: list[str]) -> None:
    blocks = parse(text)
    assert [at(blocks, one.place.start, one.place.end) for one in blocks.headings] == found


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("- **L:** x\n", "  "),
        ("*   **L:** x\n", "    "),
        ("10. **L:** x\n", "    "),
        ("-\t**L:** x\n", " \t"),
        ("> * **L:** x\n", ">   "),
        ("- a\n  + **L:** x\n", "    "),
    ],
)
def test_an_item_knows_what_its_further_lines_begin_with(text: str, indent: str) -> None:
    item = list(parse(text).all_items())[-1]
    assert item.indent == indent


def test_an_item_ends_with_its_last_line_that_is_not_blank() -> None:
    first, nested, second = parse("- a\n\n  - b\n\n\n- c\n\ntext\n").all_items()
    assert (first.line, first.behind) == (0, 3)
    assert (nested.line, nested.behind) == (2, 3)
    assert (second.line, second.behind) == (5, 6)


def test_a_front_matter_is_no_part_of_the_blocks() -> None:
    blocks = parse("---\nincident: Q1\ntable: |\n  | a | b |\n  |---|---|\n---\n# T\n")
    assert [one.text for one in blocks.headings] == ["T"]
    assert blocks.tables == ()


def test_a_front_matter_without_an_end_is_refused_and_a_rule_is_not() -> None:
    with pytest.raises(DocumentError, match="has no end"):
        parse("---\nurl: x\nincident: Q1\n\n# T\n")
    assert [one.text for one in parse("---\n\n# incident: Q1\n").headings] == ["incident: Q1"]


def test_tables_in_and_behind_a_quote_each_know_their_margin() -> None:
    quoted = "> - | a | b |\n>   |---|---|\n>   | x | y |\n"
    first, second = parse(f"{quoted}\n{TABLE}| x | y |\n").tables
    assert (first.indent, second.indent) == (">   ", "")
    assert cells(f"{quoted}\n{TABLE}| x | y |\n") == [["x", "y"], ["x", "y"]]


def test_running_text_and_code_are_told_apart_and_links_known() -> None:
    text = "a\nb\n\n```\nc\n```\n\n    d\n\n<p>\ne\n</p>\n\n> f\n\n[w]: https://x.example.com\n"
    blocks = parse(text)
    assert blocks.passages == (
        Passage(PassageKind.PARAGRAPH, 0, 2),
        Passage(PassageKind.FENCE, 3, 6),
        Passage(PassageKind.INDENTED, 7, 8),
        Passage(PassageKind.HTML, 9, 12),
        Passage(PassageKind.PARAGRAPH, 13, 14),
    )
    assert list(blocks.definitions) == ["W"]


@pytest.mark.parametrize("text", ["# T\n\nT\n\n## T #\n\nT\n", "T\n===\n\nT\n\nT\n---\n\nT\n"])
def test_headings_of_the_same_words_each_stand_in_their_own_line(text: str) -> None:
    blocks = parse(text)
    assert [blocks.source.number(one.place.start) for one in blocks.headings] == [
        one.line for one in blocks.headings
    ]
    assert [(one.level, at(blocks, one.place.start, one.place.end)) for one in blocks.headings] == [
        (1, "T"),
        (2, "T"),
    ]


@pytest.mark.parametrize(
    ("text", "behind"),
    [("> - a\n>\n> \n\ntext\n", 1), ("- a\n  X\n", 2), ("- a\n \t\n\n", 1), ("-\n\ntext\n", 1)],
)
def test_lines_without_words_are_no_part_of_an_item_at_its_end(text: str, behind: int) -> None:
    (item,) = parse(text).all_items()
    assert item.behind == behind


@pytest.mark.parametrize(
    "mark",
    [
        ":::", "::: {.note}", ":::spoiler More", "%% later %%", "{{< /note >}}", "{{% /x %}}",
        "{% endnote %}", "{: .wide}", "^a1-b2",
    ],
)  # fmt: skip
def test_an_editors_mark_ends_an_item_and_a_table(mark: str) -> None:
    blocks = parse(f"- x\n- y\n{mark}\n\n{TABLE}| z | |\n{mark}\n\n> - w\n> {mark}\n")
    assert [one.text for one in blocks.items] == ["x", "y", "w"]
    assert [row.text(0) for table in blocks.tables for row in table.rows] == ["z"]


@pytest.mark.parametrize(
    "words", ["::", ":: x", "::: \u2014 [OPS-1](u)", "%", "{x}", "{{ x }}", "^ x"]
)
def test_other_lines_go_on_as_they_do_for_every_reader(words: str) -> None:
    assert [one.text for one in parse(f"- x\n{words}\n").items] == [f"x\n{words}"]


def test_a_table_goes_on_behind_a_mark_where_rows_do() -> None:
    assert cells(f"{TABLE}| x | |\n{{% if y %}}\n| y | |\n{{% endif %}}\n") == [
        ["x", ""],
        ["{% if y %}"],
        ["y", ""],
    ]


def test_what_is_commented_out_is_no_part_of_a_document() -> None:
    text = f"- a\n%%\n- b\n\n{TABLE}| x | y |\nend %%\n- c\n> %%\n> - d\n> %%\n\n%%\n- e\n"
    blocks = parse(text)
    assert [one.text for one in blocks.items] == ["a", "c", "e"]  # nobody ended the last one
    assert not blocks.tables
