"""Real Markdown that is edited on the page: every byte stays but those of the edit.

A browser shows every line end as one, sends each as CRLF, and loses the byte order mark.
"""

import re

import pytest

from tests.integration.test_real_markdown import FRONT_MATTER, real_files
from worker.document.join.browser_text import as_opened
from worker.document.join.join import join

MINE = "What was typed on the page."
THEIRS = "What came in meanwhile."


def sent(text: str) -> str:
    """Give a text as a browser sends it, that had shown it."""
    return re.sub(r"\r\n|\r|\n", "\r\n", text.removeprefix("\ufeff"))


def with_line(text: str, line: str, at: int) -> str:
    """Put a line and an empty one before a line of a text, with the ends that the text has."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    lines[at:at] = [line, ""]
    return end.join(lines)


@pytest.mark.parametrize(
    ("mark", "end"), [("", "\n"), ("\ufeff", "\r\n")], ids=["plain", "BOM and CRLF"]
)
def test_real_files_are_byte_for_byte_but_for_the_edit(mark: str, end: str) -> None:
    bodies = real_files().values()
    assert len(bodies) >= 150
    for body in bodies:
        plain = re.sub(r"\r\n?", "\n", body)
        opened = mark + (FRONT_MATTER + plain).replace("\n", end)
        at = FRONT_MATTER.count("\n") + plain.count("\n") // 2
        mine = with_line(opened, MINE, at)
        assert as_opened(sent(opened), opened) == opened
        typed = as_opened(sent(mine), opened)
        assert typed == mine
        assert join(opened, typed, opened).text == mine


def test_what_comes_in_beside_an_edit_of_a_real_file_is_all_that_differs() -> None:
    joined = 0
    bodies = [
        one
        for one in real_files().values()
        if one.count("\n") > 10  # two edits need places of their own
    ]
    for body in bodies:
        plain = re.sub(r"\r\n?", "\n", body)
        opened = FRONT_MATTER + plain
        front, half = FRONT_MATTER.count("\n"), plain.count("\n") // 2
        mine, theirs = with_line(opened, MINE, front + half), with_line(opened, THEIRS, front)
        found = join(opened, mine, theirs)
        if found.text is None:
            assert found.conflicts
            continue
        joined += 1
        assert found.text == with_line(mine, THEIRS, front)
    assert joined > len(bodies) * 0.9
