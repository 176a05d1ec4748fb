"""What the measurements of whole processes share: the program started, and what it costs."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

POSTGRES = os.environ.get("POSTMORTEM_TEST_POSTGRES", "")
"""A server on which databases may be made; without one, SQLite alone is measured."""
KINDS = ("sqlite", "postgresql") if POSTGRES else ("sqlite",)
PYTHON = os.environ.get("POSTMORTEM_BENCH_PYTHON", sys.executable)
"""The interpreter, with the packages that the program is measured with."""
_TICKS = os.sysconf("SC_CLK_TCK")
_START = 60.0
_LONGEST_START = 120
_AT_REST = 0.1


@dataclass(frozen=True)
class Program:
    """A process of the program, and where its page is (nowhere for ``work``)."""

    process: subprocess.Popen[str]
    url: str = ""

    def cpu(self) -> float:
        """Give the seconds of a core that it has used since its start."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def rest(self) -> None:
        """Come back once it is at rest: its first scheduled look has found nothing to do."""
        for _ in range(_LONGEST_START):
            before = self.cpu()
            time.sleep(1)
            if self.cpu() - before < _AT_REST:
                return
        raise SystemExit("It does not come to rest.")

    def memory(self, what: str) -> float:
        """Give its resident memory in MB: ``Rss``, or ``Pss``, with shared pages divided up."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text("ascii").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def as_installed() -> Mapping[str, str]:
    """Give an environment without settings, in which modules are compiled once and kept so.

    As those of an installed program are: pip compiles what it installs.
    """
    left_out = ("POSTMORTEM_", "PAGERDUTY_", "JIRA_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    compiled = Path(tempfile.gettempdir()) / "postmortem-bytecode"
    here = str(Path(__file__).parents[1])
    return {**kept, "PYTHONPATH": here, "PYTHONPYCACHEPREFIX": str(compiled)}


@contextmanager
def program(command: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Program]:
    """Run ``postmortem serve`` or ``work`` with the settings given, until the block ends."""
    words = [PYTHON, "-c", "from worker.cli.main import main; main()", command]
    if command == "serve":
        words += ["--port", "0"]
    with (folder / f"{command}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 - this very program
            words,
            cwd=folder,
            env={**as_installed(), "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield Program(process, _started(process, command, log.name))
        finally:
            process.terminate()
            process.wait(60)


def _started(process: subprocess.Popen[str], command: str, log: str) -> str:
    assert process.stdout is not None
    told = process.stdout.readline()
    if process.poll() is not None:
        raise SystemExit(f"It did not start: {Path(log).read_text('utf-8')}")
    if command != "serve":
        return ""
    (url,) = re.findall(r"http://[\w.:]+\d", told)
    requests.get(f"{url}/healthz", timeout=_START).raise_for_status()
    return str(url)
