"""What groups of settings are made of: their common base, and the types of single values.

A service declares its group beside its client, each field with the environment variable that sets
it. Every check raises ``ValueError`` with a sentence that is read behind the setting's name.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

Place = tuple[str, ...]
"""Where a setting stands in the settings file: ``("jira", "url")`` is ``url`` under ``[jira]``."""
Given = Callable[[Place], bool]
"""Tells whether the setting at a place is given at all."""


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """Marks a setting that an environment variable sets.

    A ``secret`` may also be in a file that ``NAME_FILE`` names, or ``…_file`` in the settings file.
    """

    variable: str
    secret: bool = False


class SettingsGroup(BaseModel):
    """A table of settings: frozen, closed to unknown keys, and silent about bad input."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False
    )


class ServiceSettings(SettingsGroup):
    """The settings of one service, under ``[key]`` in the settings file. All may be left out."""

    key: ClassVar[str]

    @classmethod
    def contradictions(cls, given: Given) -> Iterator[str]:  # noqa: ARG003 - for those that have some
        """Give a sentence for each setting that lacks its other half, or excludes another.

        Only which settings are given is looked at, not their values, so that these are told at
        once with the problems of single values.
        """
        yield from ()

    @classmethod
    def place(cls, field: str) -> Place:
        """Give where a field of the group stands in the settings file."""
        return (cls.key, field)

    @classmethod
    def variable(cls, field: str) -> str:
        """Name the environment variable of a field, "" where none sets it."""
        return next((mark.variable for mark in marks(cls, field)), "")

    @classmethod
    def shown(cls, field: str) -> str:
        """Name a field as remedies do, by its variable and by its place in the file."""
        return f"{cls.variable(field)} (in the file: {'.'.join(cls.place(field))})"


def marks(group: type[BaseModel], field: str) -> Iterator[FromEnvironment]:
    """Give what marks a field as set by the environment: one mark, or none."""
    for one in group.model_fields[field].metadata:
        if isinstance(one, FromEnvironment):
            yield one


_DURATION = re.compile(
    r"(?:(?P<weeks>\d{1,5})w)?\s*(?:(?P<days>\d{1,5})d)?\s*(?:(?P<hours>\d{1,6})h)?\s*"
    r"(?:(?P<minutes>\d{1,8})m)?\s*(?:(?P<seconds>\d{1,9})s)?",
    re.ASCII | re.IGNORECASE,
)
_LONGEST = timedelta(days=100 * 365)
"""Keeps every sum with a present date inside the calendar."""


def parse_duration(text: str) -> timedelta:
    """Give the length of time that ``text`` names: ``90s``, ``10m``, ``2h``, ``30d``, ``1h30m``.

    Parts go from weeks to seconds and add up; ``0s`` is none at all. Raises ``ValueError``, with a
    sentence, for anything else: a number without its unit could mean any of them.
    """
    match = _DURATION.fullmatch(text.strip())
    parts = {unit: int(n) for unit, n in match.groupdict().items() if n} if match else {}
    if not parts:
        raise ValueError(f"is {text!r}, not a length of time. Write it like 90s, 10m, 2h or 30d.")
    length = timedelta(**parts)
    if length > _LONGEST:
        raise ValueError(f"is {text!r}, more than a hundred years. Write a shorter time.")
    return length


def _duration(value: object) -> object:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return value
    raise ValueError("must be a length of time in quotes, such as '90s', '10m', '2h' or '30d'.")


def at_home(path: Path | str) -> Path:
    """Give a path with the home that its ``~`` means; one that nobody has is a folder's name."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - pathlib's raises where there is no home


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` (a name or an address) can only mean this very machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def web_address(text: str, *, example: str = "https://jira.example.com") -> str:
    """Give ``text`` without its last slash, once it is an address that may be used.

    ``example`` is what one looks like that stands in its place.

    Plain ``http://`` carries credentials for anyone on the way to read, so it is accepted for
    loopback alone. No address may hold a user name and password: addresses are logged and shown.
    """
    parts = split_address(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"must be a whole web address, such as {example}.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            f"is plain http to {parts.hostname}, which anyone on the way can read. Use https."
        )
    refuse_password(parts)
    if parts.query or parts.fragment:
        raise ValueError("must end before any ? or #. Give the address of the site alone.")
    return text.rstrip("/")


def split_address(text: str) -> SplitResult:
    """Give the parts of an address that may stand on one line."""
    if not text.isprintable() or " " in text:
        raise ValueError("holds a space or line break. Take it out.")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - a port that is no number raises here
    except ValueError:
        # urlsplit's own words quote the address, and it may hold a password
        raise ValueError("is not a well-formed address. Look at its host and port.") from None
    return parts


def refuse_password(parts: SplitResult) -> None:
    """Refuse an address that holds credentials."""
    if parts.password is not None or (parts.username and parts.scheme in {"http", "https"}):
        raise ValueError(
            "holds a user name or password, and addresses are shown and logged. "
            "Give credentials by their own settings, or for Git by a key or a credential helper."
        )


def _secret(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _fit_for_a_header(value: SecretStr) -> SecretStr:
    """Refuse what no HTTP header can carry: the library's own error would quote the secret."""
    text = value.get_secret_value()
    if not text:
        raise ValueError("is empty. Give the secret, or leave the setting out.")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds a space, a line break or a letter outside ASCII. Copy it again.")
    return value


def _secrets(value: object) -> object:
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not parts:  # webhooks would be refused as if nobody had set one
            raise ValueError("is empty. Give the secret, or leave the setting out.")
        return parts
    return [_secret(part) for part in value] if isinstance(value, list) else value


def _email(value: str) -> str:
    name, _, host = value.partition("@")
    if not name or "." not in host or set(value) & set(" <>"):
        raise ValueError("must be the e-mail address of the account that made the API token.")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Email = Annotated[Text, AfterValidator(_email)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Secret = Annotated[SecretStr, BeforeValidator(_secret), AfterValidator(_fit_for_a_header)]
SigningSecrets = Annotated[
    tuple[Annotated[SecretStr, Field(min_length=1)], ...], BeforeValidator(_secrets)
]
"""Signing secrets, any of which may have signed: more than one while one is being rotated."""
CallsPerMinute = Annotated[int, Field(ge=0, le=1_000_000)]
"""How many requests a service is sent in a minute by all machines together; 0 is no limit."""


SHORTEST_SIGNING_SECRET = 16


def easy_to_guess(groups: Iterable[ServiceSettings]) -> Iterator[str]:
    """Give a sentence for each signing secret that is short: who guesses it can send events."""
    for group in groups:
        for name in type(group).model_fields:
            value = getattr(group, name)
            secrets = value if isinstance(value, tuple) else ()
            lengths = [len(one) for one in secrets if isinstance(one, SecretStr)]
            if lengths and min(lengths) < SHORTEST_SIGNING_SECRET:
                yield (
                    f"A secret in {group.shown(name)} has {min(lengths)} characters, and whoever "
                    f"guesses it can send events: let it have {SHORTEST_SIGNING_SECRET} or more."
                )


def revealed(secret: SecretStr | None) -> str:
    """Give a secret's text, "" where there is none."""
    return secret.get_secret_value() if secret else ""
