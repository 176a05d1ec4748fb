"""Lists of PagerDuty's, read page by page, side by side where it is known how many there are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from connectors.errors import PayloadError
from connectors.json_fields import JsonValue
from connectors.pacing.side_by_side import Begun, in_order
from connectors.pagerduty.transport import PagerDutyTransport, Query

PAGE = 100
LAST_OFFSET = 10_000
"""Offset plus limit may not be more: documented under "Pagination", error 400 beyond."""
MOST_PAGES = LAST_OFFSET // PAGE
T = TypeVar("T")


@dataclass(slots=True)
class ListPages(Generic[T]):
    """Reads a list page by page, each item through ``parse``; iterate once.

    The next page begins behind what came, however much of the limit that was. Once it is known how
    many items there are, pages are asked for side by side: ``counted`` tells it beforehand, else
    the first answer does where ``asks_total``. The package's own iteration stops at the last offset
    with a warning, and goes round for ever on an empty page that says ``more``; this one ends, and
    says whether it saw everything.

    ``more`` says whether PagerDuty has more behind the page just given. Afterwards ``capped`` says
    that the list goes on beyond the last offset, ``broken`` that PagerDuty said there was more and
    sent nothing; ``answer`` is the first page with something to forgive, else the last one. With a
    list for ``unread``, items that cannot be read are left out, and their errors kept there.
    ``first`` is the first page where that was asked for already. Of more than the ``most`` pages,
    those behind are not asked for before they are wanted.
    """

    transport: PagerDutyTransport
    path: str
    wrapper: str
    parse: Callable[[JsonValue], T]
    query: Query = field(default_factory=dict)
    unread: list[PayloadError] | None = None
    asks_total: bool = False
    counted: int | None = None
    most: int = MOST_PAGES
    first: Begun[JsonValue] | None = None
    more: bool = field(default=False, init=False)
    capped: bool = field(default=False, init=False)
    broken: bool = field(default=False, init=False)
    answer: JsonValue | None = field(default=None, init=False)

    def __iter__(self) -> Iterator[list[T]]:
        """Give each page's items; a page is asked for when it is wanted, or a little before."""
        offset = 0
        ahead: Iterator[JsonValue] = iter(())
        while offset < LAST_OFFSET:
            answer = next(ahead, None) or (self._first() if offset == 0 else self._page(offset))
            if self.answer is None or not self.answer.forgiven:
                self.answer = answer
            sent = answer[self.wrapper].required_list()
            items = list(read_each(sent, self.parse, self.unread))
            self.more = answer["more"].flag()
            if not sent:
                self.broken = self.more
                return
            yield items
            if not self.more:
                return
            whole = len(sent) == PAGE
            if offset == 0 and whole:
                ahead = self._pages(self._total(answer))
            elif not whole:  # the next page begins elsewhere than was thought
                ahead = iter(())
            offset += len(sent)
        self.capped = True

    def begin(self) -> Begun[JsonValue]:
        """Ask for the first page now, in a thread of its own."""
        return Begun(lambda: self._page(0))

    def _first(self) -> JsonValue:
        return self._page(0) if self.first is None else self.first.result()

    def _total(self, answer: JsonValue) -> int:
        told = answer["total"].value if self.asks_total else self.counted
        if not isinstance(told, int) or isinstance(told, bool):
            return 0
        return min(told, LAST_OFFSET, self.most * PAGE)

    def _pages(self, total: int) -> Iterator[JsonValue]:
        """Ask for the pages behind the first, some at a time."""
        offsets = range(PAGE, total, PAGE)
        return in_order(partial(self._page, offset) for offset in offsets)

    def _page(self, offset: int) -> JsonValue:
        asked = {**self.query, "limit": min(PAGE, LAST_OFFSET - offset), "offset": offset}
        if offset == 0 and self.asks_total:
            asked["total"] = "true"
        return self.transport.get(self.path, asked)


def read_each(
    sent: Iterable[JsonValue], parse: Callable[[JsonValue], T], unread: list[PayloadError] | None
) -> Iterator[T]:
    """Read the items of a list, ``null`` among them left out; errors as in :class:`ListPages`."""
    for item in sent:
        if not item:
            continue
        try:
            yield parse(item.required_object())
        except PayloadError as error:
            if unread is None:
                raise
            unread.append(error)
