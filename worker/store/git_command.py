"""Running the ``git`` command."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from worker.store.base import StoreError
from worker.store.git_process import Ended, run

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
    "gc.auto=0",  # is run when we say so: see worker.store.git_cache
    "maintenance.auto=false",
    "http.lowSpeedLimit=1",  # bytes a second, for so many seconds: for a child left behind
    "http.lowSpeedTime=120",
)
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15"


class GitFailed(StoreError):
    """A git command did not do what it was told; the words are git's own."""


class TooSlow(StoreError):
    """A git command did not end in its time, and was made to."""


@dataclass(frozen=True, slots=True)
class Git:
    """A repository without a work tree, on this machine.

    ``seconds`` are for one command. Commands keep the descriptors ``keeps`` open until they end.
    """

    repository: Path
    seconds: float
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    keeps: tuple[int, ...] = ()

    def __call__(self, *command: str, stdin: bytes = b"", seconds: float | None = None) -> bytes:
        """Run one command and give what it prints.

        Raises ``GitFailed`` with git's own words, ``TooSlow`` where it takes too long.
        """
        ended = self.end_of(*command, stdin=stdin, seconds=seconds)
        if ended.status:
            raise failed(command[0], ended)
        return ended.output

    def end_of(self, *command: str, stdin: bytes = b"", seconds: float | None = None) -> Ended:
        """Run one command and give how it ended. Raises ``TooSlow``."""
        limit = seconds or self.seconds
        settings = (part for one in _SETTINGS for part in ("-c", one))
        kept = {key: value for key, value in self.environment.items() if key not in _OF_OTHERS}
        environment = {"GIT_SSH_COMMAND": _SSH, **kept, **_ALWAYS, "GIT_DIR": str(self.repository)}
        try:
            return run(("git", *settings, *command), environment, stdin, limit, self.keeps)
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


def failed(command: str, ended: Ended) -> GitFailed:
    """Give the error of a command that failed, with the first of git's words."""
    words = ended.errors.decode("utf-8", "replace").splitlines()
    said = "; ".join(line.strip(" .") for line in words[:3]) or f"status {ended.status}"
    return GitFailed(
        f"git {command} failed: {said}.",
        "See that git can reach the repository as the user that runs this program.",
    )
