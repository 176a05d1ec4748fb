"""What somebody picked in the incident's channel is in its timeline, for as long as it is picked."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.pagerduty.sandbox.scenarios.checkout_storm import LENA
from connectors.sandbox import Fault
from connectors.slack.reading import Picking
from tests.acceptance.chat_world import NAME, ChatWorld, chat_world
from worker.jobs.results import Trigger

LINK = "https://sandbox.slack.com/archives"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[ChatWorld]:
    with chat_world(tmp_path) as running:
        yield running


def row(chat: ChatWorld, ts: str, text: str, who: str = "Dana Whitfield") -> str:
    return f'{who} wrote: "{text}" [message]({LINK}/{chat.room.id}/p{ts.replace(".", "")})'


def test_a_picked_message_has_a_row_and_no_other_message_is_read(chat: ChatWorld) -> None:
    chat.say("nobody picked this", picked=False)
    ts = chat.say("Pool of checkout-7 ran dry", 6)
    chat.say("an hour and more before", -61)
    chat.say("a day and more behind", 60 * 24 * 9)
    result = chat.sync()
    assert (result.failures, chat.told(result.warnings)) == ((), [])
    assert chat.said() == [row(chat, ts, "Pool of checkout-7 ran dry")]
    assert "nobody picked this" not in chat.text(NAME)
    asked = set(chat.slack.methods)
    assert asked <= {
        "auth.test", "conversations.history", "conversations.replies", "pins.list", "users.info",
    }  # fmt: skip
    before = chat.path(NAME).stat().st_mtime_ns
    chat.sync()
    assert chat.path(NAME).stat().st_mtime_ns == before


def test_rows_follow_what_becomes_of_the_message(chat: ChatWorld) -> None:
    workspace, room = chat.slack.workspace, chat.room
    edited, unpicked, deleted, kept = (chat.say(f"number {n}", n) for n in range(2, 6))
    chat.sync()
    assert len(chat.said()) == 4
    chat.edit(lambda text: text.replace('"number 5"', '"number five, says Ann"'), NAME)
    workspace.edit(room, edited, "number 2, mended")
    workspace.unreact(room, unpicked, "pushpin")
    workspace.delete(room, deleted)
    workspace.unreact(room, kept, "pushpin")
    chat.sync()
    assert chat.said() == [
        row(chat, edited, "number 2, mended"),
        row(chat, kept, "number five, says Ann"),
    ]


def test_pins_and_replies_are_picks_and_the_settings_say_which_reactions(chat: ChatWorld) -> None:
    workspace, room = chat.slack.workspace, chat.room
    pinned = chat.say("pinned", 2, picked=False)
    parent = chat.say("who looks at it?", 3, picked=False)
    reply = chat.say("I do", 4, thread=parent, picked=False)
    pinned_reply = chat.say("found it", 5, thread=parent, picked=False)
    eyes = chat.say("look", 6, picked=False)
    workspace.pin(room, pinned)
    workspace.pin(room, pinned_reply)
    workspace.react(room, reply, "memo::skin-tone-3")
    workspace.react(room, eyes, "eyes")
    chat.sync()
    texts = [one.split('"')[1] for one in chat.said()]
    assert texts == ["pinned", "I do", "found it"]
    assert f"?thread_ts={parent}&cid={room.id}" in chat.text(NAME)
    chat.picking = Picking(frozenset({"eyes"}), pins=False)
    chat.sync()
    assert [one.split('"')[1] for one in chat.said()] == ["look"]


def test_who_wrote_is_named_as_people_know_them(chat: ChatWorld) -> None:
    workspace = chat.slack.workspace
    display = workspace.person("kim", "", display_name="kim the great")
    bot = workspace.bot("Deploy Bot")
    group = workspace.group("sre-oncall", "SRE on call")
    chat.say("one", 2, user=display)
    chat.say("", 3, user="", bot_id=bot, attachments=[{"text": "Deployed 4.2.1"}])
    chat.say("who is this?", 4, user="U0UNKNOWN00")
    chat.say(f"<@{chat.dana}> and <!subteam^{group}> see <#{chat.room.id}|>, <!here> :fire:", 5)
    shot = {"name": "p99.png", "title": "p99.png", "permalink": "https://acme.slack.com/files/p99"}
    chat.say("", 6, files=[shot])
    chat.sync()
    told = [one.split(" [message]")[0] for one in chat.said()]
    assert told == [
        'kim the great wrote: "one"',
        'Deploy Bot wrote: "Deployed 4.2.1"',
        'Somebody wrote: "who is this?"',
        'Dana Whitfield wrote: "@Dana Whitfield and @sre-oncall see #inc-quick-fix, @here \U0001f525"',
        'Dana Whitfield wrote: "[p99.png](https://acme.slack.com/files/p99)"',
    ]
    assert "U0UNKNOWN00" not in chat.text(NAME)


UNREADABLE = {
    "left": (lambda chat: setattr(chat.room, "member", False), "#inc-quick-fix"),
    "archived": (lambda chat: chat.slack.workspace.archive(chat.room), "it is archived"),
    "hidden": (
        lambda chat: (setattr(chat.room, "member", False), setattr(chat.room, "is_private", True)),
        "channel_not_found",
    ),
    "scope": (lambda chat: chat.slack.scopes.discard("channels:history"), "channels:history"),
    "pins scope": (lambda chat: chat.slack.scopes.discard("pins:read"), "pins:read"),
    "token": (lambda chat: chat.slack.tokens.clear(), "xoxb-"),
    "down": (lambda chat: chat.slack.fault(Fault(status=503, times=None)), "Slack failed"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_where_the_channel_cannot_be_read_the_draft_says_so_and_rows_stay(
    chat: ChatWorld, case: str
) -> None:
    breaks, said = UNREADABLE[case]
    ts = chat.say("Pool of checkout-7 ran dry")
    chat.sync()
    breaks(chat)
    chat.slack.workspace.unreact(chat.room, ts, "pushpin")
    result = chat.sync()
    assert not result.failures
    (told,) = chat.told(result.warnings)
    assert said in told
    if case != "token":
        assert chat.room.id in told or "scope" in case
    if case != "pins scope":
        assert chat.said() == [row(chat, ts, "Pool of checkout-7 ran dry")]
    assert said in chat.text(NAME).replace("\\", "")


BREAKS_OFF: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "no cursor": ("history", lambda told: {**told, "has_more": True, "response_metadata": {}}),
    "one cursor": (
        "history",
        lambda told: {**told, "response_metadata": {"next_cursor": "bmV4dDoy"}},
    ),
    "no messages": ("history", lambda _: {"ok": True}),
    "no replies": ("replies", lambda _: {"ok": True, "messages": None}),
    "replies go on": ("replies", lambda told: {**told, "messages": [], "has_more": True}),
    "no pins": ("pins", lambda _: {"ok": True}),
}


@pytest.mark.parametrize("case", BREAKS_OFF)
def test_rows_stay_where_a_list_breaks_off(chat: ChatWorld, case: str) -> None:
    method, change = BREAKS_OFF[case]
    chat.slack.page = 2
    parent = chat.say("who looks at it?", 2)
    chat.say("I do", 3, thread=parent)
    chat.slack.workspace.pin(chat.room, chat.say("pinned", 4, thread=parent, picked=False))
    for n in range(5):
        chat.say(f"number {n}", 5 + n)
    chat.sync()
    before = chat.said()
    assert len(before) == 8
    chat.slack.fault(Fault(at=method, change=change, times=None))
    chat.say("the newest", 20)
    result = chat.sync()
    assert not result.failures
    assert chat.room.id in " ".join(chat.told(result.warnings))
    assert set(before) <= set(chat.said())


@pytest.mark.parametrize("name", ["internal_error", "invalid_ts"])
def test_a_thread_that_cannot_be_read_costs_no_other(chat: ChatWorld, name: str) -> None:
    parents = [chat.say(f"thread {n}", n, picked=False) for n in range(2, 5)]
    for n, parent in enumerate(parents):
        chat.say(f"reply {n}", 6 + n, thread=parent)

    def breaks_the_first(told: dict[str, Any]) -> dict[str, Any]:
        is_first = told["messages"][0]["ts"] == parents[0]
        return {"ok": False, "error": name} if is_first else told

    chat.slack.fault(Fault(at="replies", change=breaks_the_first, times=None))
    result = chat.sync()
    assert [one.split('"')[1] for one in chat.said()] == ["reply 1", "reply 2"]
    assert name in " ".join(chat.told(result.warnings))


def test_a_message_that_cannot_be_named_costs_no_other(chat: ChatWorld) -> None:
    def nameless(told: dict[str, list[object]]) -> dict[str, list[object]]:
        return {**told, "messages": [{"type": "message", "text": "?"}, *told["messages"]]}

    chat.slack.fault(Fault(at="history", change=nameless, times=None))
    ts = chat.say("Pool of checkout-7 ran dry")
    result = chat.sync()
    assert chat.told(result.warnings) == []
    assert chat.said() == [row(chat, ts, "Pool of checkout-7 ran dry")]


def test_a_draft_is_made_without_a_channel_that_cannot_be_read(chat: ChatWorld) -> None:
    chat.room.member = False
    result = chat.sync()
    assert not result.failures
    assert "not_in_channel" in chat.text(NAME).replace("\\", "")
    chat.room.member = True
    ts = chat.say("late to the party")
    chat.sync()
    assert chat.said() == [row(chat, ts, "late to the party")]
    assert "not_in_channel" not in chat.text(NAME).replace("\\", "")


def test_picks_are_read_by_the_schedule_until_the_document_is_final(chat: ChatWorld) -> None:
    chat.sync()
    ts = chat.say("picked later")
    chat.clock.sleep(60)
    chat.run(trigger=Trigger.SCHEDULE)
    assert chat.said() == [row(chat, ts, "picked later")]
    chat.edit(lambda text: text.replace("status: draft", "status: final"), NAME)
    chat.run(trigger=Trigger.SCHEDULE)
    chat.clock.sleep(3600)
    chat.run(trigger=Trigger.SCHEDULE)
    chat.slack.forget()
    chat.slack.workspace.unreact(chat.room, ts, "pushpin")
    chat.clock.sleep(3600)
    chat.run(trigger=Trigger.SCHEDULE)
    chat.sync()
    assert not chat.slack.calls()
    assert chat.said() == [row(chat, ts, "picked later")]


def test_an_action_item_that_was_picked_becomes_a_row(chat: ChatWorld) -> None:
    chat.say("ACTION: alert on pool exhaustion @Dana Whitfield by 2026-12-24")
    chat.sync()
    (item,) = [one for one in chat.items(NAME) if one.task == "alert on pool exhaustion"]
    assert (item.owner, str(item.deadline)) == ("Dana Whitfield", "2026-12-24")


def test_a_pattern_names_the_channel_where_nothing_else_does(chat: ChatWorld) -> None:
    other = "reopened"
    number = chat.incidents[other].number
    room = chat.slack.workspace.room(f"inc-{number}-checkout")
    at = chat.incidents[other].created_at + timedelta(minutes=3)
    ts = chat.slack.workspace.say(room, chat.dana, "here it is", at)
    chat.slack.workspace.react(room, ts, "pushpin")
    chat.sync(other)
    assert "here it is" not in chat.text(other)
    chat.patterns = ("inc-{number}-*",)
    chat.sync(other)
    assert '"here it is"' in chat.text(other)


def test_channels_above_the_most_are_told_and_take_no_rows_away(chat: ChatWorld) -> None:
    first = chat.say("in the first channel")
    workspace, incident = chat.slack.workspace, chat.incidents[NAME]
    rooms = [workspace.room(f"inc-more-{n}") for n in range(6)]
    for n, room in enumerate(rooms):
        at = chat.start + timedelta(minutes=6 + n)
        workspace.react(room, workspace.say(room, chat.dana, f"in number {n}", at), "memo")
        incident.note(f"talk goes on in https://acme.slack.com/archives/{room.id}", at, LENA)
        result = chat.sync()
    assert len(chat.said()) == 5
    assert chat.said()[0] == row(chat, first, "in the first channel")
    told = " ".join(chat.told(result.warnings)) + " ".join(result.warnings)
    unread = [room.id for n, room in enumerate(rooms) if f"in number {n}" not in chat.text(NAME)]
    assert unread == [rooms[4].id, rooms[5].id]
    assert all(f"{one} was not read: at most 5" in told for one in unread)


def test_secrets_that_were_said_are_hidden(chat: ChatWorld) -> None:
    chat.say("the token is `ghp_" + "a1B2" * 9 + "` and the password: `hunter2-Secret`")
    chat.sync()
    text = chat.text(NAME)
    assert "ghp_a1B2" not in text
    assert "hunter2-Secret" not in text


def test_a_lively_channel_costs_its_pages_its_threads_and_its_people(chat: ChatWorld) -> None:
    for n in range(1_490):
        chat.say(f"chatter {n}", 1 + n / 500, picked=False)
    parent = chat.say("a thread", 7, picked=False)
    chat.say("in it", 8, thread=parent)
    picked = [chat.say(f"picked {n}", 9 + n) for n in range(8)]
    chat.slack.workspace.edit(chat.room, picked[0], "picked 0, mended")
    chat.sync()
    assert len(chat.said()) == 9
    assert "chatter" not in chat.text(NAME)
    asked = chat.slack.methods
    counts = {name: asked.count(name) for name in dict.fromkeys(asked)}
    assert counts == {
        "auth.test": 1,
        "conversations.history": 8,
        "conversations.replies": 1,
        "pins.list": 1,
        "users.info": 1,
    }
