"""The timezone that documents show times in."""

import difflib
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator


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


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
