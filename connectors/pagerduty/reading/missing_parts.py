"""What could not be read of an incident: which part, and why, while the others are read.

A part fails alone, in whatever way, and is named; what broke off is never taken for whole.
"""

import time
from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from typing import Self, TypeVar

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    OutOfQuota,
    PayloadError,
    Rejected,
    Unreachable,
)
from connectors.incidents import Missing
from connectors.json_fields import JsonValue
from connectors.pagerduty.reading.list_pages import ListPages
from connectors.pagerduty.responses import Withheld
from connectors.pagerduty.transport import PagerDutyTransport

PLAN_MEMORY = 3600.0
"""Seconds for which a part that the account's plan lacks is not asked for again."""
_EMPTY_PAGE = "PagerDuty spoke of more and sent an empty page"
T = TypeVar("T")


@dataclass(slots=True)
class PlanLimits:
    """What the account's plan does not include: no use in asking again for each incident."""

    clock: Callable[[], float] = time.monotonic
    _lacking: dict[str, tuple[Missing, float]] = field(default_factory=dict, init=False)

    def lacks(self, part: str) -> Missing | None:
        """Give the reason why a part is not asked for, None where it is."""
        missing, until = self._lacking.get(part, (None, 0.0))
        return missing if self.clock() < until else None

    def note(self, missing: Missing) -> None:
        """Remember that the plan lacks a part."""
        self._lacking[missing.part] = (missing, self.clock() + PLAN_MEMORY)


@dataclass(slots=True)
class MissingParts:
    """Reads the parts of one incident; ``missing`` gathers what was left out.

    Parts that are read side by side each have :meth:`another`, whose ``missing`` are put together
    in the order of the parts.
    """

    transport: PagerDutyTransport
    plan: PlanLimits
    missing: list[Missing] = field(default_factory=list, init=False)

    def another(self) -> Self:
        """Give the same for another part, with nothing missing yet."""
        return type(self)(self.transport, self.plan)

    def part(self, part: str, read: Callable[[], T]) -> T | None:
        """Read a part; where that fails, in whatever way, give None and say so in ``missing``.

        Raises ``OutOfQuota`` alone: a quota that is used up is no part's own matter.
        """
        if known := self.plan.lacks(part):
            self.missing.append(known)
            return None
        try:
            return read()
        except OutOfQuota:
            raise
        except ConnectorError as error:
            lack = Missing(part, str(error), for_now=self._may_pass(error))
            if isinstance(error, Withheld) and error.lasting:
                self.plan.note(lack)
        self.missing.append(lack)
        return None

    def rare(self, part: str, read: Callable[[], T]) -> T | None:
        """Read a part that few plans or incidents have: that there is none is no news."""
        if self.plan.lacks(part):
            return None

        def found() -> T | None:
            try:
                return read()
            except NotFound:
                return None
            except Withheld as withheld:
                if not withheld.lasting:
                    raise
                self.plan.note(Missing(part, str(withheld)))
                return None

        return self.part(part, found)

    def pages(self, part: str, pages: ListPages[T], before: Sized = ()) -> list[T]:
        """Read pages to their end, or to where they break off, which is said.

        Raises the error where nothing at all was read, now or ``before``.
        """
        found: list[T] = []
        try:
            for page in pages:
                found += page
        except OutOfQuota:
            raise
        except ConnectorError as error:
            if not found and not before:
                raise
            self.cut(part, error.what.rstrip("."), for_now=self._may_pass(error))
        if pages.broken:
            self.cut(part, _EMPTY_PAGE, for_now=True)
        self.tell_unread(part, pages.unread)
        if pages.answer is not None:
            self.tell_forgiven(part, pages.answer)
        return found

    def cut(self, part: str, why: str, *, for_now: bool = False) -> None:
        """Say that some of a part is missing; ``why`` ends without a full stop."""
        reason = f"Some {part} are missing: {why}."
        self.missing.append(Missing(part, reason, partly=True, for_now=for_now))

    def tell_unread(self, part: str, unread: Sequence[PayloadError] | None) -> None:
        """Say that some items of a part could not be read, and why the first one could not."""
        if unread:
            self.cut(part, unread[0].what.rstrip("."))

    def tell_forgiven(self, part: str, answer: JsonValue) -> None:
        """Say that some fields of an answer were not what they should be, and count as absent."""
        details = f"details of {part}"
        if answer.forgiven and all(one.part != details for one in self.missing):
            self.cut(details, answer.forgiven.what.rstrip("."))

    def _may_pass(self, error: ConnectorError) -> bool:
        """Tell whether a part failed and was not refused; the site answers all the same."""
        if isinstance(error, Unreachable):
            self.transport.is_up()
        return not isinstance(error, AccessDenied | NotFound | Rejected)
