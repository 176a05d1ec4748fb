"""A document's page: one for ever, current, with people's words and comments in it left alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.connector import PublishRules, PublishWhen
from connectors.sandbox import Fault, Moment
from tests.acceptance.pages_world import PagesWorld, pages_world
from tests.unit.publishing_support import well_formed
from worker.jobs.pages.take_over_page import take_over_page
from worker.jobs.results import Action

ROW = "Alert on disk usage | Ann | High | 2026-12-01"


@pytest.fixture(params=["cloud", "data center"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PagesWorld]:
    with pages_world(tmp_path, is_cloud=request.param == "cloud") as made:
        yield made


ON_CLOUD = pytest.mark.parametrize("here", ["cloud"], indirect=True)
"""For what is decided before a service is asked: it is the same on both, and costs twice."""


def test_a_document_gets_one_page_that_shows_it_and_names_it(here: PagesWorld) -> None:
    result = here.sync()
    assert here.told(result) == []
    page = here.page()
    number = here.incidents["quick fix"].number
    assert page.title.startswith("Postmortem: ")
    assert page.title.endswith(f", #{number})")
    assert page.parent == here.confluence.site.home
    assert page.now.number == 1
    told = page.properties["postmortem-worker"].value
    assert isinstance(told, dict)
    assert told["incident"] == here.id("quick fix")
    assert "1. Incident Summary" in page.body
    assert "ri:attachment" not in page.body or page.attachments
    well_formed(page.body.replace("&nbsp;", " ").replace("&ndash;", "-").replace("&mdash;", "-"))
    (shown,) = [one for one in here.status() if one.incident == here.id("quick fix")]
    assert shown.page is not None
    assert shown.page.id == page.id
    assert f"\nconfluence: {shown.page.address}\n" in here.text()
    assert Action.PUBLISHED in {one.action for one in result.deeds}


@ON_CLOUD
def test_nothing_is_asked_where_nothing_has_changed(here: PagesWorld) -> None:
    here.sync()
    here.sync()
    here.asked()
    before = here.text()
    assert here.sync().deeds == ()
    here.run()
    assert here.asked() == []
    assert here.text() == before
    assert here.page().now.number == 1


def test_a_change_is_written_with_its_reason_in_three_calls(here: PagesWorld) -> None:
    here.sync()
    here.add_rows(ROW)
    here.sync()
    here.asked()
    (key,) = [one for one in here.linked() if one]
    assert f">{key}</a>" in here.page().body
    here.jira.transition(key, "Done")
    here.sync()
    assert len(here.asked()) <= 3
    page = here.page()
    assert page.now.message == f"{key} Done"
    assert ">Done</ac:parameter>" in page.body
    assert page.now.minor is not here.confluence.is_cloud


@ON_CLOUD
def test_comments_stay_at_their_words(here: PagesWorld) -> None:
    here.sync()
    here.add_rows(ROW, "Alert on disk usage | Bob | Low | ")
    here.sync()
    page, site = here.page(), here.confluence.site
    site.comment(page, "Alert on disk usage", "the second?", nth=2)
    site.comment(page, "Root Cause Analysis", "when?")
    site.comment(page, "2026-12-01", "too late")
    version = page.now.number
    here.edit(lambda text: text.replace("2026-12-01", "2026-12-09"))
    result = here.sync()
    assert page.now.number == version + 1
    assert page.dangling() == ["2026-12-01"]
    assert page.body.index("Bob") > page.body.index("Alert on disk usage</ac:inline")
    assert page.body.index("Alert on disk usage</ac:inline") > page.body.index("Ann")
    (told,) = [one for one in result.warnings if "has lost its words" in one]
    assert "2026-12-01" in told


def test_what_people_write_on_the_page_is_kept_and_told_once(here: PagesWorld) -> None:
    here.sync()
    page = here.page()
    here.confluence.edit(page, "Incident Summary", "Our Summary")
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    first = here.sync()
    (told,) = here.told(first)
    assert not first.failures
    assert "Ann Lee" in told
    assert "version 2" in told
    assert "+ 1. Our Summary" in told
    assert here.told(here.sync()) == []
    assert "Our Summary" in page.body
    assert page.now.number == 2
    (shown,) = [one for one in here.status() if one.page]
    assert shown.page is not None
    assert "Ann Lee" in shown.page.problem
    here.confluence.edit(page, "Our Summary", "Incident Summary")
    here.sync()
    assert "Words." in page.body
    assert [one.page.problem for one in here.status() if one.page] == [""]


@ON_CLOUD
def test_edits_are_written_over_where_that_is_wanted(here: PagesWorld) -> None:
    here.sync()
    here.rules = PublishRules(PublishWhen.ALWAYS, overwrites_edits=True)
    here.confluence.edit(here.page(), "Incident Summary", "Our Summary")
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.told(here.sync()) == []
    assert "Our Summary" not in here.page().body
    assert "Words." in here.page().body


def test_a_page_stays_where_people_put_it_and_as_they_call_it(here: PagesWorld) -> None:
    here.sync()
    page, site = here.page(), here.confluence.site
    page.parent = site.create("Elsewhere", "<p>x</p>", site.home, author="ann-1").id
    here.confluence.rename(page, "What a night")
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.told(here.sync()) == []
    here.edit(lambda text: text.replace("Words.", "Words. More words."))
    here.sync()
    assert page.title == "What a night"
    assert site.pages[page.parent].title == "Elsewhere"
    assert "Words." in page.body


@pytest.mark.parametrize("state", ["trashed", "archived"])
def test_a_page_in_the_trash_or_archived_is_left_and_told(here: PagesWorld, state: str) -> None:
    here.sync()
    page = here.page()
    page.status = state
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    result = here.sync()
    (told,) = here.told(result)
    assert not result.failures
    assert state[:5] in told
    assert here.told(here.sync()) == []
    assert (here.page().status, here.page().now.number) == (state, 1)


def test_a_page_that_is_not_to_be_seen_is_never_made_a_second_time(here: PagesWorld) -> None:
    here.sync()
    page = here.page()
    page.hidden = True
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.sync().failures
    assert here.run().incidents == () or not here.run().failed
    assert len(here.pages()) == 1
    here.edit(lambda text: text.replace(f"confluence: {here.status()[0].page.address}\n", ""))  # type: ignore[union-attr]  # it has one
    here.sync()
    assert [one.hidden for one in here.pages()] == [True, False]
    assert here.pages()[1].title.endswith(" (2)")
    assert here.pages()[1].id in here.text()


def test_a_page_that_may_not_be_written_is_a_failure_and_stops_nothing(here: PagesWorld) -> None:
    here.sync()
    here.page().locked = True
    here.add_rows(ROW)
    result = here.sync()
    assert any("page" in one for one in result.failures)
    assert len([one for one in here.linked() if one]) == 1
    here.page().locked = False
    here.run()
    assert "Alert on disk usage" in here.page().body


@ON_CLOUD
def test_somebody_elses_title_gets_a_number_behind_it(here: PagesWorld) -> None:
    here.sync()
    title, here.page().purged = here.page().title, True
    with_database_lost(here)
    here.edit(
        lambda text: "\n".join(o for o in text.split("\n") if not o.startswith("confluence:"))
    )
    here.confluence.site.create(title.upper(), "<p>theirs</p>", "", author="ann-1")
    result = here.sync()
    assert any("called" in one for one in result.warnings)
    assert here.pages()[-1].title == f"{title} (2)"


def with_database_lost(here: PagesWorld) -> None:
    for path in here.folder.glob("postmortem.db*"):
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
def test_a_renamed_page_is_found_when_the_database_is_lost(here: PagesWorld, named: bool) -> None:
    here.sync()
    here.confluence.rename(here.page(), "What a night")
    if not named:
        here.edit(
            lambda text: "\n".join(o for o in text.split("\n") if not o.startswith("confluence:"))
        )
    with_database_lost(here)
    here.confluence.site.create("Another", "<p>x</p>", here.confluence.site.home)
    result = here.sync()
    assert here.told(result) == []
    assert len(here.pages()) == 2
    page = here.confluence.page("What a night")
    assert page.now.number == 2  # by the person
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    here.sync()
    assert "Words." in page.body
    assert page.title == "What a night"


@ON_CLOUD
def test_two_databases_make_one_page(here: PagesWorld, tmp_path: Path) -> None:
    here.sync()
    text = here.text()
    other = replace(here, folder=tmp_path / "other")
    other.documents.mkdir(parents=True)
    without = "\n".join(o for o in text.split("\n") if not o.startswith("confluence:"))
    (other.documents / here.path().name).write_text(without, "utf-8")
    other.sync()
    assert len(here.pages()) == 1


@ON_CLOUD
def test_pages_may_wait_for_the_review_or_never_come(here: PagesWorld) -> None:
    here.rules = PublishRules(PublishWhen.NEVER)
    here.sync()
    here.rules = PublishRules(PublishWhen.REVIEWED)
    here.sync()
    here.run()
    assert here.pages() == []
    here.edit(lambda text: text.replace("status: draft", "status: in review"))
    here.run()
    assert ">in review</ac:parameter>" in here.page().body


@ON_CLOUD
def test_documents_from_before_are_published_by_the_next_run(here: PagesWorld) -> None:
    here.rules = PublishRules(PublishWhen.NEVER)
    here.sync()
    here.run()
    here.rules = PublishRules(PublishWhen.ALWAYS)
    here.run()
    assert len(here.pages()) == 1


@ON_CLOUD
def test_a_dry_run_tells_and_writes_nothing(here: PagesWorld) -> None:
    result = here.sync(dry_run=True)
    assert Action.PUBLISHED in {one.action for one in result.deeds}
    here.sync()
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    result = here.sync(dry_run=True)
    assert Action.PAGE_WRITTEN in {one.action for one in result.deeds}
    assert here.page().now.number == 1


def test_what_confluence_refuses_stops_neither_draft_nor_tickets(here: PagesWorld) -> None:
    here.confluence.fault(Fault("POST", 403, times=None))
    result = here.sync()
    assert any("page" in one for one in result.failures)
    here.add_rows(ROW)
    here.sync()
    assert len([one for one in here.linked() if one]) == 1
    here.confluence.faults.clear()
    here.run()
    assert "Alert on disk usage" in here.page().body


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
def test_a_create_without_answer_is_looked_for_and_never_repeated_blindly(
    here: PagesWorld, moment: Moment
) -> None:
    here.confluence.fault(Fault("POST .*(pages|content)$", 503, moment=moment))
    result = here.sync()
    assert len(here.pages()) == 1
    assert not result.failures
    assert result.again_in is None
    here.run()
    assert len(here.pages()) == 1
    assert here.page().properties["postmortem-worker"]


def test_a_write_without_answer_is_no_edit_of_somebodys(here: PagesWorld) -> None:
    here.sync()
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    here.confluence.fault(Fault("PUT .*/(pages|content)/\\d+$", 503, moment=Moment.AFTER, times=2))
    here.sync()
    here.edit(lambda text: text.replace("Words.", "Other words."))
    assert here.told(here.sync()) == []
    assert "Other words." in here.page().body


@ON_CLOUD
def test_a_page_that_changes_while_it_is_written_is_read_again(here: PagesWorld) -> None:
    here.sync()
    page, edits = here.page(), iter(["Ours", None])

    def edit(served: object, moment: Moment) -> None:
        if moment is Moment.BEFORE and str(served).startswith("PUT") and next(edits, None):
            here.confluence.rename(page, "Renamed meanwhile")

    here.confluence.recorder.watcher = edit
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.told(here.sync()) == []
    here.confluence.recorder.watcher = None
    assert page.title == "Renamed meanwhile"
    assert "Words." in page.body


def test_the_chart_is_attached_and_replaced_where_it_changed(here: PagesWorld) -> None:
    name = "checkout storm" if "checkout storm" in here.incidents else next(iter(here.incidents))
    here.sync(name)
    page = here.page()
    (chart,) = page.attachments.values()
    assert chart.versions[0].startswith(b"<?xml")
    assert f'ri:filename="{chart.name}"' in page.body
    here.sync(name)
    assert len(chart.versions) == 1
    path = here.path(name).with_name(chart.name)
    path.write_bytes(path.read_bytes().replace(b"</svg>", b"<!-- more --></svg>"))
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "), name)
    here.sync(name, pulls=False)
    assert len(chart.versions) == 2


@ON_CLOUD
def test_a_document_that_was_removed_leaves_its_page(here: PagesWorld) -> None:
    here.sync()
    here.path().unlink()
    here.run()
    assert here.page().status == "current"


@ON_CLOUD
def test_what_people_wrote_is_taken_over_and_the_page_goes_on(here: PagesWorld) -> None:
    here.sync()
    page, before = here.page(), here.text()
    here.confluence.edit(page, "Incident Summary", "Our Summary")
    for dry_run in (True, False):
        with here.context(dry_run=dry_run) as context:
            (result,) = take_over_page(context, here.id("quick fix")).incidents
        assert "+## 1. Our Summary" in result.diff
        assert [one.action for one in result.deeds] == [Action.TAKEN_OVER]
        assert (here.text() == before) is dry_run
    assert "## 1. Our Summary" in here.text()
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.told(here.sync()) == []
    assert "Our Summary" in page.body
    assert "Words." in page.body


@ON_CLOUD
def test_the_page_of_a_merged_incident_leads_to_the_others_page(here: PagesWorld) -> None:
    here.sync("checkout storm")
    target = here.page()
    here.sync()
    line = f"merged_into: {here.id('checkout storm')}\nstatus:"
    here.edit(lambda text: text.replace("status:", line, 1))
    here.sync(pulls=False)
    (page,) = [one for one in here.pages() if one is not target]
    (address,) = [
        one.page.address for one in here.status() if one.page and one.page.id == target.id
    ]
    assert f'href="{address.replace("&", "&amp;")}"' in page.body
