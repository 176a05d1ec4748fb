r"""Patterns of a team's own: each is proved before it is used on whole incidents.

Python's regular expressions try every way to match. A pattern that repeats what is repeated, such
as ``(\w+)+$``, has a number of ways that doubles with each letter, and one long word would hold up
a job for years. So each pattern is timed on words made to provoke that, growing until it shows.
"""

import re
import time
from collections.abc import Iterable, Iterator
from re import _parser  # type: ignore[attr-defined]  # the one way to know what a pattern repeats
from typing import Any

_ALPHABET = "a0A_ -.=/+:z9\"'\n"
_ENDINGS = ("\x00", "")
_SIZES = (*range(8, 64, 2), 64, 96, 144, 216, 324, 486, 729, 1000)
"""How often something is repeated: little more each time, or one step too many takes years.

No more of a text than that is looked at at once, see ``connectors.masking``.
"""
_SLOW = 0.2
"""Seconds of work on one word. What is usable takes a hundredth of it."""
_PATIENCE = 2.0
"""Seconds of work on all words; what doubles with each letter shows at the first of them."""


def own_pattern(text: str) -> str:
    """Give a pattern once it can be used. Raises ``ValueError`` with a sentence."""
    try:
        pattern = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(
            f"is {text!r}, not a regular expression: {error}. Mend it there; in TOML, patterns are "
            "best put in single quotes."
        ) from None
    if pattern.search(""):
        raise ValueError(f"is {text!r}, which matches where there is nothing. Ask for a letter.")
    if pattern.groups > 1:
        raise ValueError(
            f"is {text!r}, which has {pattern.groups} groups, and one says what to hide. Write the "
            "others as (?:…)."
        )
    if _gets_slow(pattern):
        raise ValueError(
            f"is {text!r}, which takes longer and longer on long words, so that one could stop "
            "everything. Do not repeat what is repeated, as in (a+)+, and bound it: {1,100}."
        )
    return text


def _gets_slow(pattern: re.Pattern[str]) -> bool:
    began = time.thread_time()
    for words in _provocations(pattern.pattern):
        if _is_slow(pattern, words):
            return True
        if time.thread_time() - began > _PATIENCE:
            break
    return False


def _is_slow(pattern: re.Pattern[str], words: tuple[str, str]) -> bool:
    """Time a pattern on a word that grows, so that it shows before it takes long."""
    head, unit = words
    for size in _SIZES:
        for ending in _ENDINGS:
            began = time.thread_time()
            pattern.search(head + unit * (size // len(unit) + 1) + ending)
            if time.thread_time() - began > _SLOW:
                return True
    return False


def _provocations(text: str) -> Iterator[tuple[str, str]]:
    """Give what stands before something repeated, and what is repeated, in several spellings."""
    found: dict[tuple[str, str], None] = {}
    for favourite in _ALPHABET:
        found |= dict.fromkeys(_repeated(list(_parser.parse(text)), "", favourite))
    found |= dict.fromkeys(("", letter) for letter in _ALPHABET)
    return (words for words in found if words[1])


def _repeated(nodes: list[Any], head: str, favourite: str) -> Iterator[tuple[str, str]]:
    for operation, value in nodes:
        for inner in _inside(operation, value):
            yield from _repeated(list(inner), head, favourite)
        if "REPEAT" in str(operation):
            most, body = value[1], list(value[2])
            if most > 1:
                yield head, _sample(body, favourite)
                for branch in _branches(body):
                    yield head, _sample(branch, favourite)
        head += _sample([(operation, value)], favourite)


def _inside(operation: object, value: Any) -> Iterable[Any]:
    match str(operation):
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [value[2]]
        case "SUBPATTERN":
            return [value[3]]
        case "ATOMIC_GROUP":
            return [value]
        case "BRANCH":
            return list(value[1])
    return []


def _branches(nodes: list[Any]) -> Iterator[list[Any]]:
    for operation, value in nodes:
        if str(operation) == "BRANCH":
            yield from (list(one) for one in value[1])
        else:
            for inner in _inside(operation, value):
                yield from _branches(list(inner))


def _sample(nodes: list[Any], favourite: str) -> str:
    """Give a word that a part of a pattern matches, of a favourite letter where it may be."""
    word = ""
    for operation, value in nodes:
        inner = list(_inside(operation, value))
        match str(operation):
            case "LITERAL":
                word += chr(value)
            case "IN":
                word += _letter_of(value, favourite)
            case "ANY" | "NOT_LITERAL":
                word += favourite
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                word += _sample(list(inner[0]), favourite) * min(max(value[0], 1), 100)
            case _ if inner:
                word += _sample(list(inner[0]), favourite)
    return word


def _letter_of(members: list[Any], favourite: str) -> str:
    """Give a letter of a set: the favourite one if it is in it."""
    kinds = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}
    first = ""
    pattern = ""
    for operation, value in members:
        match str(operation):
            case "LITERAL":
                first, pattern = first or chr(value), pattern + re.escape(chr(value))
            case "RANGE":
                first = first or chr(value[0])
                pattern += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
            case "CATEGORY":
                name = str(value)
                first = first or kinds.get(name, "-")
                letter = {"DIGIT": "d", "WORD": "w", "SPACE": "s"}.get(
                    name.rsplit("_", maxsplit=1)[-1], "w"
                )
                pattern += "\\" + (letter.upper() if "_NOT_" in name else letter)
            case "NEGATE":
                pattern += "^"
    if re.fullmatch(f"[{pattern}]", favourite):
        return favourite
    return next((one for one in _ALPHABET if re.fullmatch(f"[{pattern}]", one)), first)
