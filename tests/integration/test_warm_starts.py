"""What tests rely on: a warm process of the program shows nothing but what one from cold shows."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm


def bare(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "POSTMORTEM_DOCUMENTS": str(folder / "documents"),
    }


@pytest.mark.parametrize(
    "words",
    [("--version",), ("sync", "--help"), ("sync", "--nonsense"), ("lint",), ("search", "x")],
)
def test_it_says_and_ends_as_one_from_cold(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "documents").mkdir()
    first, second = (
        warm.run(*words, folder=tmp_path, environment=bare(tmp_path), cold=cold)
        for cold in (False, True)
    )
    assert (first.returncode, first.stdout, first.stderr) == (
        second.returncode,
        second.stdout,
        second.stderr,
    )
    assert first.stdout + first.stderr


def test_it_has_its_own_group_and_waits_and_is_killed_as_any_process(tmp_path: Path) -> None:
    asking, answering = os.pipe()
    with (
        os.fdopen(asking, "rb") as given,
        os.fdopen(answering, "wb"),
        (tmp_path / "out").open("wb+") as out,
    ):
        process = warm.start(
            "init",
            folder=tmp_path,
            environment=bare(tmp_path),
            stdin=given,
            stdout=out,
            stderr=out,
            own_group=True,
        )
        assert isinstance(process, warm.Started)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        assert process.poll() is None
        assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
        process.send_signal(signal.SIGKILL)
        assert process.wait(warm.WAIT) == process.poll() == -signal.SIGKILL
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["LANG", "COLUMNS", "NO_COLOR", "PYTHONUTF8", "DBOS__APPVERSION"])
def test_what_counts_while_modules_load_makes_it_cold(tmp_path: Path, name: str) -> None:
    with (tmp_path / "out").open("wb") as out:
        process = warm.start(
            "--version",
            folder=tmp_path,
            environment=bare(tmp_path) | {name: "1"},
            stdout=out,
            stderr=out,
        )
    assert isinstance(process, subprocess.Popen)
    assert process.wait(warm.WAIT) == 0


ENDING = """
import atexit, sys, threading
from tests.warm_server import end
atexit.register(print, "put away")
threading.Timer(0.2, print, ["worked to its end"]).start()
print("asked to end")
end({status!r})
print("not ended", end="")
"""


@pytest.mark.parametrize(
    ("status", "ended", "said"),
    [
        (None, 0, "asked to end\nworked to its end\nput away\n"),
        (3, 3, "asked to end\nworked to its end\nput away\n"),
        ("in words", 0, "asked to end\nnot endedworked to its end\nput away\n"),
    ],
)
def test_it_waits_for_its_threads_and_puts_all_away_before_it_ends(
    status: object, ended: int, said: str
) -> None:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", ENDING.format(status=status)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (ended, said, "")
