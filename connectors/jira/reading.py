"""Reading JSON that Jira sent: a value and where it stands, so that an error can name the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from connectors.errors import PayloadError

_REMEDY = "Jira's API may have changed: look for a newer version of this program."


@dataclass(frozen=True, slots=True)
class Part:
    """A value of an answer; ``where`` is its path from the top (``issues[3].fields.status``).

    Jira leaves a field out or sends ``null`` for the same thing, so both are *absent* here. Every
    method raises ``PayloadError`` where the value is of another type than asked for.
    """

    value: object
    where: str

    def __bool__(self) -> bool:
        """Tell whether there is a value at all."""
        return self.value is not None

    def __getitem__(self, name: str) -> "Part":
        """Give the field of an object, absent where the object has none or is absent itself."""
        return Part(self.members().get(name), f"{self.where}.{name}" if self.where else name)

    def members(self) -> Mapping[str, object]:
        """Give an object's fields as they are, none where it is absent."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return self.value

    def each(self) -> tuple["Part", ...]:
        """Give the members of a list, none where it is absent."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return tuple(Part(item, f"{self.where}[{at}]") for at, item in enumerate(self.value))

    def text(self) -> str:
        """Give a text that must be there."""
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def text_or_none(self) -> str | None:
        """Give a text, or None where it is absent or empty."""
        return None if self.value is None else self.text() or None

    def texts(self) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(item.text() for item in self.each())

    def number(self) -> int:
        """Give a whole number that must be there."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def number_or_none(self) -> int | None:
        """Give a whole number, or None where it is absent."""
        return None if self.value is None else self.number()

    def flag(self, default: bool = False) -> bool:
        """Give a truth value, the default where it is absent."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def identifier(self) -> str:
        """Give an id as text; Jira sends most as text and some as numbers."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text()

    def time(self) -> datetime:
        """Give a time in UTC; Jira sends an offset without a colon (``+0100``)."""
        try:
            time = datetime.fromisoformat(self.text())
            if time.tzinfo is not None:
                return time.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong("a time") from error
        raise self.wrong("a time with its offset from UTC")

    def day_or_none(self) -> date | None:
        """Give a day (``2026-03-01``), or None where it is absent."""
        text = self.text_or_none()
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise self.wrong("a day such as 2026-03-01") from error

    def wrong(self, expected: str) -> PayloadError:
        """Make the error that says what stands here instead of what should."""
        where = self.where or "the answer"
        if self.value is None:
            return PayloadError(f"Jira sent no {where}, which should be {expected}.", _REMEDY)
        what = f"Jira sent {_named(self.value)} as {where}, which should be {expected}."
        return PayloadError(what, _REMEDY)


def _named(value: object) -> str:
    """Name what a value is, without repeating a text that may be long or private."""
    names = {str: "a text", bool: "a truth value", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
