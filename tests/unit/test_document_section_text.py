"""Sections as texts of their own: none overlaps, and an untouched one changes nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.document.front_matter import DocumentError
from worker.document.section_text import part_around, sections, with_section

TEXT = """---
incident: Q1
---
# Postmortem: Down

Words of mine.

## 1. Incident Summary

- **Impact:** none

### Detail

More.

## 2. Timeline

```
## no heading
```

## 3. Root Cause Analysis
"""


def test_sections_are_those_below_the_title() -> None:
    assert [one.title for one in sections(TEXT)] == [
        "1. Incident Summary",
        "2. Timeline",
        "3. Root Cause Analysis",
    ]
    first = sections(TEXT)[0]
    assert TEXT[first.start : first.end].endswith("### Detail\n\nMore.\n\n")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", []),
        ("no heading", []),
        ("# Title", []),
        ("## A\n## B\n", ["A", "B"]),
        ("# Title\n# Second\n## C\n", ["Second", "C"]),
        ("Setext\n===\n\nSecond\n---\nx\n", ["Second"]),
    ],
)
def test_any_document_has_sections_or_none(text: str, titles: list[str]) -> None:
    assert [one.title for one in sections(text)] == titles


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("\n\n", "\n"), TEXT.replace("\n", "\r\n"), TEXT.strip()]
)
def test_an_untouched_section_changes_nothing(text: str) -> None:
    assert len(sections(text)) == 3
    for number, one in enumerate(sections(text)):
        assert with_section(text, number, text[one.start : one.end]) == text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("## 2. Timeline\n\nNothing.", "## 2. Timeline\n\nNothing.\n\n## 3."),
        ("## 2. Timeline\n\nNothing.\n", "## 2. Timeline\n\nNothing.\n\n## 3."),
        ("## 2. Timeline\n\nNothing.\n\n\n", "## 2. Timeline\n\nNothing.\n\n\n## 3."),
        ("", "More.\n\n## 3."),
    ],
)
def test_a_section_stays_parted_from_the_next(words: str, shown: str) -> None:
    changed = with_section(TEXT, 1, words)
    assert shown in changed
    assert [one.title for one in sections(changed)][-1] == "3. Root Cause Analysis"
    assert changed.startswith(TEXT[: sections(TEXT)[1].start])


def test_the_last_section_ends_as_it_is_written() -> None:
    assert with_section(TEXT, 2, "## 3. Root\n\nA leak.").endswith("\n\n## 3. Root\n\nA leak.")


@pytest.mark.parametrize("number", [-1, 3, 10_000])
def test_a_section_that_is_not_there_is_an_error(number: int) -> None:
    with pytest.raises(IndexError):
        with_section(TEXT, number, "x")


LONG = "\n".join(
    ("# Title", "## A", "one", "```sh", "## none", "two", "```", "three", "## B", "four", "five")
)


@pytest.mark.parametrize(
    ("line", "longest", "shown"),
    [
        (0, 1000, LONG),
        (5, 40, "## A\none\n```sh\n## none\ntwo\n```\nthree"),
        (10, 40, "## B\nfour\nfive"),
        (99, 40, "## B\nfour\nfive"),
        (0, 40, "# Title"),
        (5, 8, "```sh\ntwo\n```"),
        (4, 8, "```sh\n## none"),
        (9, 3, "fou"),
        (7, 10, "```sh\n```\nthree"),
    ],
)
def test_a_look_is_at_the_section_around_a_line(line: int, longest: int, shown: str) -> None:
    assert part_around(LONG, line, longest) == shown


LINES = st.lists(
    st.sampled_from(["# A", "## B", "### C", "words", "", "```", "- item", "---", "> q", "==="]),
    max_size=20,
).map("\n".join)


@given(LINES)
def test_whatever_the_text_its_sections_are_its_pieces(text: str) -> None:
    try:
        found = sections(text)
    except DocumentError:
        return
    for one, following in pairwise(found):
        assert one.start < one.end == following.start
    assert not found or found[-1].end == len(text)
    for number, one in enumerate(found[-1:], len(found) - 1):
        assert with_section(text, number, text[one.start : one.end]) == text


@given(LINES, st.integers(0, 30), st.integers(1, 60))
def test_a_look_holds_its_line_and_is_short(text: str, line: int, longest: int) -> None:
    shown = part_around(text, line, longest)
    lines = text.split("\n")
    assert lines[min(line, len(lines) - 1)][:longest] in shown
    assert len(shown) <= longest + len("```\n") or shown == text


@pytest.mark.parametrize("number", [-1, 3, 4])
def test_a_section_that_is_not_there_is_none(number: int) -> None:
    with pytest.raises(IndexError):
        with_section(TEXT, number, "x")


def test_a_section_of_blanks_alone_adds_nothing_behind_it() -> None:
    assert with_section("## A\nx\n## B\n", 0, " \n") == " \n## B\n"
    assert with_section("## A\nx\n## B\n", 0, "\ny") == "\ny\n\n## B\n"


@pytest.mark.parametrize(
    "fence",
    ["```\n{}\n```", "~~~\n{}\n~~~", "   ````text\n```\n{}\n`````  ", "```\n~~~\n``` x\n{}\n```"],
)
def test_no_heading_of_a_fence_begins_a_part_and_one_behind_it_does(fence: str) -> None:
    text = f"## A\n{fence.format('## no')}\n## B\nlast\n"
    line = text.split("\n").index("## no")
    assert "## A" in part_around(text, line, len(text) - 1)
    assert part_around(text, text.split("\n").index("last"), 15) == "## B\nlast\n"
