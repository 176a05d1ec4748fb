"""What a command costs before it does anything: CPU of a process of its own, the least of five.

Run: ``python -m bench.start``. Under other load each figure grows; the bare one tells how much.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.distance import line

RUNS = 5
CALLED = "from worker.cli.main import main; main()"


def seconds(folder: Path, program: str, *words: str) -> float:
    """Give the least CPU of a few runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTMORTEM_")}
    own = {**kept, "PYTHONPATH": str(Path(__file__).parents[1])}
    found = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-c", program, *words],
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "postmortems").mkdir()
        bare = seconds(folder, "pass")
        for words, limit in ((("--help",), 0.25), (("--version",), 0.25)):
            more = seconds(folder, CALLED, *words) - bare
            line(f"postmortem {words[0]}", more, limit, f"s of CPU above {bare:.2f} s of Python's")
        used = seconds(folder, CALLED, "status")
        line("postmortem status, in a fresh process", used, 0.6, "s of CPU, most of it SQLAlchemy")


if __name__ == "__main__":
    main()
