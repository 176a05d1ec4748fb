"""Every example of ``docs/documents.md`` does what the page says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.template_names import Names
from worker.content.read_dates import read_date
from worker.document.action_items import CellEdit, TicketCell
from worker.document.action_section import read, write
from worker.document.fill_template import prompts_of
from worker.document.front_matter import new
from worker.document.front_matter import read as read_front_matter
from worker.document.merge.merge import merge, targets_of
from worker.document.merge.merge_values import TIMELINE, TIMELINE_HEADER, Unit, Written
from worker.document.outline import outline

NAMES = Names()
PAGE = Path(__file__).parents[2] / "docs" / "documents.md"
BLOCK = re.compile(r"^```(\w+) ([a-z-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """The blocks up to a result, by what they are, and the heading they stand under."""

    name: str
    blocks: dict[str, str]


def _examples() -> Iterator[Example]:
    page = PAGE.read_text("utf-8")
    blocks: dict[str, str] = {}
    heading = ""
    for found in BLOCK.finditer(page):
        here = HEADING.findall(BLOCK.sub("", page[: found.start()]))[-1]
        if here != heading:
            blocks, heading = {}, here
        blocks[found[2]] = found[3]
        if found[2] == "result":
            yield Example(heading, dict(blocks))
            blocks.pop("tickets", None)
        elif found[2] in ("suggestions", "deadlines", "front-matter"):
            yield Example(heading, dict(blocks))


EXAMPLES = list(_examples())
MERGES = [one for one in EXAMPLES if "fresh" in one.blocks and "result" in one.blocks]
TICKETS = [one for one in EXAMPLES if "tickets" in one.blocks]


def written(text: str) -> Written:
    """Take a text for the program's; a row's source is told by its time, a point's by its place."""
    found = outline(text, NAMES)
    prompts = prompts_of(found)
    header = prompts[TIMELINE_HEADER][0].cells if TIMELINE_HEADER in prompts else ()
    targets = targets_of(found, header)
    asked = {unit.cells for many in prompts.values() for unit in many}
    units = {}
    for place, target in targets.texts.items():
        bracketed = "[" in target.text
        units[place] = (Unit("", (target.text,), prompt=bracketed),)
    for place, target in targets.lists.items():
        entries = [tuple(cell or "" for cell in cells) for cells in target.entries]
        keys = (c[0] if place == TIMELINE else str(at) for at, c in enumerate(entries))
        units[place] = tuple(
            Unit(f"prompt:{at}" if cells in asked else key, cells, prompt=cells in asked)
            for at, (key, cells) in enumerate(zip(keys, entries, strict=True))
        )
    if header:
        units[TIMELINE_HEADER] = (Unit("", header),)
    return Written(text, {**units, "front_matter.url": (Unit("", ("",)),)}, prompts)


@pytest.mark.parametrize("example", MERGES, ids=lambda one: one.name)
def test_a_merge_gives_the_result_on_the_page(example: Example) -> None:
    blocks = example.blocks
    base = written(blocks["base"]) if "base" in blocks else None
    fresh = written(blocks["fresh"])
    if base is None:
        template = Path(__file__).parents[2] / "config" / "postmortem.md"
        fresh = Written(fresh.text, fresh.units, written(template.read_text("utf-8")).prompts)
    people = blocks.get("people", blocks.get("base", ""))
    merged = merge(base, people, fresh, NAMES)
    assert merged.text == blocks["result"]
    assert merge(merged.base, merged.text, fresh, NAMES).text == merged.text
    if "suggestions" in blocks:
        said = [f"{one.place}: {one.fresh}\n" for one in merged.suggestions]
        assert "".join(said) == blocks["suggestions"]


@pytest.mark.parametrize("example", TICKETS, ids=lambda one: one.blocks["tickets"])
def test_tickets_are_written_as_on_the_page(example: Example) -> None:
    people = example.blocks["people"]
    items = {item.task: item for item in read(people, NAMES).items}
    edits = []
    for line in example.blocks["tickets"].splitlines():
        task, key, status = re.fullmatch(r"(.*): (\S+) (.*)", line).groups()  # type: ignore[union-attr] # each line has the form
        ticket = TicketCell(key, f"https://jira.example.com/browse/{key}")
        edits.append(CellEdit(items[task].ordinal, ticket, status))
    text = write(people, NAMES, edits)
    assert text == example.blocks["result"]
    assert write(text, NAMES, edits) == text


def test_deadlines_are_understood_as_on_the_page() -> None:
    (lines,) = (one.blocks["deadlines"] for one in EXAMPLES if "deadlines" in one.blocks)
    for line in lines.splitlines():
        written_so, _, meant = line.partition(" = ")
        day, wrong = read_date(written_so)
        assert (day.isoformat() if day else wrong) == meant, line


def test_the_front_matter_is_that_on_the_page() -> None:
    (block,) = (one.blocks["front-matter"] for one in EXAMPLES if "front-matter" in one.blocks)
    found = read_front_matter(block)
    assert found is not None
    values = {"incident": found.incident, "url": found.url, "status": found.status}
    assert new(values) == block


def test_the_page_has_an_example_of_each_rule() -> None:
    assert len(MERGES) >= 5
    assert len(TICKETS) >= 3
    assert any("suggestions" in one.blocks for one in EXAMPLES)
