"""Where the documents and the database are, and which addresses of them may be used.

Every function raises ``ValueError`` with a sentence and its remedy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from connectors.settings import refuse_password, split_address


def database_address(value: SecretStr) -> SecretStr:
    """Give ``value`` once it names a database that can be used. It may hold a password."""
    parts = split_address(value.get_secret_value())
    name = parts.path.removeprefix("/")
    if parts.scheme == "sqlite":
        if parts.netloc or not name or name == ":memory:":
            raise ValueError(
                "must name a file, which sqlite does with three slashes: "
                "sqlite:///postmortem.db, or four for a whole path: sqlite:////data/postmortem.db."
            )
    elif parts.scheme not in {"postgresql", "postgresql+psycopg"}:
        raise ValueError("must begin with sqlite:/// or postgresql://.")
    elif not name:
        raise ValueError("names no database. Write postgresql://user@host/database.")
    return value


@dataclass(frozen=True, slots=True)
class DirectoryLocation:
    """Documents kept in a directory of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class GitLocation:
    """Documents kept in ``folder`` (posix, "" for the top) of a branch of a Git remote."""

    url: str
    branch: str = "main"
    folder: str = ""

    def __str__(self) -> str:
        return f"{self.url}#{self.branch}:{self.folder}"


_SCP = re.compile(r"[\w.-]+@[\w.-]+:")
"""How git itself writes a remote over SSH: git@host:team/repository.git."""

DocumentsLocation = DirectoryLocation | GitLocation


def documents_location(text: str) -> DocumentsLocation:
    """Give where the documents are: a directory, or ``git+…://…#branch:folder``."""
    if _SCP.match(text):
        raise ValueError(
            "looks like a Git remote. Write it as git+ssh://git@host/team/repository.git."
        )
    if not text.startswith("git+"):
        if "://" in text:
            raise ValueError(
                "must be a directory, or a Git remote that begins with git+ssh://, git+https:// "
                "or git+file://."
            )
        return DirectoryLocation(Path(text).expanduser())
    parts = split_address(text.removeprefix("git+"))
    if parts.scheme not in {"ssh", "https", "file"}:
        raise ValueError("must begin with git+ssh://, git+https:// or git+file://.")
    if (parts.scheme != "file" and not parts.hostname) or not parts.path.strip("/"):
        raise ValueError("names no repository. Write git+ssh://git@host/team/repository.git.")
    refuse_password(parts)
    branch, _, folder = parts.fragment.partition(":")
    return GitLocation(parts._replace(fragment="").geturl(), _branch(branch), _folder(folder))


def _branch(text: str) -> str:
    """Give the branch's name. The rules are those of git-check-ref-format that tell a typo."""
    branch = text or "main"
    wrong: Sequence[str] = [*"~^?*[\\ ", "..", "@{", "//"]
    if branch.startswith(("-", "/", ".")) or branch.endswith(("/", ".", ".lock")):
        raise ValueError(f"names the branch {branch!r}, which Git does not allow.")
    if not branch.isprintable() or any(mark in branch for mark in wrong):
        raise ValueError(f"names the branch {branch!r}, which Git does not allow.")
    return branch


def _folder(text: str) -> str:
    folder = PurePosixPath(text.strip("/"))
    if ".." in folder.parts or ".git" in folder.parts:
        raise ValueError(f"names the folder {text!r}. Name one inside the repository.")
    return "" if str(folder) == "." else str(folder)


def _documents(value: object) -> object:
    return documents_location(value) if isinstance(value, str) else value


DatabaseAddress = Annotated[SecretStr, AfterValidator(database_address)]
Documents = Annotated[DocumentsLocation, BeforeValidator(_documents)]
