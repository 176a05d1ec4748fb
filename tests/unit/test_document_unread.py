"""What in a document is not settled, and what looks like an action item and is not read."""

import pytest

from config.template_names import Names, Section
from worker.document.action_section import read
from worker.document.front_matter import DocumentError
from worker.document.outline import outline
from worker.document.unread.stray_rows import (
    is_cut_wrongly,
    is_header_again,
    stray_boxes,
    stray_rows,
    unusable,
    wrapped,
)
from worker.document.unread.unfinished_text import (
    conflict_lines,
    conflicts,
    open_prompts,
    prompt_lines,
    prompt_passages,
    refuse_conflicts,
)
from worker.document.unread.where_items_come_from import most_alike, taken_from, wanted_headings

NAMES = Names()
HEAD = "## Action Items\n"
SIX = "| Task | Owner | Priority | Deadline | Ticket | Status |\n|---|---|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("line", "is_marker"),
    [
        ("<<<<<<<", True),
        ("<<<<<<< HEAD", True),
        ("<<<<<<<\tours", True),
        (">>>>>>>>", True),
        (">>>>>>> 1a2b3c (Words, with a | in them)", True),
        ("||||||| 1a2b3c", True),
        ("|||||||\tx", True),
        ("|||||||| ancestors", True),
        ("<<<<<< HEAD", False),
        (">>>>>> x", False),
        ("<<<<<<<x", False),
        (" <<<<<<< HEAD", False),
        ("a <<<<<<< HEAD", False),
        (">>>>>>>x", False),
        ("|||||||", False),
        ("||||||| ", False),
        ("|||||| x", False),
        ("|||||||x", False),
        ("||||||| a | b", False),
        ("||||||| | b", False),
        ("=======", False),
    ],
)
def test_a_conflict_marker_opens_its_line_and_stands_alone(line: str, *, is_marker: bool) -> None:
    assert conflict_lines(f"# T\n\n{line}\n\nwords\n") == ((3,) if is_marker else ())
    assert conflict_lines(f"# T\r\n\r\n{line}") == ((3,) if is_marker else ())


def test_markers_in_a_fence_are_quoted() -> None:
    fence = "```\n<<<<<<< a\n>>>>>>> b\n```\n"
    assert conflict_lines(f"<<<<<<< a\n{fence}>>>>>>> b\n") == (1, 6)
    assert conflict_lines(fence) == ()
    assert conflict_lines("---\n<<<<<<< a\nincident: Q1\n---\n") == (2,)


@pytest.mark.parametrize(
    ("count", "lines"),
    [
        (1, "1"),
        (6, "1, 2, 3, 4, 5, 6"),
        (7, "1, 2, 3, 4, 5, 6 and 1 more"),
        (9, "1, 2, 3, 4, 5, 6 and 3 more"),
    ],
)
def test_conflicts_are_told_with_their_first_lines(count: int, lines: str) -> None:
    text, told = (
        "<<<<<<< a\n" * count,
        (
            f"it holds conflict markers, which a merge of two versions left on line {lines}. "
            "No ticket is made from it until they are gone."
        ),
    )
    assert conflicts(text) == told
    with pytest.raises(DocumentError) as error:
        refuse_conflicts(text)
    assert error.value.what == told
    assert error.value.remedy == "Keep what is right, delete the markers, and sync again."


def test_a_document_without_markers_is_not_refused() -> None:
    assert conflicts("# T\n") == ""
    refuse_conflicts("# T\n")


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("[who]", True),
        ("a [who] b", True),
        ("([who])", True),
        ("[w]", True),
        ("[Xavier]", True),
        ("[xy]", True),
        ("*[who]*", True),
        ("[see [who] b]", True),
        ("Label: [ ]", True),
        ("Label: words", False),
        ("![who] b", False),
        ("a[0] b", False),
        ("[a][b] c", False),
        ("\\[who] b", False),
        ("[x] done", False),
        ("[X] done", False),
        ("a [^1] b", False),
        ("a [ who] b", False),
        ("a [who](u) b", False),
        ("a [who]: b", False),
        ("a [] b", False),
        ("see [[Runbook]] and [[Pages/Pool|the pool]]", False),
    ],
)
def test_words_in_brackets_ask_unless_they_are_something_else(words: str, *, asks: bool) -> None:
    assert open_prompts(f"- {words}\n") == asks
    cells = [(0, (words,))] if asks else []
    assert list(prompt_lines(f"- {words}\n")) == cells
    row = f"| a | b |\n|---|---|\n| {words} | c |\n"
    if not words.startswith("Label"):
        assert list(prompt_lines(row)) == ([(2, (words, "c"))] if asks else [])
        assert list(prompt_passages(f"a\n\n{words} a\nb\n")) == (
            [(2, f"{words} a")] if asks else []
        )


