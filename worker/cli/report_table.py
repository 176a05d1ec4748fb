"""A report as a table for people, with lines of how the figures went where they can be shown."""

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from worker.cli.terminal import out
from worker.drafting.text.wording import count
from worker.jobs.reports.figure_words import NOTHING, SHOWN_FIGURES
from worker.jobs.reports.figures import ReportBy, ReportGroup
from worker.jobs.reports.report_period import PeriodReport

Trends = Mapping[str | None, Sequence[ReportGroup]]

_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 1000


def show(report: PeriodReport, trends: Trends) -> None:
    """Print a report; ``trends`` has each group in slices of the period, nothing where none is."""
    out.print(f"[bold]From {escape(report.since)} until before {escape(report.until)}[/]")
    table = _one_group(report, trends) if report.by is None else _groups(report, trends)
    width = out.width
    if not out.is_terminal:  # whatever reads it there has no width to keep to
        out.width = _WIDEST
    out.print(table)
    out.width = width
    if report.by is not None and not report.groups:
        out.print("Nothing is known of this period.")
    out.print("Of times, days and ages: the median / the 90th percentile.")
    for heading, name, _, _ in SHOWN_FIGURES:
        out.print(f"[dim]{escape(heading)}: {escape(report.definitions[name])}[/]")


def _one_group(report: PeriodReport, trends: Trends) -> Table:
    (group,) = report.groups
    slices = trends.get(group.key, ())
    table = Table("Figure", *([] if not slices else [f"In {len(slices)} parts"]), box=None)
    table.add_column("Value", justify="right")
    for heading, _, told, value in SHOWN_FIGURES:
        line = [sparkline([value(one) for one in slices])] if slices else []
        table.add_row(heading, *line, told(group))
    return table


def _groups(report: PeriodReport, trends: Trends) -> Table:
    table = Table(str(report.by).capitalize(), box=None)
    for heading, *_ in SHOWN_FIGURES:
        table.add_column(heading, justify="right")
    by_month = report.by is ReportBy.MONTH
    if trends and not by_month:
        table.add_column("Incidents, in parts")
    for group in report.groups:
        cells = [told(group) for _, _, told, _ in SHOWN_FIGURES]
        if trends and not by_month:
            cells.append(sparkline([one.incidents for one in trends.get(group.key, ())]))
        table.add_row(escape(NOTHING if group.key is None else group.key), *cells)
    if trends and by_month and len(report.groups) > 1:
        lines = (sparkline([value(one) for one in report.groups]) for *_, value in SHOWN_FIGURES)
        table.add_row(count(len(report.groups), "month"), *lines)
    return table


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as a line of bars from the least, or none, to the most; a gap where none is."""
    known = [one for one in values if one is not None]
    most = max(known, default=0)
    steps = len(_BARS) - 1
    return "".join(
        " " if one is None else _BARS[round(steps * one / most) if most else 0] for one in values
    )


def can_show_lines() -> bool:
    """Tell whether bars can be seen: on a terminal that shows more than ASCII."""
    return out.is_terminal and out.encoding.lower().startswith("utf")
