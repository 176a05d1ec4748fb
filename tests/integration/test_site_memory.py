"""What a site is and takes is asked once for many processes, until the site says otherwise."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import AccessDenied
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.site_memory import SiteMemory
from connectors.sandbox import Fault
from connectors.tickets import Account, NoAccount
from tests.acceptance.world import World, world
from worker.journal.database import Database
from worker.journal.service_memory import ServiceMemory

ROWS = [f"Task number {number} | Aiko Brandt | High | 2026-12-24" for number in range(10)]


@pytest.fixture(params=SiteKind, ids=lambda kind: kind.value)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, request.param) as given:
        yield given


def sync(here: World) -> list[str]:
    """Sync as a process of its own does, and give what it asked Jira."""
    here.jira.forget()
    database = Database.open(f"sqlite:///{here.database}")
    memory = ServiceMemory(database, here.clock)
    tracker = Jira(here.jira.url, **here.jira.credentials, memory=memory)
    try:
        result = here.run("quick fix", tracker=tracker)
        assert not result.failed
    finally:
        tracker.close()
        database.close()
    return here.jira.calls()


def test_ten_tickets_cost_thirteen_calls_once_the_site_is_known(here: World) -> None:
    sync(here)
    here.add_rows("The first | Aiko Brandt | High | 2026-12-24")
    sync(here)
    here.add_rows(*ROWS)
    asked = sync(here)
    links = [call for call in asked if "remotelink" in call]
    assert len(links) == 10
    assert len(asked) <= 14, asked  # and one reads the ticket that was there
    assert not [call for call in asked if "serverInfo" in call or "myself" in call]
    here.clock.sleep(timedelta(hours=25).total_seconds())
    assert any("myself" in call for call in sync(here))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[tuple[World, ServiceMemory]]:
    with world(tmp_path) as here:
        database = Database.open(f"sqlite:///{here.database}")
        yield here, ServiceMemory(database, here.clock)
        database.close()


def open_jira(here: World, memory: ServiceMemory) -> Jira:
    return Jira(here.jira.url, **here.jira.credentials, memory=memory)


def test_a_refusal_has_all_of_it_asked_anew(memory: tuple[World, ServiceMemory]) -> None:
    here, kept = memory
    first = open_jira(here, kept)
    site, fields = first.site(), first.create_fields("OPS", "Task")
    assert isinstance(first.account("OPS", "Aiko Brandt"), Account)
    assert isinstance(first.account("OPS", "Nobody Known"), NoAccount)

    here.jira.forget()
    second = open_jira(here, kept)
    assert second.site() == site
    assert second.create_fields("OPS", "Task") == fields
    assert isinstance(second.account("OPS", "Aiko Brandt"), Account)
    assert here.jira.calls() == []
    assert isinstance(second.account("OPS", "Nobody Known"), NoAccount)
    assert here.jira.calls()

    here.jira.fault(Fault("search", 401))
    with pytest.raises(AccessDenied):
        second.labelled("postmortem-worker")
    third = open_jira(here, kept)
    here.jira.forget()
    third.site()
    assert len(here.jira.calls()) == 2


def test_other_credentials_share_nothing(memory: tuple[World, ServiceMemory]) -> None:
    here, kept = memory
    open_jira(here, kept).site()
    other = {**here.jira.credentials, "api_token": "another-token"}
    with pytest.raises(AccessDenied):
        Jira(here.jira.url, **other, memory=kept).site()


def test_check_asks_whatever_is_remembered(memory: tuple[World, ServiceMemory]) -> None:
    here, kept = memory
    open_jira(here, kept).site()
    here.jira.forget()
    open_jira(here, kept).check("OPS", "Task")
    assert any("myself" in call for call in here.jira.calls())


def test_what_another_release_kept_is_asked_again() -> None:
    class Odd:
        def get(self, name: str, longest: float) -> str | None:
            return '{"kind": "balloon"}'

        def put(self, name: str, value: str) -> None:
            """Keep nothing."""

        def forget(self, beginning: str) -> None:
            """Keep nothing."""

    access = Jira("https://jira.example.com", personal_token="t")._connection.access
    assert SiteMemory(Odd(), access).site() is None