def test_prompts_of_running_text_are_told_by_their_line_and_those_of_lists_elsewhere() -> None:
    text = "# [T]\n\nOne\n[two]\n\n- [three]\n\n  [four]\n\n> [five]\n\n```\n[six]\n```\n"
    assert list(prompt_passages(text)) == [(0, "# [T]"), (3, "[two]"), (9, "> [five]")]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("| a | b | c |\n", []),
        ("| a |\n", []),
        ("a | b | c |\n", []),
        ("| Watch\nthe disk | Ann | |\n", [[3, 4]]),
        ("| a\nb\nc | d | e |\n", [[3, 4, 5]]),
        ("| a\nb | c | d |\n| e\nf | g | h |\n", [[3, 4], [5, 6]]),
        ("| a | b\n| c | d | e |\n", []),
        ("| a | b\nc | d |\n", [[3, 4]]),
        ("| a | b | c\nx | y | z |\n", []),
        ("| a | b | c |\nx | y | z |\n", []),
        ("Words\n", [[3]]),
        ("Words | of two |\n", []),
        ("| a |\nWords\n", [[4]]),
        ("| a\nb | c | d |\nWords\nMore\n", [[3, 4], [5, 6]]),
        ("| a | b | c |\n| d\nWords\n| e | f | g |\n", [[4, 5]]),
    ],
)
def test_a_row_that_was_wrapped_is_found_with_all_its_lines(
    rows: str, lines: list[list[int]]
) -> None:
    text = f"{HEAD}| Task | Owner | Deadline |\n|---|---|---|\n{rows}"
    (table,) = outline(text, NAMES).blocks.tables
    assert [[row.line for row in group] for group in wrapped(table)] == lines
    for header in ("Task | Owner | Deadline |", "| Task | Owner | Deadline"):
        (bare,) = outline(text.replace("| Task | Owner | Deadline |", header), NAMES).blocks.tables
        assert wrapped(bare) == []


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        ("| Task | Owner | Priority | Deadline | Ticket | Status |", True),
        ("| **task** | OWNER | | | | |", True),
        ("| | Owner | Priority | | | |", True),
        ("| Task | | | | | |", False),
        ("| | | | | | |", False),
        ("| Task | Ann | | | | |", False),
        ("| Owner | Task | | | | |", False),
    ],
)
def test_a_header_again_says_two_of_its_names_or_more_and_nothing_else(
    row: str, *, is_one: bool
) -> None:
    (actions,) = outline(f"{HEAD}{SIX}{row}\n", NAMES).actions
    assert is_header_again(actions, actions.table.rows[0]) is is_one


