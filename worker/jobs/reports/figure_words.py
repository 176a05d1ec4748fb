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
