"""Running a child so that its end is known in time, whatever children it has of its own.

Git leaves the network to helpers. A helper that hangs keeps git's output open, and one that
outlives git on purpose (a shared ssh connection) does so too. So what is printed goes into files,
which nobody waits for, and a child that takes too long is ended together with its helpers.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Timer

_TO_TIDY_UP = 1.0
"""Seconds between asking a child to end, so that it removes its lock files, and making it end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, and what it printed."""

    status: int
    output: bytes
    errors: bytes


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    stdin: bytes,
    seconds: float,
    keeps: Sequence[int] = (),
) -> Ended:
    """Run a command outside of any folder's repository, and give how it ended.

    It keeps the descriptors ``keeps`` open. Raises ``TimeoutError`` after ``seconds``, another
    ``OSError`` where it cannot be started.
    """
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
    ):
        given.write(stdin)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603 - no shell; the caller says what is run
            command,
            env=environment,
            cwd="/",
            stdin=given,
            stdout=output,
            stderr=errors,
            start_new_session=True,
            pass_fds=keeps,
        )
        _wait(child, seconds)
        output.seek(0)
        errors.seek(0)
        return Ended(child.returncode, output.read(), errors.read())


def _wait(child: "subprocess.Popen[bytes]", seconds: float) -> None:
    late = Event()

    def end() -> None:
        if child.returncode is None:
            late.set()
            _end(child)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        child.wait()
    except BaseException:
        _end(child)
        raise
    finally:
        timer.cancel()
    if late.is_set():
        timer.join()
        raise TimeoutError


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a child and the helpers it started; they share a process group."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_TO_TIDY_UP)
        os.killpg(child.pid, signal.SIGKILL)
