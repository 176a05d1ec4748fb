"""The figures of a period, against forty incidents that were worked out by hand.

Number ``n`` of the forty begins on day ``n`` of the quarter, is acknowledged after ``n`` minutes
and open for ``3 n``. Nobody acknowledges every tenth. The 5th, 15th, 25th and 35th are of low
urgency, which gets no document; the 40th comes back. Odd ones are Search's, even ones Checkout's.
"""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from connectors.jira.payloads import SiteKind
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.incident import SandboxIncident
from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import World, world
from worker.cli.main import app
from worker.drafting.draft_filter import DraftFilter
from worker.jobs.reports.figures import ReportBy, ReportGroup, Spread
from worker.jobs.reports.report_period import report_period

KINDS = (SiteKind.CLOUD,)

BEGAN = datetime(2024, 8, 31, 22, 30, tzinfo=UTC)
"""Half an hour into September in Berlin."""
SEARCH, CHECKOUT = wire.service("Search"), wire.service("Checkout")
SHOP = wire.team("Shop")
MIRA = wire.person("Mira Okafor")
PERIOD = ("2024-09-01", "2024-11-01")


def begins(number: int) -> datetime:
    return BEGAN + timedelta(days=number - 1)


def happen(here: World, number: int) -> SandboxIncident:
    """Let one of the forty happen."""
    at = begins(number)
    service = SEARCH if number % 2 else CHECKOUT
    incident = here.pagerduty.account.open(
        service,
        f"{service['summary']}: alarm number {number}",
        at=at,
        teams=(SHOP,) if number <= 8 else (),
        urgency="low" if number % 10 == 5 else "high",
    )
    incident.alert(f"Alarm {number}", at, key=f"alarm/{number}")
    if number <= 10:
        incident.set_priority(wire.priority("P1"), at, MIRA)
    if number % 10:
        incident.acknowledge(MIRA, at + timedelta(minutes=number))
    if number == 40:  # open for an hour, and an hour later for another
        incident.resolve(at + timedelta(hours=1), MIRA)
        incident.reopen(at + timedelta(hours=2), MIRA, [MIRA])
        incident.resolve(at + timedelta(hours=3), MIRA)
    else:
        incident.resolve(at + timedelta(minutes=3 * number), MIRA)
    return incident


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, list[str]]]:
    """Forty incidents, pulled; tickets of the first; the second document final, the third gone."""
    with world(tmp_path_factory.mktemp("quarter"), SiteKind.CLOUD) as here:
        here.pagerduty.account.incidents.clear()
        here.policy = replace(here.policy, only=DraftFilter(urgency="high"), chart=False)
        each = [happen(here, number) for number in range(1, 41)]
        here.incidents = {f"n{number}": one for number, one in enumerate(each, 1)}
        merged = here.pagerduty.account.open(SEARCH, "Twin", at=begins(1))
        merged.merge_into(each[0], begins(1) + timedelta(minutes=1), MIRA)
        here.pagerduty.account.open(SEARCH, "Goes on", at=begins(9))
        here.clock.now = datetime(2024, 11, 20, 12, tzinfo=UTC)
        run = here.run(since=timedelta(days=120), tracks=False, at_a_time=4)
        assert [one.failures for one in run.incidents if one.failures] == []
        yield here, [one.id for one in each]


def figures(here: World, by: ReportBy | None = None, *period: str) -> tuple[ReportGroup, ...]:
    with here.context() as context:
        return tuple(report_period(context, *(period or PERIOD), by).groups)


def test_forty_incidents_give_the_figures_that_were_worked_out(
    told: tuple[World, list[str]],
) -> None:
    """Of the 36 that were acknowledged the middle ones waited 19 and 21 minutes, the 33rd 36."""
    here, _ = told
    served = len(here.pagerduty.served)
    (group,) = figures(here)
    assert len(here.pagerduty.served) == served
    assert (group.key, group.incidents, group.with_postmortem, group.final) == (None, 40, 36, 0)
    assert group.acknowledge_s == Spread(20 * 60, 36 * 60)
    assert group.resolve_s == Spread((60 + 63) / 2 * 60, 108 * 60)
    assert group.days_to_final == Spread()


def test_they_are_told_by_service_team_priority_and_month(
    told: tuple[World, list[str]],
) -> None:
    here, _ = told
    checkout, search = figures(here, ReportBy.SERVICE)
    assert (checkout.key, checkout.incidents, checkout.with_postmortem) == ("Checkout", 20, 20)
    assert checkout.acknowledge_s == Spread(20 * 60, 36 * 60)  # 16: 18 and 22; the 15th is 36
    assert checkout.resolve_s == Spread(63 * 60, 108 * 60)  # 20: 60 and 66; the 18th is 108
    assert (search.key, search.incidents, search.with_postmortem) == ("Search", 20, 16)
    assert search.acknowledge_s == Spread(20 * 60, 35 * 60)  # 20: 19 and 21; the 18th is 35
    shop, teamless = figures(here, ReportBy.TEAM)
    assert [(one.key, one.incidents) for one in (shop, teamless)] == [("Shop", 8), (None, 32)]
    assert shop.resolve_s == Spread(13.5 * 60, 24 * 60)
    first, others = figures(here, ReportBy.PRIORITY)
    assert [(one.key, one.incidents) for one in (first, others)] == [("P1", 10), (None, 30)]
    september, october = figures(here, ReportBy.MONTH)
    # the 30th begins at half past midnight of September 30 in Berlin, and ends the same day
    assert [(one.key, one.incidents) for one in (september, october)] == [
        ("2024-09", 30),
        ("2024-10", 10),
    ]


