"""Finding words in a text as people ask for them: in any order, in any case, without accents.

A word asked for is found where one begins with it, so that *timeout* finds *timeouts*; one that is
the same counts for more. An underscore parts words, so that it finds *connect_timeout* too. A
script without spaces between words is found wherever it stands.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_IN_TITLE = 8
_WHOLE = 2
_MOST_COUNTED = 20
"""How often a word counts at most, so that a long document is not the best for its length."""


@dataclass(frozen=True, slots=True)
class Found:
    """How well a text fits, more is better, and the line that fits best: its number from 0."""

    score: int
    line: int


def words_in(text: str) -> list[str]:
    """Give the words of a text as they are compared, in its order."""
    return _WORD.findall(folded(text))


def folded(text: str) -> str:
    """Give a text without case, accents, escapes, and with one letter for all that are alike."""
    text = _ESCAPE.sub("", text)
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in taken_apart if not unicodedata.combining(one))


def may_hold(wanted: Sequence[str], text: str) -> bool:
    """Tell at little cost whether a text may hold all words that :func:`words_in` gave."""
    whole = folded(text)
    return all(word in whole for word in wanted)


def find(wanted: Sequence[str], title: str, lines: Sequence[str]) -> Found | None:
    """Find words, as :func:`words_in` gives them, in a titled text; None where any is missing."""
    in_title = folded(title)
    told = [folded(line) for line in lines]
    patterns = [_pattern(word) for word in dict.fromkeys(wanted)]
    score, best = 0, (0, 0, 0)
    by_line = [0] * len(told)
    for pattern in patterns:
        counts = [_count(pattern, line) for line in told]
        here = sum(counts) + _IN_TITLE * _count(pattern, in_title)
        if not here:
            return None
        score += min(here, _MOST_COUNTED * _WHOLE)
        by_line = [many + bool(count) for many, count in zip(by_line, counts, strict=True)]
    for at, many in enumerate(by_line):
        best = max(best, (many, -at, at))
    if best[0] == len(patterns):
        score += _IN_TITLE
    return Found(score, best[2])


def _pattern(word: str) -> re.Pattern[str]:
    """Match a word where one begins; a letter of a script without spaces begins anywhere."""
    begins = r"(?<![^\W_])" if word[0] < "\u0e00" else ""
    return re.compile(begins + re.escape(word) + r"([^\W_])?")


def _count(pattern: re.Pattern[str], line: str) -> int:
    return sum(1 if longer else _WHOLE for longer in pattern.findall(line))
