"""The types of single values that the program's own settings have."""

import difflib
import re
from datetime import time, timedelta
from email.utils import parseaddr
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator

from connectors.settings import Duration, Text

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
