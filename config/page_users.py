"""The people who may use the web page and its API by name, and what each may do there.

They are listed in a TOML file of their own, one table a person. It holds no token, only the
SHA-256 of each: tokens are 256 random bits, so that nobody finds one by trying. Where people sign
in to a proxy instead, that says in a header who it is.
"""

import hashlib
import re
import secrets
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import quote
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from config.problems import ConfigurationProblems
from config.values import OddFile, not_read, regular_file
from connectors.settings import FromEnvironment, Secret, SettingsGroup

LARGEST_FILE = 1024 * 1024
"""Bytes."""
_MOST_WORDS = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")
_KEYS = frozenset({"name", "email", "role", "token_sha256"})
SHORTEST_TOKEN = 16
"""Characters that nobody guesses, nor finds by trying."""


def _hard_to_guess(token: SecretStr) -> SecretStr:
    length = len(token.get_secret_value())
    if length < SHORTEST_TOKEN:
        raise ValueError(
            f"has {length} character{'s' if length > 1 else ''}, and must have at least "
            f"{SHORTEST_TOKEN}, for it opens every document. Make one with `openssl rand -hex 16`."
        )
    return token


PageToken = Annotated[Secret, AfterValidator(_hard_to_guess)]


class Role(StrEnum):
    """What somebody may do; each of them may do what the ones before it may.

    Who may write changes documents, who may operate has work done again as well.
    """

    READ = "read"
    WRITE = "write"
    OPERATE = "operate"

    def may(self, wanted: "Role") -> bool:
        """Tell whether it is ``wanted``, or more."""
        order = tuple(Role)
        return order.index(self) >= order.index(wanted)


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise ValueError("is no name of a header, such as X-Forwarded-User.")
    return value


def _networks(value: object) -> object:
    """Take words with commas between them for a list, and each for an address or a network."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)):
        raise ValueError(  # noqa: TRY004 - pydantic tells of no other kind
            "must be a list of addresses, such as 127.0.0.1 or 10.1.0.0/16."
        )
    try:
        return tuple(ip_network(str(one).strip(), strict=False) for one in given if str(one))
    except ValueError as error:
        raise ValueError(f"holds what is no address: {error}.") from None


class PeopleSettings(SettingsGroup):
    """Who may come in by name.

    ``file`` lists people, with their tokens. ``header`` is what a proxy to which people sign in
    says of them: their name or e-mail address. It counts only from an address in ``proxies``, and
    whoever is not in the file may do what ``role`` says.
    """

    file: Annotated[Path | None, FromEnvironment("POSTMORTEM_PEOPLE")] = None
    header: Annotated[
        Annotated[str, AfterValidator(_header)] | None,
        FromEnvironment("POSTMORTEM_PEOPLE_HEADER"),
    ] = None
    proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...],
        BeforeValidator(_networks),
        FromEnvironment("POSTMORTEM_PEOPLE_PROXIES"),
    ] = ()
    role: Annotated[Role, FromEnvironment("POSTMORTEM_PEOPLE_ROLE")] = Role.READ

    @property
    def trusts_a_proxy(self) -> bool:
        """Whether a proxy says who comes in."""
        return bool(self.header and self.proxies)

    def trusts(self, address: str) -> bool:
        """Tell whether what comes from an address may say who somebody is."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        plain = getattr(found, "ipv4_mapped", None) or found
        return any(plain in network for network in self.proxies)


@dataclass(frozen=True, slots=True)
class PageUser:
    """Somebody who uses the page; without a ``name`` it is not known who.

    ``credential`` changes with the token, so that what began under another one has ended.
    """

    name: str = ""
    email: str = ""
    role: Role = Role.OPERATE
    credential: str = field(default="", repr=False)

    @property
    def signature(self) -> str:
        """An address with a name before it (RFC 5322, 3.4), "" where it is not known who it is."""
        return f'"{quote(self.name)}" <{self.email or "unknown"}>' if self.name else ""


