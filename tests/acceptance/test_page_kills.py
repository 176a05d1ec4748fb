"""One page, whatever request the program ends at, before its effect or after."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.confluence.connection import ConfluenceConnection
from connectors.sandbox import Moment
from tests.acceptance.pages_world import PagesWorld, pages_world

MOST_REQUESTS = 12


class Killed(BaseException):
    """The program ends here, as if its process had been killed."""


class Executioner:
    """Ends the program at the n-th request to Confluence, before it is sent or once it is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.moment = 0, Moment.BEFORE
        send = ConfluenceConnection._once

        def sending(connection: ConfluenceConnection, *request: Any) -> Any:
            self.left -= 1
            if self.left == 0 and self.moment is Moment.BEFORE:
                raise Killed
            answer = send(connection, *request)
            if self.left == 0:
                raise Killed
            return answer

        monkeypatch.setattr(ConfluenceConnection, "_once", sending)

    def strikes(self, here: PagesWorld, number: int, moment: Moment) -> bool:
        """Sync once; tell whether the program was ended at that request."""
        self.left, self.moment = number, moment
        try:
            here.sync(wait=0, pulls=not here.database.exists())
        except Killed:
            return True
        finally:
            self.left = 0
        return False


@pytest.fixture(params=["cloud", "data center"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PagesWorld]:
    with pages_world(tmp_path, is_cloud=request.param == "cloud") as made:
        yield made


def wiped(here: PagesWorld) -> None:
    """Begin anew: no document, no memory, no page."""
    shutil.rmtree(here.documents, ignore_errors=True)
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()
    for page in here.pages():
        del here.confluence.site.pages[page.id]


def until_quiet(here: PagesWorld) -> None:
    for _ in range(6):
        result = here.sync(wait=0, pulls=False)
        assert not [one for one in result.warnings if "edited" in one or "called" in one]
        if not (result.deeds or result.again_in or result.failures):
            return
        here.clock.sleep(61)
    raise AssertionError(result)


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.value)
def test_a_program_that_ends_at_any_request_leaves_one_page(
    here: PagesWorld, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    executioner, ended = Executioner(monkeypatch), 0
    for number in range(1, MOST_REQUESTS):
        wiped(here)
        struck = executioner.strikes(here, number, moment)
        ended += struck
        if not list(here.documents.glob("*.md")):
            here.sync(wait=0)
        until_quiet(here)
        page = here.page()
        assert page.id in here.text()
        assert len(page.attachments) == 1
        assert page.properties["postmortem-worker"].value
        if not struck:
            break
    assert 3 <= ended < MOST_REQUESTS - 1


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.value)
def test_a_write_that_ends_at_any_request_is_done_once_and_no_edit(
    here: PagesWorld, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.sync()
    page, executioner, ended = here.page(), Executioner(monkeypatch), 0
    here.confluence.site.comment(page, "Lessons Learned", "really?")
    for number in range(1, MOST_REQUESTS):
        words = f"Said {number}."
        here.edit(lambda text, words=words: text.replace("## 9. ", f"{words}\n\n## 9. ", 1))  # type: ignore[misc]  # a lambda has no types
        struck = executioner.strikes(here, number, moment)
        ended += struck
        until_quiet(here)
        assert words in here.page().body
        assert page.dangling() == []
        if not struck:
            break
    assert 3 <= ended < MOST_REQUESTS - 1
