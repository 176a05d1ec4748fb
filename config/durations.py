"""Durations as people write them: ``90s``, ``10m``, ``2h``, ``30d``, ``1h30m``."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_FORM = re.compile(
    r"(?:(?P<weeks>\d{1,5})w)?\s*(?:(?P<days>\d{1,5})d)?\s*(?:(?P<hours>\d{1,6})h)?\s*"
    r"(?:(?P<minutes>\d{1,8})m)?\s*(?:(?P<seconds>\d{1,9})s)?",
    re.ASCII | re.IGNORECASE,
)
_LONGEST = timedelta(days=100 * 365)
"""Keeps every sum with a present date inside the calendar."""


def parse_duration(text: str) -> timedelta:
    """Give the length of time that ``text`` names.

    Parts go from weeks to seconds and add up, so ``1h30m`` is ninety minutes; ``0s`` is none at
    all. Raises ``ValueError``, with a sentence, for anything else: a number without its unit
    could mean any of them.
    """
    match = _FORM.fullmatch(text.strip())
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


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""The type of a setting that is a length of time."""
