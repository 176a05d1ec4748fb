"""The timezone that documents show times in."""

import difflib
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, LookupError):  # no such zone, or no name that could be one
        near = difflib.get_close_matches(value, available_timezones(), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(
            f"is {value!r}, not a timezone. Use an IANA name, such as Europe/Berlin.{hint}"
        ) from None


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
