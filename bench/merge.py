"""Merge a 2,000-line document, and tell how that compares with parsing it.

Run: ``python -m bench.merge``. Times are the best of several runs; on a busy machine the ratio to
plain parsing tells more than the seconds.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files

from markdown_it import MarkdownIt

from config.sections import Names, Slot
from worker.content import Content, Entry, Point, Row
from worker.document.fill import fill
from worker.document.merge import merge

LINES = 2_000
RUNS = 5


def clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def incident(rows: int, wording: str) -> Content:
    """An incident whose timeline has this many rows, and half as many points elsewhere."""
    points = tuple(Point(f"p{at}", f"Looked at host {at} {wording}") for at in range(rows // 8))
    return Content(
        incident="Q1BENCH",
        url="https://incidents.example.com/Q1BENCH",
        title="Checkout is slow",
        starts_on=date(2026, 11, 2),
        timezone="UTC",
        entries={
            Slot.DURATION: Entry("12 h"),
            Slot.STEPS_TAKEN: Entry(points=points),
            Slot.WENT_WELL: Entry(points=points, keep_prompt=True),
        },
        timeline=tuple(
            Row(
                f"t{at}",
                (clock(at), f"**Ann** looked at host {at} [log](https://example.com/{at})"),
            )
            for at in range(rows)
        ),
        action_items=tuple(
            Row(f"a{at}", (f"Watch the disk of host {at}", "", "", "")) for at in range(rows // 10)
        ),
    )


def best(work: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def edited(text: str) -> str:
    """What people make of it: every 20th line deleted, every 15th reworded, some added."""
    lines = []
    for at, line in enumerate(text.split("\n")):
        is_row = line.startswith(("| ", "  - "))
        if is_row and at % 20 == 0:
            continue
        lines.append(line.replace("looked", "stared") if at % 15 == 0 else line)
        if is_row and at % 40 == 1 and line.startswith("| "):
            lines.append("| 03:33 | a person's own row |")
    return "\n".join(lines)


def main() -> None:
    names = Names()
    template = files("config").joinpath("postmortem.md").read_text("utf-8")
    print(
        f"{'lines':>6} {'units':>6} {'parse s':>8} {'fill s':>8} {'merge s':>8} {'merge/parse':>12}"
    )
    for lines in (LINES // 2, LINES, LINES * 2):
        rows = int(lines / 1.37)
        old, new = incident(rows, "first"), incident(rows, "first")
        later = new.timeline[5]
        new = replace(
            new, timeline=(*new.timeline[:5], replace(later, key="new"), *new.timeline[5:])
        )
        base, fresh = fill(template, old, names), fill(template, new, names)
        people = edited(base.text)
        plain = MarkdownIt("commonmark").enable("table")
        parse = best(lambda: plain.parse(people))  # noqa: B023 - called at once
        filled = best(lambda: fill(template, new, names))  # noqa: B023 - called at once
        merged = best(lambda: merge(base, people, fresh, names))  # noqa: B023 - called at once
        units = sum(len(many) for many in fresh.units.values())
        count = people.count("\n")
        print(
            f"{count:6} {units:6} {parse:8.3f} {filled:8.3f} {merged:8.3f} {merged / parse:12.2f}"
        )


if __name__ == "__main__":
    main()
