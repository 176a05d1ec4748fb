"""What documents that are made to take long take: to read, and to show on the page.

Run: ``python -m bench.render``. The seconds are of this process's CPU; on a busy machine the ratio
tells more: of four times as much to once as much, 4 where the work grows as the text does.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from config.template_names import Names
from tests.service.hostile_markdown import KINDS
from worker.content.markdown_cost import cost
from worker.document.action_section import read as read_items
from worker.document.front_matter import DocumentError
from worker.document.markdown_blocks import parse
from worker.web.reading.markdown_to_html import to_html

SMALL, LARGE = 1_000, 4_000
ROWS = 5_000
_ROW = "| Watch the disk of host {0} | Ann | High | 2026-12-01 | [OPS-{0}](https://x.test/{0}) |\n"
_TABLE = (
    "## Action Items\n| Task Description | Owner | Priority | Deadline | Ticket |\n"
    "|---|---|---|---|---|\n"
)


def seconds(work: Callable[[str], object], text: str) -> float:
    """Give the CPU of a run with nothing remembered; the text may be refused."""
    parse.cache_clear()
    begin = time.process_time()
    with suppress(DocumentError):
        work(text)
    return time.process_time() - begin


def shown(text: str) -> object:
    return to_html(text, "/pictures")


def main() -> None:
    text = _TABLE + "".join(_ROW.format(at) for at in range(ROWS))
    works = {"parse": parse, "action items": lambda one: read_items(one, Names()), "show": shown}
    for name, work in works.items():
        taken = seconds(work, text)
        each = taken / ROWS * 1e3
        print(f"{ROWS:,} rows of a table, {name:12} {taken:6.2f} s {each:6.3f} ms a row")
    print(f"\n{'':34}   kB   read s  x{LARGE // SMALL}   show s  x{LARGE // SMALL}")
    for kind, made in KINDS.items():
        cells = [f"{kind:34} {len(made(LARGE)) / 1000:4.0f}"]
        for work in (parse, shown):
            before, after = seconds(work, made(SMALL)), seconds(work, made(LARGE))
            ratio = f"{after / before:4.1f}" if before > 0.005 else "    "
            cells.append(f"{after:7.3f} {ratio}")
        told = cost(made(LARGE)).problem
        print(" ".join(cells) + (f"  {told}" if told else ""), flush=True)


if __name__ == "__main__":
    main()
