"""Starting the program in tests: warm where that shows the same, from cold elsewhere.

From cold, a process costs two seconds of the processor for what it imports, and a test starts up to
thirty. A warm one is forked from a process that has imported it all, and is otherwise like any
other: it can be asked to stop, killed, and waited for. ``POSTMORTEM_TEST_COLD=1`` starts all from
cold. What tests the start itself asks for ``cold``.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

COMMAND = Path(sys.executable).with_name("postmortem")
ALL_COLD = bool(os.environ.get("POSTMORTEM_TEST_COLD"))
WAIT = 120.0
KNOWN = ("PAGERDUTY_", "JIRA_", "CONFLUENCE_", "SLACK_", "POSTMORTEM_", "GIT_")
USUAL = {"PATH", "HOME", "TZ", "PYTHONPATH", "HTTPS_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
"""Only what is read once a command is under way: all else may count when modules are loaded."""


class Started:
    """A process that was forked for a test: as much of ``subprocess.Popen`` as tests use."""

    def __init__(self, answers: socket.socket) -> None:
        self._answers = answers
        self._lock = threading.Lock()
        self.pid = int(self._line())
        self.returncode: int | None = None

    def _line(self) -> str:
        text = b""
        while not text.endswith(b"\n"):
            more = self._answers.recv(1)
            assert more, "the process of warm processes has ended"
            text += more
        return text.decode()

    def poll(self) -> int | None:
        """Tell how it ended, or None while it lives."""
        return self._ended_within(0.001)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; gives its exit status. Raises ``TimeoutExpired``."""
        status = self._ended_within(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _ended_within(self, seconds: float | None) -> int | None:
        with self._lock:
            if self.returncode is None:
                self._answers.settimeout(seconds)
                try:
                    self.returncode = int(self._line())
                except TimeoutError:
                    return None
                self._answers.close()
            return self.returncode


class _Forks:
    """The one server of warm processes, started with the first of them."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None
        self._lock = threading.Lock()

    def start(self, asked: Mapping[str, object], streams: Sequence[int]) -> Started:
        text = json.dumps(asked).encode()
        mine, theirs = socket.socketpair()
        with self._lock, theirs:
            control = self._control = self._control or _serve()
            socket.send_fds(control, [len(text).to_bytes(4, "big")], [*streams, theirs.fileno()])
            control.sendall(text)
        return Started(mine)


def _serve() -> socket.socket:
    mine, theirs = socket.socketpair()
    with theirs:
        server = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, Path(__file__).with_name("warm_server.py"), str(theirs.fileno())],
            env={name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(server.wait, WAIT)
    atexit.register(mine.close)
    return mine


_FORKS = _Forks()


def start(
    *words: str,
    folder: Path,
    environment: Mapping[str, str],
    stdout: IO[bytes],
    stderr: IO[bytes],
    stdin: IO[bytes] | None = None,
    own_group: bool = False,
    module: str = "",
    cold: bool = False,
) -> "Started | subprocess.Popen[bytes]":
    """Start the program with these words, and do not wait; or a ``module`` as a program."""
    command = [sys.executable, "-m", module] if module else [str(COMMAND)]
    if cold or ALL_COLD or _counts_at_start(environment):
        return subprocess.Popen(  # noqa: S603 - our own command
            [*command, *words],
            cwd=folder,
            env=dict(environment),
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=own_group,
        )
    asked = {
        "words": [command[-1], *words],
        "folder": str(folder),
        "environment": dict(environment),
        "own_group": own_group,
        "module": module,
    }
    with Path(os.devnull).open("rb") as nothing:
        streams = [stdin or nothing, stdout, stderr]
        return _FORKS.start(asked, [one.fileno() for one in streams])


def run(
    *words: str,
    folder: Path,
    environment: Mapping[str, str],
    answers: str = "",
    cold: bool = False,
    timeout: float = WAIT,
) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end; gives its exit status and what it said.

    ``answers`` are on its standard input.
    """
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(answers.encode())
        given.seek(0)
        process = start(
            *words,
            folder=folder,
            environment=environment,
            stdin=given,
            stdout=out,
            stderr=err,
            cold=cold,
        )
        try:
            status = process.wait(timeout)
        finally:
            process.send_signal(signal.SIGKILL)  # nothing, where it has ended
        said, complained = (_text(one) for one in (out, err))
    return subprocess.CompletedProcess([str(COMMAND), *words], status, said, complained)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8")


def _counts_at_start(environment: Mapping[str, str]) -> bool:
    if environment.get("PYTHONPATH", "") != os.environ.get("PYTHONPATH", ""):
        return True
    return any(not (one in USUAL or one.startswith(KNOWN)) for one in environment)
