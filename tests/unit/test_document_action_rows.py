"""Each value of an action item's row, and what is told of rows that cannot be used."""

from datetime import date

import pytest

from config.template_names import Names
from worker.document.action_items import ActionItem, CellEdit, ItemPlace, LeftOut, TicketCell
from worker.document.action_section import read, write

NAMES = Names()
HEAD = "## 6. Action Items\n"
TABLE = (
    f"{HEAD}| Task | Owner | Priority | Deadline | Ticket | Status |\n|---|---|---|---|---|---|\n"
)
WIDE = f"{HEAD}| Task | Note | Ticket | Epic Link | Status |\n|---|---|---|---|---|\n"
TICKET = TicketCell("OPS-1", "https://j.example.com/browse/OPS-1")
LINK = "[OPS-1](https://j.example.com/browse/OPS-1)"


def test_each_value_of_a_row_is_read() -> None:
    first = "| [Watch][w] a\\|b | [Ann][w] \\| Bo | [High][w] | [soon][w] | | [To Do][w] |"
    second = f"| Write | | | 2026-12-03 | {LINK} | Done |  "
    text = f"{TABLE}{first}\n{second}\n\n[w]: https://x.example.com\n"
    items, problems = (found := read(text, NAMES)).items, found.problems
    told = "Line 4 ('Watch a|b') has the deadline 'soon', and it is no date. Use YYYY-MM-DD."
    at = len(TABLE)
    assert items == (
        ActionItem(
            0, "Watch a|b", first, "Ann | Bo", "High", "soon", None, told, None, (), "To Do",
            None, None, ItemPlace(3, at, at + len(first)),
        ),
        ActionItem(
            1, "Write", second.strip(), None, None, "2026-12-03", date(2026, 12, 3), "", TICKET, (),
            "Done", None, None, ItemPlace(4, at + len(first) + 1, at + len(first + second) - 1),
        ),
    )  # fmt: skip
    assert problems == (told,)


def test_of_columns_that_are_not_there_nothing_is_known() -> None:
    (item,) = read(f"{HEAD}| Task | Mine |\n|---|---|\n| x | y |\n", NAMES).items
    assert (item.owner, item.priority, item.deadline_text, item.status_text) == (None, None, "", "")


@pytest.mark.parametrize(
    ("row", "left_out"),
    [
        ("| x | | | | | |", None),
        ("| [x] x | | | | | |", LeftOut.TICKED),
        ("| [ ] x | | | | | |", None),
        ("| ~~x~~ | | | | | |", LeftOut.STRUCK_OUT),
        ("| x | | | | | Done |", LeftOut.DONE),
        ("| x (completed) | | | | | |", None),
        ("| ~~x~~ (completed) | | | | | |", LeftOut.COMPLETED),
        ("| x (tracked in the runbook) | | | | | |", LeftOut.ELSEWHERE),
        (f"| ~~x~~ | | | | {LINK} | Done |", None),
    ],
)
def test_a_row_says_itself_that_it_is_to_have_no_ticket(row: str, left_out: LeftOut | None) -> None:
    (item,) = read(f"{TABLE}{row}\n", NAMES).items
    assert (item.task, item.left_out) == ("x", left_out)


@pytest.mark.parametrize(
    ("row", "keys"),
    [
        ("| x | | | | |", []),
        ("| as OPS-2 | see OPS-3 | | | |", ["OPS-3", "OPS-2"]),
        ("| x | see OPS-3 and OPS-4 | OPS-5 | OPS-6 | |", ["OPS-3", "OPS-4"]),
        ("| x | | | | as OPS-7 |", ["OPS-7"]),
        ("| x | ops-3 | | | |", []),
        ("| x | [ops-3](https://j.example.com/browse/OPS-3) | | | |", ["OPS-3"]),
        ("| as OPS-2 | OPS-2 | | | |", ["OPS-2"]),
    ],
)
def test_tickets_are_mentioned_outside_their_own_cell_and_that_of_parents(
    row: str, keys: list[str]
) -> None:
    (item,) = read(f"{WIDE}{row}\n", NAMES).items
    assert [one.key for one in item.mentions] == keys


def test_rows_that_say_that_there_is_nothing_are_each_told() -> None:
    found = read(f"{TABLE}| None | | | | | |\n| \u2013 | | | | | |\n| n/a | | | | | |\n", NAMES)
    said = "says that there is nothing to do, so it has no ticket."
    assert found.items == ()
    assert found.problems == (f"Line 4 ('None') {said}", f"Line 6 ('n/a') {said}")
    (item,) = read(f"{TABLE}| None | | | | OPS-1 | |\n", NAMES).items
    assert (item.task, item.ticket) == ("None", TicketCell("OPS-1"))


def test_a_header_within_a_table_is_no_row_and_its_place_stays() -> None:
    header = TABLE.splitlines()[1]
    text = f"{TABLE}| x | | | | | |\n{header}\n| y | | | | | |\n"
    assert [item.task for item in read(text, NAMES).items] == ["x", "y"]
    assert header in write(text, NAMES, [CellEdit(1, TICKET)]).splitlines()[4:5]


BARE = "| Task | Owner |\n|---|---|\n"
BROKEN = "| Watch\nthe disk | Ann |\n"
CUT = "| Grep a|b now | Ann |\n"


