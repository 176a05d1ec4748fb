"""Where all tests are required, none is skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("required", "outcome"), [("", "1 skipped"), ("1", "1 failed")])
def test_a_skipped_test_fails_where_all_are_required(
    tmp_path: Path, required: str, outcome: str
) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("import pytest\n\ndef test_it():\n    pytest.skip('lacks something')\n")
    shown = subprocess.run(  # noqa: S603 - our own interpreter and test
        [
            sys.executable,
            "-m",
            "pytest",
            "-ra",
            "-p",
            "tests.conftest",
            f"--rootdir={tmp_path}",
            test,
        ],
        cwd=ROOT,
        env={**os.environ, "POSTMORTEM_REQUIRE_ALL": required, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert outcome in shown
    assert "lacks something" in shown
