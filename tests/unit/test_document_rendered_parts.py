"""The last look before a save: faults that are planted are seen, sound changes are let through."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.template_names import Names
from worker.document.rendered_parts import first_disturbed

NAMES = Names()
GOLDEN = Path(__file__).parents[1] / "golden"
DOCUMENT = (
    "---\nincident: P1\nstatus: draft\n---\n\n# Postmortem: Shop down\n\n"
    "## 1. Incident Summary\n- **Impact:** [What it was]\n- **Root Cause:** a [cache]\n\n"
    "Our own words.\n\n---\n\n## 2. Timeline of Events\n| Time (UTC) | Event Description |\n"
    "|---|---|\n| 10:00 | Began |\n| 10:09 | Ended |\n\n```\na log\n```\n\n"
    "## 6. Action Items\n| Task Description | Owner | Ours |\n|---|---|---|\n| Mend | Ann | x |\n\n"
    "- [ ] Write it down\n\n> Said by all\n"
)
Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert text.count(old) == 1
        return text.replace(old, new)

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(swap("[What it was]", "orders failed"), id="a prompt is filled"),
        pytest.param(swap("| 10:09 |", "| 10:05 | Ours |\n| 10:09 |"), id="a row is added"),
        pytest.param(swap("| 10:00 | Began |\n", ""), id="a row of the timeline is gone"),
        pytest.param(swap("| Ann | x |", "| Bo | x | [OPS-1](u) |"), id="cells of a row change"),
        pytest.param(swap("# Postmortem: Shop down", "# Postmortem: Shop"), id="the title"),
        pytest.param(swap("status: draft", "status: draft\nnumber: 4"), id="front matter grows"),
        pytest.param(swap("Shop down\n\n", "Shop down\n\nMerged into #2.\n\n"), id="a merge"),
        pytest.param(swap("[cache]\n", "[cache]\n  - a point\n"), id="a point is added"),
        pytest.param(swap("it down\n", "it down [OPS-2](u) (To Do)\n"), id="a check box is told"),
        pytest.param(swap("| 10:09 | Ended |", "| 10:09 | Over |"), id="the last row changes"),
        pytest.param(swap("own words.", "own\nwords\\."), id="words are spelled otherwise"),
    ],
)
def test_a_sound_change_is_let_through(change: Change) -> None:
    assert first_disturbed(DOCUMENT, change(DOCUMENT), NAMES) is None


def test_several_sound_changes_at_once_are_let_through() -> None:
    text = DOCUMENT
    for old, new in [
        ("Shop down\n\n", "Shop down\n\nMerged into #2.\n\n"),
        ("[What it was]", "orders failed\n  - all of them"),
        ("| 10:00 | Began |\n", ""),
        ("| Mend |", "| Mend it |"),
        ("it down\n", "it down [OPS-2](u) (To Do)\n- [ ] Another\n"),
    ]:
        text = swap(old, new)(text)
    assert first_disturbed(DOCUMENT, text, NAMES) is None
    assert (
        first_disturbed(DOCUMENT.replace("\n", "\r\n"), text.replace("\n", "\r\n"), NAMES) is None
    )
    assert first_disturbed(DOCUMENT.replace("\n", "\r"), text.replace("\n", "\r"), NAMES) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# T\n\nMerged into #2.\n\n## 1. A\n", "# T\n\nMerged into #3.\n\n## 1. A\n"),
        ("## Before\n\nA [title]\nof two lines\n===\n", "## Before\n\nA title\nof lines\n===\n"),
        ("words\n", "words\n\nmore\n"),
        ("---\nincident: P1\n---\n", "---\nincident: P1\ntitle: T\n---\n"),
        ("# T\n\n## 2. A\n| a | b |\n|---|---|\n", "# T\n\n## 2. A\n| a | c |\n|---|---|\n"),
        ("## 6. Action Items\n- [ ] a\n  - b\n", "## 6. Action Items\n- [ ] c\n  - d\n"),
        (
            "# T\n\n## 2. A\n| a | b |\n|---|---|\n| c | d |\n",
            "# T\n\n## 2. A\n| a | b |\n|---|---|\n",
        ),
    ],
)
def test_what_the_program_writes_may_change(before: str, after: str) -> None:
    assert first_disturbed(before, after, NAMES) is None


HEAD = "# T\n\n## 7. Lessons Learned\n"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("one\n\ntwo\n", "two\n\none\n", 6),
        ("one\n\none\n\ntwo\n", "one\n\ntwo\n", 6),
        ("- own point\n- other\n", "- own point\n", 5),
        ("| a | b |\n|---|---|\n| c | d |\n## 8. X\n", "| a | b |\n|---|---|\n| c | d |\n", 7),
        ("## 6. Action Items\n- [ ] Do\n\n  why\n", "## 6. Action Items\n- [ ] Do\n", 7),
        ("## 6. Action Items\n- [ ] Do\n\n## 8. X\n- own\n", "## 6. Action Items\n- [ ] Do\n\n## 8. X\n", 8),
        ("a `x` b\n", "c `x` b\n", 4),
        ("a `x` b\n", "a `y` b\n", 4),
        ("a `x` b\n", "a x b\n", 4),
        ("a `x` b\n", "a `x` c\n", 4),
        ("a [x](u) b\n", "a [x](v) b\n", 4),
        ("a ![x](u) b\n", "a ![x](v) b\n", 4),
        ("a ![x](u) b\n", "a ![y](u) b\n", 4),
        ("a *x* b\n", "a **x** b\n", 4),
        ("a b\n", "ab\n", 4),
        ("a\nb\n", "ab\n", 4),
        ("a\n\n<!-- x -->\n", "a\n\n<!-- y -->\n", 6),
        ("```\na log\n```\n", "```\na lag\n```\n", 4),
        ("```\na log\n```\n", "    a log\n", 4),
        ("```\na log\n```\n", "```python\na log\n```\n", 4),
        ("[x]: u\n\na [x] b\n", "\n\na [x] b\n", 6),
    ],
)  # fmt: skip
def test_what_people_wrote_may_not(before: str, after: str, line: int) -> None:
    assert first_disturbed(HEAD + before, HEAD + after, NAMES) == line


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("Words.\n\nMerged into #2.\n", "Words.\n\nMerged into #3.\n", None),
        ("Words.\n", "Merged into #3.\n\nWords.\n", None),
        ("Words.\n\nMerged into #2.\n", "Merged into #2.\n", 3),
        ("Words.\n\nMerged into #2.\n", "Merged into #3.\n", 5),
        ("Words.\n\nMerged into #2.\n", "Words.\n", 5),
        ("Words.\n\nMore.\n", "Words.\n\n- More\n", 5),
        ("Words.\n\nMerged into #2.\n", "Other.\n\nMerged into #3.\n", 5),
        ("Words.\n", "", 3),
        ("- Words\n", "", 3),
        ("- Words\n", "- Other\n", 3),
        ("> Words\n", "Words\n", 3),
    ],
)
@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("# T", "\n## 1. Summary\n- **Impact:** [x]\n\nMore words.\n"),
        ("# Now", "\n## 1. Summary\n- **Impact:** None\n\nMore words.\n"),
        ("# T", ""),
    ],
)
def test_below_the_title_one_line_may_be_another_and_none_be_lost(
    before: str, after: str, line: int | None, title: str, rest: str
) -> None:
    was = f"# T\n\n{before}{rest.replace('None', '[x]')}"
    assert first_disturbed(was, f"{title}\n\n{after}{rest}", NAMES) == line


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("one\n\ntwo\n", "two\n\none\n", 3),
        ("Words.\n\n# T\n\n## 1. A\n", "# T\n\n## 1. A\n", 1),
    ],
)
def test_what_stands_above_or_without_a_title_is_not_lost_either(
    before: str, after: str, line: int
) -> None:
    assert first_disturbed(before, after, NAMES) == line


@pytest.mark.parametrize("more", ["", "| 10:05 | Ours |\n"])
def test_a_part_between_two_changes_is_looked_at_too(more: str) -> None:
    opened = swap("[What it was]", "``` x\n\n```")(DOCUMENT)
    assert first_disturbed(DOCUMENT, swap("| 10:09 |", f"{more}| 10:08 |")(opened), NAMES) == 10


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param(swap("Our own words.\n", ""), 12, id="a paragraph is lost"),
        pytest.param(swap("Our own words.", "Our own word."), 12, id="a paragraph is changed"),
        pytest.param(swap("words.\n\n---", "words.\n---"), 12, id="a paragraph becomes a heading"),
        pytest.param(swap("[What it was]", "``` x\n\n```"), 10, id="a fence is opened"),
        pytest.param(swap("[What it was]", "bad <!--"), None, id="a comment begins in a bullet"),
        pytest.param(swap("> Said by all", "Said by all"), 33, id="a quote ends"),
        pytest.param(swap("a log\n```\n", "a log\n"), 26, id="a fence is not closed"),
        pytest.param(swap("[What it was]", "x\n\n[cache]: u"), 10, id="a link appears elsewhere"),
        pytest.param(swap("|---|---|\n| 10:00", "|---|\n| 10:00"), 17, id="a table is broken"),
        pytest.param(swap("## 6. Action Items\n", ""), 26, id="a heading is lost"),
    ],
)
def test_a_planted_fault_is_seen(change: Change, line: int | None) -> None:
    assert first_disturbed(DOCUMENT, change(DOCUMENT), NAMES) == line


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_losing_or_wrapping_any_line_of_peoples_is_seen(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(sorted(GOLDEN.glob("*.md")))).read_text("utf-8")
    lines = text.splitlines(keepends=True)
    headings = [at for at, one in enumerate(lines) if one.startswith("## ")]
    at = data.draw(st.sampled_from(headings))
    words = f"Written by people about {at}.\n"
    people = "".join([*lines[: at + 1], "\n", words, "\n", *lines[at + 1 :]])
    assert first_disturbed(people, people.replace(words, ""), NAMES) is not None
    assert first_disturbed(people, people.replace(words, f"    {words}"), NAMES) is not None
    assert first_disturbed(people, people.replace(words, f"```\n{words}"), NAMES) is not None
    assert first_disturbed(text, people, NAMES) is None
