"""Reading action items in the forms that people give them, and writing tickets into these."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.template_names import Column, Names, Section
from worker.content.clean_text import clean
from worker.content.inline_markdown import escape, plain_cell
from worker.document.action_items import ActionItem, CellEdit, TicketCell
from worker.document.action_section import read, write

NAMES = Names()
TABLE = (
    "## 6. Action Items\n| Task Description | Owner | Priority | Deadline |\n|---|---|---|---|\n"
)
LINK = "[OPS-1](https://jira.example.com/browse/OPS-1)"
TICKET = TicketCell("OPS-1", "https://jira.example.com/browse/OPS-1")


def one(row: str, table: str = TABLE) -> ActionItem:
    (item,) = read(table + row + "\n", NAMES).items
    return item


def tasks(text: str) -> list[str]:
    return [item.task for item in read(text, NAMES).items]


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        ("Watch the disk", "Watch the disk"),
        ("Watch **the** _disk_ `df -h`", "Watch the disk df -h"),
        ("[Watch](https://x.example.com 'why') the <b>disk</b>", "Watch the disk"),
        ("Watch<br>the<br/>disk <!-- soon -->", "Watch the disk"),
        ("![graph](x.png) rises", "graph rises"),
        (r"Grep `a\|b` and a\|b", "Grep a|b and a|b"),
        (r"5 \* 3 &lt; 16 \[sic]", "5 * 3 < 16 [sic]"),
        ("~~Watch~~ the disk", "the disk"),
        ("[Watch] the [disk]", "[Watch] the [disk]"),
        ("<https://x.example.com>", "https://x.example.com"),
        ("Wait[^1]", "Wait[^1]"),
        ("Wait[^a] for[^B] it", "Wait for it"),
        (r"Forbid [^a-z] and \[^a]", "Forbid [^a-z] and [^a]"),
        ("Ask @<Ann Bee>", "Ask @Ann Bee"),
    ],
)
def test_a_task_is_what_a_reader_sees(cell: str, task: str) -> None:
    notes = "\n[^a]: As it was.\n[^b]: see\n"
    assert tasks(f"{TABLE}| {cell} | | | |\n{notes}") == [task]


def test_a_footnote_is_no_word_of_an_owner_a_deadline_or_a_box() -> None:
    row = "| x[^1] | Ann Bee[^1] | High[^1] | 2026-12-03[^1] |"
    first, second = read(f"{TABLE}{row}\n\n- [ ] y[^1]\n\n[^1]: As it was.\n", NAMES).items
    assert (first.task, first.owner, first.priority, first.deadline_text, second.task) == (
        "x", "Ann Bee", "High", "2026-12-03", "y",
    )  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "|  | ann | High | 2026-12-03 |",
        "| [Action item 1: x] | ann | | |",
        "| | | | |",
        "| <br> | | | |",
    ],
)
def test_a_row_without_a_task_is_no_action_item(row: str) -> None:
    assert read(TABLE + row + "\n", NAMES).items == ()


@pytest.mark.parametrize(
    ("row", "owner", "priority", "deadline"),
    [
        ("| x | ann | High | 2026-12-03 |", "ann", "High", date(2026, 12, 3)),
        ("| x | **Ann** Example | `P1` | 3 Dec 2026 |", "Ann Example", "P1", date(2026, 12, 3)),
        ("| x | [Owner 1] | [High/Low] | [YYYY-MM-DD] |", None, None, None),
        ("| x |  | - | \u2013 |", None, None, None),
        ("| x", None, None, None),
        ("| x | ann", "ann", None, None),
        ("x | ann | | ", "ann", None, None),
    ],
)
def test_owner_priority_and_deadline_are_read_where_they_are(
    row: str, owner: str | None, priority: str | None, deadline: date | None
) -> None:
    item = one(row)
    assert (item.task, item.owner, item.priority, item.deadline) == ("x", owner, priority, deadline)


@pytest.mark.parametrize(
    ("cell", "ticket"),
    [
        (LINK, TICKET),
        ("OPS-1", TicketCell("OPS-1")),
        ("ops-12", TicketCell("OPS-12")),
        ("**OPS-1**, see there", TicketCell("OPS-1")),
        ("https://jira.example.com/browse/OPS-1", TICKET),
        ("<https://jira.example.com/browse/OPS-1>", TICKET),
        ("[the ticket](https://jira.example.com/browse/OPS-1)", TICKET),
        ("https://jira.example.com/b?selectedIssue=A_B-7", TicketCell("A_B-7", "https://jira.example.com/b?selectedIssue=A_B-7")),
        ("[OPS-1][jira]", TicketCell("OPS-1")),
        ("", None),
        ("\u2013", None),
        ("[Ticket]", None),
    ],
)  # fmt: skip
def test_a_ticket_is_named_by_key_or_address(cell: str, ticket: TicketCell | None) -> None:
    table = "## Action Items\n| Task | Ticket | Status |\n|---|---|---|\n"
    item = one(f"| x | {cell} | **In** \\[Review\\] |", table)
    assert (item.ticket, item.status_text) == (ticket, "In [Review]")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("| Fix a|b now | ann | High | 2026-12-03 |", "has more cells than its table has columns"),
        ("| x | ann | High | 2026-02-30 |", "'2026-02-30', and there is no such day"),
        ("| x | ann | High | 03/04/2026 |", "'03/04/2026', and it can mean two different days"),
        ("| x | ann | High | soon |", "'soon', and it is no date"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(row: str, sentence: str) -> None:
    (problem,) = read(TABLE + row + "\n", NAMES).problems
    assert problem.startswith("Line 4 ('")
    assert sentence in problem


def test_a_ticket_cell_with_other_words_is_left_alone() -> None:
    text = "## Action Items\n| Task | Ticket |\n|---|---|\n| x | not needed |\n| y | |\n"
    found = read(text, NAMES)
    assert [item.task for item in found.items] == ["y"]
    assert "'not needed' in its ticket's cell" in found.problems[0]
    assert "not needed" in write(text, NAMES, [CellEdit(0, TICKET, "To Do")])


@pytest.mark.parametrize(
    "header",
    [
        "| Task | Owner | Deadline |",
        "| Owner | **Task Description** | Deadline |",
        "| # | Action item | Assignee | Due date |",
        "| Why | What | Who | When |",
        "| Due | Owners | Something else |",
    ],
)
def test_columns_may_be_added_reordered_and_renamed(header: str) -> None:
    names = [cell.strip() for cell in header.strip("|").split("|")]
    values = {"task": "Watch", "owner": "ann", "due": "2026-12-03", "": "1"}
    kinds = {"Task": "task", "**Task Description**": "task", "Action item": "task", "What": "task",
             "Something else": "task", "Owner": "owner", "Assignee": "owner", "Who": "owner",
             "Owners": "owner", "Deadline": "due", "Due date": "due", "When": "due", "Due": "due"}  # fmt: skip
    row = " | ".join(values[kinds.get(name, "")] for name in names)
    rule = "|" + "---|" * len(names)
    item = one(f"| {row} |", f"### Action Items (open)\n{header}\n{rule}\n")
    assert (item.task, item.owner, item.deadline) == ("Watch", "ann", date(2026, 12, 3))


@pytest.mark.parametrize(
    "heading",
    ["## 6. Action Items", "# Action items:", "#### 6) ACTION ITEMS", "Action Items\n---"],
)
@pytest.mark.parametrize("lead", ["", "- ", "> ", "1. "])
def test_the_table_may_stand_in_a_list_or_behind_a_paragraph(heading: str, lead: str) -> None:
    rest = "> " if lead == "> " else " " * len(lead)
    lines = ["| Task | Owner |", "|---|---|", "| Watch | ann |"]
    text = f"# T\n{heading}\nSome words\n\n{lead}{lines[0]}\n{rest}{lines[1]}\n{rest}{lines[2]}\n"
    assert tasks(text) == ["Watch"]
    result = write(text, NAMES, [CellEdit(0, TICKET, "To Do")])
    (item,) = read(result, NAMES).items
    assert (item.ticket, item.status_text) == (TICKET, "To Do")


def test_two_tables_and_the_same_task_twice_are_all_read() -> None:
    table = "| Task | Owner |\n|---|---|\n| Watch | ann |\n| Watch | ann |\n"
    text = f"## Action Items\n{table}\nLater:\n\n{table}"
    assert tasks(text) == ["Watch"] * 4
    edits = [CellEdit(2, TICKET, "To Do")]
    result = write(text, NAMES, edits)
    assert result.startswith(f"## Action Items\n{table}\nLater:\n")
    assert [item.ticket for item in read(result, NAMES).items] == [None, None, TICKET, None]


def test_other_tables_of_the_section_are_left_alone() -> None:
    legend = "| Priority | Meaning |\n|---|---|\n| High | Now |\n"
    text = f"{TABLE}| Watch | ann | | |\n\n{legend}"
    found = read(text, NAMES)
    assert [item.task for item in found.items] == ["Watch"]
    assert "The table on line 6" in found.problems[0]
    assert write(text, NAMES, [CellEdit(0, TICKET, "x")]).endswith(legend)


def test_a_table_that_is_not_under_the_heading_makes_no_ticket() -> None:
    body = TABLE.partition("\n")[2] + "| Watch | ann | | |\n"
    assert tasks("# T\n\n## Timeline\n\n" + body) == []
    assert tasks("# T\n\n" + body) == []


def test_columns_may_have_names_in_another_language() -> None:
    names = Names(
        headings={Section.ACTION_ITEMS: "Maßnahmen"},
        columns={Column.TASK: "Aufgabe", Column.TICKET: "Vorgang", Column.STATUS: "Stand"},
    )
    text = "## 6. Maßnahmen\n| Aufgabe | Wer |\n|---|---|\n| Prüfen | ann |\n"
    result = write(text, names, [CellEdit(0, TicketCell("OPS-1"), "Offen")])
    assert result.splitlines()[1:] == [
        "| Aufgabe | Wer | Vorgang | Stand |",
        "|---|---|---------|-------|",
        "| Prüfen | ann | OPS-1   | Offen |",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| To Do       |", "| Done        |"),
        ("|To Do|", "|Done|"),
        ("|   To Do   |", "|   Done    |"),
        ("|       |", "| Done  |"),
        ("||", "| Done |"),
        ("| [x] |", "| Done |"),
    ],
)
def test_a_cell_keeps_its_padding_where_it_can(before: str, after: str) -> None:
    text = f"## Action Items\n| Task | Status | Ticket |\n|---|---|---|\n| x {before} OPS-1\t|  \n"
    result = write(text, NAMES, [CellEdit(0, TicketCell("OPS-1"), "Done")])
    assert result == text.replace(f"| x {before}", f"| x {after}")


def test_a_column_that_is_aligned_right_stays_so() -> None:
    text = "## Action Items\n| Task |  Status |\n|---|--------:|\n| x    |   To Do |\n"
    assert "| x    |    Done |" in write(text, NAMES, [CellEdit(0, None, "Done")])


def test_the_last_cell_of_a_row_without_a_closing_pipe_changes_alone() -> None:
    text = "## Action Items\nTask | Status\n--- | ---\nx | To Do\ny"
    result = write(text, NAMES, [CellEdit(0, None, "Done"), CellEdit(1, None, "Blocked")])
    assert result == "## Action Items\nTask | Status\n--- | ---\nx | Done\ny | Blocked"


def test_two_columns_are_added_to_every_row_and_short_rows_are_filled() -> None:
    text = (
        "## Action Items\n| Task | Owner |\n|------|-------|\n| a    | ann   |  \n| b\n| c | bo\n"
        "| [d] | |\n"
    )
    result = write(text, NAMES, [CellEdit(0, TicketCell("OPS-1"), "To Do")])
    assert result == (
        "## Action Items\n| Task | Owner | Ticket | Status |\n|------|-------|--------|--------|\n"
        "| a    | ann   | OPS-1  | To Do  |  \n| b |  |        |        |\n| c | bo |        |        |\n"
        "| [d] | |        |        |\n"
    )
    assert [item.task for item in read(result, NAMES).items] == ["a", "b", "c"]


def test_fields_of_a_row_follow_the_ticket() -> None:
    text = TABLE + "| Watch **it** | [Owner] | | 3 Dec 2026 |\n| Write | ann | High |\n"
    edits = [
        CellEdit(0, owner="Bo | Li", priority="Low", deadline="2026-12-04"),
        CellEdit(1, task="Write *now*", owner="", deadline="2026-12-05"),
    ]
    result = write(text, NAMES, edits)
    assert result == TABLE + (
        "| Watch **it** | Bo \\| Li | Low | 2026-12-04 |\n"
        "| Write \\*now\\* |     | High | 2026-12-05 |\n"
    )
    assert write(result, NAMES, edits) == result


def test_words_beside_a_typed_key_stay() -> None:
    text = "## Action Items\n| Task | Ticket |\n|---|---|\n| x | see OPS-1 (and OPS-2) |\n"
    result = write(text, NAMES, [CellEdit(0, TICKET)])
    assert f"| see {LINK} (and OPS-2) |" in result


def test_what_says_the_same_is_not_touched() -> None:
    text = (
        f"## Action Items\n| Task | Ticket | Status |\n|-|-|-|\n|  x|{LINK}  | **In** Progress|\n"
    )
    assert write(text, NAMES, [CellEdit(0, TICKET, "In Progress", task="x", owner="")]) == text
    assert write(text, NAMES, []) == text
    assert write(text, NAMES, [CellEdit(7, TICKET, "Done")]) == text


BOXES = "## Action Items\n"


@pytest.mark.parametrize(
    ("box", "task", "owner", "deadline", "checked"),
    [
        ("- [ ] Watch the disk", "Watch the disk", None, None, False),
        ("* [x] Watch **it** @ann", "Watch it", "ann", None, True),
        ("1. [X] Watch @ann.bee@example.com (by 2026-12-03)", "Watch", "ann.bee@example.com", date(2026, 12, 3), True),
        ("- [ ] Watch (due: 3 Dec 2026) @[Ann Bee].", "Watch", "Ann Bee", date(2026, 12, 3), False),
        ("- [ ] Ask @ann about it", "Ask @ann about it", "ann", None, False),
        ("- [ ] Write to x@example.com", "Write to x@example.com", None, None, False),
        ("- [ ] Watch it by 2026-12-03", "Watch it", None, date(2026, 12, 3), False),
        ("- [ ] Stand by the disk", "Stand by the disk", None, None, False),
        ("- [ ] Watch it - as in OPS-7", "Watch it - as in OPS-7", None, None, False),
        ("> - [ ] Watch", "Watch", None, None, False),
        ("- [ ] Watch\n  the disk", "Watch the disk", None, None, False),
    ],
)  # fmt: skip
def test_a_check_box_is_an_action_item(
    box: str, task: str, owner: str | None, deadline: date | None, checked: bool
) -> None:
    item = one(box, BOXES)
    assert (item.task, item.owner, item.deadline, item.checked) == (task, owner, deadline, checked)
    result = write(BOXES + box + "\n", NAMES, [CellEdit(0, TICKET, "Done (Won't Do)")])
    assert result == f"{BOXES}{box} — {LINK} (Done (Won't Do))\n"
    (after,) = read(result, NAMES).items
    assert (after.task, after.owner, after.deadline) == (task, owner, deadline)
    assert (after.ticket, after.status_text) == (TICKET, "Done (Won't Do)")
    assert write(result, NAMES, [CellEdit(0, TICKET, "Done (Won't Do)")]) == result


@pytest.mark.parametrize(
    "line",
    ["- [ ] [Action item 1]", "- [x](https://x.example.com)", "- [ ]", "- Watch", "[ ] Watch"],
)
def test_other_list_items_are_no_action_items(line: str) -> None:
    assert read(BOXES + line + "\n", NAMES).items == ()


def test_check_boxes_elsewhere_are_no_action_items() -> None:
    assert tasks(
        "## Lessons Learned\n- [ ] Watch\n\n## Action Items\n- [ ] Write\n  - [ ] Read\n"
    ) == [
        "Write",
        "Read",
    ]


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("x - OPS-1", CellEdit(0, TICKET, "Done"), f"x - {LINK} (Done)"),
        (f"x — {LINK} (To Do)", CellEdit(0, TICKET, "Done"), f"x — {LINK} (Done)"),
        (f"x — {LINK} (To Do)", CellEdit(0, TicketCell("NEW-2"), "To Do"), "x — NEW-2 (To Do)"),
        ("x - y", CellEdit(0, TicketCell("OPS-1"), ""), "x - y — OPS-1"),
        ("x @ann", CellEdit(0, owner="bo li"), "x @[bo li]"),
        ("x @ann (by 2026-12-03)", CellEdit(0, owner="", deadline="2026-12-04"), "x (by 2026-12-04)"),
        ("x — OPS-1", CellEdit(0, deadline="2026-12-04", task="y"), "y (by 2026-12-04) — OPS-1"),
        ("x (by 2026-12-03)", CellEdit(0, deadline=""), "x"),
    ],
)  # fmt: skip
def test_a_check_box_changes_in_its_parts(before: str, edit: CellEdit, after: str) -> None:
    assert write(f"{BOXES}- [ ] {before}\n", NAMES, [edit]) == f"{BOXES}- [ ] {after}\n"


words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(task=words, status=words, owner=words)
@settings(max_examples=200, deadline=None)
def test_any_words_of_a_tracker_can_be_written_and_read_again(
    task: str, status: str, owner: str
) -> None:
    text = TABLE + "| x | y | z | |\n| last | | | |\n"
    edits = [CellEdit(0, TICKET, status, task=f"a {task}", owner=f"b {owner}")]
    result = write(text, NAMES, edits)
    assert write(result, NAMES, edits) == result
    first, second = read(result, NAMES).items
    assert (second.task, second.ticket) == ("last", None)
    assert first.ticket == TICKET
    assert (first.task, first.owner) == (clean(f"a {task}"), clean(f"b {owner}"))
    assert first.status_text == clean(status)


pieces = st.sampled_from(
    [*"@[]()|\\`*_<&-—.,: ", "ann", "by", "due 2026-12-03", "(by Friday)", " - ", "OPS-7", "\u202e"]
)


@given(
    task=st.lists(pieces, max_size=8).map("".join),
    owner=st.lists(pieces, max_size=4).map("".join),
    status=st.lists(pieces, max_size=4).map("".join),
    told=st.sampled_from(["x", "x @ann", "ask @ann about x", "x @[Ann Bee] (by 2026-12-03)"]),
)
@settings(max_examples=400, deadline=None)
@example(task="ask @bo", owner="", status="", told="ask @ann about x")
@example(task="go on by 2026-12-03", owner="", status="", told="x")
def test_any_words_of_a_tracker_are_read_from_a_check_box_as_they_were_written(
    task: str, owner: str, status: str, told: str
) -> None:
    text = f"{BOXES}- [ ] {told} — {LINK} (To Do)\n- [ ] last\n"
    (was, _) = read(text, NAMES).items
    edit = CellEdit(0, TICKET, f"s {status}", f"a {task}", f"b {owner}" if owner else None)
    result = write(text, NAMES, [edit])
    assert write(result, NAMES, [edit]) == result
    first, last = read(result, NAMES).items
    assert (first.task, first.status_text) == (clean(f"a {task}"), clean(f"s {status}"))
    assert first.owner == (clean(f"b {owner}") if owner else was.owner)
    assert (first.ticket, first.deadline, last.task) == (TICKET, was.deadline, "last")


@given(words)
@settings(max_examples=500, deadline=None)
@example("_a_ a_b _ __ *x* `y` ~~z~~ <b> &amp; &#35; ![i](j) [k] a|b \\\\ <https://x.example.com>")
def test_escaped_words_are_shown_as_they_are(text: str) -> None:
    assert plain_cell(escape(text)) == clean(text)


@pytest.mark.parametrize("text", [f"{TABLE}| x | y | | |\n", f"{BOXES}- [ ] x @y\n"])
def test_a_summary_without_a_visible_character_leaves_the_words_of_the_row(text: str) -> None:
    assert write(text, NAMES, [CellEdit(0, task="\u200b \u202e")]) == text


@pytest.mark.parametrize(
    "box",
    [
        "- [ ] Watch the disk \U0001f53c \U0001f4c5 2026-12-03 #task",
        "- [ ] Watch \U0001f4c5 2026-12-03 the disk",
        "- [ ] Watch the disk \U0001f4c5 2026-12-03",
    ],
)
def test_the_deadline_of_a_box_is_read_where_an_editor_puts_it(box: str) -> None:
    (item,) = read(f"## Action Items\n\n{box}\n", NAMES).items
    assert item.deadline == date(2026, 12, 3)


def test_a_second_section_of_the_same_name_is_told() -> None:
    found = read(f"{TABLE}| x | | | |\n\n## 7. Lessons\n\n{TABLE}| y | | | |\n", NAMES)
    assert [item.task for item in found.items] == ["x"]
    (problem,) = found.problems
    assert "on line 8 was not read" in problem
