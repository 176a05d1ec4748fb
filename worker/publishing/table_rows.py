"""Which row of a table as it was is which row now, so that a comment in a cell stays in its row.

Rows belong together by their ticket, then by what their first cell says, then by what else they
have in common; each row that was goes with one row at most.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TICKET = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
_LIKE = 0.6
"""How much of a first cell is the same where it was only reworded."""
_LONG = 12
"""Letters of a cell by which a row is known alone."""
_MOST = 150
"""Rows without an equal first cell that are compared each with each; others count as gone."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: where its letters begin and end, and those of each of its cells, with their words."""

    start: int
    end: int
    cells: Sequence[tuple[int, int]]
    words: Sequence[str]

    def cell_at(self, at: int) -> int | None:
        """Give which cell a letter is in."""
        found = (number for number, (start, end) in enumerate(self.cells) if start <= at <= end)
        return next(found, None)

    @property
    def ticket(self) -> str:
        """The key of its ticket, "" where it has none."""
        return next((one for one in self.words if _TICKET.fullmatch(one)), "")


def row_at(rows: Sequence[Row], at: int) -> int | None:
    """Give the number of the row that a letter is in, the innermost."""
    inside = [number for number, one in enumerate(rows) if one.start <= at < one.end]
    return min(inside, key=lambda one: rows[one].end - rows[one].start, default=None)


def paired(before: Sequence[Row], now: Sequence[Row]) -> Mapping[int, int]:
    """Give for each row that was the one it is now, none where it is gone."""
    found: dict[int, int] = {}
    tickets = _by(now, [one.ticket for one in now])
    for old, row in enumerate(before):
        same = tickets.get(row.ticket, [])
        if row.ticket and len(same) == 1 and [one.ticket for one in before].count(row.ticket) == 1:
            found[old] = same[0]
    firsts = _by(now, [_first(one) for one in now])
    _pair(
        found,
        before,
        now,
        ((old, new) for old, row in enumerate(before) for new in firsts.get(_first(row), [])),
    )
    left = [old for old in range(len(before)) if old not in found][:_MOST]
    taken = set(found.values())
    free = [new for new in range(len(now)) if new not in taken][:_MOST]
    likely = ((old, new) for old in left for new in free if _is_like(before[old], now[new]))
    _pair(found, before, now, likely)
    return found


def _pair(
    found: dict[int, int],
    before: Sequence[Row],
    now: Sequence[Row],
    pairs: Iterable[tuple[int, int]],
) -> None:
    """Take the pairs that have most in common, each row once."""
    taken = set(found.values())
    ordered = sorted(pairs, key=lambda one: (-_common(before[one[0]], now[one[1]]), *_order(one)))
    for old, new in ordered:
        keys = {before[old].ticket, now[new].ticket} - {""}
        if old not in found and new not in taken and len(keys) <= 1:
            found[old] = new
            taken.add(new)


def _order(pair: tuple[int, int]) -> tuple[int, int]:
    return abs(pair[0] - pair[1]), pair[0]


def _by(rows: Sequence[Row], keys: Sequence[str]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, _ in enumerate(rows):
        found.setdefault(keys[number], []).append(number)
    return found


def _first(row: Row) -> str:
    return row.words[0].casefold() if row.words else ""


def _common(old: Row, new: Row) -> int:
    """Count the letters of the cells that say the same."""
    pairs = zip(old.words, new.words, strict=False)
    return sum(len(one) + 1 for one, other in pairs if one == other)


def _is_like(old: Row, new: Row) -> bool:
    pairs = zip(old.words, new.words, strict=False)
    if any(one == other and len(one) >= _LONG for one, other in pairs):
        return True
    one, other = _first(old), _first(new)
    return bool(one) and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE
