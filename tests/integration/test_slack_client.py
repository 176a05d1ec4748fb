"""The client of Slack against its stand-in: what is repeated, and what is said of a refusal."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from connectors.chat import ChannelId, MaybePosted, NotPosted, Post, Posted
from connectors.errors import (
    ConnectorError,
    NotFound,
    NotPermitted,
    OutOfQuota,
    Rejected,
    Unauthorized,
    Unreachable,
)
from connectors.pacing.rate_limit import LocalPace, Rate
from connectors.retry import Circuit, RetryPolicy
from connectors.sandbox import Fault, Moment
from connectors.slack.client import Slack
from connectors.slack.sandbox.server import SlackSandbox
from connectors.slack.sandbox.workspace import ChatRoom

PAST = datetime(2026, 1, 1, tzinfo=UTC)
SOON = RetryPolicy(attempts=3, first_wait=0.0, sleep=lambda _: None)


@pytest.fixture
def sandbox() -> Iterator[SlackSandbox]:
    with SlackSandbox() as running:
        yield running


def client(sandbox: SlackSandbox) -> Slack:
    return Slack(sandbox.access, policy=SOON, circuit=Circuit(limit=99))


POST = "chat.postMessage"
LOST = [
    Fault(at=POST, moment=Moment.AFTER),
    Fault(at=POST, moment=Moment.AFTER, status=500),
    Fault(at=POST, moment=Moment.AFTER, cut_short=True),
    Fault(at=POST, body={"ok": False, "error": "internal_error"}),
    Fault(at=POST, body={"ok": False, "error": "fatal_error"}),
    Fault(at=POST, body=b"<html>busy</html>"),
]


@pytest.mark.parametrize("fault", LOST, ids=range(len(LOST)))
def test_a_post_whose_answer_is_lost_is_found_and_not_made_again(
    sandbox: SlackSandbox, fault: Fault
) -> None:
    room = sandbox.workspace.room("announcements")
    slack = client(sandbox)
    sandbox.fault(fault)
    outcome = slack.post(ChannelId(room.id), Post("here", mark="5eed"))
    assert isinstance(outcome, MaybePosted)
    assert len(sandbox.posts(room)) == 1
    (found,) = slack.own_posts(ChannelId(room.id), PAST)
    assert (found.mark, found.message) == ("5eed", sandbox.posts(room)[0].ts)


def without_end(answer: dict[str, object]) -> dict[str, object]:
    return {**answer, "has_more": True, "response_metadata": {}}


def again_and_again(answer: dict[str, object]) -> dict[str, object]:
    return {**answer, "response_metadata": {"next_cursor": "bmV4dDoy"}}


def empty(answer: dict[str, object]) -> dict[str, object]:
    return {"ok": answer["ok"]}


BROKEN_OFF = [without_end, again_and_again, empty]


@pytest.mark.parametrize("change", BROKEN_OFF)
def test_a_list_that_breaks_off_is_not_taken_for_whole(
    sandbox: SlackSandbox, change: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    room = sandbox.workspace.room("announcements")
    for n in range(6):
        sandbox.workspace.say(room, "U0STRANGER", f"said {n}")
    sandbox.page = 2
    sandbox.fault(Fault(at="conversations", change=change, times=None))
    slack = client(sandbox)
    with pytest.raises(ConnectorError, match=r"Slack"):
        list(slack.own_posts(ChannelId(room.id), PAST))
    with pytest.raises(ConnectorError) as caught:
        slack.channel_named("nowhere")
    assert not isinstance(caught.value, NotFound)


def test_a_post_that_is_put_off_is_repeated(sandbox: SlackSandbox) -> None:
    room = sandbox.workspace.room("announcements")
    sandbox.fault(Fault(at=POST, status=429, headers={"Retry-After": "1"}, times=2))
    outcome = client(sandbox).post(ChannelId(room.id), Post("here", mark="5eed"))
    assert isinstance(outcome, Posted)
    assert sandbox.methods.count(POST) == 3
    assert [one.ts for one in sandbox.posts(room)] == [outcome.message]


def archived(room: ChatRoom) -> None:
    room.is_archived = True


def left(room: ChatRoom) -> None:
    room.member = False


def hidden(room: ChatRoom) -> None:
    room.member, room.is_private = False, True


@pytest.mark.parametrize(
    ("change", "said"),
    [(archived, "archived"), (left, "not_in_channel"), (hidden, "channel_not_found")],
)
def test_a_refused_post_is_surely_none(
    sandbox: SlackSandbox, change: Callable[[ChatRoom], None], said: str
) -> None:
    room = sandbox.workspace.room("announcements")
    change(room)
    outcome = client(sandbox).post(ChannelId(room.id), Post("here", mark="5eed"))
    assert isinstance(outcome, NotPosted)
    assert said in str(outcome.error)
    assert not sandbox.posts(room)
    assert sandbox.methods.count(POST) == 1


ERRORS = [
    ("invalid_auth", Unauthorized),
    ("token_revoked", Unauthorized),
    ("missing_scope", NotPermitted),
    ("not_in_channel", NotPermitted),
    ("channel_not_found", NotFound),
    ("service_unavailable", Unreachable),
    ("restricted_action_read_only_channel", NotPermitted),
    ("rate_limited", OutOfQuota),
    ("message_limit_exceeded", OutOfQuota),
    ("a_word_that_is_new", Rejected),
]


@pytest.mark.parametrize(("name", "kind"), ERRORS)
def test_each_refusal_says_what_helps(
    sandbox: SlackSandbox, name: str, kind: type[Exception]
) -> None:
    sandbox.fault(Fault(body={"ok": False, "error": name}, times=None))
    with pytest.raises(kind) as caught:
        client(sandbox).channel_named("C0ROOM00001")
    assert str(caught.value).count(".") >= 2
    assert "xoxb-sandbox" not in str(caught.value)


def test_a_long_wait_is_told_and_not_slept(sandbox: SlackSandbox) -> None:
    sandbox.fault(Fault(status=429, headers={"Retry-After": "3600"}, times=None))
    with pytest.raises(OutOfQuota, match="3600 s"):
        client(sandbox).channel_named("C0ROOM00001")
    assert len(sandbox.calls()) == 1


def test_a_channel_is_found_by_its_name_on_any_page(sandbox: SlackSandbox) -> None:
    sandbox.page = 2
    rooms = [sandbox.workspace.room(f"room-{n}", private=n % 2 == 0) for n in range(5)]
    assert client(sandbox).channel_named("#Room-4").id == rooms[4].id
    sandbox.scopes -= {"groups:read"}
    assert client(sandbox).channel_named("room-3").id == rooms[3].id
    with pytest.raises(NotFound, match="no channel called #room-4"):
        client(sandbox).channel_named("room-4")


def test_posts_of_others_are_nobodys_proof(sandbox: SlackSandbox) -> None:
    room = sandbox.workspace.room("announcements")
    forged = {"event_type": "postmortem_worker", "event_payload": {"mark": "5eed"}}
    sandbox.workspace.say(room, "U0STRANGER", "here", metadata=forged)
    assert not list(client(sandbox).own_posts(ChannelId(room.id), PAST))


def test_a_lacking_scope_is_named_with_the_methods_that_need_it(sandbox: SlackSandbox) -> None:
    sandbox.scopes = {"channels:read", "groups:read"}
    found = {one.subject: one for one in client(sandbox).check()}
    assert "conversations.history" in found["Slack scope channels:history"].problem
    assert "pins.list" in found["Slack scope pins:read"].problem
    assert found["Slack scope groups:history"].warning


def test_each_of_our_channels_is_looked_at(sandbox: SlackSandbox) -> None:
    sandbox.workspace.room("postmortems")
    sandbox.workspace.room("team-search", member=False)
    slack = Slack(sandbox.access, "postmortems", channels=["#team-search", "nowhere"], policy=SOON)
    found = {one.subject: one.problem for one in slack.check() if "channel" in one.subject}
    assert found["Slack channel #postmortems"] == ""
    assert "not in it" in found["Slack channel #team-search"]
    assert "no channel" in found["Slack channel nowhere"]


HISTORY = "conversations.history"


class Minutes:
    """A time that moves by waiting, the client's and the sandbox's."""

    def __init__(self, sandbox: SlackSandbox) -> None:
        self.now = 1_000_000.0
        sandbox.workspace.clock = lambda: datetime.fromtimestamp(self.now, UTC)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pace(self, name: str, rate: Rate) -> LocalPace:
        return LocalPace(name, rate, clock=lambda: self.now, sleep=self.sleep)

    def client(self, sandbox: SlackSandbox, *, paced: bool) -> Slack:
        policy = RetryPolicy(attempts=3, sleep=self.sleep, random=lambda: 0.0)
        circuit = Circuit(clock=lambda: self.now)
        new_pace = self.pace if paced else None
        return Slack(sandbox.access, policy=policy, circuit=circuit, new_pace=new_pace)


def test_a_method_is_called_as_often_as_slack_takes_it(sandbox: SlackSandbox) -> None:
    room = ChannelId(sandbox.workspace.room("inc").id)
    time, begun = Minutes(sandbox), 1_000_000.0
    slack = time.client(sandbox, paced=True)
    sandbox.limits = {HISTORY: 60, POST: 70}  # what it takes a minute, and a burst
    for _ in range(75):
        list(slack.own_posts(room, PAST))
    assert sandbox.methods.count(HISTORY) == 75
    assert 70 <= time.now - begun <= 90
    read_at = time.now
    assert isinstance(slack.post(room, Post("here")), Posted)
    assert time.now == read_at  # it has a budget of its own


def test_one_that_asks_too_often_is_put_off_and_goes_on(sandbox: SlackSandbox) -> None:
    room = ChannelId(sandbox.workspace.room("inc").id)
    time = Minutes(sandbox)
    slack = time.client(sandbox, paced=False)
    sandbox.limits = {HISTORY: 2}
    for _ in range(3):
        list(slack.own_posts(room, PAST))
    assert sandbox.methods.count(HISTORY) == 4
    assert time.now >= 1_000_060.0


def test_a_method_that_is_to_be_left_alone_holds_up_no_other(sandbox: SlackSandbox) -> None:
    room = ChannelId(sandbox.workspace.room("inc").id)
    slack = Minutes(sandbox).client(sandbox, paced=True)
    sandbox.fault(Fault(at=HISTORY, status=429, headers={"Retry-After": "300"}))
    for _ in range(2):
        with pytest.raises(OutOfQuota, match="Slack"):
            list(slack.own_posts(room, PAST))
    assert sandbox.methods.count(HISTORY) == 1
    assert isinstance(slack.post(room, Post("here")), Posted)


def test_channels_are_listed_once_for_all_who_look_at_a_time(sandbox: SlackSandbox) -> None:
    room = sandbox.workspace.room("inc-7-disk")
    slack = Slack(sandbox.access, patterns=("inc-{number}-*",), policy=SOON)
    sandbox.fault(Fault(at="conversations.list", delay=0.3))
    with ThreadPoolExecutor(4) as threads:
        alike = list(threads.map(lambda _: slack.channels_like(7, "Q7"), range(4)))
        named = list(threads.map(lambda _: slack.channel_named("#inc-7-disk").id, range(4)))
    assert [*named, *(one for (one,) in alike)] == [room.id] * 8
    assert sandbox.methods.count("conversations.list") == 1