@pytest.mark.parametrize("broken", [BROKEN, CUT, "Words\n"])
def test_lines_that_are_no_whole_rows_get_no_cells(broken: str) -> None:
    first, second = f"{BARE}| x | |\n{broken}", f"{BARE}{broken}| y | |\n"
    text = f"{HEAD}{first}\n{second}"
    found = read(text, NAMES)
    assert [item.task for item in found.items] == ["x", "y"]
    assert len(found.problems) == 2
    result = write(text, NAMES, [CellEdit(at, TICKET, "To Do") for at in (0, 1)])
    assert result.count(f"\n{broken}") == 2
    items = read(result, NAMES).items
    assert [(item.task, item.ticket, item.status_text) for item in items] == [
        ("x", TICKET, "To Do"),
        ("y", TICKET, "To Do"),
    ]


def test_a_row_that_was_wrapped_is_told_by_its_lines_and_words() -> None:
    text = f"{HEAD}{BARE}{BROKEN.replace('Watch', '[Watch][w]')}\n[w]: https://x.example.com\n"
    (told,) = read(text, NAMES).problems
    assert told.startswith("Lines 4 to 5 ('Watch') look like one row that was wrapped")


def test_without_a_section_nothing_is_read_or_written() -> None:
    text = f"# P\n\n{BARE}| x | |\n\n- [ ] y\n"
    found = read(text, NAMES)
    assert found.items == ()
    (told,) = found.problems
    assert told.startswith("There is no heading 'Action Items', so no ticket comes")
    assert write(text, NAMES, [CellEdit(0, TICKET)]) == text


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ("", []),
        ("None.\n", []),
        ("Ann looks after the disk\n", ["holds neither rows nor check boxes"]),
        ("- Ann looks after the disk\n", ["holds neither rows nor check boxes"]),
        (f"{BARE}", []),
        (f"{BARE}\nOwners are told by mail.\n", []),
        (f"{BARE}\n- Ann looks after the disk\n", ["holds neither rows nor check boxes"]),
        (f"{BARE}| x | |\n\nAnn looks after the disk\n", []),
        (f"{BARE}| None | |\n\n- Ann looks after it\n", ["says that there is nothing to do"]),
        ("- [ ] None\n- x\n", ["('x') is a point of a list", "there is nothing to do"]),
        ("- [\u00a0] y\n- x\n", ["('x') is a point of a list"]),
        (f"{BARE}| x | |\n\n- [\u00a0] y @ann by 2026-12-03\n", []),
        ("- [ ] y\n\n* Ann looks after it\n", []),
        ("- [ ] y\n\n- x\n  - z\n- y\n  - [ ] z\n", ["('x') is a point of a list"]),
        ("- [ ] y\n  - Ann looks after it\n- ~~x~~\n- n/a\n- [Action item 2]\n", []),
        ("- [ ] y\n\nAnn looks after the disk\n", []),
        (f"{BARE}| x | |\n\n| y | |\n", ["looks like a row and stands in no table"]),
        (
            f"{BARE}| x | |\n\n- Mend y \u2014 Ann Bee \u2014 2026-12-03\n- see @ann\n- ~~z @ann by 2026-12-03~~\n",
            ["is a point of a list and has no box"],
        ),
        ("| y | |\n", ["looks like a row and stands in no table"]),
        ("\\[ ] y\n", ["looks like a check box and is none"]),
        (f"{BARE}| x | |\n| | Ann |\n", ["('Ann') does not say what is to be done"]),
        (f"{BARE}| | [Owner 2] |\n", []),
        (f"{BARE}| <br> | TBD |\n| | |\n", []),
        ("| High | Now |\n|---|---|\n| a | b |\n", ["has no column 'Task Description'"]),
    ],
)
def test_what_is_not_read_in_the_section_is_told_once(body: str, problems: list[str]) -> None:
    found = read(f"{HEAD}{body}", NAMES).problems
    assert len(found) == len(problems)
    for told, said in zip(found, problems, strict=True):
        assert said in told


def test_a_nobody_that_stays_nobody_is_not_written() -> None:
    text = f"{TABLE}| x | [Owner 1] | [High/Low] | [YYYY-MM-DD] | | |\n"
    edit = CellEdit(0, owner="", priority="", deadline="", status="")
    assert write(text, NAMES, [edit]) == text


def test_a_task_keeps_the_box_that_its_cell_opens_with() -> None:
    text = f"{TABLE}| [x] Watch | [ ] Ann | | | | |\n"
    result = write(text, NAMES, [CellEdit(0, task="Write", owner="Bo")])
    assert result == f"{TABLE}| [x] Write | Bo      | | | | |\n"


def test_several_tables_are_written_at_once_each_by_its_own_columns() -> None:
    other = "| Ticket | Task |\n|---|---|\n|  | y |\n"
    text = f"{HEAD}{BARE}| x | |\n\n{other}"
    result = write(text, NAMES, [CellEdit(0, TICKET, "To Do"), CellEdit(1, TicketCell("OPS-2"))])
    assert [(one.task, one.ticket) for one in read(result, NAMES).items] == [
        ("x", TICKET),
        ("y", TicketCell("OPS-2")),
    ]
    assert result.endswith("| Ticket | Task |\n|---|---|\n| OPS-2 | y |\n")


@pytest.mark.parametrize("cell", ["[[OPS-1]]", "`OPS-1`", "[OPS-1]", "OPS-1", r"\[\[OPS-1\]\]"])
def test_a_tickets_link_takes_the_place_of_the_marks_around_its_key(cell: str) -> None:
    text = write(f"{TABLE}| x | | | | {cell} | To Do |\n", NAMES, [CellEdit(0, TICKET)])
    assert f"| {LINK} |" in " ".join(text.split())


def test_a_long_address_is_told_by_its_beginning() -> None:
    address = f"https://links.example.com/?url={'x' * 80}"
    found = read(f"{TABLE}| x | | | | {address} | |\n", NAMES)
    assert "has 'https://links.example.com/?url=xxx" in " ".join(found.problems)
