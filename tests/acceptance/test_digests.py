"""Each channel is told what is late, at most once in a period, and nothing where nothing is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.groups import ReminderSettings
from connectors.chat import ChannelRule
from connectors.sandbox import Fault, Moment, Recorder, Sandbox
from tests.acceptance.announcing_world import HISTORY, POST, AnnouncingWorld, announcing_world
from worker.app.stored_page_data import StoredPageData
from worker.jobs.job_lifecycle import JobOutcome
from worker.jobs.reminding.digests import failed_digests
from worker.jobs.reminding.reminders import DigestState
from worker.queue.queue import Queue

WEEK = timedelta(days=7)
LATE = "Alert on an empty index | Ines Moreau | High | 2026-11-02"
AHEAD = "Rehearse a roll-back | Ines Moreau | High | 2027-11-02"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[AnnouncingWorld]:
    with announcing_world(tmp_path) as made:
        made.policy = replace(made.policy, reminders=ReminderSettings(every=WEEK))
        made.is_configured = False
        made.sync(wait=0)
        made.is_configured = True
        yield made


def states(here: AnnouncingWorld, *, dry_run: bool = False) -> list[DigestState]:
    return [one.state for one in here.remind(dry_run=dry_run)]


def test_what_is_late_is_told_once_in_a_period(here: AnnouncingWorld) -> None:
    here.add_rows(LATE, AHEAD)
    here.sync(wait=0)
    here.asked()
    assert states(here, dry_run=True) == [DigestState.WOULD_BE]
    assert here.posts() == []
    assert states(here) == [DigestState.POSTED]
    text = here.post().text
    assert "OPS-1" in text
    assert "Ines Moreau" in text
    assert "Alert on an empty index" in text
    assert "Rehearse a roll-back" not in text
    assert "https://pm.example.com/postmortems/" in text
    here.asked()
    here.clock.sleep(WEEK.total_seconds() - 60)
    assert states(here) == [DigestState.TOLD]
    assert here.asked() == []
    here.clock.sleep(61)
    assert states(here) == [DigestState.POSTED]
    assert len(here.posts()) == 2


def test_nothing_is_posted_where_nothing_is_late(here: AnnouncingWorld) -> None:
    here.add_rows(LATE, AHEAD)
    here.sync(wait=0)
    here.jira.transition("OPS-1", "Done")
    here.sync(wait=0)
    here.asked()
    assert states(here) == []
    assert here.asked() == []


def test_each_teams_channel_has_its_own_digest(here: AnnouncingWorld) -> None:
    here.run("reopened", wait=0)
    own = here.slack.workspace.room("team")
    service = here.incidents["quick fix"].service["summary"]
    here.rules = (ChannelRule("team", services=frozenset({service})), *here.rules)
    here.add_rows(LATE)
    here.add_rows("Count retries | Omar Diallo | High | 2026-11-03", name="reopened")
    before = len(here.posts())
    assert states(here) == [DigestState.POSTED] * 2
    assert "Alert on an empty index" in here.posts(own)[0].text
    assert "Count retries" not in here.posts(own)[0].text
    assert "Count retries" in here.posts()[before].text


def test_a_database_that_was_lost_brings_no_second_digest(here: AnnouncingWorld) -> None:
    here.add_rows(LATE)
    here.sync(wait=0)
    assert states(here) == [DigestState.POSTED]
    for n in range(250):
        here.slack.workspace.say(here.room, "U0SOMEBODY", f"said {n}")
    for path in here.folder.glob("postmortem.db*"):
        path.unlink()
    here.clock.sleep(3600)
    assert states(here) == [DigestState.TOLD]
    here.asked()
    assert states(here) == [DigestState.TOLD]
    assert here.asked() == []
    here.clock.sleep(WEEK.total_seconds() - 3600)
    assert states(here) == [DigestState.POSTED]
    assert len(here.posts()) == 2


def test_two_names_of_one_channel_get_one_digest(here: AnnouncingWorld) -> None:
    here.run("reopened", wait=0)
    service = here.incidents["quick fix"].service["summary"]
    here.rules = (ChannelRule("#postmortems", services=frozenset({service})), *here.rules)
    here.add_rows(LATE)
    here.add_rows("Count retries | Omar Diallo | High | 2026-11-03", name="reopened")
    before = len(here.posts())
    here.remind()
    (post,) = here.posts()[before:]
    assert "Count retries" in post.text
    assert "Alert on an empty index" in post.text


def test_a_digest_without_answer_is_looked_for_and_never_posted_blindly(
    here: AnnouncingWorld,
) -> None:
    here.add_rows(LATE)
    here.slack.fault(Fault(at=POST, moment=Moment.AFTER))
    assert states(here) == [DigestState.POSTED]
    assert HISTORY in here.asked()
    here.clock.sleep(WEEK.total_seconds())
    here.slack.fault(Fault(at=POST, moment=Moment.AFTER))
    here.slack.scopes -= {"channels:history"}
    (told,) = here.remind()
    assert told.state is DigestState.FAILED
    assert "cannot be read" in told.problem
    here.clock.sleep(3600)
    assert states(here) == [DigestState.FAILED]
    assert len(here.posts()) == 2
    here.clock.sleep(WEEK.total_seconds())
    assert states(here) == [DigestState.POSTED]
    assert len(here.posts()) == 3


def test_a_refused_digest_is_named_and_posted_once_it_can_be(here: AnnouncingWorld) -> None:
    here.add_rows(LATE)
    here.room.member = False
    (told,) = here.remind()
    assert told.state is DigestState.FAILED
    assert "not_in_channel" in told.problem
    here.room.member = True
    assert states(here) == [DigestState.POSTED]
    assert states(here) == [DigestState.TOLD]
    assert len(here.posts()) == 1


def failures(here: AnnouncingWorld) -> list[str]:
    with here.context() as context:
        return failed_digests(context)


@pytest.fixture
def inbox() -> Iterator["Inbox"]:
    with Inbox() as running:
        yield running


class Inbox(Sandbox):
    """What takes notices: ``json://`` of Apprise's, on loopback; it says ``answer``."""

    def __init__(self) -> None:
        self.notices: list[dict[str, str]] = []
        self.answer = 200
        route = Route("/", self._answer, methods=["POST"])
        self.listen(Recorder(Starlette(routes=[route]), lambda status: {}), 0)

    @property
    def address(self) -> str:
        return self.url.replace("http://", "json://")

    async def _answer(self, request: Request) -> Response:
        self.notices.append(await request.json())
        return Response(status_code=self.answer)


