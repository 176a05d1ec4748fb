"""Drafts a minute with 1, 2 and 4 processes that work, and what limits them.

Run: ``tests/postgres.sh python -m bench.workers`` (``--incidents 400`` for more than 200).
PagerDuty answers after 50 ms. Each ``postmortem work`` is a process with a home of its own, as on a
machine of its own; PagerDuty's sandbox and the database are processes too, and all of them share
this machine's cores: ``nice -n -15`` keeps other programs from being measured. The incidents are
put into the queue at once; a limit of calls a minute is set in the last part alone.
"""

import argparse
import multiprocessing
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.process import KINDS, Program, program
from connectors.incidents import IncidentId
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, MIRA, SHOP_TEAM
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.sandbox import Fault
from tests.integration.queue_support import database
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger
from worker.queue.engine import QueueSettings
from worker.queue.jobs_database import locate
from worker.queue.queue import Client

INCIDENTS = 200
LATENCY = 0.05
CALLS_PER_MINUTE = 900
PROCESSES = {"sqlite": (1,), "postgresql": (1, 2, 4)}
PATIENCE = 900
CORES = os.cpu_count() or 1
_PARALLEL = QueueSettings().parallel
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Setup:
    """One measurement: the kind of database, the place of the documents, and how many work."""

    kind: str
    place: str
    processes: int
    incidents: int
    calls_per_minute: int = 0

    @property
    def name(self) -> str:
        """What its line begins with."""
        limit = f", {self.calls_per_minute} calls a minute" if self.calls_per_minute else ""
        return f"{self.kind}, {self.place}, {self.processes} working{limit}"


@dataclass(frozen=True)
class Used:
    """Seconds of a core used since the start of each, and the calls that were answered.

    The workers' include those of git, at both ends.
    """

    workers: float
    database: float
    sandbox: float
    machine: float
    calls: int

    def since(self, before: "Used") -> "Used":
        """Give what was used since then."""
        return Used(
            self.workers - before.workers,
            self.database - before.database,
            self.sandbox - before.sandbox,
            self.machine - before.machine,
            self.calls - before.calls,
        )

    @property
    def ours(self) -> float:
        """What all processes of the measurement used."""
        return self.workers + self.database + self.sandbox


def be_pagerduty(pipe: Connection, incidents: int) -> None:
    """Answer late, until told to end; tell the number of calls whenever asked."""
    account = SandboxAccount()
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=60)  # no look back so far
    for number in range(incidents):
        incident = account.open(
            CHECKOUT, f"Slow ({number})", at=at, id_=f"QW{number:06}", teams=(SHOP_TEAM,)
        )
        incident.alert("Slow", at, key=f"slow-{number}")
        incident.assign([MIRA], at + timedelta(seconds=5))
        incident.notify(MIRA, "push", at + timedelta(seconds=8))
        incident.acknowledge(MIRA, at + timedelta(minutes=2))
        incident.note("Looking at the logs.", at + timedelta(minutes=9), MIRA)
        incident.note("ACTION: Alert on the length of the queue", at + timedelta(minutes=30), MIRA)
        incident.resolve(at + timedelta(minutes=40), MIRA)
    with PagerDutySandbox(account, remembered=None) as sandbox:
        sandbox.fault(Fault(".*", delay=LATENCY, times=None))
        pipe.send((sandbox.url, sandbox.api_key))
        while pipe.recv() == "calls":
            pipe.send(len(sandbox.calls()))


