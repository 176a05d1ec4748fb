"""Which block of a document is which part: sections, the title, the timeline, action items."""

import pytest

from config.template_names import Column, Names, Section, Slot
from worker.document.outline import Outline, outline, title

NAMES = Names()
HEADER = ("Time (UTC)", "Event Description")
ITEM = "| Task | Owner |\n|---|---|\n| x | |\n"


def found(text: str, names: Names = NAMES) -> Outline:
    return outline(text, names)


def lines(text: str, section: Section) -> tuple[int, int] | None:
    extent = found(text).sections.get(section)
    return (extent.heading.line, extent.behind) if extent else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Timeline of Events\na\n## Other\n", (0, 2)),
        ("## Timeline of Events\na\n### Detail\nb\n## Other\n", (0, 4)),
        ("### Timeline of Events\na\n## Other\n", (0, 2)),
        ("## Timeline of Events\na\n### 6. Action Items\n", (0, 2)),
        ("## Timeline of Events\na\n", (0, 2)),
        ("## Timeline of Events\na\n## Other\n## Third\n", (0, 2)),
        ("## Impact Analysis\n## Timeline of Events\na\n### 6. Action Items\n", (1, 3)),
        ("## Impact Analysis\n## Timeline of Events\na\n### Detail\n### 6. Action Items\n", (1, 4)),
        ("# T\n## 2) timeline of events:\na\n# U\n", (1, 3)),
        ("# Timeline of Events\na\n## Other\n", None),
        ("# T\n# Timeline of Events\na\n", (1, 3)),
        ("## Something else\na\n", None),
    ],
)
def test_a_section_ends_at_the_next_of_its_level_or_of_ours(
    text: str, expected: tuple[int, int] | None
) -> None:
    assert lines(text, Section.TIMELINE) == expected


@pytest.mark.parametrize(
    ("heading", "is_one"),
    [
        ("## Action Items", True),
        ("## 6. Our open action items (Jira)", True),
        ("# Action items", True),
        ("## Action items of earlier incidents", False),
        ("## Earlier action items", False),
        ("## Actions", False),
        ("## Actoin Items", True),
        ("## :rocket: 6. Action Items :white_check_mark:", True),
        ("## :nosuchpicture: Action Items", False),
        ("**Action Items**\nand more", False),
        ("**Action Items**", True),
        ("__Action Items:__", True),
        ("   **Action Items** :", True),
        ("    **Action Items**", False),
        ("**Action Items** and more", False),
        ("- **Action Items**", False),
        ("**Action\nItems**", False),
        ("**Action_Items**", False),
        ("**Action *Items***", False),
    ],
)
def test_action_items_stand_under_their_name_with_harmless_words_alone(
    heading: str, is_one: bool
) -> None:
    text = f"# T\n\n{heading}\n\n{ITEM}"
    assert (Section.ACTION_ITEMS in found(text).sections) is is_one
    assert len(found(text).actions) == is_one


@pytest.mark.parametrize(
    "word",
    ["a", "all", "and", "assigned", "corrective", "follow", "for", "incident", "jira", "list",
     "new", "next", "of", "open", "our", "owners", "postmortem", "preventive", "remaining", "status",
     "steps", "table", "tasks", "team", "the", "this", "tickets", "to", "up", "ups", "with"],
)  # fmt: skip
def test_each_harmless_word_may_stand_with_the_name_and_no_part_of_one(word: str) -> None:
    assert Section.ACTION_ITEMS in found(f"## {word} action items\n").sections
    assert Section.ACTION_ITEMS not in found(f"## {word}qqq action items\n").sections
    assert Section.ACTION_ITEMS not in found(f"## qqq{word} action items\n").sections


def test_the_teams_name_of_the_section_goes_before_the_built_in_one() -> None:
    names = Names(headings={**NAMES.headings, Section.ACTION_ITEMS: "Measures"})
    both = f"## Action Items\n\n{ITEM}\n## Measures\n\n{ITEM}"
    assert found(both, names).sections[Section.ACTION_ITEMS].heading.text == "Measures"
    alone = found(f"## Action Items\n\n{ITEM}", names)
    assert alone.sections[Section.ACTION_ITEMS].heading.text == "Action Items"
    bold = found(f"**Action Items**\n\n{ITEM}\n**Measures**\n\n{ITEM}", names)
    assert bold.sections[Section.ACTION_ITEMS].heading.text == "Measures"
    bold = found(f"**Action Items**\n\n{ITEM}", names)
    assert bold.sections[Section.ACTION_ITEMS].heading.text == "Action Items"


