"""Reads the fields of a JSON answer, or says by its path which one is not what it should be.

A field that is absent or ``null`` is *absent*: PagerDuty sends both for the same. An absent field
is an error only where the reader asks for it without ``_or_none``. A field of another type is
always an error.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.errors import PayloadError
from connectors.incidents import IncidentId

INCIDENT_ID = re.compile(r"[A-Z0-9]+")
"""What PagerDuty's ids look like; nothing else may become part of a path."""

_REMEDY = "PagerDuty's API may have changed: look for a newer version of this program."


class Fields:
    """A JSON object, and where it stands (``log_entries[3].channel``)."""

    __slots__ = ("_key", "_parent", "_values")

    def __init__(self, values: object, key: str = "", parent: "Fields | None" = None) -> None:
        """Take an object. Raises ``PayloadError`` where the value is none."""
        self._key = key
        self._parent = parent
        if not isinstance(values, dict):
            self._values: dict[str, object] = {}
            raise _wrong(self.path or "the answer", values, "an object")
        self._values = values

    @property
    def path(self) -> str:
        """Where the object stands, "" for the whole answer."""
        above = self._parent.path if self._parent else ""
        return f"{above}.{self._key}" if above and self._key else above or self._key

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def any(self, name: str) -> object:
        """Give the field as it is, whatever its type."""
        return self._values.get(name)

    def text_or_none(self, name: str) -> str | None:
        """Give a text."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(name, "a text")

    def text(self, name: str) -> str:
        """Give a text that must be there."""
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        raise self.wrong(name, "a text")

    def number_or_none(self, name: str) -> int | None:
        """Give a whole number."""
        value = self._values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self.wrong(name, "a whole number")

    def flag(self, name: str) -> bool:
        """Give a truth value, False where it is absent."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.wrong(name, "true or false")

    def time_or_none(self, name: str) -> datetime | None:
        """Give a time in UTC; PagerDuty sends the account's offset, or ``Z``."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            time = datetime.fromisoformat(value) if isinstance(value, str) else None
            if time is not None and time.tzinfo is not None:
                return time.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.wrong(name, "a time with its offset from UTC")

    def time(self, name: str) -> datetime:
        """Give a time in UTC that must be there."""
        time = self.time_or_none(name)
        if time is None:
            raise self.wrong(name, "a time with its offset from UTC")
        return time

    def within_or_none(self, name: str) -> "Fields | None":
        """Give the object that the field holds."""
        value = self._values.get(name)
        return None if value is None else Fields(value, name, self)

    def within(self, name: str) -> "Fields":
        """Give the object that the field holds and that must be there."""
        return Fields(self._values.get(name), name, self)

    def each(self, name: str) -> Sequence["Fields"]:
        """Give the objects of a list, none where it is absent; ``null`` among them is left out."""
        value = self._values.get(name)
        if not value and (value is None or isinstance(value, list)):
            return ()
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return [
            Fields(item, f"{name}[{number}]", self)
            for number, item in enumerate(value)
            if item is not None
        ]

    def incident_id(self, name: str) -> IncidentId:
        """Give an id that may stand in a path."""
        value = self.text(name)
        if not INCIDENT_ID.fullmatch(value):
            raise self.wrong(name, "an id of capital letters and digits")
        return IncidentId(value)

    def wrong(self, name: str, expected: str) -> PayloadError:
        """Make the error that says what stands in a field instead of what should."""
        path = f"{self.path}.{name}" if self.path else name
        return _wrong(path, self._values.get(name), expected)


def _wrong(path: str, value: object, expected: str) -> PayloadError:
    if value is None:
        what = f"PagerDuty sent no {path}, which should be {expected}."
    else:
        what = f"PagerDuty sent {_named(value)} as {path}, which should be {expected}."
    return PayloadError(what, _REMEDY)


def _named(value: object) -> str:
    """Name what a value is; a short text is quoted, since what is wrong with it shows."""
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 40 else "a long text"  # noqa: PLR2004 - a line
    names = {bool: "a truth value", list: "a list", dict: "an object"}
    return names.get(type(value), f"the number {value}")
