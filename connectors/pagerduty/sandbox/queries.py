"""What a request to the sandbox asks for, as strictly as the real API, or more so, takes it."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.datastructures import QueryParams

from connectors.pagerduty.sandbox.references import Wire

LARGEST_PAGE = 100
USUAL_PAGE = 25
LAST_OFFSET = 10_000
LONGEST_PERIOD = timedelta(days=184)
USUAL_PERIOD = timedelta(days=30)
MOST_FIELDS = 2
T = TypeVar("T")


class ErrorAnswer(Exception):
    """An answer other than 200, in the words and numbers that PagerDuty uses."""

    def __init__(self, status: int, code: int, message: str, *errors: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Wire = {"error": {"message": message, "code": code, "errors": list(errors)}}


def invalid(*errors: str) -> ErrorAnswer:
    """Make the answer to arguments that cannot be."""
    return ErrorAnswer(400, 2001, "Invalid Input Provided", *errors)


def not_found() -> ErrorAnswer:
    """Make the answer to an id that nobody has."""
    return ErrorAnswer(404, 2100, "Not Found")


class QueryReader:
    """The query of a request; a parameter that is not among ``known`` is refused."""

    def __init__(self, query: QueryParams, *known: str) -> None:
        self._query = query
        if unknown := sorted(set(query.keys()) - set(known)):
            raise invalid(f"{', '.join(unknown)} cannot be given here.")

    def choices(self, name: str, allowed: Iterable[str] | None = None) -> set[str]:
        """Give the values of a ``name[]`` parameter."""
        values = set(self._query.getlist(f"{name}[]"))
        if allowed is not None and not values <= set(allowed):
            raise invalid(f"{name} may be {', '.join(allowed)}.")
        return values

    def text(self, name: str) -> str:
        """Give a parameter, "" where it is not given."""
        return self._query.get(name, "")

    def order(self, fields: Collection[str]) -> list[tuple[str, bool]]:
        """Give ``sort_by``: one or two fields, comma-separated, and whether each falls."""
        wanted = [part.partition(":") for part in self.text("sort_by").split(",") if part]
        if not all(name in fields and way in ("", "asc", "desc") for name, _, way in wanted):
            raise invalid(f"sort_by may be {', '.join(fields)}, with :asc or :desc.")
        if len({name for name, _, _ in wanted}) != len(wanted) or len(wanted) > MOST_FIELDS:
            raise invalid("sort_by takes two different fields at most.")
        return [(name, way == "desc") for name, _, way in wanted]

    def time(self, name: str) -> datetime | None:
        """Give a time; without an offset it is UTC."""
        text = self._query.get(name)
        if text is None:
            return None
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            raise invalid(f"{name} is no time.") from None
        return time if time.tzinfo else time.replace(tzinfo=UTC)

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """Give since and until as ``GET /incidents`` understands them."""
        until = self.time("until") or now
        since = self.time("since") or until - USUAL_PERIOD
        if not timedelta() <= until - since <= LONGEST_PERIOD:
            raise ErrorAnswer(400, 2005, "Invalid Query Date Range", "At most six months.")
        return since, until

    def zone(self, otherwise: ZoneInfo) -> ZoneInfo:
        """Give the zone that times are wanted in."""
        name = self._query.get("time_zone")
        try:
            return ZoneInfo(name) if name else otherwise
        except (ZoneInfoNotFoundError, ValueError):
            raise invalid("time_zone is unknown.") from None

    def page(
        self, items: list[T], wrapper: str, show: Callable[[T], object] = lambda item: item
    ) -> dict[str, object]:
        """Cut a page out of a list, refusing what lies beyond the last offset.

        How many there are is told to those who ask, with ``total=true``.
        """
        limit, offset = self._number("limit", USUAL_PAGE), self._number("offset", 0)
        if not 0 < limit <= LARGEST_PAGE:
            raise invalid(f"Limit must be from 1 to {LARGEST_PAGE}.")
        if offset < 0 or offset + limit > LAST_OFFSET:
            raise invalid(f"Offset plus limit must not exceed {LAST_OFFSET}.")
        return {
            wrapper: [show(item) for item in items[offset : offset + limit]],
            "limit": limit,
            "offset": offset,
            "total": len(items) if self.text("total") == "true" else None,
            "more": offset + limit < len(items),
        }

    def _number(self, name: str, otherwise: int) -> int:
        text = self._query.get(name)
        try:
            return otherwise if text is None else int(text)
        except ValueError:
            raise invalid(f"{name.capitalize()} must be a number.") from None
