"""Where an installation's documents are, as the people see them who edit there."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.integration.places import git
from worker.store.directory.atomic_write import LEFTOVER

Edit = Callable[[str], str]


class Documents(ABC):
    """A place of documents; ``setting`` is its ``POSTMORTEM_DOCUMENTS``."""

    setting: str

    @abstractmethod
    def files(self) -> Mapping[str, bytes]:
        """Give every file that people see there, by name."""

    @abstractmethod
    def edit(self, name: str, change: Edit) -> None:
        """Change a file as a person does: read it, change it, save it; others may be faster."""

    @abstractmethod
    def leftovers(self) -> list[str]:
        """List what lies there and is neither a document nor belongs to one."""

    def documents(self) -> dict[str, bytes]:
        """Give the documents by name."""
        return {name: data for name, data in self.files().items() if name.endswith(".md")}

    def of(self, incident: str) -> list[str]:
        """List the names of an incident's documents."""
        return sorted(name for name in self.documents() if f"-{incident}" in name)

    def text(self, incident: str) -> str:
        """Give an incident's one document."""
        (name,) = self.of(incident)
        return self.documents()[name].decode("utf-8")

    def edit_of(self, incident: str, change: Edit) -> None:
        """Change an incident's one document."""
        (name,) = self.of(incident)
        self.edit(name, change)


class Folder(Documents):
    """A directory, edited with an editor that saves to a new file and renames it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "documents"
        self.setting = str(self.root)

    def files(self) -> Mapping[str, bytes]:
        found = {}
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                found[str(path.relative_to(self.root))] = path.read_bytes()
        return found

    def edit(self, name: str, change: Edit) -> None:
        path = self.root / name
        new = path.with_name(f".{path.name}.by-hand")
        new.write_bytes(change(path.read_bytes().decode("utf-8")).encode("utf-8"))
        new.replace(path)

    def leftovers(self) -> list[str]:
        return [str(path) for path in self.root.rglob(LEFTOVER)]


class Remote(Documents):
    """A bare Git remote, edited by somebody with a clone who pushes each change at once."""

    FOLDER = "incidents"

    def __init__(self, folder: Path) -> None:
        self.remote, self.clone = folder / "remote.git", folder / "clone"
        git("init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        git("clone", "--quiet", str(self.remote), str(self.clone))
        self.setting = f"git+file://{self.remote}#main:{self.FOLDER}"

    def files(self) -> Mapping[str, bytes]:
        if not self._git("ls-remote", "origin", "main"):
            return {}
        self._git("fetch", "--quiet", "origin", "main")
        self._git("reset", "--quiet", "--hard", "FETCH_HEAD")
        root = self.clone / self.FOLDER
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def edit(self, name: str, change: Edit) -> None:
        while True:
            text = self.files()[name].decode("utf-8")
            (self.clone / self.FOLDER / name).write_bytes(change(text).encode("utf-8"))
            self._git("commit", "--quiet", "--all", "-m", f"Change {name}")
            try:
                self._git("push", "--quiet", "origin", "HEAD:main")
            except subprocess.CalledProcessError:
                continue  # somebody pushed first
            return

    def leftovers(self) -> list[str]:
        tracked = self._git("ls-files").splitlines()
        own = (".md", ".svg")
        return [one for one in tracked if not one.startswith(self.FOLDER) or not one.endswith(own)]

    def _git(self, *command: str) -> str:
        return git("-C", str(self.clone), *command)