MORE = (
    "has more cells than its table has columns, so it was not read. "
    "Write a '|' that belongs to the text as '\\|', or take the empty cell away."
)
CODE = (
    "has a '|' within a piece of code, which ends the cell all the same, so it was not "
    "read. Write it as '\\|'."
)
SHIFTED = (
    "has cells that do not fit their columns, as where a '|' of the text ends a cell, so "
    "it was not read. Write that '|' as '\\|'; else give the row a cell for each column."
)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("| a | b | High | 2026-01-01 | OPS-1 | Done |", ""),
        ("| a | b | High | 2026-01-01 | OPS-1 | Done | |", ""),
        ("| a | b | High | 2026-01-01 | OPS-1 | Done | x |", MORE),
        ("| a | b | High | 2026-01-01 | | | |", MORE),
        ("| a | | | | | | |", ""),
        ("| run `a|b` now | Ann | High | | |", CODE),
        ("| a `b | Ann | High | | | `c |", CODE),
        ("| Don`t restart | Ann | High | | | |", ""),
        ("| a \\`b | Ann `c | High | | | |", ""),
        ("| a `b` | Ann | High | | | `c |", ""),
        ("| Grep a | b now | Ann | High | 2026-01-01 |", SHIFTED),
        ("| a | Ann | Foo | Sev 1 | | |", SHIFTED),
        ("| a | Ann | Foo | High | OPS-1 | |", ""),
        ("| a | Ann | P1 | High | | |", ""),
        ("| a | Ann | | High | | |", ""),
        ("| a | Ann | 2026-01-01 | High | | |", ""),
        ("| a | Ann | Foo | | |", SHIFTED),
        ("| a | Ann | Foo | b |", ""),
        ("| a | Ann | High | | |", ""),
        ("| a | Ann | | 2026-01-01 | |", ""),
        ("| a | Ann | High | 2026-01-01 | OPS-1 |", ""),
        ("| a | | | | |", ""),
    ],
)
def test_a_row_whose_words_stand_in_other_cells_than_meant_is_not_read(row: str, told: str) -> None:
    (actions,) = outline(f"{HEAD}{SIX}{row}\n", NAMES).actions
    assert unusable(actions, actions.table.rows[0]) == told
    assert is_cut_wrongly(actions, actions.table.rows[0]) is bool(told)


def test_a_ticket_cell_that_names_no_ticket_is_told_in_short() -> None:
    (actions,) = outline(f"{HEAD}{SIX}| a | | | | {'word ' * 40}| |\n", NAMES).actions
    told = unusable(actions, actions.table.rows[0])
    assert told.startswith("has 'word word")
    assert told.endswith(
        "…' in its ticket's cell, which is no ticket's key, so the row was left alone. Write a "
        "'|' that belongs to the text as '\\|'; else put a key or a link there, or clear the cell."
    )
    assert len(told) < 330
    assert not is_cut_wrongly(actions, actions.table.rows[0])


def test_an_apostrophe_that_is_a_backtick_keeps_no_row_from_its_ticket() -> None:
    found = read(f"{HEAD}{SIX}| Don`t restart | Ann | High | | | |\n", NAMES)
    assert [item.task for item in found.items] == ["Don`t restart"]
    assert found.problems == ()


def told_of(body: str) -> list[str]:
    found = outline(f"{HEAD}{body}", NAMES)
    extent = next(iter(found.sections.values()))
    tables = [one.table for one in found.actions]
    return [
        *stray_rows(found.blocks, extent, tables, NAMES.nothing),
        *stray_boxes(found.blocks, extent, Names().nothing),
    ]


NO_PIPES = "looks like a row without '|' between its cells, so it was not read. Write it as '| … |' in the table."
NO_TABLE = (
    "looks like a row and stands in no table, so it was not read. A blank line ends a table, and "
    "so does a line of dashes with another number of cells than the header's: mend it."
)
NO_BOX = (
    "looks like a check box and is none, so it was not read. Write it as '- [ ] ' with the task "
    "behind, on a line of a list."
)


