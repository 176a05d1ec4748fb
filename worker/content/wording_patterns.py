"""Wordings with places for values: ``{name}`` for one, ``[…]`` for what goes without."""

import re
from functools import lru_cache

Pieces = tuple[tuple[str, bool], ...]
"""Texts, and names of values, for which it is True."""
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_VALUE = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=512)
def parsed(wording: str) -> tuple[tuple[Pieces, bool], ...]:
    """Split a wording into parts, each with whether it is optional; every other split is."""
    parts = _OPTIONAL.split(wording)
    return tuple((_pieces(part), at % 2 == 1) for at, part in enumerate(parts) if part)


def _pieces(part: str) -> Pieces:
    return tuple((text, at % 2 == 1) for at, text in enumerate(_VALUE.split(part)) if text)


def names_in(wording: str) -> frozenset[str]:
    """Tell which values a wording asks for."""
    return frozenset(_VALUE.findall(wording))


def needed_in(wording: str) -> frozenset[str]:
    """Tell which values a wording asks for outside of brackets."""
    return names_in(_OPTIONAL.sub("", wording))
