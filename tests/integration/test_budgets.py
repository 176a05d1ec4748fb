"""One budget for all processes on a database: exact in the sum, and no connection held in wait."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import OutOfQuota
from connectors.incidents import IncidentId
from connectors.pacing.rate_limit import LocalPace, OverBudget, Rate
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.scenarios.checkout_storm import STORM_ID
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.sandbox import Fault
from tests.integration.queue_support import KINDS, database
from worker.app.composition import open_context
from worker.app.registry import load_settings as load
from worker.journal.call_budgets import SharedPace, holds
from worker.journal.database import Database

NEXT = sa.text("SELECT next_at FROM budgets WHERE name = 'Jira'")
SERVER_NOW = sa.text("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as place:
        yield place.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def opened(url: str) -> Iterator[Database]:
    base = Database.open(url)
    yield base
    base.close()


def refuse(seconds: float) -> None:
    pytest.fail(f"waited {seconds} s")


def waits_of(pace: SharedPace | LocalPace, slept: list[float]) -> float | str:
    """Give how long a taker waits, or what it is told."""
    slept[:] = [0.0]
    try:
        pace.take()
    except OverBudget as over:
        return f"over {over.again_in:.3f}"
    return round(slept[-1], 3)


schedules = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 5), st.floats(0, 200), st.floats(-500, 0)), max_size=40
)
"""Seconds from one taker's coming to the next one's; below nought where the clock is set back."""


@settings(max_examples=40)
@given(schedule=schedules, limit=st.sampled_from([1, 2, 7, 60, 900]))
def test_the_database_keeps_to_the_same_rule_as_the_memory(
    schedule: list[float], limit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = Database.open(f"sqlite:///{tmp_path_factory.mktemp('rule')}/rule.db")
    now = 1_000_000.0

    def clock() -> float:
        return now

    slept: list[float] = []
    shared = SharedPace(base.engine, "Jira", Rate(limit), clock=clock, sleep=slept.append)
    local = LocalPace("Jira", Rate(limit), clock=clock, sleep=slept.append)
    for gap in schedule:
        now += gap
        assert waits_of(shared, slept) == waits_of(local, slept)
    base.close()


def test_on_postgresql_too(opened: Database) -> None:
    now = 1_000_000.0
    slept: list[float] = []
    rate = Rate(30)
    shared = SharedPace(opened.engine, "Jira", rate, clock=lambda: now, sleep=slept.append)
    local = LocalPace("Jira", rate, clock=lambda: now, sleep=slept.append)
    for gap in [0.0] * 15 + [1.0, 3.5, 60.0, -1_000.0] + [0.0] * 60:
        now += gap
        assert waits_of(shared, slept) == waits_of(local, slept)


CHILD = """
import sys
from connectors.errors import OutOfQuota
from connectors.incidents import IncidentId
from connectors.pacing.rate_limit import OverBudget, Rate
from connectors.pagerduty.client import PagerDuty
from worker.journal.call_budgets import SharedPace, holds
from worker.journal.database import Database

url, api, key, incident = sys.argv[1:]
base = Database.open(url)
pace = SharedPace(base.engine, "PagerDuty", Rate(25, longest_wait=37), clock=lambda: 1_000_000.0,
                  sleep=lambda seconds: None)
pagerduty = PagerDuty(key, api, pace=pace)
sys.stdin.readline()
sent = 0
for _ in range(20):
    try:
        pagerduty.incident(IncidentId(incident))
        sent += 1
    except OverBudget:
        pass
