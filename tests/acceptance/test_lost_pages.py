"""A page whose document has lost it, and its memory too: found again or told, never made twice."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.confluence.sandbox.site import PageRecord
from connectors.sandbox import Fault, Moment
from tests.acceptance.pages_world import PagesWorld, pages_world

Change = Callable[[PageRecord], None]

OTHERS = {"incident": "Q9OTHERS", "mark": "5eed", "version": 1}


@pytest.fixture(params=["cloud", "data center"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PagesWorld]:
    with pages_world(tmp_path, is_cloud=request.param == "cloud") as made:
        yield made


def forgotten(here: PagesWorld, *, is_named: bool = False) -> None:
    """Lose the database, and the line that names the page."""
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()
    if not is_named:
        here.edit(
            lambda text: "\n".join(o for o in text.split("\n") if not o.startswith("confluence:"))
        )


class Made:
    """A document and its page as they were made, to begin with again and again."""

    def __init__(self, here: PagesWorld) -> None:
        here.sync()
        self._here, self._text, self._page = here, here.text(), here.page()

    def again(self, changes: tuple[Change, ...]) -> PageRecord:
        """Give the page as it was made, but for these changes."""
        page = deepcopy(self._page)
        self._here.confluence.site.pages[page.id] = page
        self._here.path().write_text(self._text, "utf-8")
        for change in changes:
            change(page)
        return page


def _unmarked(page: PageRecord) -> None:
    """Take the panel away, with the mark in it."""
    before, _, behind = page.body.partition("<ac:structured-macro")
    page.body = before + behind.partition("</ac:rich-text-body></ac:structured-macro>")[2]
    assert "postmortem-worker-" not in page.body


def _rewritten(page: PageRecord) -> None:
    page.body = "<p>All in other words.</p>"


def _moved(page: PageRecord) -> None:
    page.space = "LEGAL"


def _retitled(page: PageRecord) -> None:
    page.versions[-1] = replace(page.now, title="What a night")


def _trashed(page: PageRecord) -> None:
    page.status = "trashed"


def _archived(page: PageRecord) -> None:
    page.status = "archived"


def _hidden(page: PageRecord) -> None:
    page.hidden = True


def _without_property(page: PageRecord) -> None:
    page.properties.clear()


def _junk(page: PageRecord) -> None:
    page.properties["postmortem-worker"].value = "junk"


def _overwritten(page: PageRecord) -> None:
    page.properties["postmortem-worker"].value = OTHERS


FOUND: tuple[tuple[Change, ...], ...] = (
    (_retitled,),
    (_retitled, _unmarked),
    (_retitled, _rewritten),
    (_retitled, _without_property),
    (_retitled, _junk),
    (_retitled, _trashed),
    (_moved,),
    (_moved, _retitled),
    (_moved, _retitled, _junk),
    (_moved, _retitled, _unmarked),
)
TOLD: tuple[tuple[tuple[Change, ...], str, bool], ...] = (
    ((_overwritten,), "names another one", False),
    ((_retitled, _overwritten), "names another one", False),
    ((_moved, _retitled, _overwritten), "names another one", False),
    ((_hidden,), "a page that cannot be seen has the title", False),
    ((_hidden,), "not to be seen", True),
    ((_unmarked, _junk), "does not say that it is the page", True),
    ((_rewritten, _without_property), "does not say that it is the page", True),
)


def test_a_page_is_found_again_by_whatever_is_left_of_it(here: PagesWorld) -> None:
    made = Made(here)
    for changes in FOUND:
        page = made.again(changes)
        forgotten(here)
        result = here.sync(pulls=False)
        assert here.pages() == [page], changes
        assert not result.failures, (changes, result.failures)
        assert page.id in here.text(), changes


def test_where_nobody_can_tell_whose_a_page_is_none_is_made(here: PagesWorld) -> None:
    made = Made(here)
    for changes, words, is_named in TOLD:
        page = made.again(changes)
        forgotten(here, is_named=is_named)
        for _ in range(2):
            (told,) = here.sync(pulls=False).failures
            assert words in told, changes
            assert here.pages() == [page], changes


def test_a_search_that_is_not_permitted_makes_no_page(here: PagesWorld) -> None:
    here.sync()
    here.page().space = "LEGAL"
    _retitled(here.page())
    forgotten(here)
    here.confluence.fault(Fault("content/search", 403, times=None))
    assert "not let these credentials search" in here.sync().failures[0]
    assert len(here.pages()) == 1
    here.confluence.faults.clear()
    assert not here.sync().failures
    assert len(here.pages()) == 1


def test_a_look_for_a_lost_page_costs_few_requests(here: PagesWorld) -> None:
    here.sync()
    site = here.confluence.site
    del site.pages[here.page().id]
    for number in range(400):
        site.create(f"Runbook {number}", f"<p>Step {number}.</p>", site.home, author="ann-1")
    forgotten(here)
    here.asked()
    here.sync()
    asked = here.asked()
    assert len(site.pages) == 402
    assert len(asked) <= 24, asked


def test_comments_that_are_made_while_a_page_is_written_come_back(here: PagesWorld) -> None:
    here.sync()
    page, site = here.page(), here.confluence.site
    site.comment(page, "Incident Summary", "first")
    late = iter(["Lessons Learned"])

    def comment(served: object, moment: Moment) -> None:
        is_write = str(served).startswith("PUT") and str(served).endswith(page.id)
        if moment is Moment.BEFORE and is_write and (words := next(late, "")):
            site.comment(page, words, "late")

    here.confluence.recorder.watcher = comment
    here.edit(lambda text: text.replace("## 9. ", "Words.\n\n## 9. "))
    assert here.told(here.sync()) == []
    assert page.dangling() == []
    assert page.now.message == "A comment made meanwhile is back at its words"
    here.edit(lambda text: text.replace("Words.", "Other words."))
    assert here.told(here.sync()) == []
    assert "Other words." in page.body
    here.confluence.fault(Fault(f"GET .*/(pages|content)/{page.id}$", 404, skip=1))
    late = iter(["Impact Analysis"])
    here.edit(lambda text: text.replace("Other words.", "Last words."))
    (told,) = here.told(here.sync())
    here.confluence.recorder.watcher = None
    assert "“Impact Analysis”" in told
