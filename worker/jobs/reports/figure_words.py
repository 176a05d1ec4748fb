"""A report's figures as people read them, and as rows: the same on a terminal and on the page."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from worker.drafting.text.wording import duration
from worker.jobs.reports.figures import FIGURES, ReportGroup, Spread

NOTHING = "-"
"""What stands where a figure is not known."""


def seconds(value: float) -> str:
    """Word seconds as an elapsed time."""
    return duration(timedelta(seconds=value))


def days(value: float) -> str:
    """Word days to the tenth."""
    return f"{value:.1f}"


def both(told: Callable[[float], str], spread: Spread) -> str:
    """Word a median and its 90th percentile, each by ``told``."""
    if spread.median is None or spread.p90 is None:
        return NOTHING
    return f"{told(spread.median)} / {told(spread.p90)}"


def share(part: int, whole: int) -> str:
    """Word a part of a whole, and how much of it that is in per cent."""
    return f"{part:,} ({100 * part / whole:.0f} %)" if whole else f"{part:,}"


ShownFigure = tuple[str, str, Callable[[ReportGroup], str], Callable[[ReportGroup], float | None]]
SHOWN_FIGURES: tuple[ShownFigure, ...] = (
    ("Incidents", "incidents", lambda one: f"{one.incidents:,}", lambda one: one.incidents),
    (
        "With a postmortem",
        "with_postmortem",
        lambda one: share(one.with_postmortem, one.incidents),
        lambda one: one.with_postmortem,
    ),
    ("Final", "final", lambda one: share(one.final, one.incidents), lambda one: one.final),
    (
        "Acknowledged after",
        "acknowledge_s",
        lambda one: both(seconds, one.acknowledge_s),
        lambda one: one.acknowledge_s.median,
    ),
    (
        "Resolved after",
        "resolve_s",
        lambda one: both(seconds, one.resolve_s),
        lambda one: one.resolve_s.median,
    ),
    (
        "Days to final",
        "days_to_final",
        lambda one: both(days, one.days_to_final),
        lambda one: one.days_to_final.median,
    ),
    (
        "Items opened",
        "items.opened",
        lambda one: f"{one.items.opened:,}",
        lambda one: one.items.opened,
    ),
    ("Closed", "items.closed", lambda one: f"{one.items.closed:,}", lambda one: one.items.closed),
    (
        "Won't do",
        "items.wont_do",
        lambda one: f"{one.items.wont_do:,}",
        lambda one: one.items.wont_do,
    ),
    ("Open", "items.open", lambda one: f"{one.items.open:,}", lambda one: one.items.open),
    (
        "Overdue",
        "items.overdue",
        lambda one: f"{one.items.overdue:,}",
        lambda one: one.items.overdue,
    ),
    (
        "Days open",
        "items.open_age_days",
        lambda one: both(days, one.items.open_age_days),
        lambda one: one.items.open_age_days.median,
    ),
)
"""The heading of each figure, its name, how it is shown, and the value that its line shows."""


def figure_rows(groups: Iterable[ReportGroup]) -> Iterator[Sequence[str]]:
    """Give the figures as a table, its header first; what is not known is empty."""
    yield ("key", *FIGURES)
    for group in groups:
        values = (value(group) for value in FIGURES.values())
        yield (group.key or "", *("" if one is None else str(one) for one in values))


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection)."""


def as_csv(rows: Iterable[Sequence[str]], ends: str = "\r\n") -> str:
    """Write a table as CSV (RFC 4180); no cell of it is a formula to a spreadsheet.

    ``ends`` ends each line.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ends)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return text.getvalue()
