"""Which incidents were resolved in a period, whatever PagerDuty means by ``since``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.connector import IncidentFilter
from connectors.errors import AccessDenied, PayloadError, Rejected
from connectors.pagerduty import resolved_incidents
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.reading import list_pages
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault

DAY = datetime(2026, 10, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL = IncidentFilter()
ADA = wire.person("Ada")
SHOP, LEDGER = wire.service("Shop"), wire.service("Ledger")


@pytest.fixture(params=["created_at", "resolved_at"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[PagerDutySandbox]:
    meaning: Literal["created_at", "resolved_at"] = request.param
    with PagerDutySandbox(since_means=meaning) as server:
        yield server


@pytest.fixture
def pagerduty(sandbox: PagerDutySandbox) -> Iterator[PagerDuty]:
    client = PagerDuty(sandbox.api_key, sandbox.url, policy=RetryPolicy(attempts=1))
    yield client
    client.close()


def happen(
    sandbox: PagerDutySandbox,
    title: str,
    start: datetime,
    length: timedelta | None = HOUR,
    service: dict[str, Any] = SHOP,
    **more: Any,
) -> SandboxIncident:
    incident = sandbox.account.open(service, title, at=start, by=ADA, **more)
    if length is not None:
        incident.resolve(start + length, ADA)
    return incident


def titles(
    pagerduty: PagerDuty, since: datetime, until: datetime, only: IncidentFilter = ALL
) -> list[str]:
    return [one.title for one in pagerduty.resolved(since, until, only)]


def test_what_was_resolved_in_the_period_is_given_oldest_resolution_first(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    happen(sandbox, "too early", DAY - 3 * HOUR)
    happen(sandbox, "second", DAY + 2 * HOUR)
    happen(sandbox, "first", DAY - HOUR, 2 * HOUR)
    happen(sandbox, "too late", DAY + 23 * HOUR, 2 * HOUR)
    happen(sandbox, "still open", DAY, None)
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["first", "second"]


def test_both_ends_belong_to_the_period(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    happen(sandbox, "at its start", DAY - HOUR)
    happen(sandbox, "at its end", DAY + 23 * HOUR)
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["at its start", "at its end"]


def test_a_merged_incident_is_among_them(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    target = happen(sandbox, "target", DAY, 3 * HOUR)
    happen(sandbox, "source", DAY, None).merge_into(target, DAY + HOUR, ADA)
    found = pagerduty.resolved(DAY, DAY + 24 * HOUR, ALL)
    assert [(one.title, bool(one.merged_into)) for one in found] == [
        ("source", True),
        ("target", False),
    ]


def test_years_are_asked_for_in_pieces_that_pagerduty_takes_each_with_both_ends(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    starts = [DAY - timedelta(days=days) for days in (800, 500, 181, 180, 179, 5)]
    for start in starts:
        happen(sandbox, f"{start:%Y-%m-%d}", start)
    found = titles(pagerduty, DAY - timedelta(days=900), DAY)
    assert found == [f"{start:%Y-%m-%d}" for start in starts]
    for served in sandbox.served:
        asked = dict(served.query)
        length = datetime.fromisoformat(asked["until"]) - datetime.fromisoformat(asked["since"])
        assert length <= timedelta(days=184)


def test_a_period_of_no_length_asks_and_gives_what_ended_right_then(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    happen(sandbox, "then", DAY - HOUR)
    happen(sandbox, "later", DAY)
    assert titles(pagerduty, DAY, DAY) == ["then"]


def test_filters_are_left_to_pagerduty(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    night = wire.team("Night")
    happen(sandbox, "shop", DAY)
    happen(sandbox, "ledger", DAY, service=LEDGER)
    happen(sandbox, "night", DAY, teams=(night,))
    happen(sandbox, "low", DAY, urgency="low")
    ends = (DAY, DAY + 24 * HOUR)
    services = IncidentFilter(services=frozenset({LEDGER["id"], "PNONE"}))
    assert titles(pagerduty, *ends, services) == ["ledger"]
    assert titles(pagerduty, *ends, IncidentFilter(teams=frozenset({night["id"]}))) == ["night"]
    assert titles(pagerduty, *ends, IncidentFilter(urgency="low")) == ["low"]


def test_a_recent_period_costs_one_call_however_many_incidents_came_before(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    for number in range(350):
        start = DAY - timedelta(days=20) + number * HOUR
        happen(sandbox, f"old {number}", start, HOUR * (1 + number % 7))
    happen(sandbox, "new", DAY)
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["new"]
    assert len(sandbox.calls()) == 1


def test_pages_out_of_order_are_all_read(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    for number in range(150):
        happen(sandbox, f"old {number}", DAY - timedelta(days=20) + number * HOUR)
    happen(sandbox, "new", DAY)

    def shuffle(answer: Any) -> Any:
        first = answer["incidents"]
        return {**answer, "incidents": first[50:] + first[:50]}

    sandbox.fault(Fault("/incidents$", change=shuffle, times=None))
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["new"]
    assert len(sandbox.calls()) == 2


def test_an_old_incident_without_its_time_of_resolution_is_told_by_its_last_change(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    happen(sandbox, "old style", DAY)
    happen(sandbox, "earlier", DAY - 5 * HOUR)

    def without(answer: Any) -> Any:
        shown = [{**one, "resolved_at": None} for one in answer["incidents"]]
        return {**answer, "incidents": shown}

    sandbox.fault(Fault("/incidents$", change=without, times=None))
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["old style"]


def test_more_than_can_be_paged_through_is_halved_until_it_can(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "LAST_OFFSET", 300)
    for number in range(1_000):
        happen(sandbox, f"{number}", DAY + timedelta(seconds=8 * number), timedelta())
    found = titles(pagerduty, DAY, DAY + 24 * HOUR)
    assert found == [f"{number}" for number in range(1_000)]


def test_more_than_can_be_paged_through_in_a_minute_is_an_error_not_a_loss(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "LAST_OFFSET", 100)
    for _ in range(101):
        happen(sandbox, "at once", DAY, timedelta())
    with pytest.raises(Rejected, match="more incidents about 2026-10-1"):
        pagerduty.resolved(DAY, DAY + HOUR, ALL)


def test_an_empty_page_that_speaks_of_more_is_an_error_not_a_loss(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    def empty(answer: Any) -> Any:
        return {**answer, "incidents": [], "more": True}

    sandbox.fault(Fault("/incidents$", change=empty, times=None))
    with pytest.raises(PayloadError, match="empty page"):
        pagerduty.resolved(DAY, DAY + HOUR, ALL)


def test_an_account_without_teams_refuses_a_filter_by_team(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.fault(Fault("/incidents$", 402))
    with pytest.raises(AccessDenied, match="with 402"):
        pagerduty.resolved(DAY, DAY + HOUR, IncidentFilter(teams=frozenset({"PT"})))


@contextmanager
def unsorted(**how: Any) -> Iterator[tuple[PagerDutySandbox, PagerDuty]]:
    """Give an account whose server orders incidents in its own way."""
    with PagerDutySandbox(**how) as server:
        client = PagerDuty(server.api_key, server.url, policy=RetryPolicy(attempts=1))
        yield server, client
        client.close()


def test_an_incident_that_was_open_for_months_is_found_by_its_resolution(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    happen(sandbox, "long", DAY - timedelta(days=149), timedelta(days=149, hours=1))
    happen(sandbox, "longer", DAY - timedelta(days=177), timedelta(days=177, hours=2))
    assert titles(pagerduty, DAY, DAY + 48 * HOUR) == ["long", "longer"]
    assert len(sandbox.calls()) == 1
    assert titles(pagerduty, DAY - timedelta(days=100), DAY + 48 * HOUR) == ["long", "longer"]


@pytest.mark.parametrize("order", ["created_at:desc", "created_at:asc", "incident_number:desc"])
@pytest.mark.parametrize("meaning", ["created_at", "resolved_at"])
def test_a_server_that_does_not_sort_hides_no_incident_that_was_open_for_a_week(
    meaning: Literal["created_at", "resolved_at"], order: str
) -> None:
    with unsorted(since_means=meaning, sorts_by=order) as (server, pagerduty):
        for number in range(50):
            happen(server, f"old {number}", DAY - timedelta(days=20) + number * HOUR)
        happen(server, "a week", DAY - timedelta(days=7), timedelta(days=7, hours=1))
        for number in range(150):
            happen(
                server, f"recent {number}", DAY - timedelta(days=6) + number * HOUR / 2, HOUR / 2
            )
        assert titles(pagerduty, DAY, DAY + 48 * HOUR) == ["a week"]
        assert titles(pagerduty, DAY, DAY + 48 * HOUR) == ["a week"]


def test_that_a_server_sorts_is_found_out_once_where_the_order_does_not_show_it(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    for number in range(350):
        happen(sandbox, f"old {number}", DAY - timedelta(days=20) + number * HOUR)
    happen(sandbox, "new", DAY)
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["new"]
    assert [dict(one.query)["sort_by"] for one in sandbox.served] == [
        "resolved_at:desc",
        "resolved_at:asc",
    ]
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["new"]
    assert len(sandbox.calls()) == 3


def without_its_time(sandbox: PagerDutySandbox) -> None:
    happen(sandbox, "without", DAY).resolved_at = None
    for number in range(250):
        happen(sandbox, f"old {number}", DAY - timedelta(days=20) + number * HOUR)


def test_an_incident_that_is_listed_first_for_want_of_a_time_does_not_hide_the_order_behind_it(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    without_its_time(sandbox)
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["without"]
    offsets = [dict(one.query).get("offset") for one in sandbox.served]
    assert offsets == ["0", "100", None]


def test_an_incident_that_is_listed_last_for_want_of_a_time_is_found(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    """A database that sorts it behind all others downwards begins with it upwards."""
    without_its_time(sandbox)
    last: dict[str, Any] = {}

    def mend(answer: Any) -> Any:
        last.update((one["id"], one) for one in answer["incidents"] if not one["resolved_at"])
        timed = [one for one in answer["incidents"] if one["resolved_at"]]
        shown = timed if answer["more"] else [*timed, *last.values()]
        return {**answer, "incidents": shown if answer["limit"] > 1 else list(last.values())}

    sandbox.fault(Fault("/incidents$", change=mend, times=None))
    assert titles(pagerduty, DAY, DAY + 24 * HOUR) == ["without"]


lengths = st.integers(1, 60)
"""How many hours an incident was open."""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), lengths), max_size=30),
    st.sampled_from(["", "created_at:asc", "created_at:desc", "incident_number:desc"]),
    st.sampled_from(["created_at", "resolved_at"]),
    st.integers(0, 100),
    st.integers(2, 5),
)
def test_nothing_resolved_in_the_period_is_missed_and_nothing_else_given(
    lives: list[tuple[int, int]],
    order: str,
    meaning: Literal["created_at", "resolved_at"],
    since: int,
    page: int,
) -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        unsorted(since_means=meaning, sorts_by=order) as (server, pagerduty),
    ):
        patch.setattr(list_pages, "PAGE", page)
        for number, (start, length) in enumerate(lives):
            happen(server, f"{number}", DAY + start * HOUR, length * HOUR)
        found = titles(pagerduty, DAY + since * HOUR, DAY + 120 * HOUR)
    wanted = {
        f"{number}"
        for number, (start, length) in enumerate(lives)
        if since <= start + length <= 120
    }
    assert sorted(found) == sorted(wanted)


times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@given(times, st.timedeltas(timedelta(), timedelta(days=2000)))
def test_periods_cover_everything_without_a_gap(since: datetime, length: timedelta) -> None:
    pieces = list(resolved_incidents.periods(since, since + length))
    assert bool(pieces) == bool(length)
    ends = [since, *(end for _, end in pieces)]
    assert [start for start, _ in pieces] == ends[:-1]
    assert ends[-1] == since + length
    assert all(timedelta() < end - start <= timedelta(days=180) for start, end in pieces)


def test_the_ends_of_a_period_are_whole_seconds_that_hold_all_of_it() -> None:
    east = DAY.astimezone().replace(microsecond=700_000)
    assert resolved_incidents.period_query(east, east) == {
        "since": "2026-10-15T00:00:00Z",
        "until": "2026-10-15T00:00:01Z",
    }
