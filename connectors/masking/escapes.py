"""A text with its escapes undone: of HTML, of addresses, of JSON, and those within each other."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = 3
"""How often something may have been escaped: JSON in JSON, a redirect in an address."""

_ESCAPE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|%[0-9A-Fa-f]{2}"
    r"|\\++(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt])?"
    "|[\x00-\x08\xad\u180e\u200b-\u200f\u2060-\u2064\ufeff]++"
)
_SPACES = {"n": "\n", "r": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text with its escapes undone, and where each of its characters came from.

    A secret is the same secret as ``password&#61;…`` and ``password%3D…``. It is found in the
    decoded text, and hidden in the text itself. Without places it is that text.
    """

    text: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give where a part of the text stands in what it was decoded from."""
        if not self.starts or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


def decoded(text: str) -> DecodedText:
    """Give the text with its escapes undone, and theirs, as far as :data:`LEVELS`."""
    whole = DecodedText(text)
    for _ in range(LEVELS):
        further = _undone(whole)
        if further is None:
            break
        whole = further
    return whole


def _undone(whole: DecodedText) -> DecodedText | None:
    """Undo the escapes of a text once, None where it has none."""
    text = whole.text
    if text.isascii() and not ("\\" in text or "%" in text or "&" in text) and text.isprintable():
        return None
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        plain = _plain(found[0])
        if plain is None:
            continue
        _keep(whole, at, found.start(), pieces, starts, ends)
        pieces.append(plain)
        begin, end = whole.place(found.start(), found.end())
        starts += [begin] * len(plain)
        ends += [end] * len(plain)
        at = found.end()
    if not pieces:
        return None
    _keep(whole, at, len(text), pieces, starts, ends)
    return DecodedText("".join(pieces), starts, ends)


def _keep(
    whole: DecodedText, at: int, to: int, pieces: list[str], starts: list[int], ends: list[int]
) -> None:
    pieces.append(whole.text[at:to])
    starts += whole.starts[at:to] if whole.starts else range(at, to)
    ends += whole.ends[at:to] if whole.starts else range(at + 1, to + 1)


def _plain(escape: str) -> str | None:
    """Give what an escape stands for, None where it stands for itself."""
    if escape[0] == "&":
        plain = html.unescape(escape)
        return None if plain == escape else plain
    if escape[0] == "%":
        return chr(int(escape[1:], 16))
    if escape[0] == "\\":
        code = escape.lstrip("\\")
        return _SPACES.get(code) or (chr(int(code[1:], 16)) if code else "")
    return ""