@contextmanager
def pagerduty(incidents: int) -> Iterator[tuple[BaseProcess, Connection]]:
    """Run PagerDuty's sandbox in a process of its own."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=be_pagerduty, args=(theirs, incidents), daemon=True)
    process.start()
    try:
        yield process, pipe
    finally:
        pipe.send("end")
        process.join(10)


def place_setting(place: str, folder: Path) -> str:
    """Make an empty place for documents, and give its setting."""
    if place == "directory":
        return str(folder / "documents")
    remote = folder / "remote.git"
    command = ("git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    subprocess.run(command, check=True)  # noqa: S603 - git, in a folder of our own
    return f"git+file://{remote}#main"


def documents(place: str, folder: Path) -> int:
    """Count the documents that were written."""
    if place == "directory":
        return sum(1 for _ in (folder / "documents").rglob("*.md"))
    command = ("git", "-C", str(folder / "remote.git"), "ls-tree", "-r", "--name-only", "main")
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - as above
    return sum(name.endswith(".md") for name in told.stdout.splitlines())


def cpu(pid: int) -> float:
    """Give the seconds of a core that a process and its ended children have used."""
    stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, stat[11:15])) / _TICKS


def of_database(url: str) -> float:
    """Give the seconds of a core that the connections to a database have used on its server."""
    if url.startswith("sqlite"):
        return 0.0
    name, used = sa.make_url(url).database or "", 0.0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            title = path.read_bytes().decode("utf-8", "replace")
            if title.startswith("postgres: ") and f" {name} " in title:
                used += cpu(int(path.parent.name))
        except FileNotFoundError:  # it ended meanwhile
            continue
    return used


def of_machine() -> float:
    """Give the seconds that the machine's cores were not idle."""
    fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    times = list(map(int, fields))
    return (sum(times) - times[3] - times[4]) / _TICKS


@contextmanager
def asking(url: str) -> Iterator[Client]:
    """Give the queue, to put jobs in."""
    queue = Client(url)
    queue.start()
    try:
        yield queue
    finally:
        queue.stop()


def requests(incidents: int) -> Sequence[JobRequest]:
    """Give what the webhooks of so many resolved incidents ask for."""
    now = datetime.now(UTC)
    return [
        JobRequest(
            IncidentId(f"QW{number:06}"),
            Trigger.WEBHOOK,
            resolved_at=now,
            event_id=f"W{number:06}",
            delay=0,
        )
        for number in range(incidents)
    ]


