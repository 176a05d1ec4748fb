"""Suggestions that a person settles: what the facts say is taken, or people's words are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.page_users import PageUser, Role
from tests.acceptance.world import World, world
from worker.app.stored_page_data import StoredPageData
from worker.jobs.edits.save_edit import UnusableEdit
from worker.jobs.edits.settle_suggestion import keep_words, take_facts
from worker.jobs.last_results import last_results
from worker.jobs.reports.journal_report import journal_of
from worker.jobs.results import SuggestedText

MIRA = PageUser("Mira Jung", "mira@example.com", Role.WRITE)
MINE = "Ten minutes, more or less"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.sync()
        yield made


def suggested(here: World) -> tuple[SuggestedText, ...]:
    """Give what a sync suggests, which is what stands in the last result."""
    result = here.sync()
    with here.context() as context:
        kept = last_results(context)[here.id("quick fix")]
    assert kept.suggestions == result.suggestions
    return result.suggestions


def change_everywhere(text: str) -> str:
    """Reword an entry and a row."""
    lines = text.split("\n")
    row = next(at for at, line in enumerate(lines) if line.startswith("| 0") or line[:3] == "| 1")
    lines[row] = lines[row].replace(" |", ", I think |", 2).replace(", I think |", " |", 1)
    return "\n".join(lines).replace("9 min", MINE, 1)


def test_what_is_taken_stands_there_and_is_suggested_no_more(here: World) -> None:
    before = here.text()
    here.edit(change_everywhere)
    changed = here.text()
    told = suggested(here)
    assert {one.place for one in told} == {"Duration", "Timeline of Events"}
    with here.context() as context:
        for one in told:
            take_facts(context, here.id("quick fix"), one, MIRA)
        assert last_results(context)[here.id("quick fix")].suggestions == ()
        reasons = [one.deed.reason for one in journal_of(context, here.id("quick fix"))]
    assert reasons.count("Mira Jung saved it") == len(told)
    assert changed != before
    taken = here.text()
    for one in told:
        assert one.people not in taken.replace(one.fresh, "")
    assert suggested(here) == ()
    assert here.text() == taken


def test_what_is_kept_is_suggested_no_more_until_the_facts_change(here: World) -> None:
    here.edit(lambda text: text.replace("9 min", MINE, 1))
    (one,) = suggested(here)
    with here.context() as context:
        keep_words(context, here.id("quick fix"), one, MIRA)
        deeds = [entry.deed for entry in journal_of(context, here.id("quick fix"))]
    (deed,) = [each for each in deeds if each.action == "kept"]
    told = "Mira Jung keeps it, though the facts say otherwise"
    assert (deed.subject, deed.reason) == ("Duration", told)
    assert MINE in here.text()
    assert suggested(here) == ()
    mine, other = (one.place, one.fresh), (one.place, "10 min")
    with here.context() as context:
        results = context.journal.results
        assert results.settled(here.id("quick fix"), [mine, other]) == {mine}
        assert results.settled(here.id("reopened"), [mine]) == set()


def test_what_was_written_meanwhile_is_not_written_over(here: World) -> None:
    here.edit(lambda text: text.replace("9 min", MINE, 1))
    (one,) = suggested(here)
    here.edit(lambda text: text.replace(MINE, "A quarter of an hour", 1))
    before = here.text()
    with here.context() as context, pytest.raises(UnusableEdit, match="does not say"):
        take_facts(context, here.id("quick fix"), one, MIRA)
    assert here.text() == before


def test_the_page_settles_them(here: World) -> None:
    here.edit(lambda text: text.replace("9 min", MINE, 1))
    (one,) = suggested(here)
    with here.context() as context:
        data = StoredPageData(context, None)  # type: ignore[arg-type] # nothing is queued
        data.settle(here.id("quick fix"), one, MIRA, take=True)
    assert MINE not in here.text()
    assert "9 min" in here.text()
