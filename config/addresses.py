"""Addresses that settings name, and which of them may be used.

Plain ``http://`` carries credentials for anyone on the way to read, so it is accepted for
loopback addresses alone. No address may hold a user name and password: addresses are logged and
shown, secrets are not. Every function raises ``ValueError`` with a sentence and its remedy.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

PAGERDUTY_HOSTS = ("api.pagerduty.com", "api.eu.pagerduty.com")
"""PagerDuty's service regions; an account lives in exactly one."""


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` (a name or an address) can only mean this very machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def web_address(text: str) -> str:
    """Give ``text`` without its last slash, once it is an address that may be used."""
    parts = _split(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a whole web address, such as https://jira.example.com.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            f"is plain http to {parts.hostname}, which anyone on the way can read. Use https."
        )
    _without_password(parts)
    if parts.query or parts.fragment:
        raise ValueError("must end before any ? or #. Give the address of the site alone.")
    return text.rstrip("/")


def pagerduty_address(text: str) -> str:
    """Give ``text`` once it is one of PagerDuty's own hosts, or loopback.

    The API key goes to this address, so a mistyped host would give it away.
    """
    address = web_address(text)
    host = urlsplit(address).hostname or ""
    if host not in PAGERDUTY_HOSTS and not is_loopback(host):
        known = " or ".join(f"https://{name}" for name in PAGERDUTY_HOSTS)
        raise ValueError(f"names {host}, which is not PagerDuty's. Use {known}.")
    return address


def database_address(value: SecretStr) -> SecretStr:
    """Give ``value`` once it names a database that can be used. It may hold a password."""
    parts = _split(value.get_secret_value())
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
    parts = _split(text.removeprefix("git+"))
    if parts.scheme not in {"ssh", "https", "file"}:
        raise ValueError("must begin with git+ssh://, git+https:// or git+file://.")
    if (parts.scheme != "file" and not parts.hostname) or not parts.path.strip("/"):
        raise ValueError("names no repository. Write git+ssh://git@host/team/repository.git.")
    _without_password(parts)
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


def _split(text: str) -> SplitResult:
    if not text.isprintable() or " " in text:
        raise ValueError("holds a space or line break. Take it out.")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - a port that is no number raises here
    except ValueError:
        # urlsplit's own words quote the address, and it may hold a password
        raise ValueError("is not a well-formed address. Look at its host and port.") from None
    return parts


def _without_password(parts: SplitResult) -> None:
    if parts.password is not None or (parts.username and parts.scheme in {"http", "https"}):
        raise ValueError(
            "holds a user name or password, and addresses are shown and logged. "
            "Give credentials by their own settings, or for Git by a key or a credential helper."
        )


def _documents(value: object) -> object:
    return documents_location(value) if isinstance(value, str) else value


WebAddress = Annotated[str, AfterValidator(web_address)]
PagerDutyAddress = Annotated[str, AfterValidator(pagerduty_address)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(database_address)]
Documents = Annotated[DocumentsLocation, BeforeValidator(_documents)]
