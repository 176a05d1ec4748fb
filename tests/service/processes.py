"""`postmortem serve` and `postmortem work` as an operator runs them: started, stopped, killed."""

import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests import warm

WAIT = 120.0
"""Seconds for what must come to pass; far more than it takes, and never slept through."""
LOOK_EVERY = 0.1
_URL = re.compile(r"The web page is at (http://\S+?)\. ")


def until(holds: Callable[[], object], what: str, wait: float = WAIT) -> None:
    """Come back once it holds; fail where it does not in time."""
    deadline = time.monotonic() + wait
    while not _holds_after(holds):
        assert time.monotonic() < deadline, f"waited in vain: {what}"


def _holds_after(holds: Callable[[], object]) -> bool:
    """Look, and leave the processor to others for at least as long as that took."""
    began = time.monotonic()
    held = bool(holds())
    if not held:
        time.sleep(max(LOOK_EVERY, time.monotonic() - began))
    return held


class Process:
    """One long-running command, in a process group of its own; what it says goes into files."""

    def __init__(
        self,
        words: tuple[str, ...],
        log: Path,
        environment: Mapping[str, str],
        *,
        module: str = "",
        cold: bool = False,
    ) -> None:
        self.words = words
        self.out, self.err = log.with_suffix(".out"), log.with_suffix(".err")
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self._process = warm.start(
                *words,
                folder=log.parent,
                environment=environment,
                stdout=out,
                stderr=err,
                own_group=True,
                module=module,
                cold=cold,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    @property
    def said(self) -> str:
        return self.out.read_text("utf-8")

    @property
    def complained(self) -> str:
        return self.err.read_text("utf-8")

    @property
    def url(self) -> str:
        """Where the web page is; the process must have said so."""
        found = _URL.search(self.said)
        assert found, f"{self.words} did not say where it serves"
        return found[1]

    def is_up(self) -> bool:
        assert self.lives, f"{self.words} ended with {self.status}: {self.complained}"
        return "Stop with Ctrl-C." in self.said

    def wait_until_up(self) -> "Process":
        """Wait until it says that it is at work."""
        until(self.is_up, f"{self.words} starts")
        return self

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        """Take its power away, and that of all that it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # it has ended, and was waited for
        self._process.wait(WAIT)

    def ask_to_stop(self) -> None:
        """Ask it to end, as a supervisor does."""
        self._process.send_signal(signal.SIGTERM)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def wait(self) -> int:
        """Wait until it has ended; gives its exit status."""
        return self._process.wait(WAIT)

    def stop(self) -> int:
        """Ask it to end, and wait for that; gives its exit status."""
        self.ask_to_stop()
        return self.wait()