def test_a_heading_of_just_its_name_goes_before_others_and_before_a_bold_line() -> None:
    text = f"**Action Items**\n\n{ITEM}\n## Open action items\n\n{ITEM}\n## Action Items\n\n{ITEM}"
    extent = found(text).sections[Section.ACTION_ITEMS]
    assert (extent.heading.line, extent.behind) == (12, 17)
    assert [extent.holds(line) for line in (12, 13, 16, 17)] == [False, True, True, False]
    bold = found("**Action Items**\n\na\n\n**Next**\n\n## Then\n").sections[Section.ACTION_ITEMS]
    assert (bold.heading.line, bold.behind, bold.holds(4)) == (0, 4, False)


@pytest.mark.parametrize(
    ("end", "behind"), [("**Next**", 5), ("## Next", 5), ("**Next** words", 7), ("Next", 7)]
)
def test_a_bold_line_or_a_heading_ends_the_section_of_a_bold_line(end: str, behind: int) -> None:
    text = f"**Before**\n\n**Action Items**\n\na\n{end}\nb\n"
    text = text.replace(f"a\n{end}", f"\n{end}\n") if end == "**Next**" else text
    extent = found(text).sections[Section.ACTION_ITEMS]
    assert (extent.heading.line, extent.behind) == (2, behind)
    place = extent.heading.place
    assert text[place.start : place.end] == "Action Items"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n## U\n", "T"),
        ("## U\n# T\n", "T"),
        ("## U\n### V\n", "U"),
        ("## Action Items\n## U\n", None),
        ("# Action Items\n# U\n", None),
        ("words\n", None),
    ],
)
def test_the_title_is_the_first_heading_of_level_one_unless_that_is_a_section(
    text: str, expected: str | None
) -> None:
    one = found(text).title
    assert (one.text if one else None) == expected


def test_the_title_of_a_list_is_plain() -> None:
    assert title("## U\n# *T* [x](y)\n") == "T x"
    assert title("## *U*\n") == "U"
    assert title("## U\n## V\n") == "U"
    assert title("words\n") == ""


@pytest.mark.parametrize(
    ("table", "header", "expected"),
    [
        ("| Time (UTC) | Event Description |", HEADER, (0, 1)),
        ("| Event Description | Who | Time (UTC) |", HEADER, (2, 0)),
        ("| When | Event Description |", HEADER, (0, 1)),
        ("| Event Description | When | Who |", HEADER, (1, 0)),
        ("| Time (UTC) | Who | What |", HEADER, (0, 2)),
        ("| Who | Time (UTC) | What |", HEADER, (1, 2)),
        ("| When | Who | What |", HEADER, (0, 2)),
        ("| Time | Event |", (), (0, 1)),
        ("| Event | Time | Who |", (), (0, 1)),
    ],
)
def test_the_columns_of_the_timeline_are_known_by_name_else_by_what_they_hold(
    table: str, header: tuple[str, ...], expected: tuple[int, int]
) -> None:
    count = table.count("|") - 1
    cells = [" a ", " b ", " the most words "][:count]
    one = "| single |\n|---|\n| x |\n\n"
    text = f"## Timeline of Events\n{one}{table}\n|{'---|' * count}\n|{'|'.join(cells)}|\n"
    timeline = found(text).timeline(header)
    assert timeline is not None
    assert timeline.columns == expected
    assert timeline.table.header.line == 5


@pytest.mark.parametrize("header", [HEADER, ()])
def test_of_several_tables_of_the_section_the_first_is_the_timeline(
    header: tuple[str, ...],
) -> None:
    one = "| When | What | Who |\n|---|---|---|\n| a | the most words | b |\n"
    text = f"## Timeline of Events\n{one}\n| Who | Where |\n|---|---|\n| the most of all | b |\n"
    timeline = found(text).timeline(header)
    assert timeline is not None
    assert (timeline.table.header.line, timeline.columns) == (1, (0, 1))


def test_what_happened_stands_in_the_column_with_the_most_words() -> None:
    table = "| Time (UTC) | What | Who |\n|---|---|---|\n| a | the most words | b |\n"
    timeline = found(f"## Timeline of Events\n{table}").timeline(HEADER)
    assert timeline is not None
    assert timeline.columns == (0, 1)


