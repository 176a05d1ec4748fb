"""What an idle process costs: its share of a core in a minute, and its resident memory.

Run: ``python -m bench.idle``, under ``tests/postgres.sh`` for PostgreSQL as well.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.distance import line
from bench.process import KINDS, program
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from tests.integration.queue_support import database

SECONDS = 60
CPU_AIM = 2.0
MEMORY_AIM = 110
LIBRARIES = (
    "dbos, fastapi, uvicorn, jinja2, structlog, pydantic_settings, typer, pagerduty, markdown_it"
)
"""What a process that serves stands on, and keeps for its first incident."""
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
            "PAGERDUTY_WEBHOOK_SECRET": "for-the-measurement",
            "POSTMORTEM_DATABASE_URL": url,
        }
        with program(command, Path(name), settings) as process:
            process.rest()
            before, begin = process.cpu(), time.perf_counter()
            time.sleep(SECONDS)
            share = (process.cpu() - before) / (time.perf_counter() - begin)
            what, resident = f"{kind}, postmortem {command}", process.memory("Rss")
            line(what, share * 100, CPU_AIM, "% of a core, in a minute of doing nothing")
            own = f"MB resident, {process.memory('Pss'):.0f} proportional: libraries' code, mostly"
            line(what, resident, MEMORY_AIM, own)


def merely_imported() -> float:
    """Give what a process holds resident that imports those and does nothing, in MB."""
    words = [sys.executable, "-c", f"import {LIBRARIES}{RESIDENT}"]
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