def test_the_period_cuts_at_midnight_of_the_timezone(told: tuple[World, list[str]]) -> None:
    here, _ = told
    (one,) = figures(here, None, "2024-09-01", "2024-09-02")
    assert one.incidents == 1
    assert figures(here, None, "2024-09-01", "2024-09-11")[0].incidents == 10
    assert figures(here, None, "30d", "")[0].incidents == 0


def test_action_items_count_by_what_jira_says_of_their_tickets(
    told: tuple[World, list[str]],
) -> None:
    """Three of the program's own and one that a person named, made 40 days ago."""
    here, _ = told
    now, here.clock.now = here.clock.now, datetime(2024, 10, 11, 12, tzinfo=UTC)
    project = here.jira.site.projects[0]
    here.jira.site.create(project, issue_type="Task", summary="Raise the limit")
    here.clock.now = now - timedelta(days=10)
    key = next(iter(here.tickets()))
    here.add_rows(
        "Add an alert | | | 2024-11-15",
        "Write a runbook | | | 2024-11-20",
        "Drop the cache",
        f"Raise the limit {key}",
        name="n2",
    )
    here.run("n2", pulls=False)
    assert len(here.tickets()) == 4
    records = {one.now.summary: one for one in here.jira.site.records.values()}
    moves = {one.name: one for one in here.jira.site.workflow}
    here.jira.site.transition(records["Write a runbook"], moves["Done"])
    here.jira.site.transition(records["Drop the cache"], moves["Won't do"])
    here.clock.now = now
    for one in records.values():  # a change does not close it once more
        here.jira.site.change(one, labels=(*one.now.labels, "seen"))
    here.run("n2", pulls=False)
    with here.context() as context:
        closed = [one.facts.closed for one in context.journal.facts.items([here.id("n2")])]
    assert closed == [None, now - timedelta(days=10), now - timedelta(days=10), None]
    (group,) = figures(here, None, "2024-10-01", "2024-12-01")
    one = group.items
    assert (one.opened, one.closed, one.wont_do, one.open, one.overdue) == (4, 1, 1, 2, 1)
    assert one.open_age_days == Spread(25, 40)
    by_month = figures(here, ReportBy.MONTH, "2024-10-01", "2024-12-01")
    assert [(one.key, one.items.opened) for one in by_month] == [("2024-10", 1), ("2024-11", 3)]
    by_service = figures(here, ReportBy.SERVICE, "2024-11-01", "2024-12-01")
    assert [(one.key, one.incidents, one.items.opened) for one in by_service] == [
        ("Checkout", 0, 3)
    ]
    here.jira.site.delete(records["Add an alert"])
    here.run("n2", pulls=False)
    assert figures(here, None, "2024-11-01", "2024-12-01")[0].items.opened == 2


def test_final_counts_from_when_it_was_first_seen_and_a_deleted_document_is_none(
    told: tuple[World, list[str]],
) -> None:
    here, _ = told
    ended = begins(4) + timedelta(minutes=12)
    here.clock.now = ended + timedelta(days=90)
    here.edit(lambda text: text.replace("status: draft", "status: final", 1), "n4")
    here.path("n6").unlink()
    (group,) = figures(here)
    assert (group.incidents, group.with_postmortem, group.final) == (40, 35, 1)
    assert group.days_to_final == Spread(90, 90)
    here.clock.now += timedelta(days=5)
    assert figures(here)[0].days_to_final == Spread(90, 90)
    here.edit(lambda text: text.replace("status: final", "status: in review", 1), "n4")
    assert figures(here)[0].final == 0


def run(here: World, *words: str) -> Result:
    """Run the command in this process, configured for a world by its environment."""
    environment = Shell(here).environment | {"POSTMORTEM_TIMEZONE": "Europe/Berlin"}
    return CliRunner().invoke(app, ["report", *words], env=environment)


