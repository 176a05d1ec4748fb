"""The sandbox's scenarios, read over HTTP, give drafts that keep the aims."""

from bench.quality import sandbox
from connectors.pagerduty.sandbox.scenarios import SCENARIOS
from tests.incidents.expected_facts import SANDBOX


def test_the_drafts_of_all_scenarios_keep_the_aims() -> None:
    rated = {one.name.removeprefix("sandbox: "): one for one in sandbox()}
    assert set(rated) == set(SANDBOX) == {*SCENARIOS, "big"} - {"merged"}
    assert [one for one in rated.values() if not one.is_good] == []