@dataclass(frozen=True, slots=True)
class People:
    """Those whom the file lists, by name; names and addresses differ in any case."""

    listed: tuple[PageUser, ...] = ()

    def by_token(self, token: str) -> PageUser | None:
        """Give whose token it is, None where it is nobody's.

        The digest is looked up as it is: what the time of that tells of it, tells nothing of what
        it is made from.
        """
        wanted = token_digest(token)
        return next((one for one in self.listed if one.credential == wanted), None)

    def called(self, name: str) -> PageUser | None:
        """Give the person of that name or e-mail address, in any case."""
        wanted = name.casefold()
        known = (one for one in self.listed if wanted in _called(one))
        return next(known, None) if wanted else None


def _called(person: PageUser) -> set[str]:
    return {one.casefold() for one in (person.name, person.email) if one}


def new_token() -> str:
    """Give a new token: 256 random bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Give what the file holds of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def as_table(person: PageUser) -> str:
    """Write a person as the file has it. Their words must hold no control character."""
    words = {
        "name": person.name,
        "email": person.email,
        "role": person.role.value,
        "token_sha256": person.credential,
    }
    lines = (f"{key} = {_quoted(value)}" for key, value in words.items() if value)
    return "\n".join(["[[people]]", *lines, ""])


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_people(path: Path) -> People:
    """Read the file. Raises ``ConfigurationProblems`` with everything that is wrong in it."""
    try:
        text = regular_file(path, LARGEST_FILE).decode("utf-8-sig")
    except OddFile as error:
        raise ConfigurationProblems([f"The file of people {path} {error}"]) from None
    except OSError as error:
        raise ConfigurationProblems([f"The file of people {path} {not_read(error)}"]) from None
    except UnicodeDecodeError as error:
        raise ConfigurationProblems(
            [f"The file of people {path} is not UTF-8 (byte {error.start}). Save it as UTF-8."]
        ) from None
    return people_in(path, text)


def people_in(path: Path, text: str) -> People:
    """Give the people whom such a file lists. Raises as :func:`read_people` does."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationProblems([f"The file of people {path} is no TOML: {error}."]) from None
    problems: list[str] = []
    people = tuple(_people(tables, problems))
    problems += _twice(people)
    if problems:
        raise ConfigurationProblems([f"In {path}: {problem}" for problem in problems])
    return People(people)


def _people(tables: Mapping[str, object], problems: list[str]) -> Iterator[PageUser]:
    rows = tables.get("people", [])
    if unknown := sorted(tables.keys() - {"people"}):
        problems.append(f"there is no setting {unknown[0]}. Each person is a table [[people]].")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append("people is no list of tables. Write [[people]] above each.")
        return
    for number, row in enumerate(rows, 1):
        wrong = list(_wrong(row))
        problems += [f"person {number} {told}" for told in wrong]
        if not wrong:
            yield PageUser(
                name=row["name"],
                email=row.get("email", ""),
                role=Role(row.get("role", Role.READ)),
                credential=row.get("token_sha256", ""),
            )


def _wrong(row: Mapping[str, object]) -> Iterator[str]:
    for key in sorted(row.keys() - _KEYS):
        yield f"has no setting {key}. There are: {', '.join(sorted(_KEYS))}."
    for key in ("name", "email"):
        value = row.get(key, "" if key == "email" else None)
        if not isinstance(value, str) or (key == "name" and not value.strip()):
            yield f"has no {key}. Give it in quotes."
        elif not value.isprintable() or len(value) > _MOST_WORDS or value != value.strip():
            yield f"has a {key} that is not one line of at most {_MOST_WORDS} characters."
    if row.get("role", Role.READ) not in list(Role):
        yield f"has no role that there is. There are: {', '.join(Role)}."
    digest = row.get("token_sha256", "")
    if not isinstance(digest, str) or (digest and not _DIGEST.fullmatch(digest)):
        yield "has a token_sha256 that is not 64 small hexadecimal digits."


def _twice(people: Iterable[PageUser]) -> Iterator[str]:
    """Tell who cannot be told from whom."""
    taken: dict[str, str] = {}
    for person in people:
        for known in {*_called(person), *([person.credential] if person.credential else [])}:
            if known in taken:
                shared = "a token" if known == person.credential else f"'{known}'"
                yield f"{taken[known]} and {person.name} share {shared}. Each needs their own."
            taken[known] = person.name
