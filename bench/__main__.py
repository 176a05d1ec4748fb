"""Every measurement, one after the other, each in a process of its own: ``python -m bench``."""

import subprocess
import sys

PARTS = (
    "start",
    "calls",
    "distance",
    "walk",
    "quality",
    "draft",
    "merge",
    "render",
    "many",
    "door",
    "queue",
    "workers",
    "idle",
    "pages",
    "write",
)


def main() -> None:
    """Run all; the exit code says whether one of them failed, and which is told."""
    failed = []
    for part in PARTS:
        print(f"\nbench.{part}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{part}"], check=False)  # noqa: S603 - our own
        if done.returncode:
            failed.append(part)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
