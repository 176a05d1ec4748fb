"""A draft names the earlier incidents that its own repeats, with what was planned then and is open.

Twelve pairs in one account, eight alike and four not; each pair's second is drafted once the
action items of the first are filed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.groups import RepeatSettings
from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident import SandboxIncident
from tests.acceptance.world import World, world

KINDS = (SiteKind.CLOUD,)

FIRST = datetime(2026, 9, 3, 8, tzinfo=UTC)
SECOND = datetime(2026, 11, 20, 8, tzinfo=UTC)
TODAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
MIRA = wire.person("Mira Okafor")


@dataclass(frozen=True)
class Night:
    """An incident of a pair: when, whose, what it is called, and by which alerts it came."""

    at: datetime
    service: str
    title: str
    keys: tuple[str, ...] = ()


def pair(
    name: str,
    first: Callable[[Night], Night] = lambda one: one,
    second: Callable[[Night], Night] = lambda one: one,
) -> tuple[Night, Night]:
    """Give two nights of one service with one key and titles of their own, changed as told."""
    one = Night(FIRST, f"{name} service", f"{name} breaks for the first time", (f"{name}/alarm",))
    return first(one), second(replace(one, at=SECOND, title=f"Later: {name} in trouble"))


def keyed(*keys: str) -> Callable[[Night], Night]:
    return lambda one: replace(one, keys=keys)


def called(title: str, *keys: str) -> Callable[[Night], Night]:
    return lambda one: replace(one, title=title, keys=keys)


ALIKE = {
    "same key": pair("same"),
    "one key of several": pair("several", keyed("a/1", "a/2", "a/3"), keyed("a/3", "a/4")),
    "a key of many alerts": pair("many", keyed(*(f"m/{n}" for n in range(120))), keyed("m/119")),
    "title with another number": pair(
        "titled", called("Disk full on db-1", "d/1"), called("Disk full on db-2", "d/2")
    ),
    "title in another case": pair(
        "case", called("Order mail is STUCK", "c/1"), called("order mail is stuck", "c/2")
    ),
    "title in another order": pair(
        "order", called("Queue stuck: mail", "o/1"), called("Mail: queue stuck", "o/2")
    ),
    "opened by hand with the same title": pair(
        "hand", called("Exports are late"), called("Exports are late")
    ),
    "within the same hour": pair(
        "hour", second=lambda one: replace(one, at=FIRST + timedelta(hours=1))
    ),
}
DIFFERENT = {
    "another service": pair("moved", second=lambda one: replace(one, service="Somebody else's")),
    "another key and title": pair("other", second=keyed("other/latency")),
    "the second came first": pair(
        "turned", second=lambda one: replace(one, at=FIRST - timedelta(days=1))
    ),
    "longer ago than the settings look": pair(
        "old", first=lambda one: replace(one, at=FIRST - timedelta(days=500))
    ),
}


def happen(here: World, night: Night) -> SandboxIncident:
    by = None if night.keys else MIRA
    service = wire.service(night.service)
    incident = here.pagerduty.account.open(service, night.title, at=night.at, by=by)
    for key in night.keys:
        incident.alert(night.title, night.at, key=key)
    incident.acknowledge(MIRA, night.at + timedelta(minutes=3))
    incident.resolve(night.at + timedelta(minutes=30), MIRA)
    return incident


def factors(here: World, name: str) -> str:
    """Give what stands under *Contributing Factors*."""
    return here.text(name).partition("**Contributing Factors:**")[2].partition("\n---")[0]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, SiteKind.CLOUD) as here:
        here.pagerduty.account.incidents.clear()
        here.incidents = {}
        here.clock.now = TODAY
        here.policy = replace(here.policy, chart=False)
        yield here


def test_eight_of_twelve_pairs_are_alike(account: World) -> None:
    here = account
    pairs = ALIKE | DIFFERENT
    for name, (first, second) in pairs.items():
        here.incidents[f"{name}, first"] = happen(here, first)
        here.incidents[f"{name}, second"] = happen(here, second)
    firsts = [f"{name}, first" for name in pairs]
    here.run(*firsts, tracks=False, at_a_time=4)
    for name in firsts:
        here.add_rows("Add an alert | | | 2026-10-18", "Write it down | | | 2026-12-24", name=name)
    here.run(*firsts, pulls=False, at_a_time=4)
    here.run(*(f"{name}, second" for name in pairs), tracks=False, at_a_time=4)
    for name in ALIKE:
        said = factors(here, f"{name}, second")
        first = here.incidents[f"{name}, first"]
        overdue, due = here.linked(f"{name}, first")
        assert f"#{first.number} " in said, name
        assert f"planned then: {overdue}, 41 days overdue" in said, name
        assert f"{due}, due 2026-12-24" in said, name
        reason = " % alike)" if "title" in name else ', same alert key "'
        assert reason in said, name
    for name in DIFFERENT:
        assert "appened before" not in factors(here, f"{name}, second"), name
        assert "appened before" not in factors(here, f"{name}, first"), name


def test_a_storm_of_alerts_hides_no_incident_that_had_the_same_keys(account: World) -> None:
    here, keys = account, tuple(f"host-{number:03}/down" for number in range(400))
    nights = [
        Night(SECOND - timedelta(days=ago), "Racks", title, keys)
        for ago, title in ((9, "The first storm"), (4, "Power is out"), (0, "All of it is gone"))
    ]
    for night in nights:
        here.incidents[night.title] = happen(here, night)
        here.run(night.title, tracks=False)
    said = factors(here, "All of it is gone")
    assert [f"#{here.incidents[one.title].number} " in said for one in nights] == [
        *(True, True, False)
    ]
    assert said.count('same alert key "host-000/down"') == 2


def test_done_items_are_not_named_and_the_days_stay_as_they_were_written(account: World) -> None:
    here = account
    first, second = ALIKE["same key"]
    here.incidents = {"first": happen(here, first), "second": happen(here, second)}
    here.run("first", tracks=False)
    here.add_rows("Add an alert | | | 2026-10-18", "Write it down | | | 2026-10-19", name="first")
    here.run("first", pulls=False)
    alert, runbook = here.linked("first")
    here.run("second", tracks=False)
    written = here.text("second")
    assert f"planned then: {alert}, 41 days overdue" in written
    assert f"{runbook}, 40 days overdue" in written

    here.clock.now += timedelta(days=3)
    again = here.run("second", tracks=False)
    assert (again.incidents[0].deeds, here.text("second")) == ((), written)

    (move,) = [one for one in here.jira.site.workflow if one.name == "Done"]
    here.jira.site.transition(here.jira.site.find(alert), move)  # type: ignore[arg-type]  # it is there
    here.run("first", pulls=False)
    here.run("second", tracks=False)
    said = factors(here, "second")
    assert alert not in said
    assert f"planned then: {runbook}, 40 days overdue" in said

    here.edit(lambda text: text.replace("Happened before:", "We knew this one:"), "second")
    (move,) = [one for one in here.jira.site.workflow if one.name == "Won't do"]
    here.jira.site.transition(here.jira.site.find(runbook), move)  # type: ignore[arg-type]  # as above
    here.run("first", pulls=False)
    here.run("second", tracks=False)
    assert f"We knew this one: [#{here.incidents['first'].number} " in factors(here, "second")
    assert runbook in factors(here, "second")


def test_how_many_are_named_and_how_alike_is_set(account: World) -> None:
    here = account
    title = "Disk full on db-{}"
    nights = [
        Night(FIRST + timedelta(days=day), "Disks", title.format(day), (f"k/{day}",))
        for day in range(5)
    ]
    here.incidents = {f"n{at}": happen(here, night) for at, night in enumerate(nights)}
    names = list(here.incidents)
    for name in names[:-1]:
        here.run(name, tracks=False)
    here.policy = replace(here.policy, repeats=RepeatSettings(most=2))
    here.run(names[-1], tracks=False)
    said = [line for line in factors(here, names[-1]).splitlines() if "appened before" in line]
    latest = [here.incidents[name].number for name in ("n3", "n2")]
    assert [f"#{number} " in line for number, line in zip(latest, said, strict=True)] == [True] * 2
    here.path(names[-1]).unlink()
    here.policy = replace(here.policy, repeats=RepeatSettings(titles=100))
    here.run(names[-1], tracks=False, remakes=True)
    assert "appened before" not in factors(here, names[-1])
