"""Hides the process's own credentials in others' words, in whatever form these give them back.

A service repeats what it was sent: as it stands, in an address, in HTML, in JSON, in the base64 of
HTTP's Basic. Whoever may read an error, a log or a document need not be who may use the credential.
"""

import base64
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from connectors.masking.escapes import decoded
from connectors.masking.token_forms import holds_any

SHORTEST = 6
"""A credential that is shorter is a word: hiding it would hide much else."""
OURS = "\u2039hidden: our own credential\u203a"
_ESCAPING = ("%", "&", "\\")
_ALIGNMENTS = 3
_BASE64 = r"[A-Za-z0-9+/_-]*"


@dataclass(frozen=True, slots=True)
class OwnCredentials:
    """The forms that the process's credentials may have in a text; the longest is the first.

    ``encoded`` are those in the middle of base64, of which the whole is hidden.
    """

    plain: tuple[str, ...] = ()
    encoded: tuple[str, ...] = ()

    @classmethod
    def of(cls, credentials: Iterable[str]) -> "OwnCredentials":
        """Take the credentials; those shorter than :data:`SHORTEST` are left out."""
        long = {one for one in credentials if len(one) >= SHORTEST}
        long |= {one.encode().decode("latin-1") for one in long}  # as %C3%A9 is read, byte by byte
        plain = sorted(long, key=len, reverse=True)
        encoded = dict.fromkeys(form for one in plain for form in _in_base64(one))
        return cls(tuple(plain), tuple(encoded))

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.plain)

    def __repr__(self) -> str:
        return f"OwnCredentials({len(self.plain)})"

    def hide(self, text: str) -> str:
        """Give the text with a substitute in the place of each credential."""
        if not self.plain or len(text) < SHORTEST:
            return text
        if self._are_in(text):
            text = self._without(text)
        if not holds_any(text, _ESCAPING):
            return text
        undone = decoded(text)
        if not self._are_in(undone.text):
            return text
        pieces: list[str] = []
        at = 0
        for start, end in sorted(undone.place(*one) for one in self._spans(undone.text)):
            if start >= at:
                pieces += text[at:start], OURS
                at = end
        return "".join([*pieces, text[at:]])

    def hide_in_each(self, texts: Collection[str]) -> dict[str, str]:
        """Give each of many texts with what :meth:`hide` makes of it: of nearly all, the same.

        One look through all of them at once tells that there is no credential in any; one that is
        written with escapes is looked for in those that have some.
        """
        if not self.plain:
            return dict(zip(texts, texts, strict=True))
        whole = "\n".join(texts)
        if self._are_in(whole):
            return {text: self.hide(text) for text in texts}
        if not holds_any(whole, _ESCAPING):
            return dict(zip(texts, texts, strict=True))
        return {text: self.hide(text) if holds_any(text, _ESCAPING) else text for text in texts}

    def _without(self, text: str) -> str:
        for one in self.plain:
            text = text.replace(one, OURS)
        for one in self.encoded:
            if one in text:
                text = re.sub(f"{_BASE64}{re.escape(one)}{_BASE64}={{0,2}}", OURS, text)
        return text

    def _are_in(self, text: str) -> bool:
        return holds_any(text, self.plain) or holds_any(text, self.encoded)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for one in self.plain:
            for found in re.finditer(re.escape(one), text):
                yield found.span()
        for one in self.encoded:
            if one in text:
                for found in re.finditer(f"{_BASE64}{re.escape(one)}{_BASE64}={{0,2}}", text):
                    yield found.span()


def _in_base64(credential: str) -> Iterator[str]:
    """Give what base64 makes of a credential wherever it stands in a text, less its two ends."""
    content = credential.encode()
    for before in range(_ALIGNMENTS):
        padded = b"\0" * before + content
        whole = base64.b64encode(padded[: len(padded) // 3 * 3]).decode()
        inner = whole[4:] if before else whole
        if len(inner) >= SHORTEST:
            yield inner
            if (other := inner.translate(_URL_SAFE)) != inner:
                yield other


_URL_SAFE = str.maketrans("+/", "-_")
NO_CREDENTIALS = OwnCredentials()

_SEQUENCES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
"""What a terminal obeys: CSI, OSC and its kin, and other escapes, with 7 bits or with 8."""
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
"""Other controls but for tab and line feed, and what turns the direction of writing round."""


def without_controls(text: str) -> str:
    """Give a text as a terminal may show it: nothing in it moves, hides, colours or reorders."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub("", _SEQUENCES.sub("", text))
