"""Which row is meant by a remembered text: the same words first, then a rewording in place."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.6
"""How alike (0 to 1, as difflib measures) two texts must be to count as one, reworded."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A task's words and where in the document it stood."""

    ordinal: int
    task: str


def same_words(task: str) -> str:
    """Give the form in which two tasks are compared: case and spacing do not matter."""
    return " ".join(task.split()).casefold()


def pair_by_words(rows: Sequence[Wording], known: Sequence[Wording]) -> dict[int, int]:
    """Pair rows with what is known by the same words, the n-th with the n-th in their order.

    Gives index in ``rows`` → index in ``known``; each is used once.
    """
    waiting: dict[str, list[int]] = defaultdict(list)
    for index in sorted(range(len(known)), key=lambda at: known[at].ordinal):
        waiting[same_words(known[index].task)].append(index)
    pairs: dict[int, int] = {}
    for index, row in enumerate(rows):
        candidates = waiting.get(same_words(row.task))
        if candidates:
            pairs[index] = candidates.pop(0)
    return pairs


def pair(rows: Sequence[Wording], known: Sequence[Wording]) -> dict[int, int]:
    """Pair by the same words, then what is left by likeness, the most alike first.

    For creates whose row was reworded before its ticket could be written into it.
    """
    pairs = pair_by_words(rows, known)
    taken = set(pairs.values())
    scores = [
        (_likeness(row.task, other.task), -abs(row.ordinal - other.ordinal), i, j)
        for i, row in enumerate(rows)
        if i not in pairs
        for j, other in enumerate(known)
        if j not in taken
    ]
    for score, _, i, j in sorted(scores, reverse=True):
        if score >= ALIKE and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, same_words(one), same_words(other), autojunk=False).ratio()
