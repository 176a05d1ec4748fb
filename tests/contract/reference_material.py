"""The services' own documents and samples, which are not part of this repository.

They are looked for under ``$POSTMORTEM_SPECS``, else in ``../shared/reference`` beside the
repository; a test that needs one is skipped where it is absent.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(os.environ.get("POSTMORTEM_SPECS") or ROOT.parent / "shared" / "reference")


def reference(*parts: str) -> Path:
    """Give a file or folder of the reference material; skips the test where it is absent."""
    path = REFERENCE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {'/'.join(parts)}, which is not part of this repository")
    return path
