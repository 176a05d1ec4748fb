"""The page of figures over a period: charts, the same numbers in a table, how each is counted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from worker.jobs.reports.figure_words import NOTHING, SHOWN_FIGURES, figure_rows, seconds
from worker.jobs.reports.figures import ReportBy, ReportGroup
from worker.jobs.reports.period import USUAL_PERIOD, NotAPeriod
from worker.jobs.reports.report_period import PeriodReport
from worker.web.lists.listing_pages import ListFormat, csv_answer
from worker.web.page_data import PageData
from worker.web.page_templates import PageTemplates
from worker.web.visitors.access import Access

_LONGEST = 40
MOST_BARS = 60
"""How many groups a chart shows, those with the most incidents; the table has all."""
_BAR = 22
_WIDTH = 640
_LABEL = 200

Moment = Annotated[str, Query(max_length=_LONGEST)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in its own units: where it stands, how long it is, and what it tells."""

    label: str
    y: int
    width: int
    told: str


def insight_routes(data: PageData, access: Access, pages: PageTemplates) -> APIRouter:
    """Give the route."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(access.admit)])

    @router.get("/insights")
    def insights(
        request: Request,
        since: Moment = USUAL_PERIOD,
        until: Moment = "",
        by: ReportBy | None = None,
        shape: Annotated[ListFormat, Query(alias="format")] = ListFormat.HTML,
    ) -> Response:
        asked = {"since": since, "until": until, "by": by.value if by else ""}
        try:
            told = data.report(since, until, by)
        except NotAPeriod as error:
            return pages.answer(
                request, "insights", 422, asked=asked, problem=str(error), told=None
            )
        if shape is ListFormat.CSV:
            return csv_answer("figures.csv", figure_rows(told.groups))
        kept = {name: value for name, value in asked.items() if value}
        return pages.answer(
            request,
            "insights",
            asked=asked,
            problem="",
            told=told,
            kinds=[one.value for one in ReportBy],
            charts=list(_charts(told)),
            group_name=group_name,
            shown=SHOWN_FIGURES,
            width=_WIDTH,
            label=_LABEL,
            csv=f"/insights?{urlencode({**kept, 'format': 'csv'})}",
        )

    return router


def _charts(told: PeriodReport) -> Iterator[tuple[str, Sequence[Bar]]]:
    """Draw what can be compared; one group alone cannot."""
    if told.by is None or len(told.groups) < 2:  # noqa: PLR2004 - a comparison needs two
        return
    yield "Incidents", _bars(told, lambda one: one.incidents, lambda value: f"{value:,.0f}")
    yield "Median time to resolve", _bars(told, lambda one: one.resolve_s.median, seconds)
    yield (
        "Open action items",
        _bars(told, lambda one: one.items.open, lambda value: f"{value:,.0f}"),
    )


def _bars(
    told: PeriodReport,
    value: Callable[[ReportGroup], float | None],
    words: Callable[[float], str],
) -> Sequence[Bar]:
    largest = sorted(told.groups, key=lambda one: -one.incidents)[:MOST_BARS]
    shown = [one for one in told.groups if one in largest]
    most = max((value(one) or 0 for one in shown), default=0) or 1
    return [
        Bar(
            group_name(one),
            at * _BAR,
            round((value(one) or 0) / most * (_WIDTH - _LABEL - 80)),
            words(known) if (known := value(one)) is not None else NOTHING,
        )
        for at, one in enumerate(shown)
    ]


def group_name(one: ReportGroup) -> str:
    """Give what a group is called; that of what has none, too."""
    return one.key or "(none)"
