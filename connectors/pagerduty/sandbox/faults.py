"""What goes wrong on request in the sandbox: wrong statuses, lost connections, odd answers."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.pagerduty.sandbox.json_shapes import Wire

MESSAGES: Mapping[int, tuple[int, str]] = {
    400: (2001, "Invalid Input Provided"),
    401: (2006, "Authentication Failed"),
    402: (2012, "Account does not have the abilities to perform the action"),
    403: (2010, "Access Denied"),
    404: (2100, "Not Found"),
    429: (2020, "Rate Limit Exceeded"),
    500: (2000, "Internal Server Error"),
}
"""The code and the words of an error body, by status."""


@dataclass
class Fault:
    """One thing that goes wrong, for requests whose whole path matches ``path``, a pattern.

    ``after`` requests are answered well, then ``times`` of them (None: all) go wrong: answered
    with ``status``, ``headers`` and ``body``; or, with ``drop``, cut off in mid-answer; or, with
    ``delay`` (seconds), late; or, with ``change``, with the right JSON changed by it.
    """

    path: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    drop: bool = False
    delay: float = 0.0
    change: Callable[[Any], Any] | None = None
    times: int | None = 1
    after: int = 0

    def strikes(self, path: str) -> bool:
        """Tell whether this request goes wrong, and count it."""
        if self.times == 0 or not re.fullmatch(self.path, path):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def answer(self) -> bytes:
        """Give the body that goes with the status."""
        if self.body is not None:
            return self.body
        code, message = MESSAGES.get(self.status or 500, (2000, "Something went wrong"))
        error: Wire = {"message": message, "code": code, "errors": []}
        return json.dumps({"error": error}).encode()
