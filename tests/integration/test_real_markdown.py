"""Documents that hold Markdown of others: only what is meant to change does, to the character."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.metadata import distributions
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from config.template_names import Names, Slot
from worker.content.draft_content import Content, DraftEntry, DraftRow
from worker.document.action_items import CellEdit
from worker.document.action_section import read, write
from worker.document.fill_template import fill
from worker.document.merge.merge import merge

NAMES = Names()
TEMPLATE = files("config").joinpath("postmortem.md").read_text("utf-8")
SPECIFICATION = Path(__file__).parents[1] / "node_modules" / "commonmark-spec" / "spec.txt"
FRONT_MATTER = (
    "---\nincident: Q1FOX\nurl: https://incidents.example.com/Q1FOX\nstatus: draft\n---\n"
)
LONGEST = 10_000
BEFORE = "| To Do       |"
AFTER = "| In Progress |"
ACTION_ITEMS = f"""
## 6. Action Items

| Task Description | Owner | Ticket | Status      | Note |
|------------------|-------|--------|-------------|:----:|
| Watch `a\\|b` <br> ![x](x.png) | ann | [OPS-1](https://jira.example.com/OPS-1) {BEFORE} \ttab |

"""


TABLES = (
    "| Signal | Seen |\n|--------|-----:|\n| Alert  | 02:10 |\n",
    "Signal | Seen\n:-- | :-:\nAlert | 02:10\n",
    "| Signal |\n|---|\n| Alert | one cell too many |\n|\n",
    "| Signal | Seen |\n|---|---|\n| one cell too few |\n",
    "| Signal | Seen |\n|---|\n| heads and dashes | differ |\n",
    "| Signal | Seen |\n|:-:|-:-|\n| no | table |\n",
    "| a \\| b | `c \\| d` |\n|---|---|\n| \\\\\\| | `\\` \\` |\n",
    '| **bold \\| still** | [x](y "a \\| b") |\n|---|---|\n| ~~gone~~ | <b>\\|</b> |\n',
    "Words before it\n| Signal | Seen |\n|---|---|\nWords in it\n\nWords after it\n",
    "| Signal | Seen |\n|---|---|\n| Alert | 02:10 |\n> A quotation ends it\n",
    "|\tSignal\t|\tSeen\t|\n|\t---\t|\t---\t|\n|\tAlert\t|\t02:10\t|\n",
    "| Signal |\n|---|\n",
    "|\n|-\n|\n",
)
LISTS = (
    "- [ ] call the vendor\n- [x] restart the pod\n- [X] tell support\n",
    "1. [ ] first\n2. [x] second\n10) [ ] third\n",
    "- [] no box\n- [ x] no box\n- [x]no box\n- [-] no box\n",
    "- outer\n  - [ ] inner\n\n    more of it\n  - [x] `code`\n",
    "+ [ ]     five blanks\n*\t[x] a tab\n-     [ ] code, not a box\n",
)
STRUCK = (
    "~~gone~~ and ~gone too~\n",
    "~~opened\n\nin another paragraph~~\n",
    "~~one **two~~ three**\n",
    "~~~ ~~not struck~~\nbut fenced\n~~~\n",
    "a ~~ b ~~ c ~~~~ d~~\n",
    "~~[link](~~)~~ and `~~code~~`\n",
)
PLACES = (
    ("", ""),
    ("   ", "   "),
    ("    ", "    "),
    ("> ", "> "),
    ("> ", ""),
    ("- ", "  "),
    ("1. ", "\t"),
)


def in_a_place(body: str, first: str, others: str) -> str:
    lines = body.splitlines(keepends=True)
    return first + others.join(lines)


def written_here() -> list[str]:
    """What GitHub adds to the specification: tables, boxes and strikethrough, wherever they stand."""
    return [in_a_place(body, *place) for body, place in product((*TABLES, *LISTS, *STRUCK), PLACES)]


def specified() -> list[str]:
    """Every example of the CommonMark specification, from its package."""
    if not SPECIFICATION.is_file():
        pytest.skip("the examples of the CommonMark specification are not here: make examples")
    fence = "`" * 32
    text = SPECIFICATION.read_text("utf-8")
    found = re.findall(rf"^{fence} example\n(.*?)^\.$", text, re.MULTILINE | re.DOTALL)
    return [one.replace("\N{RIGHTWARDS ARROW}", "\t") for one in found]


@cache
def real_files() -> dict[str, str]:
    """Each Markdown file of the installed packages, and each package's own description, once.

    A long one is not there to its end: forty of them are a third of all, and go on as they began.
    """
    names = {_beginning(text): name for name, text in _real_files()}
    return {name: text for text, name in names.items()}


def _beginning(text: str) -> str:
    lines = text[:LONGEST].rpartition("\n")[0] if len(text) > LONGEST else ""
    return f"{lines}\n" if lines else text


def _real_files() -> Iterator[tuple[str, str]]:
    for package in distributions():
        name = package.metadata["Name"]
        description = package.metadata.get_payload()
        if isinstance(description, str) and description.strip():
            yield f"{name}: description", description
        for file in package.files or ():
            if file.name.lower().endswith(".md"):
                path = Path(str(package.locate_file(file)))
                if path.is_file():
                    yield f"{name}: {file}", path.read_bytes().decode("utf-8", "replace")


def in_progress(text: str) -> str:
    """Write the one status back that comes from the tracker."""
    item = next(one for one in read(text, NAMES).items if one.ticket and one.ticket.key == "OPS-1")
    return write(text, NAMES, [CellEdit(item.ordinal, item.ticket, "In Progress")])


def only_the_status_changes(body: str) -> None:
    before = FRONT_MATTER + ACTION_ITEMS + body
    assert in_progress(before) == before.replace(BEFORE, AFTER, 1)
    before = before.replace("\r\n", "\n").replace("\n", "\r\n")
    assert in_progress(before) == before.replace(BEFORE, AFTER, 1)


def behind_what_may_swallow_it(body: str) -> None:
    """Put the table last: where the body left a fence or a comment open, it is no table."""
    before = FRONT_MATTER + body + "\n\n" + ACTION_ITEMS
    items = [one for one in read(before, NAMES).items if one.ticket and one.ticket.key == "OPS-1"]
    edits = [CellEdit(one.ordinal, one.ticket, "In Progress") for one in items]
    head, _, tail = before.rpartition(BEFORE)
    assert write(before, NAMES, edits) == (head + AFTER + tail if items else before)


def test_status_back_changes_nothing_else_in_what_is_specified() -> None:
    bodies = specified()
    assert len(bodies) > 600
    for body in bodies:
        only_the_status_changes(body)
        behind_what_may_swallow_it(body)


@pytest.mark.parametrize("body", written_here())
def test_status_back_changes_nothing_else_in_what_github_adds(body: str) -> None:
    only_the_status_changes(body)
    behind_what_may_swallow_it(body)


def test_status_back_changes_nothing_else_in_two_hundred_real_files() -> None:
    bodies = real_files()
    assert len(bodies) >= 200
    for body in bodies.values():
        only_the_status_changes(body)
        behind_what_may_swallow_it(body)


@pytest.mark.parametrize(
    "bodies",
    [lambda: real_files().values(), specified, written_here],
    ids=["real", "specified", "ours"],
)
def test_a_merge_leaves_real_markdown_as_it_is(bodies: Callable[[], Iterable[str]]) -> None:
    content = Content(
        incident="Q1FOX",
        url="https://incidents.example.com/Q1FOX",
        title="Checkout is slow",
        starts_on=date(2026, 11, 2),
        timezone="UTC",
        entries={Slot.DURATION: DraftEntry("43 min")},
        timeline=(DraftRow("one", ("02:10", "Detected")),),
    )
    later = replace(
        content,
        title="Checkout was slow",
        entries={Slot.DURATION: DraftEntry("51 min"), Slot.ROOT_CAUSE: DraftEntry("Disk full")},
        timeline=(*content.timeline, DraftRow("two", ("02:53", "Resolved"))),
        action_items=(DraftRow("note", ("Add disk", "", "", "")),),
    )
    base, fresh = fill(TEMPLATE, content, NAMES), fill(TEMPLATE, later, NAMES)
    for body in bodies():
        appendix = "\n# Appendix\n\n" + body
        merged = merge(base, base.text + appendix, fresh, NAMES)
        assert merged.text == fresh.text + appendix
        assert not merged.suggestions
        again = merge(merged.base, merged.text, fresh, NAMES)
        assert again.text == merged.text
