"""A store together with the people who edit what is in it, by other means than the store."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from worker.store.directory.directory_store import DirectoryStore
from worker.store.document_store import DocumentStore
from worker.store.git.command import Timing
from worker.store.git.git_store import GitStore


class Place(Protocol):
    """What the tests of every store need."""

    store: DocumentStore

    def put(self, name: str, data: bytes) -> None:
        """Save a file as a person does."""

    def get(self, name: str) -> bytes | None:
        """Give what a person sees there, None where there is nothing."""

    def remove(self, name: str) -> None:
        """Remove a file as a person does."""

    def again(self) -> DocumentStore:
        """Give another store of the same documents, as another process has it."""


@dataclass
class DirectoryPlace:
    """A directory, and people with an editor that saves in place."""

    root: Path
    store: DocumentStore

    @staticmethod
    def make(folder: Path) -> "DirectoryPlace":
        root = folder / "postmortems"
        return DirectoryPlace(root, DirectoryStore(root))

    def put(self, name: str, data: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def get(self, name: str) -> bytes | None:
        path = self.root / name
        return path.read_bytes() if os.path.lexists(path) else None

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def again(self) -> DocumentStore:
        return DirectoryStore(self.root)


@dataclass
class GitPlace:
    """A remote, and a person with a clone who commits and pushes each change at once."""

    folder: Path
    store: DocumentStore

    @staticmethod
    def make(folder: Path) -> "GitPlace":
        git("init", "--quiet", "--bare", "--initial-branch=main", str(folder / "remote.git"))
        git("clone", "--quiet", str(folder / "remote.git"), str(folder / "clone"))
        place = GitPlace(folder, GitStore("file:///", "main", author="P <p@example.com>"))
        place.store = place.again()
        return place

    def put(self, name: str, data: bytes) -> None:
        self.pull()
        path = self.folder / "clone" / "incidents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.push()

    def get(self, name: str) -> bytes | None:
        self.pull()
        path = self.folder / "clone" / "incidents" / name
        return path.read_bytes() if path.exists() else None

    def remove(self, name: str) -> None:
        self.pull()
        (self.folder / "clone" / "incidents" / name).unlink()
        self.push()

    def again(self) -> DocumentStore:
        return self.machine("cache")

    def machine(self, cache: str, timing: Timing | None = None) -> GitStore:
        """Give a store as another machine has it, which keeps its objects elsewhere."""
        return GitStore(
            f"file://{self.remote}",
            "main",
            "incidents",
            author="The Program <program@example.com>",
            cache=self.folder / cache,
            timing=timing,
        )

    @property
    def remote(self) -> Path:
        """Where the remote is."""
        return self.folder / "remote.git"

    def repository(self, cache: str = "cache") -> Path:
        """Give the one repository that a machine has made for itself."""
        (found,) = (self.folder / cache).glob("*/repository.git")
        return found

    def history(self, form: str, *options: str) -> list[str]:
        """Give what ``git log`` tells of the remote's branch, newest first."""
        log = git("-C", str(self.remote), "log", f"--format={form}", *options, "main")
        return log.splitlines()

    def hook(self, name: str, script: str) -> None:
        """Let the remote run a script at each push."""
        path = self.remote / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def pull(self) -> None:
        if git("-C", str(self.folder / "clone"), "ls-remote", "origin", "main"):
            git("-C", str(self.folder / "clone"), "pull", "--quiet", "--rebase", "origin", "main")

    def push(self) -> None:
        git("-C", str(self.folder / "clone"), "add", "--force", "--all")
        git("-C", str(self.folder / "clone"), "commit", "--quiet", "--allow-empty", "-m", "By hand")
        git("-C", str(self.folder / "clone"), "push", "--quiet", "origin", "HEAD:main")


def git(*command: str, stdin: IO[str] | None = None) -> str:
    """Run git as a person whose settings are known."""
    settings = {
        "user.name": "A Person",
        "user.email": "person@example.com",
        "core.autocrlf": "false",
        "core.excludesFile": "/dev/null",
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return subprocess.run(  # noqa: S603 - git, on folders of our own
        ["git", *options, *command],  # noqa: S607 - whichever git this machine has
        check=True,
        stdin=stdin,
        capture_output=True,
        text=True,
    ).stdout
