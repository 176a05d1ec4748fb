"""Running the ``git`` command."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

from worker.store.base import StoreError

_PATIENCE = 120.0
"""Seconds for one command. The longest is the first fetch of a repository."""
_ALWAYS = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",  # fail where a password would be asked for
    "GIT_ALLOW_PROTOCOL": "ssh:https:file",
    "GIT_LITERAL_PATHSPECS": "1",
}
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20"


@dataclass(frozen=True, slots=True)
class Git:
    """A repository without a work tree, on this machine. ``author`` is ``Name <address>``."""

    repository: Path
    author: str
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def __call__(self, *command: str, stdin: bytes = b"", index: Path | None = None) -> bytes:
        """Run one command and give what it prints. Raises ``StoreError`` with git's own words."""
        result = self._run(command, stdin, index)
        if result.returncode:
            words = result.stderr.decode("utf-8", "replace").splitlines()
            said = "; ".join(line.strip(" .") for line in words[:3]) or f"{result.returncode}"
            raise StoreError(
                f"git {command[0]} failed: {said}.",
                "See that git can reach the repository as the user that runs this program.",
            )
        return result.stdout

    def succeeds(self, *command: str) -> bool:
        """Run one command whose status is the answer."""
        return self._run(command, b"", None).returncode == 0

    def _run(
        self, command: tuple[str, ...], stdin: bytes, index: Path | None
    ) -> subprocess.CompletedProcess[bytes]:
        name, address = parseaddr(self.author)
        environment = {
            "GIT_SSH_COMMAND": _SSH,
            **self.environment,
            **_ALWAYS,
            "GIT_DIR": str(self.repository),
            **{f"GIT_{role}_NAME": name or address for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": address for role in ("AUTHOR", "COMMITTER")},
            **({"GIT_INDEX_FILE": str(index)} if index else {}),
        }
        try:
            return subprocess.run(  # noqa: S603 - no shell; names are checked before
                ("git", *command),  # noqa: S607 - whichever git this machine has
                input=stdin,
                env=environment,
                capture_output=True,
                check=False,
                timeout=_PATIENCE,
            )
        except FileNotFoundError as error:
            raise StoreError("There is no git on this machine.", "Install it.") from error
        except subprocess.TimeoutExpired as error:
            raise StoreError(
                f"git {command[0]} took longer than {_PATIENCE:.0f} s.",
                "See whether the repository can be reached; the next sync tries again.",
            ) from error
