"""One announcement and one digest, whatever request the program ends at, before or after it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.groups import ReminderSettings
from connectors.sandbox import Moment
from connectors.slack.connection import SlackConnection
from tests.acceptance.announcing_world import AnnouncingWorld, announcing_world

MOST_REQUESTS = 8


class Killed(BaseException):
    """The program ends here, as if its process had been killed."""


class Executioner:
    """Ends the program at the n-th request to Slack, before it is sent or once it is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, moment: Moment) -> None:
        self.left, self.moment = 0, moment
        send = SlackConnection._once

        def sending(connection: SlackConnection, *request: Any) -> Any:
            self.left -= 1
            if self.left == 0 and self.moment is Moment.BEFORE:
                raise Killed
            answer = send(connection, *request)
            if self.left == 0:
                raise Killed
            return answer

        monkeypatch.setattr(SlackConnection, "_once", sending)

    def strikes(self, number: int, work: Callable[[], object]) -> bool:
        """Do the work; tell whether the program was ended at that request."""
        self.left = number
        try:
            work()
        except Killed:
            return True
        finally:
            self.left = 0
        return False


@pytest.fixture
def here(tmp_path: Path) -> Iterator[AnnouncingWorld]:
    with announcing_world(tmp_path) as made:
        yield made


def wiped(here: AnnouncingWorld) -> None:
    """Begin anew: no document, no memory, no message."""
    shutil.rmtree(here.documents, ignore_errors=True)
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()
    here.room.messages.clear()


def until_quiet(here: AnnouncingWorld) -> None:
    for _ in range(6):
        run = here.run(wait=0)
        if not run.failed and not any(one.deeds for one in run.incidents):
            return
        here.clock.sleep(11)
    raise AssertionError(run)


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.value)
def test_a_program_that_ends_at_any_request_leaves_one_announcement(
    here: AnnouncingWorld, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    executioner, ended = Executioner(monkeypatch, moment), 0
    for number in range(1, MOST_REQUESTS):
        wiped(here)
        assert executioner.strikes(1, lambda: here.sync(wait=0))
        here.clock.sleep(11)
        struck = executioner.strikes(number, lambda: here.sync(wait=0))  # while it is looked for
        ended += struck
        until_quiet(here)
        assert here.incidents["quick fix"].title in here.post().text
        if not struck:
            break
    assert 2 <= ended < MOST_REQUESTS - 1


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.value)
def test_an_edit_that_ends_at_any_request_is_done_in_the_end(
    here: AnnouncingWorld, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.sync(wait=0)
    executioner, ended = Executioner(monkeypatch, moment), 0
    for number in range(1, MOST_REQUESTS):
        owner = f"Owner {number}"
        here.edit(
            lambda text, owner=owner: text.replace(
                "status: draft", f"owner: {owner}\nstatus: draft", 1
            )
        )  # type: ignore[misc]  # a lambda has no types
        struck = executioner.strikes(number, lambda: here.sync(wait=0))
        ended += struck
        until_quiet(here)
        assert owner in here.post().text
        here.edit(lambda text, owner=owner: text.replace(f"owner: {owner}\n", "", 1))  # type: ignore[misc]  # as above
        if not struck:
            break
    assert 1 <= ended < MOST_REQUESTS - 1


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.value)
def test_a_digest_that_ends_at_any_request_is_posted_once_in_its_period(
    here: AnnouncingWorld, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.policy = replace(here.policy, reminders=ReminderSettings(every=timedelta(days=7)))
    here.is_configured = False
    here.sync(wait=0)
    here.add_rows("Alert on an empty index | Ines Moreau | High | 2026-11-02")
    here.is_configured = True
    executioner, ended = Executioner(monkeypatch, moment), 0
    for number in range(1, MOST_REQUESTS):
        here.clock.sleep(timedelta(days=8).total_seconds())
        before = len(here.posts())
        struck = executioner.strikes(number, here.remind)
        ended += struck
        for _ in range(3):
            here.clock.sleep(11)
            here.remind()
        assert len(here.posts()) == before + 1
        if not struck:
            break
    assert 1 <= ended < MOST_REQUESTS - 1
