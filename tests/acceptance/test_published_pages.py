"""A document's page: one for ever, current, with people's words and comments in it left alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connectors.confluence.sandbox.server import ConfluenceSandbox
from connectors.connector import PublishRules, PublishWhen
from connectors.errors import ConfigurationError, PostmortemError
from connectors.sandbox import Fault, Moment
from tests.acceptance.pages_world import PagesWorld, pages_world
from tests.unit.publishing_support import well_formed
from worker.app.binding import Moved, bind
from worker.app.registry import Services, load_settings
from worker.jobs.incident_job import do_job
from worker.jobs.pages.take_over_page_edits import take_over_page_edits
from worker.jobs.results import Action
from worker.web.needs import needs

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
    (told,) = here.told(here.sync())
    assert "Ann Lee" in told
    assert "version 2" in told
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
    here.asked()
    assert here.told_by(here.run()) == []
    assert len(here.asked()) == 1
    assert here.problem()
    page.status = "current"
    here.run()
    assert "Words." in page.body
    assert here.problem() == ""


def test_a_page_that_is_not_to_be_seen_is_never_made_a_second_time(here: PagesWorld) -> None:
    here.sync()
    page = here.page()
    page.hidden = True
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.sync().failures
    here.asked()
    for _ in range(2):
        assert here.run().failed
        assert len(here.asked()) == 1
    assert "not to be seen" in here.problem()
    assert len(here.pages()) == 1
    page.hidden = False
    assert not here.run().failed
    assert "Words." in page.body
    assert here.problem() == ""
    page.hidden = True
    here.edit(lambda text: text.replace(f"confluence: {here.status()[0].page.address}\n", ""))  # type: ignore[union-attr]  # it has one
    here.sync()
    assert [one.hidden for one in here.pages()] == [True, False]
    assert here.pages()[1].title.endswith(" (2)")
    assert here.pages()[1].id in here.text()


WORDS = ("## 9. ", "Words.\n\n## 9. ")


def test_a_page_of_another_site_with_the_same_id_is_never_written(here: PagesWorld) -> None:
    here.sync()
    with ConfluenceSandbox(is_cloud=here.confluence.is_cloud) as other:
        theirs = other.site.create("Ann's", "<p>Ann's words.</p>", other.site.home, author="ann-1")
        assert theirs.id == here.page().id
        here.confluence = other
        with (
            pytest.raises(PostmortemError, match="is not the page of incident"),
            here.context() as context,
        ):
            take_over_page_edits(context, here.id("quick fix"), do_job)
        for change in (WORDS, ("Words.", "Other words."), ("confluence: ", "confluence:  ")):
            here.edit(lambda text, change=change: text.replace(*change))  # type: ignore[misc]  # a lambda has no types
            (told,) = here.sync().failures
            assert "somebody else's" in told
        assert (theirs.now.number, theirs.properties, theirs.attachments) == (1, {}, {})
        assert other.site.pages.keys() == {other.site.home, theirs.id}


@ON_CLOUD
def test_another_site_is_refused_unless_somebody_means_it(here: PagesWorld) -> None:
    here.sync()

    def bound(url: str, moved: Moved = Moved.REFUSE) -> tuple[str, ...]:
        settings = load_settings(
            None,
            {
                "CONFLUENCE_URL": url,
                "CONFLUENCE_SPACE": "OPS",
                "CONFLUENCE_EMAIL": "a@b.example",
                "CONFLUENCE_API_TOKEN": "x",
                "POSTMORTEM_DOCUMENTS": str(here.documents),
            },
            file_too=False,
        )
        with here.context() as context:
            return bind(settings, Services.under(settings), context, moved)

    bound("https://one.example")
    assert bound("https://ONE.example/") == ()
    with pytest.raises(ConfigurationError, match=r"Confluence at one\.example.*--adopt"):
        bound("https://two.example")
    told = bound("https://two.example", Moved.ADOPT)
    assert "1 page that was known is known no longer." in told
    assert [one.page for one in here.status() if one.page] == []
    assert bound("https://two.example") == ()


@ON_CLOUD
def test_a_page_that_is_only_named_and_not_to_be_seen_is_not_made_again(here: PagesWorld) -> None:
    here.sync()
    page = here.page()
    page.hidden = True
    with_database_lost(here)
    for _ in range(2):
        assert "not to be seen" in here.sync(pulls=False).failures[0]
    page.hidden = False
    here.edit(lambda text: text.replace(*WORDS))
    assert here.told(here.sync(pulls=False)) == []
    assert here.page() is page
    assert "Words." in page.body


@ON_CLOUD
def test_a_dry_run_says_what_becomes_of_a_page_that_is_kept(here: PagesWorld) -> None:
    here.sync()
    here.confluence.edit(here.page(), "Incident Summary", "Our Summary")
    here.edit(lambda text: text.replace(*WORDS))
    result = here.sync(dry_run=True)
    assert Action.PAGE_WRITTEN not in {one.action for one in result.deeds}
    assert "kept" in here.told(result)[0]
    here.sync()
    (need,) = needs(here.status(), (), date(2026, 1, 1))
    here.run()
    assert [need] == list(needs(here.status(), (), date(2026, 1, 1)))


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


def test_a_property_that_is_refused_or_junk_is_written_by_and_by(here: PagesWorld) -> None:
    here.sync()
    here.page().properties["postmortem-worker"].value = "junk"
    here.edit(lambda text: text.replace(*WORDS))
    assert here.told(here.sync()) == []
    here.confluence.fault(Fault("(PUT|POST) .*/propert", 409, times=2))
    here.edit(lambda text: text.replace("Words.", "Other words."))
    here.sync()
    here.edit(lambda text: text.replace("Other words.", "Last words."))
    assert here.told(here.sync()) == []
    assert "Last words." in here.page().body
    told = here.page().properties["postmortem-worker"].value
    assert isinstance(told, dict)
    assert told["version"] == here.page().now.number


@ON_CLOUD
def test_two_memories_write_one_page_in_turn(here: PagesWorld, tmp_path: Path) -> None:
    here.sync()
    other = replace(here, folder=tmp_path / "other")
    other.documents.mkdir(parents=True)
    for number in range(3):
        for one, name in ((other, "Others"), (here, "Ours")):
            text = here.text().replace("## 9. ", f"{name} {number}.\n\n## 9. ", 1)
            (other.documents / here.path().name).write_text(text, "utf-8")
            here.edit(lambda _, text=text: text)  # type: ignore[misc]  # a lambda has no types
            assert one.told(one.sync(pulls=False)) == []
            assert f"{name} {number}." in here.page().body


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


@pytest.mark.parametrize("lost", [1, 2], ids=["once", "to the last"])
def test_a_write_without_answer_is_no_edit_of_somebodys(here: PagesWorld, lost: int) -> None:
    here.sync()
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    here.confluence.fault(
        Fault("PUT .*/(pages|content)/\\d+$", 503, moment=Moment.AFTER, times=lost)
    )
    assert not [one for one in here.sync().warnings if "edited" in one]
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


DONE = [Action.TAKEN_OVER, Action.PAGE_WRITTEN]


@ON_CLOUD
def test_what_people_wrote_is_taken_over_and_the_page_goes_on(here: PagesWorld) -> None:
    here.sync()
    page, before = here.page(), here.text()
    here.confluence.edit(page, "Incident Summary", "Our Summary")
    for dry_run in (True, False):
        with here.context(dry_run=dry_run) as context:
            (result,) = take_over_page_edits(context, here.id("quick fix"), do_job).incidents
        assert "+## 1. Our Summary" in result.diff
        assert [one.action for one in result.deeds] == DONE[: 2 - dry_run]
        assert (here.text() == before) is dry_run
    assert "## 1. Our Summary" in here.text()
    assert page.now.author != "ann-1"
    assert here.problem() == ""
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.told(here.sync()) == []
    assert "Our Summary" in page.body
    assert "Words." in page.body


def test_an_owner_and_a_deadline_that_people_picked_on_the_page_are_taken_over(
    here: PagesWorld,
) -> None:
    here.sync()
    here.add_rows("Alert on disk usage | | High | ")
    here.sync()
    page = here.page()
    here.confluence.site.people["ann-1"] = "Aiko Brandt"
    account = "account-id" if here.confluence.is_cloud else "userkey"
    owner = f'<p><ac:link><ri:user ri:{account}="ann-1" /></ac:link> </p>'
    row = "<td>Alert on disk usage</td><td{}<td>High</td><td{}"
    filled = (f">{owner}</td>", '><p><time datetime="2026-12-01" /></p></td>')
    here.confluence.edit(page, row.format(" />", " />"), row.format(*filled))
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    (told,) = here.told(here.sync())
    assert told.endswith(": - (empty cell) | + Aiko Brandt | - (empty cell) | + 2026-12-01")
    with here.context() as context:
        (result,) = take_over_page_edits(context, here.id("quick fix"), do_job).incidents
    assert here.told(result) == []
    (item,) = here.items()
    assert (item.owner, str(item.deadline)) == ("Aiko Brandt", "2026-12-01")
    assert here.problem() == ""
    assert "Words." in page.body


@pytest.mark.parametrize("at", ["GET .*(pages|content)/", "PUT .*(pages|content)/"])
def test_a_site_that_is_not_there_says_nothing_of_its_pages(here: PagesWorld, at: str) -> None:
    here.sync()
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    here.confluence.fault(Fault(at, status=404, body=b"<html>Site is suspended</html>", times=None))
    (told,) = here.sync().failures
    assert "answered with a page that is not Confluence's own" in told
    assert "another one made" not in told
    assert "Let the account" not in told


def test_a_site_that_is_not_there_is_told_as_that_by_all(here: PagesWorld) -> None:
    here.confluence.fault(Fault(status=404, body=b"<html>Site is suspended</html>", times=None))
    (told,) = here.sync().failures
    assert "answered with a page that is not Confluence's own" in told
    with here.context() as context:
        assert context.publisher is not None
        (finding,) = context.publisher.check()
    assert "answered with a page that is not Confluence's own" in finding.problem


@ON_CLOUD
def test_what_cannot_be_taken_over_is_written_over_when_it_is_asked_twice(here: PagesWorld) -> None:
    here.sync()
    page = here.page()
    here.confluence.edit(page, "Incident Summary", "Our Summary")
    here.confluence.edit(page, "Lessons Learned</h2>", "Lessons Learned</h2><p>Mind the gap.</p>")
    told = []
    for _ in range(2):
        with here.context() as context:
            (result,) = take_over_page_edits(context, here.id("quick fix"), do_job).incidents
        told.append(result.warnings)
        here.sync()
    assert "left to you: + Mind the gap." in told[0][0]
    assert "stays behind" in told[1][0]
    assert "Mind the gap." not in page.body
    assert "Our Summary" in page.body
    assert here.problem() == ""


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


def test_the_page_of_a_document_that_was_deleted_is_left_and_told_once(here: PagesWorld) -> None:
    here.sync("quick fix")
    page = here.page()
    here.sync("reopened")
    before, path = page.body, here.path("quick fix")
    text = path.read_text("utf-8")
    path.unlink()
    assert here.left() == [(here.id("quick fix"), page.title)]
    assert here.left() == []
    assert page.body == before
    path.write_text(text, "utf-8")
    here.sync("quick fix")
    assert len(here.pages()) == 2
    path.unlink()
    assert len(here.left()) == 1
