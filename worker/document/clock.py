"""Times as timeline rows give them: ``HH:MM``, with the date before it where there are several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from worker.document.parts import Cells

_TIME = re.compile(r"[\s*_`~]*(?:(\d{4}-\d\d-\d\d)[ T]+)?(\d{1,2}):(\d\d)(?::(\d\d))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, and its date where one is given (else "")."""

    date: str
    seconds: int

    def is_before(self, other: "Moment") -> bool:
        """Tell whether it is surely earlier. Without a date on both sides the time alone counts."""
        if self.date and other.date and self.date != other.date:
            return self.date < other.date
        return self.seconds < other.seconds


def moment(cell: str | None) -> Moment | None:
    """Read the time that a cell begins with; None where it begins otherwise."""
    found = _TIME.match(cell or "")
    if not found:
        return None
    date, hours, minutes, seconds = found.groups(default="0")
    return Moment(date if date != "0" else "", int(hours) * 3600 + int(minutes) * 60 + int(seconds))


def moments(entries: Sequence[Cells]) -> list[Moment | None]:
    """Read the time of each row; one without a date is of the day of the row before it."""
    found: list[Moment | None] = []
    date = ""
    for cells in entries:
        one = moment(cells[0])
        if one is not None:
            date = one.date or date
            one = Moment(date, one.seconds)
        found.append(one)
    return found
