"""The figures of a report, each against a table worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.incidents import IncidentId
from connectors.tickets import Category, Ticket, TicketId, TicketKey
from tests.incidents.making import Making, service
from worker.cli.options import Grouping
from worker.cli.report_table import sparkline
from worker.jobs.facts.keep_facts import incident_facts, is_final, ticket_facts
from worker.jobs.reports.figures import (
    DEFINITIONS,
    FIGURES,
    KnownFacts,
    ReportBy,
    ReportGroup,
    Spread,
    count_groups,
    spread,
    trends,
)
from worker.jobs.reports.period import NotAPeriod, Period, read_period
from worker.jobs.reports.report_period import report_of
from worker.journal.records import IncidentFacts, ItemFacts, TicketFacts, TicketState
from worker.tracking.tracked_tickets import DONE_RESOLUTIONS

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ALL = Period(datetime(2026, 1, 1, tzinfo=UTC), NOW, BERLIN)


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([], None, None),
        ([None, None], None, None),
        ([7], 7, 7),
        ([1, 2], 1.5, 2),
        ([3, 1, 2], 2, 3),
        ([1, 2, 3, 4], 2.5, 4),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90], 50, 90),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 55, 90),  # nine of ten do not exceed 90
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110], 60, 100),
        (list(range(1, 21)), 10.5, 18),
        (list(range(1, 101)), 50.5, 90),
        ([5, None, 1], 3, 5),
        ([0, 0], 0, 0),
        ([1.25, 1.25], 1.25, 1.25),
    ],
)
def test_the_median_is_the_mean_of_the_middle_two_and_percentiles_go_by_nearest_rank(
    values: list[float | None], median: float | None, p90: float | None
) -> None:
    assert spread(values) == Spread(median, p90)
    assert spread(reversed(values)) == Spread(median, p90)


def test_a_whole_number_is_written_as_one() -> None:
    assert str(spread([600.0, 600.0]).median) == "600"
    assert str(spread([0.1 + 0.2]).median) == "0.3"


@pytest.mark.parametrize(
    ("words", "zone", "begins"),
    [
        ("90d", "UTC", "2026-08-30T12:00:00+00:00"),
        ("1w2d", "Europe/Berlin", "2026-11-19T12:00:00+00:00"),
        ("2026-09-01", "UTC", "2026-09-01T00:00:00+00:00"),
        ("2026-09-01", "Europe/Berlin", "2026-08-31T22:00:00+00:00"),
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00+00:00"),  # the clocks leap that day
        ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00+00:00"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00+00:00"),  # and go back
        ("2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00+00:00"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00+00:00"),  # it begins at 01:00
        ("2026-11-01", "America/Havana", "2026-11-01T04:00:00+00:00"),  # 00:00 comes twice
        (" 2026-09-01 ", "Asia/Kolkata", "2026-08-31T18:30:00+00:00"),
    ],
)
def test_a_period_begins_so_long_ago_or_with_a_day_of_the_timezone(
    words: str, zone: str, begins: str
) -> None:
    found = read_period(words, "", NOW, ZoneInfo(zone))
    assert found.since.isoformat() == begins
    assert found.until == NOW


@pytest.mark.parametrize(
    ("since", "until", "option"),
    [
        ("90", "", "since"),
        ("soon", "", "since"),
        ("2026-13-01", "", "since"),
        ("2026-9-1", "", "since"),
        ("2026-09-01T10:00", "", "since"),
        ("-5d", "", "since"),
        ("99999999999d", "", "since"),
        ("0001-01-01", "", "since"),
        ("90d", "yesterday", "until"),
        ("10d", "20d", "since"),
        ("2026-09-01", "2026-09-01", "since"),
        ("2027-01-01", "", "since"),
        ("0s", "", "since"),
    ],
)
def test_what_is_no_period_is_told_by_its_option(since: str, until: str, option: str) -> None:
    with pytest.raises(NotAPeriod) as told:
        read_period(since, until, NOW, ZoneInfo("Asia/Tokyo"))
    assert told.value.option == option


def test_without_words_a_period_is_the_last_90_days() -> None:
    assert read_period("", "", NOW, BERLIN) == Period(NOW - timedelta(days=90), NOW, BERLIN)


def incident(name: str, resolved: datetime | None, **changes: object) -> IncidentFacts:
    """Give an incident that was open for 40 minutes and acknowledged after 5."""
    started = (resolved or NOW) - timedelta(minutes=40)
    values: dict[str, object] = {
        "incident": IncidentId(name),
        "number": 1,
        "title": "Search is slow",
        "url": "",
        "updated": "",
        "started": started,
        "acknowledged": started + timedelta(minutes=5),
        "resolved": resolved,
        "open_seconds": 2400.0 if resolved else None,
        "services": ("Search",),
        "log_read": True,
    }
    return IncidentFacts(**{**values, **changes})  # type: ignore[arg-type]  # by name


def item(of: str, created: datetime, state: TicketState, deadline: date | None = None) -> ItemFacts:
    facts = TicketFacts(TicketId("1"), created, state)
    return ItemFacts(facts, IncidentId(of), "OPS-1", "", "Add an alert", deadline)


def known(*incidents: IncidentFacts, **others: object) -> KnownFacts:
    return KnownFacts({one.incident: one for one in incidents}, **others)  # type: ignore[arg-type]  # by name


IN_IT = datetime(2026, 11, 10, 12, tzinfo=UTC)


def test_the_beginning_is_in_the_period_and_its_end_is_not() -> None:
    facts = known(
        incident("A", ALL.since),
        incident("B", ALL.until),
        incident("C", ALL.since - timedelta(seconds=1)),
        incident("D", None),
        incident("E", IN_IT, merged=True),
        incident("F", IN_IT, left_out="its priority gets no draft"),
    )
    (group,) = count_groups(facts, ALL, None, NOW)
    assert (group.key, group.incidents) == (None, 2)


def test_an_empty_period_is_one_group_without_figures() -> None:
    assert count_groups(known(), ALL, None, NOW) == (ReportGroup(None),)
    assert count_groups(known(), ALL, ReportBy.SERVICE, NOW) == ()


def test_what_is_not_known_is_left_out_of_medians_and_still_counts() -> None:
    facts = known(
        incident("A", IN_IT),
        incident("B", IN_IT, acknowledged=None, log_read=False),
        incident("C", IN_IT, acknowledged=None, open_seconds=None),
    )
    (group,) = count_groups(facts, ALL, None, NOW)
    assert (group.incidents, group.acknowledge_s, group.resolve_s) == (
        3,
        Spread(300, 300),
        Spread(2400, 2400),
    )
    told = report_of(facts, ALL, None, NOW).definitions
    assert told["acknowledge_s"].endswith("From 1 of 3 incidents.")
    assert told["resolve_s"].endswith("From 2 of 3 incidents.")


def test_a_group_stands_for_each_value_by_name_and_the_last_for_none() -> None:
    facts = known(
        incident("A", IN_IT, services=("Search", "Checkout"), teams=("Shop",), priority="P1"),
        incident("B", IN_IT, services=("Checkout",)),
        incident("C", IN_IT, services=()),
    )

    def by(kind: ReportBy) -> dict[str | None, int]:
        groups = count_groups(facts, ALL, kind, NOW)
        return {one.key: one.incidents for one in groups}

    assert list(by(ReportBy.SERVICE).items()) == [("Checkout", 2), ("Search", 1), (None, 1)]
    assert list(by(ReportBy.TEAM).items()) == [("Shop", 1), (None, 2)]
    assert list(by(ReportBy.PRIORITY).items()) == [("P1", 1), (None, 2)]


def test_months_are_those_of_the_timezone() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # in Berlin it is November already
    facts = known(
        incident("A", late),
        incident("B", datetime(2026, 10, 31, 22, 30, tzinfo=UTC)),
        items=[item("A", datetime(2026, 8, 31, 22, tzinfo=UTC), TicketState.OPEN)],
    )
    berlin = count_groups(facts, ALL, ReportBy.MONTH, NOW)
    assert [(one.key, one.incidents, one.items.opened) for one in berlin] == [
        ("2026-09", 0, 1),
        ("2026-10", 1, 0),
        ("2026-11", 1, 0),
    ]
    utc = Period(ALL.since, ALL.until, ZoneInfo("UTC"))
    assert [one.key for one in count_groups(facts, utc, ReportBy.MONTH, NOW)] == [
        "2026-08",
        "2026-10",
    ]


def test_items_add_up_and_a_deadline_is_overdue_the_day_after() -> None:
    """At noon in UTC it is the 29th in Auckland: what was due on the 28th is overdue there."""
    due = date(2026, 11, 28)
    facts = known(
        incident("A", IN_IT),
        items=[
            item("A", NOW - timedelta(days=10), TicketState.OPEN, due),
            item("A", NOW - timedelta(days=4), TicketState.OPEN, due - timedelta(days=1)),
            item("A", NOW - timedelta(days=1), TicketState.OPEN),
            item("A", NOW - timedelta(days=3), TicketState.DONE, due - timedelta(days=9)),
            item("A", NOW - timedelta(days=3), TicketState.WONT_DO, due - timedelta(days=9)),
            item("A", ALL.since - timedelta(seconds=1), TicketState.OPEN, due),
            item("A", NOW, TicketState.OPEN, due),
        ],
    )
    (group,) = count_groups(facts, ALL, None, NOW)
    one = group.items
    assert (one.opened, one.closed, one.wont_do, one.open, one.overdue) == (5, 1, 1, 3, 1)
    assert one.open_age_days == Spread(4, 10)
    there = Period(ALL.since, ALL.until, ZoneInfo("Pacific/Auckland"))
    assert count_groups(facts, there, None, NOW)[0].items.overdue == 2


def test_an_item_is_in_the_groups_of_its_incident_wherever_that_was_resolved() -> None:
    facts = known(
        incident("A", ALL.since - timedelta(days=1), services=("Search",)),
        items=[
            item("A", IN_IT, TicketState.OPEN),
            item("B", IN_IT, TicketState.OPEN),
        ],
    )
    groups = count_groups(facts, ALL, ReportBy.SERVICE, NOW)
    assert [(one.key, one.incidents, one.items.opened) for one in groups] == [
        ("Search", 0, 1),
        (None, 0, 1),
    ]


def test_days_to_final_count_for_documents_that_are_final_and_there() -> None:
    facts = known(
        incident("A", IN_IT),
        incident("B", IN_IT),
        incident("C", IN_IT),
        incident("D", IN_IT),
        documented={"A", "B", "C"},
        final={
            "A": IN_IT + timedelta(days=3, hours=12),
            "B": IN_IT - timedelta(hours=1),
            "D": IN_IT + timedelta(days=50),  # its document was deleted
        },
    )
    (group,) = count_groups(facts, ALL, None, NOW)
    assert (group.incidents, group.with_postmortem, group.final) == (4, 3, 2)
    assert group.days_to_final == Spread(1.75, 3.5)


def test_every_figure_has_its_definition() -> None:
    named = {name.removesuffix(".median").removesuffix(".p90") for name in FIGURES}
    assert named == DEFINITIONS.keys() == report_of(known(), ALL, None, NOW).definitions.keys()


def test_the_command_groups_by_what_figures_can_be_told_by() -> None:
    assert [one.value for one in Grouping] == [one.value for one in ReportBy]


def test_a_trend_cuts_the_period_into_parts_that_add_up() -> None:
    facts = known(*(incident(f"I{day}", NOW - timedelta(days=day * 9 + 1)) for day in range(20)))
    parts = trends(facts, ALL, None, NOW)[None]
    assert sum(one.incidents for one in parts) == 20
    assert len(parts) == 12


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([1, 4, 8], "▂▅█"),
        ([None, 5, None], " █ "),
    ],
)
def test_a_line_of_bars_goes_from_nothing_to_the_most(
    values: list[float | None], line: str
) -> None:
    assert sparkline(values) == line


@pytest.mark.parametrize(
    ("category", "resolution", "state"),
    [
        (Category.NEW, None, TicketState.OPEN),
        (Category.INDETERMINATE, "Won't Do", TicketState.OPEN),
        (Category.UNDEFINED, None, TicketState.OPEN),
        (Category.DONE, None, TicketState.DONE),
        (Category.DONE, "Fixed", TicketState.DONE),
        (Category.DONE, "Done", TicketState.DONE),
        (Category.DONE, "Closed", TicketState.DONE),  # it says what the status says
        (Category.DONE, "Won't Do", TicketState.WONT_DO),
        (Category.DONE, "Duplicate", TicketState.WONT_DO),
    ],
)
def test_a_tickets_state_is_its_status_category_and_then_its_resolution(
    category: Category, resolution: str | None, state: TicketState
) -> None:
    ticket = Ticket(
        id=TicketId("1"),
        key=TicketKey("OPS-1"),
        url="",
        summary="",
        status="Closed",
        category=category,
        created=IN_IT,
        updated=NOW,
        resolution=resolution,
    )
    told = ticket_facts(ticket, DONE_RESOLUTIONS)
    assert told.state is state
    assert told.closed == (None if state is TicketState.OPEN else NOW)
    exact = ticket_facts(replace(ticket, closed_at=IN_IT), DONE_RESOLUTIONS)
    assert exact.closed == (None if state is TicketState.OPEN else IN_IT)


@pytest.mark.parametrize(
    ("status", "final"),
    [("final", True), (" Final ", True), ("draft", False), ("", False), ("finally", False)],
)
def test_a_document_is_final_by_its_status_in_any_case(status: str, final: bool) -> None:
    assert is_final(status) is final


def test_an_item_that_several_incidents_share_is_in_the_group_of_each_once() -> None:
    shared = replace(
        item("A", IN_IT, TicketState.OPEN), others=(IncidentId("B"), IncidentId("unknown"))
    )
    facts = known(
        incident("A", IN_IT, services=("Search", "Mail")),
        incident("B", IN_IT, services=("Mail", "Shop")),
        items=[shared],
    )
    groups = count_groups(facts, ALL, ReportBy.SERVICE, NOW)
    assert [(one.key, one.items.opened) for one in groups] == [
        *(("Mail", 1), ("Search", 1), ("Shop", 1))
    ]
    assert count_groups(facts, ALL, None, NOW)[0].items.opened == 1


def test_who_acknowledged_by_a_clock_that_was_behind_did_so_at_the_start() -> None:
    start = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
    it = Making(1, "Disk full", start, service("Archive"))
    it.acknowledged("-0:03", "Ada")
    it.resolved("30:00", "Ada")
    record = it.record()
    facts = incident_facts(record.incident, record.log_entries, "", log_read=True)
    assert (facts.started, facts.acknowledged) == (start, start)
