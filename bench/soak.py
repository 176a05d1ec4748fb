"""An hour's work in five minutes: webhooks, edits, faults, kills, a full disk, a directory gone.

Run: ``python -m bench.soak``, or ``python -m bench.soak SECONDS``. In the end the documents and the
tickets must be as undisturbed ones; what is printed is what was done to the program, how its memory
grew between its kills, and which lines of its log belong to a job and do not name the incident.

The disk that fills is a limit of the process's files, set and taken back from outside.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.sandbox import Delivery
from tests.service.happenings import open_incident, resolve
from tests.service.installation import Installation, installation
from tests.service.processes import Process, until
from tests.service.promise import Promise
from tests.service.weather import bad_weather

SECONDS = 300.0
ROUND = 3.0
QUIET = 0.4
"""The part of the time, at its end, in which nothing is killed: memory is measured there."""
_WARM = 15.0
"""Seconds after its start in which a process still grows."""
_SMALL = 4_096
_LONGEST_PAUSE = 1_800.0
"""Seconds for which a job that failed several times may be put off."""
_UNLIMITED = resource.RLIM_INFINITY


@dataclass
class Soak:
    """A process under load, what was done to it, and its memory: seconds since its start, MB."""

    here: Installation
    promise: Promise
    dice: random.Random = field(default_factory=lambda: random.Random(13))  # noqa: S311 - no secret
    done: Counter[str] = field(default_factory=Counter)
    undelivered: list[Delivery] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    started: float = 0.0

    def start(self) -> None:
        """Start the process, and measure anew."""
        self.here.serve()
        self.started, self.memory = time.monotonic(), []

    @property
    def door(self) -> Process:
        """The process that runs now."""
        assert self.here.door is not None
        return self.here.door

    def happen(self) -> None:
        """Let an incident be resolved, with two action items, and tell of it."""
        number = self.done["incidents"]
        items = [f"Watch disk {number} of the shop", f"Write down how to mend disk {number}"]
        incident = resolve(open_incident(self.here.pagerduty.account, items))
        self.promise.drafted.append(incident)
        self.undelivered.append(self.here.event("resolved", incident))
        self.done["incidents"] += 1

    def deliver(self) -> None:
        """Deliver what is to be told, as PagerDuty does: again, until it is taken."""
        left = []
        for one in self.undelivered:
            try:
                answer = one.send(f"{self.door.url}/webhooks/pagerduty")
            except requests.RequestException:
                answer = 0
            self.done[f"webhooks answered {answer or 'not at all'}"] += 1
            if answer != requests.codes.accepted:
                left.append(one)
        self.undelivered = left

    def edit(self) -> None:
        """Let somebody write into a document, or add a row to it."""
        there = [one for one in self.promise.drafted if self.here.documents.of(one.id)]
        if not there:
            return
        chosen: SandboxIncident = self.dice.choice(there)
        self.done["edits"] += 1
        if self.dice.random() < 0.5:
            self.promise.write(chosen, f"We looked at it again ({self.done['edits']}).")
        else:
            row = f"Look at it again ({self.done['edits']}) | | | "
            self.promise.add_row(chosen, row)

    def kill(self) -> None:
        """End the process at once, and start it again."""
        self.tell_memory()
        self.door.kill()
        self.done["kills"] += 1
        self.start()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let no file grow beyond some bytes."""
        self.done["full disks"] += 1
        resource.prlimit(self.door.pid, resource.RLIMIT_FSIZE, (_SMALL, _UNLIMITED))
        try:
            yield
        finally:
            resource.prlimit(self.door.pid, resource.RLIMIT_FSIZE, (_UNLIMITED, _UNLIMITED))

    @contextmanager
    def directory_gone(self) -> Iterator[None]:
        """Take the documents away for a while."""
        folder = self.here.folder / "documents"
        if not folder.exists():
            yield
            return
        self.done["directories gone"] += 1
        aside = folder.rename(folder.with_name("unmounted"))
        try:
            yield
        finally:
            if folder.exists():
                self.done["WRITTEN WHILE GONE"] += sum(1 for _ in folder.rglob("*.md"))
                folder.rename(folder.with_name(f"made-meanwhile-{self.done['directories gone']}"))
            aside.rename(folder)

    def work(self, seconds: float) -> None:
        """Let things happen for so long, and measure the memory meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.happen()
            self.deliver()
            self.measure()
            time.sleep(ROUND / 2)

    def measure(self) -> None:
        """Note the resident memory of the process, and its age."""
        text = Path(f"/proc/{self.door.pid}/statm").read_text("ascii")
        pages = int(text.split()[1])
        age = time.monotonic() - self.started
        self.memory.append((age, pages * resource.getpagesize() / 2**20))

    def tell_memory(self) -> None:
        """Print how the memory grew since the process was warm."""
        warm = [one for one in self.memory if one[0] > _WARM]
        if len(warm) > 2:
            (first, before), (last, after) = warm[0], warm[-1]
            print(
                f"memory of process {self.door.pid}: {before:.0f} to {after:.0f} MB in "
                f"{last - first:.0f} s, {slope(warm) * 60:+.2f} MB a minute",
                flush=True,
            )


def slope(points: list[tuple[float, float]]) -> float:
    """Give the rise of the line that lies closest to the points."""
    x = sum(one for one, _ in points) / len(points)
    y = sum(one for _, one in points) / len(points)
    below = sum((one - x) ** 2 for one, _ in points)
    return sum((one - x) * (other - y) for one, other in points) / below if below else 0.0


def nameless(here: Installation) -> tuple[int, list[str]]:
    """Count the lines of all logs, and give those of a job that name no incident, or are none."""
    count, found = 0, []
    for process in here.processes:
        for line in process.complained.splitlines():
            count += 1
            try:
                told = json.loads(line)
            except ValueError:
                found.append(line)
                continue
            if told.get("job") and not (told.get("incident") or told.get("schedule")):
                found.append(line)
    return count, found


def disturb(soak: Soak, seconds: float) -> None:
    """Do all there is in turn: kills, full disks, a directory gone, faults and edits."""
    bad_weather(soak.here)
    begin = time.monotonic()
    steps: list[Callable[[], None]] = [
        lambda: soak.work(2 * ROUND),
        soak.edit,
        lambda: soak.work(2 * ROUND),
        soak.kill,
        soak.edit,
        lambda: _during(soak.full_disk(), soak),
        lambda: soak.work(ROUND),
        lambda: _during(soak.directory_gone(), soak),
        soak.edit,
    ]
    while time.monotonic() - begin < seconds:
        for step in steps:
            step()


def _during(trouble: AbstractContextManager[None], soak: Soak) -> None:
    with trouble:
        soak.work(ROUND)


def main(seconds: float = SECONDS) -> None:
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder), "sqlite") as here:
        here.besides["POSTMORTEM_LOG_FORMAT"] = "json"
        promise = Promise(here, killed=True, compared=5)
        soak = Soak(here, promise)
        soak.start()
        disturb(soak, seconds * (1 - QUIET))
        here.pagerduty.faults.clear()
        here.jira.faults.clear()
        soak.work(seconds * QUIET)
        soak.tell_memory()
        until(lambda: soak.deliver() or not soak.undelivered, "all is told")
        until(lambda: not promise.broken(), "what was put off is done", wait=_LONGEST_PAUSE)
        promise.hold()
        print(", ".join(f"{count} {name}" for name, count in sorted(soak.done.items())))
        print(f"{len(promise.drafted)} documents and {len(promise.tickets())} tickets as in peace")
        count, found = nameless(here)
        print(f"{count} lines of the log, {len(found)} of a job without its incident, or torn")
        for line in found[:10]:
            print(f"  {line[:160]}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