def notifying(here: AnnouncingWorld, *addresses: str) -> None:
    notify = tuple(map(SecretStr, addresses))
    here.policy = replace(here.policy, reminders=ReminderSettings(every=WEEK, notify=notify))


def test_further_addresses_get_everything_once_in_a_period(
    here: AnnouncingWorld, inbox: Inbox
) -> None:
    notifying(here, inbox.address)
    here.add_rows(LATE)
    here.sync(wait=0)
    assert states(here, dry_run=True) == [DigestState.WOULD_BE] * 2
    assert inbox.notices == []
    here.is_configured = False
    (told,) = here.remind()
    assert (told.channel, told.state) == ("json://\u2026", DigestState.POSTED)
    (notice,) = inbox.notices
    assert "overdue" in notice["title"]
    assert "Alert on an empty index" in notice["message"]
    assert states(here) == [DigestState.TOLD]
    here.clock.sleep(WEEK.total_seconds())
    here.remind()
    assert len(inbox.notices) == 2


def test_a_notice_that_may_have_arrived_is_not_sent_again(
    here: AnnouncingWorld, inbox: Inbox
) -> None:
    here.add_rows(LATE)
    here.is_configured = False
    inbox.answer = 500
    notifying(here, inbox.address, "nonsense://x")
    lost, unknown = here.remind()
    assert "Nobody can say whether" in lost.problem
    assert "names no service" in unknown.problem
    assert [one.state for one in here.remind()] == [DigestState.TOLD, DigestState.FAILED]
    assert len(inbox.notices) == 1
    assert len(failures(here)) == 2
    here.clock.sleep(WEEK.total_seconds())
    inbox.answer = 200
    here.remind()
    assert len(inbox.notices) == 2
    (left,) = failures(here)
    assert "names no service" in left


@pytest.mark.parametrize("answer", [401, 429, 503])
def test_a_notice_that_was_refused_is_sent_with_the_next_look(
    here: AnnouncingWorld, inbox: Inbox, answer: int
) -> None:
    here.add_rows(LATE)
    here.is_configured = False
    notifying(here, inbox.address)
    inbox.answer = answer
    (told,) = here.remind()
    assert f"refused it ({answer})" in told.problem
    (failure,) = failures(here)
    assert failure == f"Since 2026-11-23 09:00 UTC: {told.problem}"
    here.clock.sleep(300)
    assert states(here) == [DigestState.FAILED]
    assert failures(here) == [failure]
    inbox.answer = 200
    assert states(here) == [DigestState.POSTED]
    assert states(here) == [DigestState.TOLD]
    assert len(inbox.notices) == 3
    assert failures(here) == []


def test_a_service_that_is_down_gets_its_notice_once_it_is_up(here: AnnouncingWorld) -> None:
    here.add_rows(LATE)
    here.is_configured = False
    with Inbox() as gone:
        address = gone.address
    notifying(
        here, address, address.replace("json", "mailto") + "?from=a@example.com&to=b@example.com"
    )
    told = here.remind()
    assert [one.state for one in told] == [DigestState.FAILED] * 2
    assert all("could not be reached" in one.problem for one in told)
    assert states(here) == [DigestState.FAILED] * 2


def test_what_slack_refused_is_told_until_it_is_posted(here: AnnouncingWorld) -> None:
    here.add_rows(LATE)
    here.room.member = False
    here.remind()
    (failure,) = failures(here)
    assert "not_in_channel" in failure
    with here.context() as context:
        queue = Queue(f"sqlite:///{here.database}", lambda *_: JobOutcome())
        assert failure in StoredPageData(context, queue).failed_look(())
    here.policy = replace(here.policy, reminders=ReminderSettings())
    assert failures(here) == []  # nobody is reminded any more
    here.policy = replace(here.policy, reminders=ReminderSettings(every=WEEK))
    here.room.member = True
    here.remind()
    assert failures(here) == []
