"""A branch of a Git remote: its files as they are now, and commits on top of it.

The objects are kept in a repository of our own that has no work tree. What the branch is, is
asked of the remote each time; only what is new is fetched.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker.store.base import StoreError
from worker.store.git_command import Git

_FILE = "100644"
_FILES = {_FILE, "100755"}
"""Modes of plain files; links and submodules have others."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in a commit: its content's id, and its mode."""

    id: str
    mode: str = _FILE


class Branch:
    """One branch of the remote at ``url``."""

    def __init__(self, url: str, branch: str, author: str, cache: Path | None) -> None:
        own = hashlib.sha256(url.encode()).hexdigest()[:16]
        self._home = (cache or _cache_folder()) / own
        self._git = Git(self._home / "repository.git", author)
        self._url = url
        self._remote_name = f"refs/heads/{branch}"
        self._fetched_name = f"refs/remotes/origin/{branch}"

    def tip(self) -> str:
        """Give the commit that the branch is at now, with all its objects here; "" if none."""
        with self._alone():
            tip = self._ask()
            if tip and not self._git.succeeds("cat-file", "-e", f"{tip}^{{commit}}"):
                self._git(
                    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self._url,
                    f"+{self._remote_name}:{self._fetched_name}",
                )  # fmt: skip
            return tip

    def files(self, tip: str, folder: str) -> dict[str, Blob]:
        """Give the plain files under ``folder``, by their path from there."""
        tree = f"{tip}:{folder}"
        if not tip or not self._git.succeeds("rev-parse", "--verify", "--quiet", tree):
            return {}
        return dict(_entries(self._git("ls-tree", "-r", "-z", tree)))

    def file(self, tip: str, path: str) -> Blob | None:
        """Give one plain file by its whole path, None where there is none."""
        if not tip:
            return None
        return dict(_entries(self._git("ls-tree", "-z", tip, path))).get(path)

    def content(self, blob: Blob) -> bytes:
        """Give a file's content."""
        return self._git("cat-file", "blob", blob.id)

    def store(self, data: bytes) -> str:
        """Keep content here, to be committed, and give its id."""
        with self._alone():
            return self._git("hash-object", "-w", "--stdin", stdin=data).decode().strip()

    def commit(self, tip: str, path: str, blob: Blob, message: str) -> str:
        """Make the commit that puts ``blob`` at ``path`` on top of ``tip``, and give its id."""
        with self._alone(), tempfile.TemporaryDirectory(dir=self._home) as folder:
            index = Path(folder) / "index"
            self._git("read-tree", tip or "--empty", index=index)
            entry = f"{blob.mode},{blob.id},{path}"
            self._git("update-index", "--add", "--cacheinfo", entry, index=index)
            tree = self._git("write-tree", index=index).decode().strip()
            parents = ("-p", tip) if tip else ()
            made = self._git("commit-tree", tree, *parents, "-m", message)
            return made.decode().strip()

    def push(self, commit: str, tip: str) -> bool:
        """Move the branch from ``tip`` to ``commit``; False where it is not at ``tip`` any more.

        What became of a push that failed is told by where the branch is afterwards, so that one
        which was carried out though its answer got lost counts as done.
        """
        try:
            self._push(commit)
        except StoreError:
            now = self._ask()
            if now == tip:
                raise
            return now == commit
        with self._alone():
            self._git("update-ref", self._fetched_name, commit)
        return True

    def try_push(self, tip: str) -> None:
        """Go through a push without doing it. Raises ``StoreError`` where it is not allowed."""
        with self._alone():
            tree = self._git("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()
            empty = self._git("commit-tree", tree, "-m", "empty").decode().strip()
        self._push(tip or empty, "--dry-run")

    def _push(self, commit: str, *options: str) -> None:
        self._git("push", "--quiet", *options, "--", self._url, f"{commit}:{self._remote_name}")

    def _ask(self) -> str:
        """Ask the remote where the branch is; "" where it has no such branch."""
        answer = self._git("ls-remote", "--", self._url, self._remote_name).decode()
        return answer.partition("\t")[0]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from our repository meanwhile, and make it at first use."""
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._git.repository.exists():
                self._git("init", "--quiet", "--bare")
            yield


def _entries(listing: bytes) -> Iterator[tuple[str, Blob]]:
    for entry in listing.split(b"\0"):
        about, _, path = entry.partition(b"\t")
        mode, _, rest = about.decode().partition(" ")
        if mode in _FILES:
            yield path.decode("utf-8", "surrogateescape"), Blob(rest.split(" ")[1], mode)


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "postmortem-worker"
