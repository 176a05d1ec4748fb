"""Through Atlassian's gateway with a token that has scopes, or lacks one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.jira.client import Jira
from connectors.sandbox import Fault
from tests.acceptance.world import World, world


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """Give a world whose token has scopes, with a draft and two rows without tickets."""
    with world(tmp_path) as made:
        made.sync(tracks=False)
        made.add_rows("Add an alert", "Review the hand-over")
        made.jira.scopes = frozenset({"read:jira-work", "write:jira-work", "read:jira-user"})
        yield made


def through_gateway(there: World) -> Jira:
    return Jira(there.jira.gateway_url, **there.jira.credentials)


def test_tickets_are_made_and_their_links_lead_to_the_site(there: World) -> None:
    result = there.sync(tracker=through_gateway(there))
    assert result.failures == ()
    assert sorted(there.linked()) == sorted(there.tickets())
    assert f"({there.jira.url}/browse/OPS-1)" in there.text()


def test_a_create_for_which_the_token_lacks_the_scope_says_so(there: World) -> None:
    there.jira.scopes = frozenset({"read:jira-work", "read:jira-user"})
    result = there.sync(tracker=through_gateway(there))
    told = " ".join(result.failures)
    assert "scope does not match" in told
    assert "lacks a scope" in told
    assert "write:jira-work" in told
    assert there.tickets() == {}


def test_so_does_one_that_the_gateway_refuses_now_and_then(there: World) -> None:
    words = {"code": 401, "message": "Unauthorized; scope does not match"}
    there.jira.fault(Fault(r"POST .*/issue(/bulk)?$", 401, body=words))
    assert "scope does not match" in " ".join(there.sync(tracker=through_gateway(there)).failures)
    there.sync(tracker=through_gateway(there))
    assert len(there.tickets()) == 2


def test_a_project_that_is_not_there_lists_those_that_can_be_seen(there: World) -> None:
    there.jira.site.projects[0].key = "PAY"
    told = " ".join(there.sync(tracker=through_gateway(there)).failures)
    assert "PAY (Operations)" in told