@pytest.mark.parametrize(
    ("line", "words", "why"),
    [
        ("| Mend | Ann |", "Mend", NO_TABLE),
        ("> | Mend | Ann |", "Mend", NO_TABLE),
        ("| | Mend | Ann |", "Mend", NO_TABLE),
        ("Mend | Ann | High", "Mend", NO_TABLE),
        ("Mend | Ann |", "", ""),
        ("| Mend", "", ""),
        ("| Mend |", "", ""),
        ("| [Task] | Ann |", "", ""),
        ("| None | Ann |", "", ""),
        ("Mend\tAnn\tHigh", "Mend", NO_PIPES),
        ("Mend\t\tAnn\t High ", "Mend", NO_PIPES),
        ("Mend\u2502Ann\u2502High", "Mend", NO_PIPES),
        ("Mend\uff5cAnn\uff5cHigh", "Mend", NO_PIPES),
        ("Mend\tAnn", "", ""),
        ("- Mend\tAnn\tHigh", "", ""),
        ("1. Mend\tAnn\tHigh", "", ""),
        ("|---|---|", "", ""),
        ("| :--: | --- |", "", ""),
        ("Words", "", ""),
        ("[ ] Mend", "Mend", NO_BOX),
        ("[] Mend", "Mend", NO_BOX),
        ("-[ ] Mend", "Mend", NO_BOX),
        ("- [] Mend", "Mend", NO_BOX),
        ("- [ ]Mend", "Mend", NO_BOX),
        ("- [/] Mend", "Mend", NO_BOX),
        ("- [-] Mend", "Mend", NO_BOX),
        ("* [?] Mend", "Mend", NO_BOX),
        ("\\[ ] Mend", "Mend", NO_BOX),
        ("> [ ] Mend", "Mend", NO_BOX),
        ("\u2610 Mend", "Mend", NO_BOX),
        ("\u2705 Mend", "Mend", NO_BOX),
        ("\u2714\ufe0f Mend", "Mend", NO_BOX),
        ("- TODO Mend", "Mend", NO_BOX),
        ("- DONE: Mend", "Mend", NO_BOX),
        ("TODO Mend", "", ""),
        ("- TODO", "", ""),
        ("- TODOs of all", "", ""),
        ("- [ ] Mend", "", ""),
        ("- [x] Mend", "", ""),
        ("[x](u) Mend", "", ""),
        ("[x]: Mend", "", ""),
        ("[ ] [Task]", "", ""),
        ("[xx] Mend", "", ""),
        ("words [ ] Mend", "", ""),
    ],
)  # fmt: skip
def test_what_looks_like_an_action_item_and_is_none_is_told(
    line: str, words: str, why: str
) -> None:
    expected = [f"Line 4 ('{words}') {why}"] if why else []
    assert told_of(f"Before\n\n{line}\n") == expected
    assert told_of(f"```\n\n{line}\n```\n") == []
    assert told_of(f"\n## Other\n{line}\n") == []


def test_words_are_told_as_a_reader_sees_them_and_in_short() -> None:
    (told,) = told_of(f"| **Mend** [it][x] {'now ' * 40}| Ann |\n\n[x]: https://x.example.com\n")
    assert told.startswith("Line 2 ('Mend it now now")
    assert "now…')" in told
    (told,) = told_of(f"- [] **Mend** {'now ' * 40}\n")
    assert told.startswith("Line 2 ('Mend now now")
    assert "now…')" in told


def test_rows_with_a_line_of_dashes_that_does_not_fit_are_told() -> None:
    assert told_of("| Task | Owner |\n|---|\n| Mend | Ann |\n") == [f"Line 4 ('Mend') {NO_TABLE}"]
    # the dashes make a heading of what stands above them
    assert told_of("| Mend | Ann |\n---\n| Do | Bo |\n") == [f"Line 2 ('Mend') {NO_TABLE}"]
    assert told_of("\n### Other\n\n| Mend | Ann |\n| Do | Bo |\n---\n") == [
        f"Line 5 ('Mend') {NO_TABLE}",
        f"Line 6 ('Do') {NO_TABLE}",
    ]
    table = "| Task | Owner |\n|---|---|\n| x | |\n"
    assert told_of(f"{table}\nMend | Ann\n") == []
    wide = "| Task | Owner | Due | Ours |\n|---|---|---|---|\n"
    assert told_of(f"{wide}\nMend | Ann | High\n") == []
    assert told_of(f"{wide}\nMend | Ann | High | x\n") == [f"Line 5 ('Mend') {NO_TABLE}"]


def test_tables_in_html_are_told_with_their_first_cells() -> None:
    html = "<table>\n<tr><th>Task</th></tr>\n{}</table>\n"
    rows = "".join(
        f"<TR><TD class=x> <b>T{at} &amp; a</b>\n b</td><td>Ann</td></TR>\n" for at in range(12)
    )
    named = ", ".join(f"'T{at} & a b'" for at in range(10))
    why = (
        "was not read, so nothing in it has a ticket. Write it as a Markdown table, with '|' "
        "between the cells."
    )
    assert told_of(f"a\n\n{html.format(rows)}") == [f"The HTML table on line 4 ({named}) {why}"]
    assert told_of(html.format("<tr><td></td></tr>\n")) == [f"The HTML table on line 2 {why}"]
    assert told_of('<div><input type="checkbox"> Mend</div>\n') == [
        f"The HTML table on line 2 {why}"
    ]
    assert told_of("<div>\nwords\n</div>\n") == []


