"""Draft an incident of 1,000 alerts and 5,000 log entries, and tell what it cost.

Run: ``python -m bench.draft``. The sandbox answers from a process of its own, so that the numbers
are those of the program alone. The CPU time that reading and drafting take beyond the network is
held against merely downloading the same pages and parsing their JSON; the best of several runs
counts.
"""

import multiprocessing
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from multiprocessing.connection import Connection
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from config.template_names import Names
from connectors.errors import NotFound
from connectors.incidents import IncidentId, IncidentRecord
from connectors.pacing.rate_limit import NoPace
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.sandbox.scenarios.quiet_and_large_incidents import big
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.pagerduty.transport import PagerDutyTransport
from connectors.retry import RetryPolicy
from worker.cli import loaded
from worker.document.fill_template import fill
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy

ALERTS = 1_000
LOG_ENTRIES = 5_000
PAGE = 100
RUNS = 21
CALLS_ASIDE_FROM_PAGES = 4
MEGABYTES_AIM = 200
RATIO_AIM = 1.3

POLICY = DraftPolicy(ZoneInfo("Europe/Berlin"), chart="timeline.svg")
UNDRAWN = replace(POLICY, chart=None)
TEMPLATE = (files("config") / "postmortem.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """Where the sandbox answers, and for which incident."""

    url: str
    key: str
    incident: str


def serve(pipe: Connection) -> None:
    """Be the sandbox; when asked, tell what was served since the last time."""
    with PagerDutySandbox() as sandbox:
        incident = big(sandbox.account, ALERTS, LOG_ENTRIES)
        pipe.send(Place(sandbox.url, sandbox.api_key, incident.id))
        while pipe.recv() == "served":
            pipe.send([(one.path, one.query) for one in sandbox.served])
            sandbox.forget()


def best(*kinds: Callable[[], object]) -> Sequence[float]:
    """Give the least CPU time of several runs of each kind of work, in seconds.

    They take turns, so that a machine that has other work at times is no slower for one of them.
    """
    used: list[list[float]] = [[] for _ in kinds]
    for _ in range(RUNS):
        for work, times in zip(kinds, used, strict=True):
            begin = time.process_time()
            work()
            times.append(time.process_time() - begin)
    return [min(times) for times in used]


def queried(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    return {name: [value] if name.endswith("[]") else value for name, value in pairs}


def document(record: IncidentRecord, policy: DraftPolicy = POLICY) -> str:
    return fill(TEMPLATE, draft(record, policy).content, Names()).text


def peak_of(work: Callable[[], object]) -> float:
    """Give how much memory a piece of work holds at most, in megabytes."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 2**20


def resident() -> float:
    """Give the most memory that the process ever held, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def show(title: str, *rows: tuple[str, str, str]) -> None:
    table = Table(title=title)
    for heading in ("", "measured", "aim"):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def main() -> None:
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    place: Place = pipe.recv()
    source = PagerDuty(place.key, place.url)
    incident = IncidentId(place.incident)

    record = source.record(incident)
    pipe.send("served")
    served: list[tuple[str, list[tuple[str, str]]]] = pipe.recv()
    content = draft(record, POLICY).content
    document(record)
    peak_resident = resident()
    loaded()  # as the program says once it has started: it looks for no garbage in what it loaded

    transport = PagerDutyTransport(place.key, place.url, 30.0, RetryPolicy(), NoPace())

    def download() -> None:
        for path, query in served:
            with suppress(NotFound):  # an incident without a review
                transport.get(path, queried(query))

    downloading, reading, drafting, drawing = best(
        download,
        lambda: source.record(incident),
        lambda: document(record, UNDRAWN),
        lambda: document(record),
    )
    traced = peak_of(lambda: document(source.record(incident)))
    ratio = (reading + drafting - downloading) / downloading
    pages = -(-ALERTS // PAGE) - (-LOG_ENTRIES // PAGE)
    calls_aim = f"≤ {CALLS_ASIDE_FROM_PAGES} + {pages} pages"
    show(
        f"A draft of {len(record.alerts):,} alerts and {len(record.log_entries):,} entries",
        ("calls", f"{len(served)}", calls_aim),
        ("timeline rows", f"{len(content.timeline)}", f"≤ {POLICY.max_rows}"),
        ("peak memory of the process", f"{peak_resident:.0f} MB", f"≤ {MEGABYTES_AIM} MB"),
        ("of that, for the draft", f"{traced:.0f} MB", ""),
        ("CPU: download, parse JSON", f"{downloading:.2f} s", ""),
        ("CPU: read the record", f"{reading:.2f} s", ""),
        ("CPU: draft and fill", f"{drafting:.2f} s", ""),
        ("CPU: draft, draw and fill", f"{drawing:.2f} s", ""),
        ("beyond the download / download", f"{ratio:.2f} x", f"≤ {RATIO_AIM:.1f} x"),
    )

    source.close()
    pipe.send("stop")
    server.join(timeout=10)


if __name__ == "__main__":
    main()
