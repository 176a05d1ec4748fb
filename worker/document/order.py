"""Which things may stay where they are when their order changes."""

from bisect import bisect_left
from collections.abc import Sequence


def longest_rising(numbered: Sequence[tuple[int, str]]) -> set[str]:
    """Give the keys of a longest run whose numbers rise; the fewest others are left out.

    The numbers are all different.
    """
    lowest: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for at, (number, _) in enumerate(numbered):
        length = bisect_left(lowest, number)
        before.append(last[length - 1] if length else None)
        lowest[length : length + 1] = [number]
        last[length : length + 1] = [at]
    kept = set()
    here = last[-1] if last else None
    while here is not None:
        kept.add(numbered[here][1])
        here = before[here]
    return kept