def test_the_command_gives_the_same_as_json_and_csv(told: tuple[World, list[str]]) -> None:
    here, _ = told
    period = ("--since", PERIOD[0], "--until", PERIOD[1])
    given: dict[str, Any] = json.loads(run(here, *period, "--json").stdout)
    assert (given["since"], given["until"], given["by"]) == (
        "2024-09-01T00:00:00+02:00",
        "2024-11-01T00:00:00+01:00",
        None,
    )
    (group,) = given["groups"]
    assert group["key"] is None
    assert group["acknowledge_s"] == {"median": 1200, "p90": 2160}
    assert set(group["items"]) == {
        *("opened", "closed", "wont_do", "overdue", "open", "open_age_days")
    }
    assert "From 36 of 40 incidents." in given["definitions"]["acknowledge_s"]
    done = run(here, *period, "--by", "priority", "--csv")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["key"] for row in rows] == ["P1", ""]
    assert rows[0]["resolve_s.p90"] == "1620"
    assert rows[0]["days_to_final.median"] == rows[1]["items.open_age_days.p90"] == ""
    names = {name.removesuffix(".median").removesuffix(".p90") for name in rows[0]} - {"key"}
    assert names == given["definitions"].keys()
    shown = run(here, *period, "--by", "month").stdout
    assert "\x1b" not in shown
    (september,) = [line for line in shown.splitlines() if line.lstrip().startswith("2024-09")]
    assert "47 min / 1 h 21 min" in september
    assert "Acknowledged after: Seconds from the start" in shown


def test_the_names_of_others_are_no_formulas_and_break_no_line(
    told: tuple[World, list[str]],
) -> None:
    here, _ = told
    service = wire.service("=cmd|' /C calc'!A0, \"x\"")
    at = datetime(2023, 5, 1, 8, tzinfo=UTC)
    odd = here.pagerduty.account.open(service, "Odd", at=at)
    odd.resolve(at + timedelta(minutes=2), MIRA)
    here.incidents["odd"] = odd
    here.run("odd", tracks=False)
    done = run(here, "--since", "2023-05-01", "--until", "2023-05-02", "--by", "service", "--csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row["key"] == "'=cmd|' /C calc'!A0, \"x\""
    assert (row["resolve_s.median"], done.stdout.count("\n")) == ("120", 2)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("--since", "soon"), "--since"),
        (("--until", "2026-02-30"), "--until"),
        (("--since", "1d", "--until", "2d"), "--since"),
        (("--by", "person"), "--by"),
        (("--csv", "--json"), "--csv"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    told: tuple[World, list[str]], words: tuple[str, ...], option: str
) -> None:
    here, _ = told
    done = run(here, *words)
    assert (done.exit_code, option in done.stderr) == (2, True)


def test_what_was_pulled_before_facts_were_kept_counts_once_it_is_read_again(
    told: tuple[World, list[str]],
) -> None:
    here, _ = told
    before = figures(here)
    with closing(sqlite3.connect(here.database)) as database:
        database.execute("DELETE FROM incident_facts")
        database.commit()
    assert figures(here)[0].incidents == 0
    assert "Not counted, for they were not read since figures are kept" in run(here).stderr
    here.run(since=timedelta(days=200), tracks=False)
    assert figures(here) == before


def test_a_ticket_that_two_postmortems_name_counts_once_whichever_was_synced_last(
    told: tuple[World, list[str]],
) -> None:
    here, _ = told
    here.clock.now = datetime(2025, 1, 10, 12, tzinfo=UTC)
    here.add_rows("Replace the cable | | | 2025-01-20", name="n8")
    here.run("n8", pulls=False)
    (key,) = here.linked("n8")
    here.add_rows(f"Replace that cable {key} | | | 2025-01-05", name="n11")
    seen = []
    for name in ("n11", "n8", "n11"):
        here.run(name, pulls=False)
        assert here.linked("n11") == [key]
        one = figures(here, None, "2025-01-01", "2025-02-01")[0].items
        each = figures(here, ReportBy.SERVICE, "2025-01-01", "2025-02-01")
        seen.append((one, [(group.key, group.items) for group in each]))
    assert (one.opened, one.open, one.overdue) == (1, 1, 1)
    assert seen[0][1] == [("Checkout", one), ("Search", one)]
    assert seen[1:] == seen[:-1]


def test_one_without_a_document_that_comes_back_is_measured_anew(
    told: tuple[World, list[str]],
) -> None:
    """The 15th, of low urgency, was open for 45 minutes; then for 10 more, a week later."""
    here, _ = told
    low, again = here.incidents["n15"], begins(15) + timedelta(days=7)
    low.reopen(again, MIRA, [MIRA])
    low.resolve(again + timedelta(minutes=10), MIRA)
    here.clock.now = datetime(2025, 1, 11, 12, tzinfo=UTC)
    for _ in range(2):
        here.run(since=timedelta(days=200), tracks=False)
        low.note("Looked at again", here.clock.now, MIRA)  # which changes it, and not its times
        with here.context() as context:
            facts = context.journal.facts.of([here.id("n15")])[here.id("n15")]
        assert facts.resolved == again + timedelta(minutes=10)
        assert facts.open_seconds == 55 * 60
        assert facts.acknowledged == begins(15) + timedelta(minutes=15)


def test_nothing_known_is_one_group_without_figures(tmp_path: Path) -> None:
    with world(tmp_path, SiteKind.CLOUD) as here:
        assert figures(here) == (ReportGroup(None),)
