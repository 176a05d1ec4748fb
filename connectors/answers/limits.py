"""How much an answer may be, whichever service gave it, and its JSON read within that.

An answer is counted as it comes: its bytes once they are decompressed, a little at a time, and its
seconds from the first to the last of it, head included, so that neither a small answer that swells
nor one that drips is waited for. The services' own modules beside this one hold requests to it.
"""

import json
import math
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from connectors.errors import ConnectorError, PayloadError, Unreachable

MOST_BYTES = 32 * 1024 * 1024
MOST_SECONDS = 120.0
DEEPEST = 200
MOST_DIGITS = 100
ENCODINGS = "gzip, deflate"
"""What is asked for, and can be decompressed a little at a time."""

_EITHER_HEAD = zlib.MAX_WBITS | 32
"""zlib's word for: with gzip's head or its own."""
_NO_HEAD = -zlib.MAX_WBITS


TOLD_AS = (PayloadError, Unreachable)
"""The errors that an answer is told as which is not taken in."""


class UnusableAnswer(Exception):
    """An answer that is not taken in; the text goes on behind the service's name."""

    def told(self, service: str, remedy: str, when: str = "") -> ConnectorError:
        """Give the error that says so of a service; ``when`` ends its sentence."""
        kind = Unreachable if isinstance(self, SlowAnswer) else PayloadError
        return kind(f"{service} {self}{when}.", remedy)


class SlowAnswer(UnusableAnswer):
    """An answer that took too long in all."""

    def __init__(self) -> None:
        super().__init__(f"took more than {MOST_SECONDS:.0f} s over an answer")


_UNTIL: ContextVar[float] = ContextVar("until", default=math.inf)


@contextmanager
def limited_time() -> Iterator[None]:
    """Let the answer that this thread waits for take :data:`MOST_SECONDS` in all.

    Raises ``SlowAnswer`` for what went wrong only because that time was over.
    """
    token = _UNTIL.set(time.monotonic() + MOST_SECONDS)
    try:
        yield
    except Exception as error:
        if seconds_left() > 0 or isinstance(error, UnusableAnswer):
            raise
        raise SlowAnswer from None
    finally:
        _UNTIL.reset(token)


def seconds_left() -> float:
    """Give for how long the answer that this thread waits for may still take."""
    return _UNTIL.get() - time.monotonic()


def whole(pieces: Iterable[bytes], encoding: str) -> bytes:
    """Give an answer's body, decompressed. Raises ``UnusableAnswer``."""
    body = bytearray()
    decoded = _decoder(encoding)
    for piece in pieces:
        if seconds_left() <= 0:
            raise SlowAnswer
        for part in decoded(piece, MOST_BYTES + 1 - len(body)):
            body += part
            if len(body) > MOST_BYTES:
                mebibytes = MOST_BYTES // (1024 * 1024)
                raise UnusableAnswer(f"sent an answer of more than {mebibytes} MiB")
    return bytes(body)


def _decoder(encoding: str) -> Callable[[bytes, int], Iterable[bytes]]:
    """Give what decompresses a piece, at most so many bytes and one of it."""
    match encoding.strip().lower():
        case "" | "identity":
            return lambda piece, _most: (piece,)
        case "gzip" | "x-gzip":
            return _Inflater().parts
        case "deflate":
            return _Inflater(may_lack_head=True).parts
        case other:
            raise UnusableAnswer(f"sent an answer compressed as nobody asked for ({other[:40]!r})")


class _Inflater:
    """Decompresses gzip, several behind each other included, and both kinds of deflate."""

    def __init__(self, *, may_lack_head: bool = False) -> None:
        self._stream = zlib.decompressobj(_EITHER_HEAD)
        self._may_lack_head = may_lack_head

    def parts(self, piece: bytes, most: int) -> Iterator[bytes]:
        """Give what a piece holds, up to ``most`` bytes and at least as much as there is below."""
        rest = piece
        while rest and most > 0:
            part = self._part(rest, most)
            most -= len(part)
            yield part
            rest = self._stream.unconsumed_tail
            if self._stream.eof:
                rest = self._stream.unused_data
                self._stream = zlib.decompressobj(_EITHER_HEAD)

    def _part(self, rest: bytes, most: int) -> bytes:
        try:
            part = self._stream.decompress(rest, most)
        except zlib.error:
            if not self._may_lack_head:
                raise UnusableAnswer("sent an answer that cannot be decompressed") from None
            self._stream = zlib.decompressobj(_NO_HEAD)
            self._may_lack_head = False
            return self._part(rest, most)
        self._may_lack_head = False
        return part


def parsed(body: bytes | str) -> object:
    """Give the JSON of a body. Raises ``ValueError`` where it is none, and ``UnusableAnswer``."""
    try:
        value = json.loads(body, parse_int=_whole_number, parse_float=_number, parse_constant=_none)
    except RecursionError:
        raise _too_deep() from None
    level: list[Any] = [value] if type(value) in _NESTS else []
    for _ in range(DEEPEST + 1):
        if not level:
            return value
        level = [
            one
            for outer in level
            for one in (outer.values() if type(outer) is dict else outer)
            if type(one) in _NESTS
        ]
    raise _too_deep()


_NESTS = frozenset((dict, list))
"""The types of lists and objects; JSON has no others, and a storm's answers have 70,000 of them."""


def _too_deep() -> UnusableAnswer:
    return UnusableAnswer(f"nested its answer deeper than {DEEPEST}")


def _whole_number(digits: str) -> int:
    return int(_short(digits))


def _number(digits: str) -> float:
    number = float(_short(digits))
    if math.isinf(number):
        raise UnusableAnswer("sent a number that is larger than numbers can be")
    return number


def _short(digits: str) -> str:
    if len(digits) > MOST_DIGITS:
        raise UnusableAnswer(f"sent a number of more than {MOST_DIGITS} digits")
    return digits


def _none(word: str) -> float:
    raise ValueError(f"{word} is no JSON")
