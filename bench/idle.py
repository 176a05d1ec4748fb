"""What an idle process costs: its share of a core over 20 seconds, and its resident memory.

Run: ``python -m bench.idle``, under ``tests/postgres.sh`` for PostgreSQL as well.
"""

import tempfile
import time
from pathlib import Path

from bench.process import KINDS, program
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from tests.integration.queue_support import database

SECONDS = 20
CPU_AIM = 0.05
MEMORY_AIM = 120


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
            print(
                f"{kind:10} postmortem {command:5}: {share:.1%} of a core (aim {CPU_AIM:.0%}), "
                f"resident {process.memory('Rss'):.0f} MB (aim {MEMORY_AIM} MB), "
                f"proportional {process.memory('Pss'):.0f} MB"
            )


def main() -> None:
    """Measure both kinds of process on each kind of database that there is."""
    for kind in KINDS:
        for command in ("serve", "work"):
            measure(kind, command)


if __name__ == "__main__":
    main()
