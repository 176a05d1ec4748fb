"""The rules of the house that a tool holds, which starts threads or a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.vendored import bundle

ROOT = Path(__file__).parents[2]


def test_imports_run_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    broken = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True)
    assert not broken, capsys.readouterr().out


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


def test_what_is_vendored_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    if lack := bundle.lacks():
        pytest.skip(lack)
    for name, content in bundle.made(tmp_path).items():
        assert (bundle.STATIC / name).read_bytes() == content, f"{name}: run make vendor"