print(sent)
"""


def test_processes_together_send_no_request_more_than_the_budget_has_and_none_less(
    url: str,
) -> None:
    """In a moment that lasts, ten permits go at once, and one each 2.4 s of the 37 that one waits.

    So 25 of the 80 requests that four processes want to send may be sent.
    """
    Database.open(url).close()
    with PagerDutySandbox() as sandbox:
        scenarios.load(sandbox.account)
        command = [sys.executable, "-c", CHILD, url, sandbox.url, sandbox.api_key, STORM_ID]
        children = [
            subprocess.Popen(  # noqa: S603 - our own interpreter, our own text
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(4)
        ]
        sent = [int(child.communicate("go\n", timeout=120)[0]) for child in children]
        assert sum(sent) == len(sandbox.calls()) == 25


def test_a_waiting_taker_holds_neither_a_connection_nor_a_transaction(
    url: str, opened: Database
) -> None:
    other = Database.open(url)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        pool = opened.engine.pool
        assert isinstance(pool, sa.QueuePool)
        assert pool.checkedout() == 0
        SharedPace(other.engine, "Jira", rate, clock=lambda: 0.0, sleep=lambda _: None).take()

    rate = Rate(1, longest_wait=200)
    pace = SharedPace(opened.engine, "Jira", rate, clock=lambda: 0.0, sleep=sleep)
    pace.take()
    pace.take()
    other.close()
    assert slept == [60.0]


def test_a_burst_goes_at_once_by_the_clock_that_is_there(opened: Database) -> None:
    pace = SharedPace(opened.engine, "Jira", Rate(60), sleep=refuse)
    for _ in range(10):
        pace.take()


def test_postgresql_goes_by_its_own_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database("postgresql", tmp_path) as place:
        base = Database.open(place.replace("postgresql://", "postgresql+psycopg://", 1))
        with base.begin() as connection:
            before = connection.scalar(SERVER_NOW)
        monkeypatch.setattr("time.time", lambda: 12.0)
        SharedPace(base.engine, "Jira", Rate(60)).take()
        with base.begin() as connection:
            after, next_at = connection.scalar(SERVER_NOW), connection.scalar(NEXT)
        base.close()
    assert before + 1 <= next_at <= after + 1


def test_budgets_of_two_services_are_two(opened: Database) -> None:
    for name in ("Jira", "PagerDuty"):
        SharedPace(opened.engine, name, Rate(1), clock=lambda: 5.0, sleep=refuse).take()


def budgets(url: str) -> list[str]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        names = list(connection.scalars(sa.text("SELECT name FROM budgets ORDER BY name")))
    engine.dispose()
    return names


@pytest.mark.parametrize(
    ("text", "dry_run", "kept"),
    [
        ("", False, ["PagerDuty"]),
        ("", True, []),
        ("[pagerduty]\ncalls_per_minute = 0", False, []),
    ],
    ids=["as it is", "dry run", "no limit"],
)
def test_a_run_shares_its_budget_unless_it_is_dry_or_has_no_limit(
    url: str, tmp_path: Path, text: str, dry_run: bool, kept: list[str]
) -> None:
    Database.open(url).close()
    file = tmp_path / "settings.toml"
    file.write_text(text, "utf-8")
    with PagerDutySandbox() as sandbox:
        scenarios.load(sandbox.account)
        environ = {
            "PAGERDUTY_API_KEY": sandbox.api_key,
            "PAGERDUTY_API_URL": sandbox.url,
            "POSTMORTEM_DATABASE_URL": url.replace("+psycopg", ""),
            "POSTMORTEM_DOCUMENTS": str(tmp_path / "postmortems"),
        }
        with open_context(load(file, environ), dry_run=dry_run) as context:
            assert context.source is not None
            context.source.incident(IncidentId(STORM_ID))
    assert budgets(url) == kept


def test_a_service_that_wants_to_be_left_alone_is_left_alone_by_every_process(
    url: str, opened: Database
) -> None:
    now = 1_000_000.0
    other = Database.open(url)
    names = ("Jira", "Jira", "PagerDuty")

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    told, asks, another = (
        SharedPace(one.engine, name, Rate(60), clock=lambda: now, sleep=sleep)
        for one, name in zip((opened, other, other), names, strict=True)
    )
    asks.take()
    told.hold(3600)
    told.hold(5)
    another.take()
    for pace in (asks, told):
        with pytest.raises(OutOfQuota, match=r"asked for no more .* again in 3600 s"):
            pace.take()
    now += 3550
    asks.take()
    assert now == 1_003_600.0
    asks.take()
    told.hold(1e9)
    now += 86_400
    asks.take()
    other.close()


def test_a_hold_from_before_the_clock_was_set_back_is_none(opened: Database) -> None:
    now = 1_000_000.0
    pace = SharedPace(opened.engine, "Jira", Rate(60), clock=lambda: now, sleep=refuse)
    pace.hold(60)
    now -= 100_000
    pace.take()
    pace.hold(90)
    with pytest.raises(OutOfQuota, match="again in 90 s"):
        pace.take()


def test_another_process_keeps_the_wait_that_was_named_to_the_first(
    url: str, tmp_path: Path
) -> None:
    with PagerDutySandbox() as sandbox:
        scenarios.load(sandbox.account)
        environ = {
            "PAGERDUTY_API_KEY": sandbox.api_key,
            "PAGERDUTY_API_URL": sandbox.url,
            "POSTMORTEM_DATABASE_URL": url.replace("+psycopg", ""),
            "POSTMORTEM_DOCUMENTS": str(tmp_path / "postmortems"),
        }
        sandbox.fault(Fault(".*/notes", 429, {"ratelimit-reset": "3600"}))
        for _ in range(3):
            with open_context(load(None, environ)) as context:
                assert context.source is not None
                with pytest.raises(OutOfQuota, match=r"again in 3[56]"):
                    context.source.record(IncidentId(STORM_ID))
            for asked_once in ("/notes", STORM_ID):
                assert len([call for call in sandbox.calls() if call.endswith(asked_once)]) == 1


def test_a_dry_run_knows_what_holds_and_what_is_over(url: str, opened: Database) -> None:
    for name, seconds in (("Jira", 600), ("Slack", 0), ("PagerDuty", 30)):
        SharedPace(opened.engine, name, Rate(60)).hold(seconds)
    SharedPace(opened.engine, "Confluence", Rate(60)).take()
    copy = Database.open_copy(url)
    found = holds(copy)
    copy.close()
    assert found.keys() == {"Jira", "PagerDuty"}
    assert 500 < found["Jira"] <= 600
    assert holds(opened).keys() == found.keys()
    empty = Database.open_copy("sqlite://")
    assert holds(empty) == {}
    empty.close()
