"""What a command costs before it does anything: CPU of a process of its own, the least of five.

Run: ``python -m bench.start``. Processors differ, and under other load each figure grows: what it
costs merely to import the libraries tells how much.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.distance import line
from bench.process import as_installed, program
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.server import PagerDutySandbox

RUNS = 5
CALLED = "from worker.cli.main import main; main()"
LIBRARIES = "import sqlalchemy.dialects.sqlite, pydantic_settings, typer, rich.console, rich.table"
"""What a command stands on that reads settings and a database, and prints a table."""


def seconds(folder: Path, settings: Mapping[str, str], code: str, *words: str) -> float:
    """Give the least CPU of a few runs."""
    own = {**as_installed(), **settings}
    found = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-c", code, *words],
            cwd=folder,
            env=own,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
        found.append(sum(used))
    return min(found)


def main() -> None:
    """Print each as measured / limit / ratio."""
    with (
        tempfile.TemporaryDirectory() as name,
        PagerDutySandbox() as pagerduty,
        JiraSandbox() as jira,
    ):
        folder = Path(name)
        (folder / "postmortems").mkdir()
        settings = {
            "PAGERDUTY_API_KEY": pagerduty.api_key,
            "PAGERDUTY_API_URL": pagerduty.url,
            "PAGERDUTY_WEBHOOK_SECRET": "for-the-measurement",
            "JIRA_URL": jira.url,
            "JIRA_EMAIL": jira.credentials["email"],
            "JIRA_API_TOKEN": jira.credentials["api_token"],
            "JIRA_PROJECT": "OPS",
        }
        bare = seconds(folder, {}, "pass")
        for words, limit in ((("--help",), 0.25), (("--version",), 0.25)):
            more = seconds(folder, {}, CALLED, *words) - bare
            line(f"postmortem {words[0]}", more, limit, f"s of CPU above {bare:.2f} s of Python's")
        for counts in (False, True):  # the first compiles, and makes the database
            with program("serve", folder, settings) as server:
                if counts:
                    line("postmortem serve, until it answers", server.cpu(), 2, "s of CPU")
                server.rest()
        libraries = seconds(folder, {}, LIBRARIES)
        for words, limit in ((("status",), 0.6), (("lint",), 0.6), (("sync",), 1)):
            used = seconds(folder, settings, CALLED, *words)
            told = f"s of CPU, {used / libraries:.2f} times importing its libraries"
            line(f"postmortem {words[0]}, nothing to tell", used, limit, told)


if __name__ == "__main__":
    main()
