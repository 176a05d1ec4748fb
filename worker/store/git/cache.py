"""The repository in which a remote's objects are kept on this machine, and how it stays usable.

It holds nothing that is not on the remote, or about to be sent there by whoever is at work on it.
So whatever a crash, a full disk or a person has done to it, it is thrown away and fetched again.
"""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from connectors.tls import Authorities
from worker.locks import file_held
from worker.store.document_store import StoreError
from worker.store.git.command import Git, Timing, TooSlow

_REPOSITORY = "repository.git"
_LOCKS = {"turn.lock", "repository.lock", "upkeep.lock"}
_STATE = "state"
_TENDED = "tended"
_KEPT = {_REPOSITORY, _STATE, _TENDED, *_LOCKS}

_EVERY = 3600
"""Seconds between two looks whether the repository should be packed."""
_PACKING = (
    "-c", "gc.auto=2000",  # objects of their own: some 500 commits
    "-c", "gc.autoPackLimit=50",
    "-c", "gc.autoDetach=false",
    "-c", "gc.pruneExpire=2.weeks.ago",  # keeps what a slow reader or writer still needs
    "gc", "--auto", "--quiet",
)  # fmt: skip


class Cache:
    """The repository for the branch ``branch`` of ``url``, somewhere under ``folder``."""

    def __init__(
        self,
        folder: Path | None,
        url: str,
        branch: str,
        timing: Timing,
        authorities: Authorities | None = None,
    ) -> None:
        own = hashlib.sha256(f"{url}\n{branch}".encode()).hexdigest()[:16]
        self._home = (folder or _cache_folder()).absolute() / own
        self._timing = timing
        self.git = Git(
            self._home / _REPOSITORY, timing.command, authorities=authorities or Authorities()
        )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn to push, and keep it meanwhile."""
        with self._held("turn.lock"):
            yield

    @contextmanager
    def alone(self) -> Iterator[Git]:
        """Keep others from changing refs in the repository meanwhile, and make it at first use.

        The commands of what this gives do so even after this process was killed. Objects may be
        read and added at any time.
        """
        with self._held("repository.lock") as lock:
            if not self.git.repository.exists():
                self._make()
            yield replace(self.git, keeps=(lock,))

    def state(self) -> str:
        """Give what changes when the repository is made or mended: it may have held more before.

        "" where there is none yet.
        """
        with self._told():
            try:
                return (self._home / _STATE).read_bytes().hex()
            except FileNotFoundError:
                return ""

    def heal(self, since: str) -> bool:
        """Mend what keeps git from working here; False where there is nothing to mend.

        It counts as mended where somebody has done so since ``state`` was ``since``. Lock files
        are what git left when it was killed: whoever makes one holds ours meanwhile.
        """
        with self._held("upkeep.lock"), self.alone():
            if self.state() != since:
                return True
            left = list(self.git.repository.rglob("*.lock"))
            for path in left:
                path.unlink(missing_ok=True)
            if left:
                self._another_state()
            elif self._whole():
                return False
            else:
                self.git.repository.rename(self._home / f"broken-{secrets.token_hex(8)}")
                self._make()
            self._tidy()
        return True

    def tend(self) -> None:
        """Once in a while, pack what has gathered and remove what crashes left behind.

        Readers and writers go on meanwhile: git keeps all that is younger than two weeks.
        """
        with self._told():
            if not self.git.repository.exists() or not self._due():
                return
        with self._held("upkeep.lock") as lock:
            if not self._due():
                return
            (self._home / _TENDED).touch()
            with self.alone():
                self._tidy()
            packing = replace(self.git, keeps=(lock,))
            packing(*_PACKING, seconds=self._timing.fetch)

    def _due(self) -> bool:
        try:
            return time.time() - (self._home / _TENDED).stat().st_mtime > _EVERY
        except FileNotFoundError:
            return True

    def _whole(self) -> bool:
        try:
            ended = self.git.end_of("fsck", "--no-dangling", "--no-progress")
        except TooSlow:
            return False  # fetching it again is faster than finding out
        return ended.status == 0

    def _make(self) -> None:
        """Make the repository elsewhere and move it here, so that half of one is never here."""
        fresh = self._home / f"fresh-{secrets.token_hex(8)}"
        self.git("init", "--quiet", "--bare", "--template=", "--object-format=sha1", str(fresh))
        fresh.rename(self.git.repository)
        self._another_state()

    def _another_state(self) -> None:
        (self._home / _STATE).write_bytes(secrets.token_bytes(8))

    def _tidy(self) -> None:
        for path in self._home.iterdir():
            if path.name not in _KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    @contextmanager
    def _held(self, name: str) -> Iterator[int]:
        path, seconds = self._home / name, self._timing.turn
        with self._told(), ExitStack() as stack:
            try:
                lock = stack.enter_context(file_held(path, seconds))
            except TimeoutError as error:
                raise StoreError(
                    f"Others on this machine held {path} for {seconds:.0f} s.",
                    "See what they wait for; the next sync tries again.",
                ) from error
            yield lock

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{error.filename or self._home} cannot be used ({error.strerror}).",
                "Let the user that runs this program write there.",
            ) from error


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "postmortem-worker"
