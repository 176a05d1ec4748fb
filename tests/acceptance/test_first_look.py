"""What somebody sees first: the demo's story, the help, the module as a command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm
from worker import demo
from worker.app.setup_answers import every_variable

COMMAND = str(Path(sys.executable).with_name("postmortem"))


def shown(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        words, capture_output=True, text=True, check=True, timeout=300
    )
    return done.stdout


def test_the_demo_tells_its_story_on_one_screen(tmp_path: Path) -> None:
    brief = shown(COMMAND, "demo", "--exit", "--dir", str(tmp_path))
    lines = brief.splitlines()
    assert len(lines) <= 42
    assert [line for line in lines if len(line) > 100 and str(tmp_path) not in line] == []
    assert "# Postmortem: Checkout API: payments fail with 503" in lines
    assert [line[:2] for line in lines if re.match(r"\d\. ", line)][-1] == "9."
    assert "## 9." not in brief


def test_a_demo_that_stops_says_so_where_failures_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stage(*_: object, **__: object) -> None:
        raise demo.StepFailed("In step 3, there are 0 drafts.")

    monkeypatch.setattr(demo, "_stage", stage)
    assert not demo.show(tmp_path, serve=False)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "The demo stopped: In step 3, there are 0 drafts.\n")


def test_the_whole_draft_is_printed_on_request(tmp_path: Path) -> None:
    usual = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = warm.run("demo", "--exit", "--full", folder=tmp_path, environment=usual, timeout=300)
    assert done.returncode == 0, done.stderr
    full = done.stdout
    assert "## 9. Communication and Review" in full
    assert "--full prints it" not in full


@pytest.mark.parametrize("command", [[COMMAND, "-h"], [sys.executable, "-m", "worker", "--help"]])
def test_the_help_names_each_variable_of_the_environment(command: list[str]) -> None:
    words = set(shown(*command).split())
    assert {one.name for one in every_variable().values()} <= words
    assert "init" in words
