"""Make the scripts of others that pages use anew: ``make vendor``.

The packages and their versions are those of ``tests/package-lock.json``.
"""

import sys
import tempfile
from pathlib import Path

from tests.vendored.bundle import STATIC, made


def main() -> None:
    """Write the script, its licences and what is known of it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in made(Path(folder)).items():
            (STATIC / name).write_bytes(content)
            sys.stdout.write(f"{STATIC / name}: {len(content):,} bytes\n")


if __name__ == "__main__":
    main()
