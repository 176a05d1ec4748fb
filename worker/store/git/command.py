"""Running the ``git`` command so that its end is known in time, whatever children it has.

Git leaves the network to helpers. A helper that hangs keeps git's output open, and one that
outlives git on purpose (a shared ssh connection) does so too. So what is printed goes into files,
which nobody waits for, and a child that takes too long is ended together with its helpers.
"""

import os
import random
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Timer

from connectors.tls import PROXY_REMEDY, TRUST_REMEDY, Authorities, proxy_of
from worker.store.document_store import StoreError

_ALWAYS = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",  # fail where a password would be asked for
    "GIT_ALLOW_PROTOCOL": "ssh:https:file",
    "GIT_LITERAL_PATHSPECS": "1",
}
_OF_OTHERS = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_WORK_TREE",
}
"""What a hook that runs this program has in its environment for the sake of another repository."""
_SETTINGS = (
    "core.hooksPath=/dev/null",  # a person's hooks are for a person's clones
    "gc.auto=0",  # is run when we say so: see worker.store.git.cache
    "maintenance.auto=false",
    "http.lowSpeedLimit=1",  # bytes a second, for so many seconds: for a child left behind
    "http.lowSpeedTime=120",
)
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15"
_SAYS_NOTHING = {
    "Please make sure you have the correct access rights",
    "and the repository exists",
    "fatal: Could not read from remote repository",
}
_REMEDIES: Mapping[str, str] = {
    r"Host key verification failed|HOST IDENTIFICATION": "See that the host is the right one, and "
    "put its key into ~/.ssh/known_hosts of the user that runs this program (ssh-keyscan HOST).",
    r"Permission denied \(": "Give the user that runs this program an SSH key that the host knows "
    "and that may push, such as a deploy key.",
    r"could not read (?:Username|Password)|Authentication failed|terminal prompts disabled": "Give "
    "git credentials for the host: a credential helper with a token that may push, or an SSH key "
    "with git+ssh://.",
    r"(?i)repository.* not found|does not appear to be a git repo|could not be found": "Look at "
    "the address in POSTMORTEM_DOCUMENTS, and that the user that runs this program may see the "
    "repository: hosts say the same of one that is hidden.",
    r"dubious ownership": "Run that as the user that runs this program, or let it own the "
    "repository.",
}
"""What helps, by git's and ssh's words."""
_ADDRESS = re.compile(r"https?://[^\s'\"]+")
_TO_TIDY_UP = 1.0
"""Seconds between asking a child to end, so that it removes its lock files, and making it end."""


class GitFailed(StoreError):
    """A git command did not do what it was told; the words are git's own."""


class TooSlow(StoreError):
    """A git command did not end in its time, and was made to."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a store waits: seconds, and the clock, the pause and the chance that go with them.

    ``command`` is for one git command, ``push`` for one that waits for the remote's hooks,
    ``fetch`` for one that may bring a whole repository; ``turn`` is for others on this machine who
    use the same cache, ``race`` for others who push to the same branch. Between two attempts of a
    race lies a pause that grows from ``first`` to ``longest``, and of which chance takes away a
    part, so that two do not collide again and again (exponential back-off with full jitter).
    """

    command: float = 60.0
    push: float = 120.0
    fetch: float = 300.0
    turn: float = 300.0
    race: float = 120.0
    first: float = 0.05
    longest: float = 2.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def attempts(self) -> Iterator[int]:
        """Count attempts of a race, with pauses between them, until its time is over."""
        until = self.clock() + self.race
        number = 0
        while True:
            yield number
            pause = self.chance() * min(self.longest, self.first * 2**number)
            if self.clock() + pause >= until:
                return
            self.sleep(pause)
            number = min(number + 1, 20)


@dataclass(frozen=True, slots=True)
class GitResult:
    """How a child ended, and what it printed."""

    status: int
    output: bytes
    errors: bytes


@dataclass(frozen=True, slots=True)
class Git:
    """A repository without a work tree, on this machine.

    ``seconds`` are for one command. Commands keep the descriptors ``keeps`` open until they end.
    """

    repository: Path
    seconds: float
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    keeps: tuple[int, ...] = ()
    authorities: Authorities = field(default_factory=Authorities)

    def __call__(self, *command: str, stdin: bytes = b"", seconds: float | None = None) -> bytes:
        """Run one command and give what it prints.

        Raises ``GitFailed`` with git's own words, ``TooSlow`` where it takes too long.
        """
        ended = self.end_of(*command, stdin=stdin, seconds=seconds)
        if ended.status:
            raise failed(command[0], ended)
        return ended.output

    def end_of(self, *command: str, stdin: bytes = b"", seconds: float | None = None) -> GitResult:
        """Run one command and give how it ended. Raises ``TooSlow``."""
        limit = seconds or self.seconds
        settings = (part for one in _SETTINGS for part in ("-c", one))
        kept = {key: value for key, value in self.environment.items() if key not in _OF_OTHERS}
        if bundle := self.authorities.bundle():
            kept.setdefault("GIT_SSL_CAINFO", bundle)
        environment = {"GIT_SSH_COMMAND": _SSH, **kept, **_ALWAYS, "GIT_DIR": str(self.repository)}
        try:
            return _run(("git", *settings, *command), environment, stdin, limit, self.keeps)
        except TimeoutError as error:
            raise TooSlow(
                f"git {command[0]} took longer than {limit:.0f} s.",
                "See whether the repository can be reached; the next sync tries again.",
            ) from error
        except FileNotFoundError as error:
            raise StoreError("There is no git on this machine.", "Install it.") from error
        except OSError as error:
            raise StoreError(
                f"git {command[0]} could not be run ({error.strerror}).",
                "See to the room, memory and permissions of the user that runs this program.",
            ) from error


def failed(command: str, ended: GitResult) -> GitFailed:
    """Give the error of a command that failed, with the first of git's words."""
    errors = ended.errors.decode("utf-8", "replace")
    said = "; ".join(telling_lines(errors)[:3]) or f"status {ended.status}"
    remedy = "See that git can reach the repository as the user that runs this program."
    known = next((helps for words, helps in _REMEDIES.items() if re.search(words, errors)), "")
    if "certificate" in said:
        remedy = TRUST_REMEDY
    elif known:
        remedy = known
    elif (address := _ADDRESS.search(said)) and (proxy := proxy_of(address[0])):
        remedy += f" It goes through the proxy {proxy}. {PROXY_REMEDY}"
    return GitFailed(f"git {command} failed: {said}.", remedy)


def telling_lines(errors: str) -> list[str]:
    """Give the lines that say something, without the frames and the prefixes around them."""
    lines = (re.sub(r"^remote:", "", line).strip(" .@\t") for line in errors.splitlines())
    return [line for line in lines if line and line not in _SAYS_NOTHING]


def _run(
    command: Sequence[str],
    environment: Mapping[str, str],
    stdin: bytes,
    seconds: float,
    keeps: Sequence[int] = (),
) -> GitResult:
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
        return GitResult(child.returncode, output.read(), errors.read())


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
