"""What is shown on a terminal or logged: one place through which all of it goes.

Whatever is printed goes through :class:`Screen`, whatever is logged through :class:`GuardedStream`,
which stands in the place of standard error: logs of libraries and tracebacks go there as well. Of
both, others' words reach nobody with a credential of this process in them, nor with anything that a
terminal would obey.
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from connectors.errors import word_by
from connectors.masking import OwnCredentials, without_controls

_UNSHOWN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls that JSON lets stand in a text, though a terminal obeys them."""
_own: list[OwnCredentials] = [OwnCredentials()]


def conceal(own: OwnCredentials) -> None:
    """Hide these credentials from now on, in every sentence, on the screen and in the log."""
    guard()
    _own[:] = [own]
    word_by(lambda sentence: without_controls(own.hide(sentence)))


class Screen(Console):
    """A console that shows what it is given, and lets nothing in it act."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Give what is shown of a thing; what the console itself has to say to a terminal stays."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else shown(text), style, control)


class GuardedStream:
    """Standard error, for whatever writes to it."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def write(self, text: str) -> int:
        """Write a text; gives how long it was."""
        self.inner.write(shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write lines."""
        for line in lines:
            self.write(line)


class _BeforeTheGuard:
    """Standard error as a console of ours writes to it, which has cleaned its words itself."""

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(sys.stderr, "inner", sys.stderr), name)


def shown(text: str) -> str:
    """Give a text as anybody may see it."""
    return without_controls(_own[0].hide(text))


def as_safe_json(value: object) -> str:
    """Give a value as JSON that a terminal shows as it is, and a program reads unchanged."""
    text = json.dumps(value, ensure_ascii=False, default=str, indent=2)
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", _own[0].hide(text))


def guard() -> None:
    """Let nothing reach standard error but through here."""
    if not isinstance(sys.stderr, GuardedStream):
        sys.stderr = GuardedStream(sys.stderr)


out = Screen(highlight=False, soft_wrap=True)
err = Screen(
    file=_BeforeTheGuard(),  # type: ignore[arg-type]  # as above
    highlight=False,
    soft_wrap=True,
)