NONE_TAKEN = "There is no heading 'Action Items', so no action item becomes a ticket."
TABLE = "| Task | Own*er* | Due | Ticket |\n|---|---|---|---|\n"
SET = "set action_items in [document_names.headings]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n\nwords\n", (NONE_TAKEN, f"Add such a heading, or {SET}.")),
        ("## Weather\n", (NONE_TAKEN, f"Add such a heading, or {SET}.")),
        (
            "# T\n\n## **Follow-ups**\n",
            (NONE_TAKEN, f"'Follow-ups' on line 3 looks most like it: to take it, {SET}."),
        ),
        (
            "## 6. Action *Items*\n",
            (
                "the section '6. Action Items' (line 1): check boxes, should there be any, are "
                "taken; it has no table with a column for the task",
                "",
            ),
        ),
        (
            "# T\n## Action Items\n- a\n",
            (
                "the section 'Action Items' (line 2): check boxes are taken; it has no table with "
                "a column for the task",
                "",
            ),
        ),
        (
            f"## Action Items\n{TABLE}\n| Status | Task | Priority |\n|---|---|---|\n",
            (
                "the section 'Action Items' (line 1): the table on line 2 (task from 'Task', owner "
                "from 'Owner', deadline from 'Due', ticket from 'Ticket'); the table on line 5 "
                "(task from 'Task', priority from 'Priority', status from 'Status')",
                "",
            ),
        ),
    ],
)
def test_where_action_items_are_taken_from_is_told(text: str, expected: tuple[str, str]) -> None:
    assert taken_from(text, NAMES) == expected


def test_a_teams_own_heading_is_named_before_the_built_in_one() -> None:
    names = Names(headings={**NAMES.headings, Section.ACTION_ITEMS: "Massnahmen"})
    assert wanted_headings(names) == "'Massnahmen' or 'Action Items'"
    assert wanted_headings(NAMES) == "'Action Items'"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Tasks\n## Weather\n", None),
        ("# T\n## Weather\n", None),
        ("# T\n## Taskz\n## Actions\n", 2),
        ("# T\n## Actions\n## Tasks\n", 1),
        ("# T\n## Qqq\n- [ ] a\n## Impact Analysis\n- [ ] b\n", None),
        ("# T\n## Tusks\n## Tasks\n## Todos\n- [ ] b\n", 3),
        ("# T\n## Tarks of us\n- [x] a\n", 1),
        ("# T\n## Tarks of us\n- [X] a\n", 1),
        ("# T\n## Tarks of us\n- [ ]a\n", None),
        ("# T\n## Tarks of us\n- a [ ] b\n", None),
        ("# T\n## Tarks of us\n### Qqq\n- [ ] a\n", None),
        ("# T\n## Tarks of us\n| Task | Owner |\n|---|---|\n", 1),
        ("# T\n## Tarks of us\n| Task | Ours |\n|---|---|\n", None),
        ("# T\n- [ ] a\n## Tarks of us\n", None),
    ],
)
def test_a_heading_is_named_that_looks_like_ours_or_holds_what_ours_does(
    text: str, line: int | None
) -> None:
    found = outline(text, NAMES)
    best = most_alike(found.blocks, found.sections, NAMES)
    assert (best.line if best else None) == line


