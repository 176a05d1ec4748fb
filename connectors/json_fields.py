"""Reads JSON that a service sent: each value knows its place, so that an error can name the field.

A field that is left out or ``null`` is *absent*: services send both for the same. A field of
another type than asked for is an error, unless it may be absent and its sender is forgiven that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from connectors.errors import PayloadError

_SHORT = 40
_TIME = "a time with its offset from UTC"
_TEXT_OR_NONE = frozenset({str, type(None)})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent JSON. With ``quoted`` an error repeats a wrong value, else it may be private.

    With ``forgiving`` what may be absent counts as absent where it is of another type than asked
    for; a number serves as a text. The first such error is kept in ``forgiven``.
    """

    name: str
    quoted: bool = False
    forgiving: bool = False
    forgiven: list[PayloadError] = field(default_factory=list, compare=False)


class JsonValue:
    """A value, and where it stands (``issues[3].fields.status``).

    What is asked for without ``_or_none`` must be there. Every method raises ``PayloadError`` for
    what is absent and must not be, and for a value of another type.
    """

    __slots__ = ("_above", "_name", "value")

    def __init__(self, value: object, above: "Sender | JsonValue", name: str | int = "") -> None:
        """Take an answer of a sender's, or a value by its name or number in the one above."""
        self.value = value
        self._above = above
        self._name = name

    @property
    def where(self) -> str:
        """The path from the top, "" for the whole answer."""
        outer = self._above.where if isinstance(self._above, JsonValue) else ""
        if isinstance(self._name, int):
            return f"{outer}[{self._name}]"
        return f"{outer}.{self._name}" if outer and self._name else outer or self._name

    def __bool__(self) -> bool:
        """Tell whether there is a value at all."""
        return self.value is not None

    def __getitem__(self, name: str) -> "JsonValue":
        """Give the field of an object, absent where the object has none or is absent itself."""
        value = self.value
        # A record of thousands of log entries asks this 100,000 times: no further call.
        if type(value) is dict:
            return JsonValue(value.get(name), self, name)
        if value is not None:
            self._forgive("an object")
        return JsonValue(None, self, name)

    def members(self) -> Mapping[str, object]:
        """Give an object's fields as they are, none where it is absent."""
        if isinstance(self.value, dict):
            return self.value
        if self.value is not None:
            self._forgive("an object")
        return {}

    def required_object(self) -> "JsonValue":
        """Give this value, once it is an object."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return self

    def each(self) -> tuple["JsonValue", ...]:
        """Give the members of a list, none where it is absent."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            self._forgive("a list")
            return ()
        return tuple(JsonValue(item, self, at) for at, item in enumerate(self.value))

    def required_list(self) -> tuple["JsonValue", ...]:
        """Give the members of a list that must be there."""
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return self.each()

    def objects(self) -> tuple["JsonValue", ...]:
        """Give the objects of a list, none where it is absent; ``null`` among them is left out."""
        if not self.value and isinstance(self.value, list | None):
            return ()
        return tuple(item for item in self.each() if item.value is not None and item._is_object())

    def _is_object(self) -> bool:
        if not isinstance(self.value, dict):
            self._forgive("an object")
            return False
        return True

    def text(self) -> str:
        """Give a text."""
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def text_or_none(self) -> str | None:
        """Give a text, or None where it is absent or empty."""
        value = self.value
        if value is None or isinstance(value, str):
            return value or None
        self._forgive("a text")
        return str(value) if _is_number(value) else None

    def optional_text(self, name: str) -> str | None:
        """Give the text in a field of an object, None where either is absent or it is empty.

        The same as ``[name].text_or_none()``. A record of thousands of log entries asks this
        hundreds of thousands of times, so no value is made that only an error would need.
        """
        value = self.value
        if value is None:
            return None
        if isinstance(value, dict):
            text = value.get(name)
            if text is None or isinstance(text, str):
                return text or None
        return self[name].text_or_none()

    def only_texts(self, names: tuple[str, ...]) -> tuple[str | None, ...] | None:
        """Give several fields of an object at once where each is a text or absent, else None."""
        if not isinstance(self.value, dict):
            return None
        found = tuple(map(self.value.get, names))
        return found if _TEXT_OR_NONE.issuperset(map(type, found)) else None

    def texts(self) -> tuple[str, ...]:
        """Give a list of texts, none where it is absent."""
        return tuple(item.text() for item in self.each())

    def number(self) -> int:
        """Give a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def number_or_none(self) -> int | None:
        """Give a whole number, or None where it is absent."""
        try:
            return None if self.value is None else self.number()
        except PayloadError:
            self._forgive("a whole number")
            return None

    def flag(self, default: bool = False) -> bool:
        """Give a truth value, the default where it is absent."""
        if isinstance(self.value, bool):
            return self.value
        if self.value is not None:
            self._forgive("true or false")
        return default

    def identifier(self) -> str:
        """Give an id as text, also where it was sent as a number."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text()

    def time(self) -> datetime:
        """Give a time in UTC; it is sent with its offset (``Z``, ``+01:00``, Jira's ``+0100``)."""
        if (time := self._time()) is None:
            raise self.wrong(_TIME)
        return time

    def _time(self) -> datetime | None:
        try:
            time = datetime.fromisoformat(self.value) if isinstance(self.value, str) else None
            if time is not None and time.tzinfo is not None:
                return time.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        return None

    def time_or_none(self) -> datetime | None:
        """Give a time in UTC, or None where it is absent."""
        time = self._time()
        if time is None and self.value is not None:
            self._forgive(_TIME)
        return time

    def day_or_none(self) -> date | None:
        """Give a day (``2026-03-01``), or None where it is absent or empty."""
        text = self.text_or_none()
        try:
            return None if text is None else date.fromisoformat(text)
        except ValueError:
            self._forgive("a day such as 2026-03-01")
            return None

    @property
    def forgiven(self) -> PayloadError | None:
        """The first error that the sender of this answer was forgiven so far."""
        return next(iter(self._sender().forgiven), None)

    def _forgive(self, expected: str) -> None:
        """Count a value of a wrong type as absent. Raises its error where that is not forgiven."""
        sender = self._sender()
        if not sender.forgiving:
            raise self.wrong(expected)
        if not sender.forgiven:
            sender.forgiven.append(self.wrong(expected))

    def wrong(self, expected: str) -> PayloadError:
        """Make the error that says what stands here instead of what should."""
        sender = self._sender()
        remedy = f"{sender.name}'s API may have changed: look for a newer version of this program."
        if self.value is None:
            return PayloadError(
                f"{sender.name} sent no {self.where or 'answer'}, which should be {expected}.",
                remedy,
            )
        named = _quoted(self.value) if sender.quoted else _kind(self.value)
        where = self.where or "the answer"
        what = f"{sender.name} sent {named} as {where}, which should be {expected}."
        return PayloadError(what, remedy)

    def _sender(self) -> Sender:
        above = self._above
        return above if isinstance(above, Sender) else above._sender()


def json_in(text: str) -> list[object] | dict[str, object] | None:
    """Read a text of somebody's that is an object or a list in JSON; None for any other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: object) -> str:
    names = {str: "a text", bool: "a truth value", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _quoted(value: object) -> str:
    """Name what a value is; a number and a short text are quoted, for they show what is wrong."""
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= _SHORT else "a long text"
    kind = _kind(value)
    return f"the number {value}" if kind == "a number" else kind
