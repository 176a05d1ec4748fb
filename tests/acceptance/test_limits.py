"""Limits and outages: waits that are short, words that are clear, nothing done twice or lost."""

import re
from dataclasses import replace

import pytest

from connectors.jira.client import Jira
from connectors.retry import Circuit, RetryPolicy
from connectors.sandbox import Fault, Moment
from tests.acceptance.world import World


@pytest.fixture
def there(here: World) -> World:
    """Give a world with a draft and two rows without tickets."""
    here.sync()
    here.add_rows("Add an alert", "Review the hand-over")
    here.jira.forget()
    return here


@pytest.mark.parametrize(
    ("header", "least"),
    [("1", 1.0), ("0", 0.0), ("0.5", 0.5), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), (None, 0.0)],
)
@pytest.mark.parametrize("at", [r"POST .*/issue(/bulk)?$", r"(search|bulkfetch)", r"serverInfo"])
def test_a_429_waits_as_asked_on_any_call(
    there: World, at: str, header: str | None, least: float
) -> None:
    headers = {"Retry-After": header} if header is not None else {}
    there.jira.fault(Fault(at=at, status=429, headers=headers))
    result = there.sync()
    assert result.failures == ()
    assert len(there.tickets()) == 2
    assert there.slept
    assert all(least <= waited <= 60 * 1.25 for waited in there.slept)


def test_a_quota_that_is_used_up_ends_the_run_with_a_word_and_what_is_left(there: World) -> None:
    quota = {"Retry-After": "1800", "RateLimit-Reason": "jira-quota-tenant-based"}
    there.jira.fault(Fault(at=r"POST .*/issue(/bulk)?$", status=429, headers=quota, times=None))
    result = there.run("quick fix", "checkout storm")
    first, second = result.incidents
    assert result.failed
    assert "1800" in first.failures[0]
    assert "left for the next run" in second.failures[0]
    assert there.path("checkout storm").exists()
    assert there.tickets() == {}
    assert there.slept == []
    there.jira.faults.clear()
    after = there.run("quick fix", "checkout storm")
    assert not after.failed
    assert all(there.linked())
    assert all(there.linked("checkout storm"))


def test_reads_are_tried_again_after_a_5xx_and_creates_are_not(there: World) -> None:
    there.jira.fault(Fault(at=r"(search|bulkfetch)", status=502))
    there.jira.fault(Fault(at=r"POST .*/issue(/bulk)?$", status=502))
    result = there.sync(wait=0)
    creates = [call for call in there.jira.calls() if call.endswith(("/issue", "/bulk"))]
    assert len(creates) == 1
    assert result.again_in is not None


def test_a_site_that_is_down_is_not_asked_for_an_hour(there: World) -> None:
    there.jira.fault(Fault(at=".*", status=503, times=None))
    down = Jira(
        there.jira.url,
        **there.jira.credentials,
        policy=RetryPolicy(attempts=2, sleep=there.slept.append),
        circuit=Circuit(limit=1, clock=lambda: there.clock().timestamp()),
    )
    first, second = there.run("quick fix", "checkout storm", tracker=down).incidents
    down.close()
    assert first.failures
    assert "so it is not asked again" in second.failures[0]
    assert there.path("checkout storm").exists()
    assert len(there.jira.served) == 2


def test_what_was_done_before_an_outage_is_kept(there: World) -> None:
    there.jira.fault(Fault(at=r"(bulkfetch|/search$)", status=503, skip=0, times=None))
    there.jira.fault(Fault(at="remotelink", status=503, times=None))
    result = there.sync(wait=0)
    assert result.failures
    there.jira.faults.clear()
    there.clock.sleep(120)
    there.sync()
    assert len(there.tickets()) == 2
    assert sorted(there.linked()) == sorted(there.tickets())


def test_an_unanswered_create_says_when_to_come_back(there: World) -> None:
    there.policy = replace(there.policy)
    there.jira.fault(Fault(at=r"POST .*/issue(/bulk)?$", moment=Moment.AFTER))
    result = there.run("quick fix", wait=10)
    assert result.failed
    (one,) = result.incidents
    assert one.again_in is not None
    assert 10 < one.again_in <= 60


@pytest.mark.parametrize("at", ["bulkfetch|/search", "createmeta", "myself"])
def test_after_a_429_of_an_hour_the_site_is_asked_nothing_else(there: World, at: str) -> None:
    there.jira.fault(Fault(at=at, status=429, headers={"Retry-After": "3600"}))
    result = there.run("quick fix", "checkout storm")
    assert result.failed
    assert re.search(at, there.jira.calls()[-1])
    assert (there.tickets(), there.slept) == ({}, [])
    assert any("again in 3600 s" in told for told in result.incidents[0].failures)
    assert there.path("checkout storm").exists()


def test_a_server_error_of_pagerduty_costs_a_moment_though_the_quota_s_clock_shows_a_minute(
    here: World,
) -> None:
    clock = {"ratelimit-limit": "960", "ratelimit-remaining": "959", "ratelimit-reset": "60"}
    for part in ("log_entries", "notes"):
        here.pagerduty.fault(Fault(part, 503, clock))
    result = here.sync()
    assert result.failures == ()
    assert here.path().exists()
    assert len(here.slept) == 2
    assert sum(here.slept) < 3
