"""Which line is which of the text it was made from: by its words, its name, its likeness."""

import pytest

from worker.document.join.joined_lines import JoinedLine, LineKind, lines_of
from worker.document.join.unit_pairing import pair

HEAD = "## Action Items\n\n| Task | Owner | Priority |\n|---|---|---|\n"
LONG = "It took them a while to see that the disk was full. " * 8
WORDS = "It took them a while to see that the disk of the queue was full, since nobody looked. "
LINES = [f"line number {at} was here" for at in range(40)]


def went(base: str, changed: str) -> tuple[int | None, ...]:
    """Say where each line of the base is, and see that the other way round says the same."""
    found = pair(lines_of(base), lines_of(changed))
    back = [
        found.changed.index(at) if at in found.changed else None for at in range(len(found.base))
    ]
    assert list(found.base) == back
    return found.changed


def cycle(words: str, letters: int) -> str:
    return (words * (letters // len(words) + 1))[:letters]


@pytest.mark.parametrize(
    ("base", "changed", "expected"),
    [
        ("a\nb", "a\nb", (0, 1)),
        ("a\nb", "a\nx\nb", (0, 2)),
        ("a\nx\nb", "a\nb", (0, None, 1)),
        ("a\nThe disk was full\nb", "a\nThe disk is full\nb", (0, 1, 2)),
        ("a\nThe disk was full\nb", "a\nOthers\nb", (0, None, 2)),
        ("1\nab\n2", "1\nac\n2", (0, 1, 2)),
        ("1\nabc\n2", "1\nade\n2", (0, None, 2)),
        ("1\nabcd\n2", "1\nbadc\n2", (0, 1, 2)),
        ("1\nabcd\n2", "1\ndcba\n2", (0, None, 2)),
        ("1\n   \n2", "1\n  y\n2", (0, None, 2)),
        ("A disk was full\nA cache was cold\nNobody came", "12345\nA disk is full\nA cache is cold\nNobody comes",
         (1, 2, 3)),
        ("12345\nA disk was full\nA cache was cold\nNobody came", "A disk is full\nA cache is cold\nNobody comes",
         (None, 0, 1, 2)),
        ("A disk was full\n12345\nNobody came", "A disk is full\n67890\nNobody comes", (0, None, 2)),
        ("aaaa bbbb\naaaa bbbc", "aaaa bbbc!\n12345", (None, 0)),
        ("aaaa bbbc\n12345", "aaaa bbbb!\naaaa bbbc!", (1, None)),
        ("A disk was full\n12345", "A disk was full\nA disk was filled", (0, None)),
        ("A disk was full\nA disk was filled", "A disk was full\n12345", (0, None)),
        ("1\n" + LONG + "old.\n2", "1\n" + LONG + "new!\n2", (0, 1, 2)),
        ("a\nIt moved\nb\nc\nd", "a\nb\nc\nd\nIt moved", (0, 4, 1, 2, 3)),
        ("a\n\nb\nc", "a\nb\nc\n", (0, None, 1, 2)),
        ("one\ntwo\nthree", "three\ntwo\none", (2, 1, 0)),
    ],
)  # fmt: skip
def test_a_line_is_the_one_of_its_words_or_the_most_alike(
    base: str, changed: str, expected: tuple[int | None, ...]
) -> None:
    assert went(base, changed) == expected


@pytest.mark.parametrize(
    ("base", "changed", "expected"),
    [
        (
            "- **Impact:** none\n- **Trigger:** x",
            "- **Trigger:** of quite another kind\n- **Impact:** all",
            (1, None),
        ),
        ("- **Impact:** none\nx", "- **Impact:** all who wanted to pay\nx", (0, 1)),
        ("- **Impact:** none of them\nx", "- Impact none of them\nx", (None, 1)),
        ("- Impact none of them\nx", "- **Impact:** none of them\nx", (None, 1)),
        ("---\na: 1\nowner: Ada\n---\n", "---\na: 2\nowner: Somebody else\n---\n", (0, 1, 2, 3)),
        ("---\na: 1\nbb: 1\n---\n", "---\na: 2\ncc: 1\n---\n", (0, 1, None, 3)),
    ],
)
def test_a_line_with_a_name_is_the_one_of_that_name(
    base: str, changed: str, expected: tuple[int | None, ...]
) -> None:
    assert went(base, changed) == expected


@pytest.mark.parametrize(
    ("rows", "changed", "expected"),
    [
        (["Fix it|Ada|High"], ["Fix it now|Ada|High", "Fix it|Bo|Low"], (1,)),
        (["Watch the disk|Ada|High"], ["Watch the disks|Ada|High"], (0,)),
        (["Watch the disk||"], ["Watch the disks||"], (0,)),
        (["Watch|Ada|"], ["Watcher||High"], (None,)),
        (["abcd||"], ["efgh||"], (None,)),
        (["ab||"], ["ac||"], (0,)),
        (["||"], [" | | "], (None,)),
        (["Fix the disk|Ada|High", "Watch|Bo|", "Write|Cy|Low"],
         ["Watch|Bo|", "Write|Cy|Low", "Fix the disks|Ada|High"], (2, 0, 1)),
        (["Fix the disk|Ada|High", "Watch|Bo|", "Write|Cy|Low"],
         ["Watch|Bo|", "Write|Cy|Low", "Fix the disk now|Ada|", "Fix the disks|Ada|High"], (3, 0, 1)),
        (["Fix the disk|Ada|High", "Fix the disks|Ada|High", "Watch|Bo|", "Write|Cy|Low"],
         ["Watch|Bo|", "Write|Cy|Low", "Fix the disks!|Ada|High"], (None, 2, 0, 1)),
        (["Fix it|Ada|High", "Watch|Bo|", "Write|Cy|Low"],
         ["Watch|Bo|", "Write|Cy|Low", "Fix it|Somebody|Now"], (2, 0, 1)),
    ],
)  # fmt: skip
def test_a_row_is_the_one_of_its_task_or_the_most_alike_wherever_it_went(
    rows: list[str], changed: list[str], expected: tuple[int | None, ...]
) -> None:
    texts = [HEAD + "".join(f"|{row}|\n" for row in some) for some in (rows, changed)]
    found = went(texts[0], texts[1])
    assert [None if at is None else at - 4 for at in found[4:]] == list(expected)
    assert found[:4] == (0, 1, 2, 3)


def test_a_row_is_no_line_that_says_the_same() -> None:
    base = f"{HEAD}| Watch the disk | Ada | |\n"
    assert went(base, f"{HEAD}\nWatch the disk | Ada | |\n")[4] is None


def test_the_head_of_a_table_is_its_head_whatever_its_columns() -> None:
    other = "## Action Items\n\n| What to do next | Somebody |\n|:--|--:|\n"
    assert went(f"{HEAD}| a | b | |\n", f"{other}| a | b |\n") == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(("others", "weighed"), [(60, True), (61, False)])
def test_of_long_stretches_that_were_replaced_none_is_weighed(others: int, weighed: bool) -> None:
    changed = [line.replace("was", "is") for line in LINES] + ["#"] * others
    found = went("\n".join(LINES), "\n".join(changed))
    assert found == (tuple(range(40)) if weighed else (None,) * 40)


@pytest.mark.parametrize(("others", "weighed"), [(60, True), (61, False)])
def test_of_many_rows_that_moved_none_is_weighed(others: int, weighed: bool) -> None:
    rows = [f"| the {at}th thing to do | Ada | High |" for at in range(40)]
    changed = [row.replace("thing", "task") for row in rows] + ["| # | |"] * others
    keep = "| Keep | | |"
    base = HEAD + "\n".join([*rows, keep])
    found = went(base, HEAD + "\n".join([keep, *changed]))
    assert (None not in found[4:44]) is weighed


def test_each_line_knows_what_it_is() -> None:
    text = (
        "---\nowner: Ada\n - b: c\nA b: c\n---\n# *Title*\n- **Impact:** none\n- Else\n"
        "> | A | B |\n> |---|---|\n> | a | b |\n\n| C |\n|---|\n"
    )
    front, line = LineKind.FRONT, LineKind.LINE
    head, rule, row = LineKind.HEAD, LineKind.RULE, LineKind.ROW
    title = "Title"
    told = text.splitlines()
    assert lines_of(text) == (
        JoinedLine(front, told[0], "\n", 0),
        JoinedLine(front, told[1], "\n", 1, "owner"),
        JoinedLine(front, told[2], "\n", 2),
        JoinedLine(front, told[3], "\n", 3),
        JoinedLine(front, told[4], "\n", 4),
        JoinedLine(line, told[5], "\n", 5, "", title),
        JoinedLine(line, told[6], "\n", 6, "Impact", title),
        JoinedLine(line, told[7], "\n", 7, "", title),
        JoinedLine(head, told[8], "\n", 8, "", title, 0, 2),
        JoinedLine(rule, told[9], "\n", 9, "", title, 0, 2),
        JoinedLine(row, told[10], "\n", 10, "", title, 0, 2),
        JoinedLine(line, told[11], "\n", 11, "", title),
        JoinedLine(head, told[12], "\n", 12, "", title, 1, 0),
        JoinedLine(rule, told[13], "\n", 13, "", title, 1, 0),
    )


def test_lines_above_all_headings_are_in_no_section_and_keys_end_at_their_colon() -> None:
    text = "---\nurl: https://x.example.com:80\nk8s: x\n---\nWords\n# T"
    found = lines_of(text)
    assert [one.name for one in found] == ["", "url", "k8s", "", "", ""]
    assert [one.section for one in found] == ["", "", "", "", "", "T"]


def test_a_document_that_cannot_be_read_is_plain_lines() -> None:
    text = "---\nincident: Q1\n# T\r\n| A |\n|---|"
    line = LineKind.LINE
    assert lines_of(text) == (
        JoinedLine(line, "---", "\n", 0),
        JoinedLine(line, "incident: Q1", "\n", 1),
        JoinedLine(line, "# T", "\r\n", 2),
        JoinedLine(line, "| A |", "\n", 3),
        JoinedLine(line, "|---|", "", 4),
    )


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        (f"First it was late. {cycle(WORDS, 40_000)} And that is all", True),
        (cycle(WORDS, 20_000) + "Nobody had seen it. " * 50 + cycle(WORDS, 19_000), True),
        (cycle("0123456789 ", 40_000), False),
    ],
)
def test_a_very_long_line_is_known_by_what_stays_of_it(changed: str, is_same: bool) -> None:
    base = cycle(WORDS, 40_000)  # in the square of their length they took a minute
    place = 1 if is_same else None
    assert went(f"1\n{base}\n2", f"1\n{changed}\n2") == (0, place, 2)


def test_many_long_lines_are_weighed_by_less_of_each() -> None:
    base = "\n".join(f"{at} {cycle(WORDS[at:] + WORDS, 600)}" for at in range(60))
    changed = "\n".join(f"{line} again" for line in base.split("\n"))
    assert went(base, changed) == tuple(range(60))