SAME = (
    "The section 'Action Items' on line 5 was not read, since another of that name stands on line "
    "1. Put the action items together."
)
UNREAD = (
    "The section 'Action Items' on line 1 holds neither rows nor check boxes that can be read, so "
    "no ticket comes from it. Write a row or a '- [ ]' for each action item."
)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("- [ ] a\n\n## Action Items\n- [ ] b\n", [SAME.replace("line 5", "line 4")]),
        ("- [ ] a\n\n\n## 7. *Action* items:\n- [ ] b\n", [SAME.replace("Action Items'", "7. Action items:'", 1)]),
        ("- [ ] a\n\n\n## Action Items\nwords\n", []),
        ("- [ ] a\n\n\n## Other\n- [ ] b\n", []),
        ("- [ ] a\n\n\n### Action Items\n- [ ] b\n", []),
        ("words\n", [UNREAD]),
        ("- words\n", [UNREAD]),
        ("> * *words*\n", [UNREAD]),
        ("[words]\n", []),
        ("**None**\n", []),
        ("- n/a\n* None\n+ TBD\n", []),
        ("- n/a\n- words\n", [UNREAD]),
        ("| Task | Owner |\n|---|---|\n\nwords\n", []),
        ("| Task | Owner |\n|---|---|\n\n- words\n", [UNREAD]),
        ("| Task | Owner |\n|---|---|\n\n- [words]\n", []),
        ("| Task | Owner |\n|---|---|\n\n- *None*\n", []),
        ("None\n\n## Other\n- words\n\nmore\n", []),
        ("| Task | Owner |\n|---|---|\n\n## Other\n- words\n", []),
    ],
)  # fmt: skip
def test_a_section_that_says_something_and_is_not_read_is_told(body: str, told: list[str]) -> None:
    assert list(read(f"{HEAD}{body}", NAMES).problems) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## Action Items\n### Mend | Ann | High\n", []),
        ("## Action Items\n### Mend | Ann | High |\n", []),
        ("## Action Items\n\n## Other\n\n| Mend | Ann |\n---\n", []),
        ("| Mend | Ann |\n---\n\n## Action Items\nx\n", []),
        ("| Mend | Ann |\n\n## Action Items\n| Do | Bo |\n", [f"Line 4 ('Do') {NO_TABLE}"]),
        (
            "## Action Items\nMend\tAnn\tHigh\nDo\tBo\tLow\n",
            [f"Line 2 ('Mend') {NO_PIPES}", f"Line 3 ('Do') {NO_PIPES}"],
        ),
        ("## Action Items\nwords | x\n| Mend | Ann |\n", [f"Line 3 ('Mend') {NO_TABLE}"]),
        ("## Action Items\n| | |\n", []),
        ("## Action Items\n| - Mend | Ann |\n", [f"Line 2 ('- Mend') {NO_TABLE}"]),
        ("## Action Items\n[ ] Mend\n\n```\nx\n```\n", [f"Line 2 ('Mend') {NO_BOX}"]),
        ("## Action Items\n<div>\n[ ] Mend\n</div>\n", []),
        ("## Action Items\nTask | Owner\n---|---\n[ ] Mend | Ann\n", []),
        (
            "## Action Items\n[] Task | Owner\n---|---\nx | y\n\nTask | Owner\n---|---\n[ ] Do | Bo\n",
            [],
        ),
    ],
)
def test_only_what_stands_in_the_section_and_is_not_read_is_told(
    text: str, told: list[str]
) -> None:
    found = outline(text, NAMES)
    extent = found.sections[Section.ACTION_ITEMS]
    assert [
        *stray_rows(found.blocks, extent, [one.table for one in found.actions], NAMES.nothing),
        *stray_boxes(found.blocks, extent, Names().nothing),
    ] == told


def test_each_html_table_is_told_by_its_own_words_in_short() -> None:
    one = "<table><tr><td>{}</td></tr></table>\n"
    told = told_of(f"{one.format('**Mend** it')}\nwords\n\n{one.format('now ' * 40)}")
    assert [words.split(" was not read")[0][:45] for words in told] == [
        "The HTML table on line 2 ('Mend it')",
        "The HTML table on line 6 ('now now now now no",
    ]
    assert "now…')" in told[1]


def test_lines_of_a_table_that_are_no_rows_are_told_in_a_sentence() -> None:
    table = "| Task | Owner |\n|---|---|\n| x | |\n"
    assert read(f"{HEAD}{table}*Words*\n", NAMES).problems == (
        "Line 5 ('Words') stands in the table and is no row, so it was not read. "
        "Write it as '| … |', or put a blank line before it.",
    )
    assert read(f"{HEAD}{table}| Mend\nit | Ann |\n", NAMES).problems == (
        "Lines 5 to 6 ('Mend') look like one row that was wrapped, so they were not read. "
        "Put it on one line.",
    )
    (told,) = read(f"{HEAD}{table}{'now ' * 40}\n", NAMES).problems
    assert "now…')" in told
    assert read(f"{HEAD}{table}\n| Ours | Mine |\n|---|---|\n", NAMES).problems == (
        "The table on line 6 is under the action items, and has no column 'Task Description', so "
        "it was not read.",
    )