def test_the_timeline_is_in_its_section_else_wherever_its_header_is() -> None:
    table = "| Time (UTC) | Event Description |\n|---|---|\n| a | b |\n"
    other = table.replace("Time (UTC)", "When")
    elsewhere = found(f"## Other\n{other}\n{table}")
    timeline = elsewhere.timeline(HEADER)
    assert timeline is not None
    assert timeline.table.header.line == 5
    assert elsewhere.timeline(()) is None
    assert found(f"## Other\n{other}").timeline(HEADER) is None
    both = found(f"## Timeline of Events\n{other}\n{table}\n## Other\n{table}").timeline(HEADER)
    assert both is not None
    assert both.table.header.line == 5
    unnamed = found(f"## Timeline of Events\n{other}\n## Other\n{table}").timeline(HEADER)
    assert unnamed is not None
    assert unnamed.table.header.line == 1


@pytest.mark.parametrize(
    ("headers", "tasks"),
    [
        (["| Task | Mine |"], [0]),
        (["| Mine | Owner | Deadline |"], [0]),
        (["| Owner | Mine |"], [1]),
        (["| Owner | Mine | Deadline | Yours |"], [1]),
        (["| Owner | Mine |", "| Task |"], [None, 0]),
        (["| Owner | Deadline |"], [None]),
        (["| Mine | Yours |"], [None]),
        (["| Priority | Mine | Deadline |", "| Mine | Task Description |"], [1, 1]),
    ],
)
def test_a_table_of_action_items_has_the_task_or_two_known_columns_or_is_alone(
    headers: list[str], tasks: list[int | None]
) -> None:
    tables = [f"{one}\n|{'---|' * (one.count('|') - 1)}\n" for one in headers]
    text = "\n".join(("## Other", tables[0], "## Action Items", *tables, "## Next", tables[0]))
    expected = [at for at in tasks if at is not None]
    actions = found(text).actions
    assert [one.by_name[Column.TASK] for one in actions] == expected
    assert all(one.table in found(text).blocks.tables for one in actions)
    assert all(
        (Column.OWNER in one.by_name)
        is any(cell.text == "Owner" for cell in one.table.header.cells)
        for one in actions
    )


def test_a_bullet_is_found_in_its_section_then_anywhere_else() -> None:
    text = (
        "## Impact Analysis\n- **Duration:** mine\n- **Users Affected:** a  few\n  of them\n"
        "## Incident Summary\n- **Duration:** ours\n  - p\n\n- Users Affected: others\n"
    )
    bullets = found(text).bullets
    assert bullets[Slot.DURATION].text == "ours"
    assert [one.text for one in bullets[Slot.DURATION].points] == ["p"]
    assert bullets[Slot.USERS_AFFECTED].text == "a few of them"
    place = bullets[Slot.USERS_AFFECTED].place
    assert text[place.start : place.end].split() == ["a", "few", "of", "them"]
    moved = found("## Other\n- **Duration:** x\n\n## Incident Summary\n- **Impact:** y\n").bullets
    assert {slot: one.text for slot, one in moved.items()} == {Slot.DURATION: "x", Slot.IMPACT: "y"}


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Timeline", Section.TIMELINE),
        ("2. What the timeline of all events was", Section.TIMELINE),
        ("Root Cause", Section.ROOT_CAUSE),
        ("Supporting Data and Graphs", Section.SUPPORTING_DATA),
        ("Lessons", Section.LESSONS),
        ("Actions and Items", None),
    ],
)
def test_a_heading_that_shares_the_words_that_matter_is_the_section(
    heading: str, section: Section | None
) -> None:
    known = found(f"# T\n\n## {heading}\n").sections
    assert list(known) == ([] if section is None else [section])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # beside another table of the section, and of the section alone
        ("## Timeline\n| a | b |\n|---|---|\n\n| Event | UTC time |\n|---|---|\n", (4, 1, 0)),
        ("## Log\n| a | b |\n|---|---|\n\n| Event | UTC time |\n|---|---|\n", None),
        ("## Log\n| Event | UTC time |\n|---|---|\n", None),
        # one column that shares its words, the other by what it holds
        ("## Timeline\n| Event | Words | When |\n|---|---|---|\n| a | b c d | e |\n", (1, 1, 0)),
        ("## Timeline\n| Words | Local time | What |\n|---|---|---|\n| b c d | a | e |\n", (1, 1, 0)),
    ],
)  # fmt: skip
def test_columns_of_the_timeline_may_share_words_with_ours_in_its_section_alone(
    text: str, expected: tuple[int, int, int] | None
) -> None:
    timeline = found(text).timeline(("Time (UTC)", "Event Description"))
    told = timeline and (timeline.table.header.line, timeline.time, timeline.event)
    assert told == expected
