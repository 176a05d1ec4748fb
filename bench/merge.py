"""Merge a 2,000-line document, and tell how that compares with parsing it.

Run: ``python -m bench.merge``. Times are the best of several runs; on a busy machine the ratio to
plain parsing tells more than the seconds.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.resources import files

from markdown_it import MarkdownIt

from config.template_names import Names, Slot
from worker.content.draft_content import Content, DraftEntry, DraftRow, Point
from worker.document.fill_template import fill
from worker.document.markdown_blocks import parse as parse_blocks
from worker.document.merge.merge import merge

LINES = 2_000
RUNS = 5


def clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def incident(rows: int, wording: str) -> Content:
    """Make an incident whose timeline has this many rows, with points and action items besides."""
    points = tuple(Point(f"p{at}", f"Looked at host {at} {wording}") for at in range(rows // 8))
    return Content(
        incident="Q1BENCH",
        url="https://incidents.example.com/Q1BENCH",
        title="Checkout is slow",
        starts_on=date(2026, 11, 2),
        timezone="UTC",
        entries={
            Slot.DURATION: DraftEntry("12 h"),
            Slot.STEPS_TAKEN: DraftEntry(points=points),
            Slot.WENT_WELL: DraftEntry(points=points, keep_prompt=True),
        },
        timeline=tuple(
            DraftRow(
                f"t{at}",
                (clock(at), f"**Ann** looked at host {at} [log](https://example.com/{at})"),
            )
            for at in range(rows)
        ),
        action_items=tuple(
            DraftRow(f"a{at}", (f"Watch the disk of host {at}", "", "", ""))
            for at in range(rows // 10)
        ),
    )


def best(work: Callable[[], object]) -> float:
    """Give the shortest of several runs, in seconds, each with nothing remembered of the last."""
    times = []
    for _ in range(RUNS):
        parse_blocks.cache_clear()
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def edited(text: str) -> str:
    """Edit it as people do: delete every 20th line, reword every 15th, add some."""
    lines = []
    for at, line in enumerate(text.split("\n")):
        is_row = line.startswith(("| ", "  - "))
        if is_row and at % 20 == 0:
            continue
        lines.append(line.replace("looked", "stared") if at % 15 == 0 else line)
        if is_row and at % 40 == 1 and line.startswith("| "):
            lines.append("| 03:33 | a person's own row |")
    return "\n".join(lines)


def measured(lines: int) -> str:
    """Measure one document of about so many lines, and give the line to print."""
    names = Names()
    template = files("config").joinpath("postmortem.md").read_text("utf-8")
    old, now = incident(int(lines / 1.37), "first"), incident(int(lines / 1.37), "again")
    late = replace(now.timeline[5], key="late")
    now = replace(now, timeline=(*now.timeline[:5], late, *now.timeline[5:]))
    base, fresh = fill(template, old, names), fill(template, now, names)
    people = edited(base.text)
    parse = best(partial(MarkdownIt("commonmark").enable("table").parse, people))
    filled = best(partial(fill, template, now, names))
    merging = partial(merge, base, people, fresh, names)
    merged, done = best(merging), merging()
    units = sum(len(many) for many in fresh.units.values())
    return (
        f"{people.count(chr(10)):6} {units:6} {len(done.changes):8} {len(done.suggestions):12} "
        f"{parse:8.3f} {filled:8.3f} {merged:8.3f} {merged / parse:12.2f}"
    )


def main() -> None:
    print(" lines  units  changes  suggestions  parse s   fill s  merge s  merge/parse")
    for lines in (LINES // 2, LINES, LINES * 2):
        print(measured(lines))


if __name__ == "__main__":
    main()
