"""Lists that come in pages: offset and limit, and no further than PagerDuty lets one look.

PagerDuty answers at most 100 items a page and refuses ``offset + limit > 10000``. The package's
own iteration stops there with a warning, and goes round for ever on an empty page that says
``more``; these here end, and say whether they saw everything.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from connectors.pagerduty.fields import Fields
from connectors.pagerduty.transport import Query, Transport

PAGE = 100
LAST_OFFSET = 10_000
"""Offset plus limit may not be more: documented under "Pagination", error 400 beyond."""

T = TypeVar("T")


@dataclass(slots=True)
class ListPages(Generic[T]):
    """Reads a list page by page, each item through ``parse``; iterate once.

    The next page begins behind what came, however much of the limit that was.

    ``more`` says whether PagerDuty has more behind the page just given. Afterwards ``capped`` says
    that the list goes on beyond the last offset, ``broken`` that PagerDuty said there was more and
    sent nothing.
    """

    transport: Transport
    path: str
    wrapper: str
    parse: Callable[[Fields], T]
    query: Query = field(default_factory=dict)
    more: bool = field(default=False, init=False)
    capped: bool = field(default=False, init=False)
    broken: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[list[T]]:
        """Give each page's items; a page is asked for when it is wanted."""
        offset = 0
        while offset < LAST_OFFSET:
            limit = min(PAGE, LAST_OFFSET - offset)
            answer = self.transport.get(self.path, {**self.query, "limit": limit, "offset": offset})
            items = [self.parse(item) for item in answer.each(self.wrapper)]
            self.more = answer.flag("more")
            if not items:
                self.broken = self.more
                return
            yield items
            if not self.more:
                return
            offset += len(items)
        self.capped = True
