"""The log of our modules. What writes its lines is loaded with the first of them.

That is structlog, which brings a hundred modules of its own (colours, tracebacks): most commands
log nothing, and some only tell what is remembered.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

_before_first_line: list[Callable[[], None]] = []
_SETTING_UP = RLock()


class Log:
    """The log of one module: ``log.info("what happened", name=value)``, and so by every level."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, level: str) -> Any:
        """Give what writes a line of that level."""
        import structlog  # noqa: PLC0415 - see above

        with _SETTING_UP:  # threads may have their first lines at once, a signal one amid that
            while _before_first_line:
                _before_first_line.pop()()
        return getattr(structlog.get_logger(self._name), level)


def before_first_line(set_up: Callable[[], None]) -> None:
    """Have the log set up by ``set_up`` once there is a line to write, and not before."""
    _before_first_line[:] = [set_up]
