"""How long services that are far away keep the program: their answers come 400 ms late.

Each line is *measured / limit / ratio*, in latencies, in shares of the sum of all calls, or in
calls. A run's limit follows from the budget of 900 calls a minute.

    python -m bench.distance --incidents 200
"""

import argparse
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from bench.process import program
from connectors.errors import ConnectorError
from connectors.incidents import IncidentId
from connectors.jira.client import Jira
from connectors.pacing.rate_limit import BURST
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.scenarios import load
from connectors.pagerduty.sandbox.scenarios.checkout_storm import (
    CHECKOUT,
    MIRA,
    STORM_ID,
)
from connectors.pagerduty.sandbox.scenarios.quiet_and_large_incidents import big
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.sandbox import Fault
from tests.acceptance.world import World, world
from worker.journal.database import Database
from worker.journal.service_memory import ServiceMemory

AWAY = 0.4
INCIDENTS = 200
A_MINUTE = 900
PAGES = 48
USUAL_ID = "Q5USUALINCIDNT"


@dataclass(frozen=True)
class Far:
    """A PagerDuty that is far away, in a process of its own."""

    url: str
    key: str
    pipe: Connection

    def calls(self) -> int:
        """Give how many calls there were since the last look."""
        self.pipe.send(None)
        return int(self.pipe.recv())

    def fault(self, times: int | None) -> None:
        """Let the next requests fail with 503 (None: all; 0: none any more)."""
        self.pipe.send(times)
        self.pipe.recv()


def serve(pipe: Connection, incidents: int) -> None:
    """Be PagerDuty: with its scenarios, or with so many usual incidents."""
    account = SandboxAccount()
    if incidents:
        first = datetime.now(UTC).replace(microsecond=0) - timedelta(days=60)
        for number in range(incidents):
            at = first + timedelta(minutes=60 * number)
            incident = account.open(CHECKOUT, f"Queue too long {number}", at=at, by=MIRA)
            incident.acknowledge(MIRA, at + timedelta(minutes=2))
            incident.resolve(at + timedelta(minutes=12), MIRA)
    else:
        load(account)
        usual(account)
        big(account, alerts=1_000, log_entries=100 * PAGES - 1_000)
    with PagerDutySandbox(account=account, remembered=None) as sandbox:
        sandbox.recorder.latency = AWAY
        pipe.send((sandbox.url, sandbox.api_key))
        with suppress(EOFError):
            while True:
                asked = pipe.recv()
                pipe.send(len(sandbox.calls()))
                sandbox.forget()
                sandbox.faults.clear()
                if asked != 0:
                    sandbox.fault(Fault(".*", 503, times=asked or 0))


def usual(account: SandboxAccount) -> None:
    """Let an incident happen as most do."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    incident = account.open(CHECKOUT, "Queue too long", at=at, id_=USUAL_ID)
    for minute in range(3):
        incident.alert(f"Queue {minute} too long", at + timedelta(minutes=minute), key=f"q{minute}")
    incident.assign([MIRA], at)
    incident.notify(MIRA, "push", at + timedelta(minutes=1))
    incident.acknowledge(MIRA, at + timedelta(minutes=3))
    incident.note("The consumers hang.", at + timedelta(minutes=9), MIRA)
    incident.subscribe(MIRA)
    incident.update("Orders are late.", at + timedelta(minutes=10), MIRA)
    incident.resolve(at + timedelta(minutes=30), MIRA)


@contextmanager
def far(incidents: int = 0) -> Iterator[Far]:
    """Start it."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs, incidents), daemon=True)
    server.start()
    yield Far(*pipe.recv(), pipe)
    server.terminate()
    server.join()


def took(work: Callable[[], object]) -> float:
    """Give how many seconds a piece of work takes, however it ends."""
    begun = time.monotonic()
    with suppress(ConnectorError):
        work()
    return time.monotonic() - begun


def line(what: str, measured: float, limit: float, limited_by: str) -> None:
    """Print one measurement."""
    print(f"{what:58} {measured:7.2f} / {limit:6.2f} / {measured / limit:4.2f}  {limited_by}")