class Jobs:
    """What the queue's own table tells of the incidents' jobs."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(
            locate(url).url.replace("postgresql:", "postgresql+psycopg:")
        )
        table = "workflow_status" if url.startswith("sqlite") else "dbos.workflow_status"
        self._query = sa.text(
            "SELECT status, started_at_epoch_ms, completed_at"  # noqa: S608 - a constant
            f" FROM {table} WHERE name = 'incident job'"
        )

    def wait(self, count: int) -> None:
        """Come back when so many are done. Ends the program where one fails, or it takes long."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            statuses = [row.status for row in self._rows()]
            if len(statuses) != count or "ERROR" in statuses:
                raise SystemExit(f"A job failed: see the logs. There are {len(statuses)} jobs.")
            if all(status == "SUCCESS" for status in statuses):
                return
            time.sleep(0.25)
        raise SystemExit("It took too long.")

    def seconds(self) -> Sequence[float]:
        """Give how long each ran, from when it was taken out of the queue to its end."""
        return [(row.completed_at - row.started_at_epoch_ms) / 1000 for row in self._rows()]

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _rows(self) -> Sequence[sa.Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(self._query).all()


@dataclass(frozen=True)
class Shares:
    """What tells where the time went.

    ``calls`` are those a minute, ``slots`` is the share of the places for jobs that were taken,
    ``latency`` the share of a job's time that is PagerDuty's, ``cores`` how many cores the
    measurement kept busy, ``others`` how many other programs did.
    """

    calls: float
    slots: float
    latency: float
    cores: float
    others: float


def limit(setup: Setup, shares: Shares) -> str:
    """Say what keeps it from being faster: the first of these that is at its end."""
    budget, milliseconds, empty = setup.calls_per_minute, LATENCY * 1000, 1 - shares.slots
    crowded = shares.cores + shares.others > 0.9 * CORES
    rules = (
        (0 < 0.9 * budget < shares.calls, f"the budget of {budget} calls a minute"),
        (shares.cores > 0.9 * CORES, f"the {CORES} cores of this machine"),
        (empty > 0.25, f"taking jobs out of the queue ({empty:.0%} of the places were empty)"),
        (shares.latency > 0.5, f"PagerDuty's {milliseconds:.0f} ms a call"),
        (setup.place == "Git", "pushes to the remote, one at a time"),
        (crowded, f"the {CORES} cores of this machine, shared with other programs"),
    )
    return next((told for holds, told in rules if holds), "what a job does between its calls")


@contextmanager
def workers(setup: Setup, folder: Path, settings: Mapping[str, str]) -> Iterator[list[Program]]:
    """Run the processes that work, each at rest and with a home of its own."""
    with ExitStack() as stack:
        started = []
        for number in range(setup.processes):
            home = folder / f"machine-{number}"
            home.mkdir()
            budget = f"[pagerduty]\ncalls_per_minute = {setup.calls_per_minute}\n"
            (home / "postmortem.toml").write_text(budget, "utf-8")
            environment = {**settings, "HOME": str(home), "XDG_CACHE_HOME": ""}
            started.append(stack.enter_context(program("work", home, environment)))
        for one in started:
            one.rest()
        yield started


def measure(setup: Setup) -> None:
    """Print one line for one setup."""
    with (
        tempfile.TemporaryDirectory() as name,
        pagerduty(setup.incidents) as (sandbox, pipe),
        database(setup.kind, Path(name)) as url,
    ):
        address, key = pipe.recv()
        settings = {
            "PAGERDUTY_API_KEY": key,
            "PAGERDUTY_API_URL": address,
            "POSTMORTEM_DATABASE_URL": url,
            "POSTMORTEM_DOCUMENTS": place_setting(setup.place, Path(name)),
        }
        with (
            workers(setup, Path(name), settings) as working,
            asking(url) as queue,
            closing(Jobs(url)) as jobs,
        ):

            def used() -> Used:
                ours = sum(cpu(one.process.pid) for one in working)
                return Used(
                    ours, of_database(url), cpu(sandbox.pid or 0), of_machine(), calls(pipe)
                )

            before, begin = used(), time.perf_counter()
            queue.enqueue_all(requests(setup.incidents))
            jobs.wait(setup.incidents)
            seconds = time.perf_counter() - begin
            report(setup, seconds, used().since(before), sum(jobs.seconds()))
        written = documents(setup.place, Path(name))
        assert written == setup.incidents, f"{written} documents"


def calls(pipe: Connection) -> int:
    """Ask PagerDuty's sandbox how many calls there were."""
    pipe.send("calls")
    return int(pipe.recv())


def report(setup: Setup, seconds: float, used: Used, running: float) -> None:
    """Print what was measured; ``running`` is how long all jobs together ran, in seconds."""
    drafts, places = setup.incidents, setup.processes * _PARALLEL
    minute = 60 / seconds
    shares = Shares(
        calls=used.calls * minute,
        slots=running / seconds / places,
        latency=used.calls * LATENCY / running,
        cores=used.ours / seconds,
        others=max(0.0, used.machine - used.ours) / seconds,
    )
    print(
        f"{setup.name}: {drafts * minute:.0f} drafts a minute, {used.calls / drafts:.1f} calls and "
        f"{running / drafts:.2f} s a draft ({shares.latency:.0%} PagerDuty's), CPU a draft: "
        f"workers {used.workers / drafts:.2f} s, database {used.database / drafts:.2f} s; "
        f"{shares.slots:.0%} of {places} places taken; of {CORES} cores the workers used "
        f"{used.workers / seconds:.2f}, the database {used.database / seconds:.2f}, the sandbox "
        f"{used.sandbox / seconds:.2f}, other programs {shares.others:.2f}. "
        f"Limit: {limit(setup, shares)}.",
        flush=True,
    )


def main() -> None:
    """Measure every setup."""
    parser = argparse.ArgumentParser(prog="bench.workers")
    parser.add_argument("--incidents", type=int, default=INCIDENTS)
    incidents = parser.parse_args().incidents
    for kind in KINDS:
        for place in ("directory", "Git"):
            for processes in PROCESSES[kind]:
                measure(Setup(kind, place, processes, incidents))
    measure(Setup(KINDS[-1], "directory", PROCESSES[KINDS[-1]][-1], incidents, CALLS_PER_MINUTE))


if __name__ == "__main__":
    main()
