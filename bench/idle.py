"""What an idle process costs: its share of a core in a minute, and its resident memory.

It has started on a database that is there, as all but first starts do, and was not asked for
anything; what it holds once it has shown a page and drafted an incident is told beside.

Run: ``python -m bench.idle``, under ``tests/postgres.sh`` for PostgreSQL as well. Packages that are
there and not installed with the program are loaded by some of its libraries:
``POSTMORTEM_BENCH_PYTHON`` is an interpreter without (``python -m venv``, and
``pip install -r requirements.lock``).
"""

import subprocess
import tempfile
import time
from pathlib import Path

import requests

from bench.distance import line
from bench.process import KINDS, PYTHON, Program, program
from connectors.pagerduty.sandbox.server import SECRET, PagerDutySandbox
from tests.integration.queue_support import database
from tests.service.happenings import open_incident, resolve

SECONDS = 60
CPU_AIM = 2.0
MEMORY_AIM = 110
LIBRARIES = "dbos, starlette.applications, uvicorn, structlog, pydantic_settings, typer, pagerduty"
"""What a process that serves stands on before it is asked for anything."""
RESIDENT = """
from pathlib import Path
lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
print(sum(int(line.split()[1]) for line in lines if line.startswith("Rss:")) / 1024)
"""


def measure(kind: str, command: str) -> None:
    """Print what one process costs."""
    with (
        PagerDutySandbox() as sandbox,
        tempfile.TemporaryDirectory() as name,
        database(kind, Path(name)) as url,
    ):
        settings = {
            "PAGERDUTY_API_KEY": sandbox.api_key,
            "PAGERDUTY_API_URL": sandbox.url,
            "PAGERDUTY_WEBHOOK_SECRET": SECRET,
            "POSTMORTEM_DATABASE_URL": url,
        }
        with program(command, Path(name), settings) as process:
            process.rest()
        with program(command, Path(name), settings) as process:
            process.rest()
            time.sleep(SECONDS)  # in a first minute the engine looks for schedules each second
            before, begin = process.cpu(), time.perf_counter()
            time.sleep(SECONDS)
            share = (process.cpu() - before) / (time.perf_counter() - begin)
            what, resident = f"{kind}, postmortem {command}", process.memory("Rss")
            line(what, share * 100, CPU_AIM, "% of a core, in a minute of doing nothing")
            own = f"MB resident, {process.memory('Pss'):.0f} proportional: libraries' code, mostly"
            line(what, resident, MEMORY_AIM, own)
            if process.url:
                at_work(sandbox, process, Path(name))
                held = process.memory("Rss")
                print(f"{what + ', once asked for something':58} {held:7.2f} MB")


def at_work(sandbox: PagerDutySandbox, process: Program, folder: Path) -> None:
    """Have a page shown and an incident drafted."""
    requests.get(f"{process.url}/", timeout=60).raise_for_status()
    incident = resolve(open_incident(sandbox.account, ["Watch the disks"]))
    told = sandbox.webhook("incident.resolved", incident)
    answer = told.send(f"{process.url}/webhooks/pagerduty")
    assert answer == requests.codes.accepted, answer
    while not [*(folder / "postmortems").glob("*.md")]:
        time.sleep(0.1)


def merely_imported() -> float:
    """Give what a process holds resident that imports those and does nothing, in MB."""
    words = [PYTHON, "-c", f"import {LIBRARIES}{RESIDENT}"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - a command of ours
    return float(done.stdout)


def main() -> None:
    """Measure both kinds of process on each kind of database that there is."""
    told = "MB resident, before any of our own code"
    line("its libraries, merely imported", merely_imported(), MEMORY_AIM, told)
    for kind in KINDS:
        for command in ("serve", "work"):
            measure(kind, command)


if __name__ == "__main__":
    main()
