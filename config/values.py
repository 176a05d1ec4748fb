"""The types of single values that the program's own settings have, addresses among them.

A function that reads one raises ``ValueError`` with a sentence and its remedy.
"""

import difflib
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, SecretStr

from connectors.settings import (
    Duration,
    Text,
    at_home,
    refuse_password,
    split_address,
    web_address,
)


class LogFormat(StrEnum):
    """How a process writes its log: for people, or a JSON object a line."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """What a process's log begins with, from the least to the most urgent."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _in_any_case(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


LogFormatInAnyCase = Annotated[LogFormat, BeforeValidator(_in_any_case)]
LogLevelInAnyCase = Annotated[LogLevel, BeforeValidator(_in_any_case)]

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def _label(value: str) -> str:
    if any(character.isspace() for character in value):
        raise ValueError(f"is {value!r}, and labels of tickets hold no spaces. Use a hyphen.")
    return value


def _author(value: str) -> str:
    name, address = parseaddr(value)
    if not name or "@" not in address:
        raise ValueError("must be a name and an address: 'Postmortems <bot@example.com>'.")
    return value


def _zone(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value
    if not isinstance(value, str):
        raise ValueError("must be an IANA name in quotes, such as 'Europe/Berlin'.")  # noqa: TRY004 - pydantic collects these alone
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, LookupError):  # no such zone, or no name that could be one
        near = difflib.get_close_matches(value, available_timezones(), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(
            f"is {value!r}, not a timezone. Use an IANA name, such as Europe/Berlin.{hint}"
        ) from None


def _clock(value: object) -> object:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a time of day between '00:00' and '23:59'.")
    return time(int(match[1]), int(match[2]))


def _at_least_ten_seconds(value: timedelta) -> timedelta:
    if value < timedelta(seconds=10):
        raise ValueError("must be at least 10s, or each run would run into the next.")
    return value


Author = Annotated[Text, AfterValidator(_author)]
"""A commit's author: a name and an address."""
Label = Annotated[Text, AfterValidator(_label)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
"""The timezone that documents show times in."""
Clock = Annotated[time, BeforeValidator(_clock)]
"""A time of day, as the clock on the wall shows it."""
Period = Annotated[Duration, AfterValidator(_at_least_ten_seconds)]
"""How often something is done."""


_PASSWORD = "In a password write @ as %40, / as %2F, : as %3A, # as %23 and ? as %3F."  # noqa: S105 - how one is written


def database_address(value: SecretStr) -> SecretStr:
    """Give ``value`` once it names a database that can be used. It may hold a password."""
    text = value.get_secret_value()
    try:
        parts = split_address(text)
    except ValueError as error:
        raise ValueError(f"{error} {_PASSWORD}" if "@" in text else str(error)) from None
    name = parts.path.removeprefix("/")
    if parts.scheme == "sqlite":
        if parts.netloc or Path(name).name in {"", "..", ":memory:"}:
            raise ValueError(
                "must name a file, which sqlite does with three slashes: "
                "sqlite:///postmortem.db, or four for a whole path: sqlite:////data/postmortem.db."
            )
    elif parts.scheme not in {"postgresql", "postgresql+psycopg"}:
        raise ValueError("must begin with sqlite:/// or postgresql://.")
    elif parts.netloc.count("@") > 1 or "@" in parts.path + parts.fragment:
        raise ValueError(f"holds an @ too many. {_PASSWORD}")
    elif not name:
        raise ValueError("names no database. Write postgresql://user@host/database.")
    if parts.scheme == "sqlite" and name.startswith("~"):
        return SecretStr(f"sqlite:///{at_home(name)}")
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
        return DirectoryLocation(at_home(text))
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
    if isinstance(value, str):
        return documents_location(value)
    if isinstance(value, DirectoryLocation | GitLocation):
        return value
    raise ValueError(
        "must be a path or a Git address in quotes, such as 'postmortems' or "
        "'git+ssh://git@host/team/repository.git'."
    )


def _public_address(text: str) -> str:
    return web_address(text, example="https://postmortems.example.com")


_BROWSED = "https://git.example.com/ops/postmortems"


def document_address(text: str) -> str:
    """Give the address of a document, with ``{document}`` where its path in the store goes.

    Without it the path goes to the end.
    """
    split_address(text)
    before, mark, _ = text.partition("{document}")
    if mark:
        web_address(before.partition("?")[0], example=_BROWSED)
        return text
    return f"{web_address(text, example=_BROWSED)}/{{document}}"


LARGEST_TEMPLATE = 1024 * 1024
"""Bytes."""


class OddFile(ValueError):
    """A file that is not read; the text goes on behind its name."""


def regular_file(path: Path, most: int) -> bytes:
    """Give what a file holds, at once: a pipe or a device might be waited for without an end.

    Raises ``OSError``, and ``OddFile`` for another kind of file or more than ``most`` bytes.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OddFile("is no regular file. Name one that is.")
        with open(handle, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(handle)
    if len(content) > most:
        raise OddFile(f"holds more than {most // 1024} KiB. Is it the right one?")
    return content


def not_read(error: OSError) -> str:
    """Say that a file cannot be read, and what helps; the text goes on behind its name."""
    is_forbidden = isinstance(error, PermissionError)
    remedy = "Let the user that runs this program read it." if is_forbidden else "Mend the path."
    return f"cannot be read ({error.strerror}). {remedy}"


def template_text(path: Path) -> str:
    """Give a template's text. Raises ``ValueError`` where it cannot be read."""
    try:
        return regular_file(path, LARGEST_TEMPLATE).decode("utf-8-sig")
    except OddFile as error:
        raise ValueError(f"names {path}, which {error}") from None
    except OSError as error:
        raise ValueError(f"names {path}, which {not_read(error)}") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"names {path}, which is not UTF-8 (byte {error.start}). Save it as UTF-8."
        ) from None


def _template_file(path: Path) -> Path:
    path = at_home(path)
    template_text(path)
    return path


TemplateFile = Annotated[Path, AfterValidator(_template_file)]
"""A file that holds a template, and can be read."""
DatabaseAddress = Annotated[SecretStr, AfterValidator(database_address)]
PublicAddress = Annotated[str, AfterValidator(_public_address)]
"""Where people reach the web page."""
Documents = Annotated[DocumentsLocation, BeforeValidator(_documents)]
DocumentAddress = Annotated[str, AfterValidator(document_address)]
