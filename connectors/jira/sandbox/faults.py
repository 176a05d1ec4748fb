"""What goes wrong on request: a status or a lost connection, before the effect or after it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Moment(Enum):
    """When something happens: before the request takes effect, or after, before the answer."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class Fault:
    """One thing that goes wrong, for requests whose "METHOD path" the pattern ``at`` matches.

    ``skip`` requests are served well first, then ``times`` of them (None: all) are answered with
    ``status``, ``headers`` and ``body`` instead; without a ``status`` the connection is closed.
    With ``Moment.AFTER`` the request has taken effect all the same; with ``cut_short`` the answer
    breaks off in the middle.
    """

    at: str = ".*"
    status: int | None = None
    moment: Moment = Moment.BEFORE
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    times: int | None = 1
    skip: int = 0
    cut_short: bool = False

    def strikes(self, request: str, moment: Moment) -> bool:
        """Tell whether this request goes wrong at this moment, and count it."""
        if moment is not self.moment or self.times == 0 or not re.search(self.at, request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def answer(self) -> bytes:
        """Give the body that goes with the status."""
        if isinstance(self.body, bytes):
            return self.body
        words = {"errorMessages": [f"The sandbox was asked to answer {self.status}."], "errors": {}}
        return json.dumps(words if self.body is None else self.body).encode()
