"""Incidents that were merged: sources that have a document already, chains, and those by hand."""

from datetime import timedelta

import pytest

from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, JONAS, LENA
from tests.acceptance.world import World, world

LINE = "This incident was merged into ["


@pytest.fixture
def here(tmp_path):
    with world(tmp_path) as made:
        yield made


def happened(
    here: World, name: str, minutes: int, lasted: int | None = 10, *, by_hand: bool = False
) -> SandboxIncident:
    """An incident that began so many minutes ago, in the words of its name; open without an end."""
    at = here.clock.now - timedelta(minutes=minutes)
    incident = here.pagerduty.account.open(CHECKOUT, name, at=at, by=LENA if by_hand else None)
    if not by_hand:
        incident.alert(name, at, key=name)
    if lasted is not None:
        incident.resolve(at + timedelta(minutes=lasted), by=LENA)
    here.incidents[name] = incident
    return incident


def named(here: World, name: str) -> str:
    """The bullets of a document that name what was merged into its incident."""
    return "\n".join(one for one in here.text(name).splitlines() if "erged into this" in one)


def test_a_document_says_that_its_incident_was_merged_and_the_targets_names_it(
    here: World,
) -> None:
    small = happened(here, "One shop is slow", 120)
    large = happened(here, "All shops are slow", 100, None)
    here.sync("One shop is slow")
    before = here.text("One shop is slow")
    small.merge_into(large, here.clock.now, LENA)
    run = here.run("One shop is slow")
    assert not run.failed, "the target is under way, which is no failure of this command"
    assert [one.merged_into for one in run.incidents] == [large.id, ""]
    assert "still triggered" in run.incidents[1].skipped
    text = here.text("One shop is slow")
    line = f"{LINE}#{large.number} All shops are slow]({large.url})."
    heading = "# Postmortem: One shop is slow\n"
    head, body = before.split(heading)
    head = head.removesuffix("---\n\n") + f"merged_into: {large.id}\n---\n\n"
    assert text == f"{head}{heading}\n{line}\n{body}"
    large.resolve(here.clock.now + timedelta(minutes=5), by=LENA)
    here.clock.now += timedelta(hours=1)
    assert not here.run("One shop is slow").failed
    assert here.text("One shop is slow") == text, "it is said once"
    assert "#" in named(here, "All shops are slow")
    assert f"One shop is slow]({small.url})" in named(here, "All shops are slow")


def test_a_person_who_deletes_the_line_keeps_it_deleted(here: World) -> None:
    small = happened(here, "Small", 120)
    large = happened(here, "Large", 100)
    here.sync("Small")
    small.merge_into(large, here.clock.now, LENA)
    here.sync("Small")
    here.edit(lambda text: "\n".join(one for one in text.split("\n") if LINE not in one), "Small")
    without = here.text("Small")
    here.sync("Small")
    assert here.text("Small") == without
    here.database.unlink()
    assert not here.run("Small").failed
    assert here.text("Small") == without


def test_without_a_memory_it_is_said_all_the_same(here: World) -> None:
    small = happened(here, "Small", 120)
    large = happened(here, "Large", 100)
    here.sync("Small")
    here.database.unlink()
    small.merge_into(large, here.clock.now, LENA)
    here.sync("Small")
    assert here.text("Small").count(LINE) == 1
    here.sync("Small")
    assert here.text("Small").count(LINE) == 1


def test_what_people_wrote_stays_and_its_tickets_go_on(here: World) -> None:
    small = happened(here, "Small", 120)
    large = happened(here, "Large", 100)
    here.sync("Small")
    here.add_rows("Add a limit", name="Small")
    here.edit(lambda text: text.replace("[Brief explanation of the root cause]", "Ours"), "Small")
    small.merge_into(large, here.clock.now, LENA)
    here.sync("Small")
    (key,) = here.linked("Small")
    here.jira.transition(key, "Done")
    here.sync("Small")
    assert here.statuses("Small") == ["Done"]
    assert "- **Root Cause:** Ours\n" in here.text("Small")


@pytest.mark.parametrize("forgets", [False, True])
def test_a_chain_of_merges_is_told_at_its_end(here: World, forgets: bool) -> None:
    first = happened(here, "First", 150, by_hand=True)
    second = happened(here, "Second", 130, None, by_hand=True)
    last = happened(here, "Last", 120, None)
    here.sync("First")
    first.merge_into(second, here.clock.now - timedelta(minutes=100), LENA)
    second.merge_into(last, here.clock.now - timedelta(minutes=90), JONAS)
    last.resolve(here.clock.now - timedelta(minutes=20), by=LENA)
    here.run("First")
    if forgets:
        here.database.unlink()
        here.path("Last").unlink()
        here.run("Last")
    told = named(here, "Last")
    assert told.count(f"#{first.number} First]") == told.count(f"#{second.number} Second]")
    assert f"#{first.number} First](" in told
    text = here.text("First")
    assert f"{LINE}#{last.number} Last]" in text
    assert f"\nmerged_into: {last.id}\n" in text
    assert not list(here.documents.rglob(f"*{second.id}*"))


def test_a_source_by_hand_that_nothing_hints_at_is_named(here: World) -> None:
    source = happened(here, "By hand", 70, by_hand=True)
    target = happened(here, "Target", 60)
    source.merge_into(target, here.clock.now - timedelta(minutes=55), LENA)
    here.run("Target")
    assert f"#{source.number} By hand]({source.url})" in named(here, "Target")


def test_a_dry_run_tells_the_line_and_writes_nothing(here: World) -> None:
    small = happened(here, "Small", 120)
    large = happened(here, "Large", 100)
    here.sync("Small")
    before = here.text("Small")
    small.merge_into(large, here.clock.now, LENA)
    result = here.run("Small", dry_run=True).incidents[0]
    assert f"+{LINE}#{large.number} Large]({large.url})." in result.diff
    assert here.text("Small") == before


def test_what_people_wrote_on_a_source_is_told_by_the_targets_document(here: World) -> None:
    at = here.clock.now - timedelta(minutes=70)
    words = "Customers phone in: nobody can pay."
    source = here.pagerduty.account.open(CHECKOUT, "By hand", at=at, by=JONAS, details=words)
    source.note("Shops in the EU alone", at + timedelta(minutes=5), LENA)
    target = happened(here, "Target", 60)
    source.merge_into(target, at + timedelta(minutes=15), LENA)
    here.run("Target")
    text = here.text("Target")
    named_so = f"#{source.number} By hand"
    assert f'Jonas Thorvald wrote on {named_so}: "{words}" [incident]({source.url})' in text
    assert f'Lena Okafor wrote on {named_so}: "Shops in the EU alone" [incident]' in text
    assert (
        words
        in text.partition("## 4. ")[2].partition("## 5. ")[0]
        + text.partition("**Impact:**")[2].partition("**Services")[0]
    )