def reads() -> None:
    """Measure drafts, and failures."""
    with far() as there:
        source = PagerDuty(there.key, there.url)
        source.record(IncidentId(STORM_ID))  # connections are there from now on
        for what, incident in (
            ("usual, with notes and a status update", USUAL_ID),
            ("quiet", "Q3PICTURESGONE"),
            ("into which another was merged", STORM_ID),
        ):
            there.calls()
            seconds = took(lambda one=incident: source.record(IncidentId(one)))  # type: ignore[misc]  # bound now
            told = f"latencies, {there.calls()} calls"
            line(f"an incident ({what})", seconds / AWAY, 3, told)
        seconds = took(lambda: source.record(IncidentId("Q9BIGINCIDENT9")))
        there.calls()
        line(f"a storm of {PAGES} pages", seconds / (PAGES * AWAY), 0.35, "of the sum of its pages")
        usual = took(lambda: source.incident(IncidentId(STORM_ID)))
        there.fault(1)
        line("one 503", took(lambda: source.incident(IncidentId(STORM_ID))) - usual, 3, "s more")
        there.fault(1_000)
        line(
            "a lasting 503, until it is told",
            took(lambda: source.record(IncidentId(STORM_ID))),
            10,
            "s",
        )
        source.close()


def run(incidents: int, *, with_server: bool) -> None:
    """Measure a backfill, with or without a server that does it."""
    with far(incidents) as there, tempfile.TemporaryDirectory() as name:
        own = {"PAGERDUTY_API_KEY": there.key, "PAGERDUTY_API_URL": there.url, "NO_COLOR": "1"}
        if not with_server:
            seconds = backfill(Path(name), own)
        else:
            with program("serve", Path(name), own) as server:
                server.rest()
                there.calls()
                seconds = backfill(Path(name), own)
        calls = there.calls()
        allowed = (calls - BURST) * 60 / A_MINUTE
        what = "on a server's queue" if with_server else "by the command itself"
        line(f"a backfill of {incidents} {what}", seconds, 1.3 * allowed, f"s, {calls} calls")


def backfill(folder: Path, own: dict[str, str]) -> float:
    """Sync all of them as a person does; give the seconds that the summary tells."""
    given = {k: v for k, v in os.environ.items() if not k.startswith(("POSTMORTEM_", "JIRA_"))}
    words = [
        sys.executable,
        "-c",
        "from worker.cli.main import main; main()",
        "sync",
        "--since",
        "90d",
    ]
    here = str(Path(__file__).parents[1])
    done = subprocess.run(  # noqa: S603 - this very program
        words,
        check=False,
        cwd=folder,
        env={**given, "PYTHONPATH": here, **own},
        capture_output=True,
        text=True,
    )
    found = re.findall(r"(\d+) drafted.* in (\d+) s", done.stdout)
    if not found:
        raise SystemExit(f"It did not end well: {done.stderr[-2000:]}")
    print(f"  {done.stdout.strip().splitlines()[-1]}")
    return float(found[-1][1])


def tickets() -> None:
    """Count the calls for tickets, by a process of its own each, then by one that goes on."""
    with tempfile.TemporaryDirectory() as name, world(Path(name)) as here:
        sync(here)
        here.add_rows("The first | | High | 2026-12-24")
        line("one ticket, the first on an empty database", sync(here), 8, "calls, one a link")
        here.add_rows(*(f"Task number {number} | | High | 2026-12-24" for number in range(10)))
        line("ten tickets in a new process", sync(here), 15, "calls, ten of them links")
    for count, limit in ((1, 4), (10, 13), (100, 104)):
        with tempfile.TemporaryDirectory() as name, world(Path(name)) as here, jira(here) as warm:
            sync(here, warm)
            here.add_rows("The first | | High | 2026-12-24")
            sync(here, warm)
            sync(here, warm, "reopened")
            rows = [f"Step number {number} | | High | 2026-12-24" for number in range(count)]
            here.add_rows(*rows, name="reopened")
            calls = sync(here, warm, "reopened")
            what = f"tickets: {count}, a document's first, once all is known"
            line(what, calls, limit, "calls, as above")


@contextmanager
def jira(here: World) -> Iterator[Jira]:
    """Open Jira as a new process on the same database does."""
    database = Database.open(f"sqlite:///{here.database}")
    tracker = Jira(
        here.jira.url, **here.jira.credentials, memory=ServiceMemory(database, here.clock)
    )
    yield tracker
    tracker.close()
    database.close()


def sync(here: World, tracker: Jira | None = None, name: str = "quick fix") -> int:
    """Sync, as a new process unless with a tracker; give how many calls of Jira it took."""
    if tracker is None:
        with jira(here) as opened:
            return sync(here, opened, name)
    here.jira.forget()
    result = here.run(name, tracker=tracker)
    assert not result.failed
    return len(here.jira.calls())


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--incidents", type=int, default=INCIDENTS)
    incidents = parser.parse_known_args()[0].incidents
    print(f"{'':58} measured / limit / ratio")
    reads()
    tickets()
    for with_server in (False, True):
        run(incidents, with_server=with_server)


if __name__ == "__main__":
    main()
