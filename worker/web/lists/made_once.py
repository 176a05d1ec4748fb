"""What is made of a list that many requests share: made for the first, and kept for the others."""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

Row = TypeVar("Row")
Asked = ParamSpec("Asked")
Made = TypeVar("Made")

_MOST = 16


class MadeOnce(Generic[Row, Asked, Made]):
    """A function of a list, and of what is asked, which is worked out once for each that is asked.

    That holds for as long as the very same list is given. The last few are kept. May be called from
    several threads: two that come at once may both work it out.
    """

    def __init__(self, make: Callable[Concatenate[Sequence[Row], Asked], Made]) -> None:
        self._make = make
        self._kept: tuple[Sequence[Row], dict[object, Made]] | None = None

    def __call__(self, rows: Sequence[Row], /, *asked: Asked.args, **named: Asked.kwargs) -> Made:
        """Give what the function makes of the list."""
        kept = self._kept
        if kept is None or kept[0] is not rows:
            kept = self._kept = (rows, {})
        key: Any = (asked, *sorted(named.items()))
        if key in kept[1]:
            return kept[1][key]
        made = self._make(rows, *asked, **named)
        if len(kept[1]) >= _MOST:
            kept[1].pop(next(iter(kept[1]), None), None)
        kept[1][key] = made
        return made
