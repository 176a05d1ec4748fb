"""The states of tickets, as coloured lozenges."""

import re
from collections.abc import Collection, Sequence
from typing import Protocol

from worker.publishing.storage_xml import status

_DONE = re.compile(
    r"\b(?:done|closed|complete[d]?|resolved|fixed|finished|cancelled|canceled|released|declined|"
    r"rejected|won't do|erledigt|geschlossen|termin\w+|ferm\w+|hecho|cerrad\w+|final)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"\b(?:to ?do|open|reopened|new|backlog|selected|offen|zu erledigen|à faire|por hacer|draft)\b",
    re.IGNORECASE,
)
_GONE = re.compile(r"unavailable", re.IGNORECASE)


class _Columns(Protocol):
    @property
    def ticket(self) -> str: ...

    @property
    def status(self) -> str: ...


def status_columns(headers: Sequence[str], columns: _Columns) -> Collection[int]:
    """Give which columns hold states of tickets, by the words of a table's first row.

    There are none where the table names no tickets: a column "Status" may be anything then.
    """
    names = [one.casefold() for one in headers]
    if columns.ticket.casefold() not in names:
        return ()
    return {at for at, name in enumerate(names) if name == columns.status.casefold()}


def lozenge(word: str) -> str:
    """Give a state in its colour, which goes by its words alone: so a page can be made again."""
    return status(word, colour(word))


def colour(word: str) -> str:
    """Give the colour for a state: of what is done, not begun, gone, or else under way."""
    if _GONE.fullmatch(word):
        return "Red"
    if _NEW.fullmatch(word.partition(" (")[0]):
        return "Grey"
    return "Green" if _DONE.search(word) else "Blue"
