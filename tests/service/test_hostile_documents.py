"""Documents that are made to take long, or too much, to read, to show or to merge.

What counts is how the work grows: four times the text may take some four times as long, and not
sixteen times. Both are measured in one run, in seconds of this process's CPU, again where they seem
to differ by more.
"""

import time
from collections.abc import Callable

import pytest

from config.template_names import Names
from tests.service.hostile_markdown import KINDS
from worker.content.markdown_cost import MOST_CELLS, MOST_MARKS, MOST_TAGS, cost
from worker.document.action_section import read as read_items
from worker.document.front_matter import DocumentError
from worker.document.front_matter import read as read_front_matter
from worker.document.front_matter import values as front_values
from worker.document.markdown_blocks import parse
from worker.web.reading.markdown_to_html import to_html

SMALL, LARGE = 150, 600
FASTER_THAN_SQUARE = 2.2 * LARGE / SMALL
"""What four times as much may take at most; its square would be 16."""
NOTHING = 0.02
"""Seconds that are too few to compare."""
HEADING = "## Action Items\n| Task Description | Owner |\n|---|---|\n"


def seconds(work: Callable[[], object]) -> float:
    """Give the CPU of a run with nothing remembered."""
    parse.cache_clear()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def shown(text: str) -> object:
    return to_html(text, "/pictures")


def read(text: str) -> object:
    return read_items(HEADING + "| Do it | Ann |\n\n" + text, Names())


def read_as_cells(text: str) -> object:
    """Read it as the words of an action item, and of another for each of its lines."""
    rows = "".join(f"| {line} | Ann |\n" for line in text.splitlines()[:LARGE])
    return read_items(HEADING + rows, Names())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "work", [shown, read, read_as_cells], ids=["to show", "to read", "to read in a table"]
)
def test_it_takes_no_longer_than_its_length(work: Callable[[str], object], kind: str) -> None:
    small, large = KINDS[kind](SMALL), KINDS[kind](LARGE)
    for last in (False, False, True):
        after = seconds(lambda: work(large))
        if after < NOTHING:
            return
        most = FASTER_THAN_SQUARE * max(seconds(lambda: work(small)), NOTHING / 4)
        if after < most or last:
            break
    assert after < most


WIDE = "|a" * 250 + "|\n" + "|-" * 250 + "|\n" + "|b|\n" * 250 + "\n"
TOO_MUCH = {
    "short rows of wide tables": (WIDE * 50, "cells"),
    "short rows of wide tables in quotes": (
        "".join(f"> {line}\n" for line in (WIDE * 50).splitlines()),
        "cells",
    ),
    "a million brackets": ("[" * 1_000_000, "marks of Markdown"),
    "a million images": ("![" * 1_000_000, "marks of Markdown"),
    "a hundred thousand tags in tags": ("<div>" * 100_000, "tags of HTML"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_it_is_told_and_not_read(what: str) -> None:
    text, told = TOO_MUCH[what]
    begin = time.process_time()
    with pytest.raises(DocumentError, match=told):
        parse(text)
    html = to_html(text + "<script>", "/pictures")
    assert told in html
    assert "<script>" not in html
    assert time.process_time() - begin < 5  # what it would take is minutes


def test_the_largest_document_that_people_write_is_read() -> None:
    row = (
        "| 12:00 | **Ann** looked at [the log](https://logs.example.com/1) of `shop`: all well |\n"
    )
    text = "## Timeline of Events\n| Time | Event |\n|---|---|\n" + row * 5000
    found = cost(text)
    assert found.problem == ""
    assert (found.cells, found.tags) == (2 * 5000, 0)
    assert 10 * found.cells < MOST_CELLS
    assert 2 * found.marks < MOST_MARKS
    assert MOST_TAGS > 1000


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += (f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, levels))
    return "---\nincident: Q1\n" + "\n".join(lines) + f"\ntitle: *a{levels - 1}\n---\n# x\n"


FRONTS = {
    "names for names for names": bomb(9),
    "ten thousand brackets": "---\nincident: Q1\ntitle: " + "[" * 10_000 + "\n---\n# x\n",
    "a thousand brackets that close": f"---\nincident: Q1\ntitle: {'[' * 1000}{']' * 1000}\n---\n# x\n",
    "three thousand keys": "---\nincident: Q1\n"
    + "".join(f"k{i}: 1\n" for i in range(3000))
    + "---\n",
    "ten thousand digits": f"---\nincident: Q1\ntitle: {'9' * 10_000}\n---\n# x\n",
    "an object of Python's": "---\nincident: Q1\ntitle: !!python/object/apply:os.system ['true']\n---\n",
}


@pytest.mark.parametrize("what", FRONTS)
def test_a_front_matter_is_read_or_refused_in_time(what: str) -> None:
    begin = time.process_time()
    told = ""
    try:
        front = read_front_matter(FRONTS[what])
        assert front is not None
        assert front.incident == "Q1"
        assert front_values(FRONTS[what])
        parse(FRONTS[what])
    except DocumentError as error:
        told = str(error)
    assert len(told) < 2000
    assert time.process_time() - begin < 5
