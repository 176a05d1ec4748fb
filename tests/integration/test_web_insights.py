"""The page of figures: charts with their numbers in a table, and the same as CSV."""

from collections.abc import Iterator

import pytest
import requests

from tests.integration.web_support import Shelf, served, shelf
from worker.jobs.reports.figure_words import both, days, seconds, share
from worker.jobs.reports.figures import DEFINITIONS, ItemFigures, ReportBy, ReportGroup, Spread
from worker.jobs.reports.report_period import PeriodReport

WAIT = 60.0
GROUPS = (
    ReportGroup(
        "Shop <b>", 4, 3, 1, Spread(60, 120), Spread(600, 7200), items=ItemFigures(5, 2, 1)
    ),
    ReportGroup(None, 1),
)


class Told(Shelf):
    """A library whose report has two groups."""

    def report(self, since: str, until: str, by: ReportBy | None) -> PeriodReport:
        told = super().report(since, until, by)
        return PeriodReport(told.since, told.until, by, GROUPS, DEFINITIONS)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    library = Told()
    library.views = shelf().views
    with served(library) as address:
        yield address


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=WAIT)


def test_groups_are_drawn_and_told_in_a_table(url: str) -> None:
    page = get(f"{url}/insights?by=service&since=30d").text
    assert 'aria-label="Incidents: Shop &lt;b&gt; 4, (none) 1"' in page
    assert 'aria-label="Median time to resolve: Shop &lt;b&gt; 10 min, (none) -"' in page
    assert "<td>3 (75 %)</td>" in page
    assert "<td>60 s / 2 min</td>" in page or "<td>1 min / 2 min</td>" in page
    assert DEFINITIONS["incidents"].split(",")[0] in page
    assert "<b>" not in page


def test_one_group_alone_is_no_chart(url: str) -> None:
    page = get(f"{url}/insights").text
    assert "<svg" not in page
    assert ">All</th>" in page


def test_figures_are_given_as_csv(url: str) -> None:
    answer = get(f"{url}/insights?by=service&format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0].startswith("key,incidents,with_postmortem,final,acknowledge_s.median")
    assert lines[1].startswith("Shop <b>,4,3,1,60,120,600,7200,")


def test_what_is_no_period_is_told_above_the_form(url: str) -> None:
    answer = get(f"{url}/insights?since=yesterday")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="yesterday"' in answer.text


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (both(seconds, Spread()), "-"),
        (both(days, Spread(1.25, 30)), "1.2 / 30.0"),
        (share(1, 3), "1 (33 %)"),
        (share(0, 0), "0"),
    ],
)
def test_numbers_are_worded(shown: str, expected: str) -> None:
    assert shown == expected
