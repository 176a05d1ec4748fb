"""A store together with the people who edit what is in it, by other means than the store."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from worker.store.base import DocumentStore
from worker.store.directory import DirectoryStore


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
