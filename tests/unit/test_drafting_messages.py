"""Picked messages as rows: their words on one line, and nothing of them as structure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.follow_up import ChatFile, ChatMessage, ChatSpan, FollowUp
from tests.incidents.making import Making, service
from worker.content.draft_content import Content
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy, Handling, OutsideLog, Rule

START = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
LINK = "https://acme.slack.com/archives/C1/p1"
POLICY = DraftPolicy(ZoneInfo("UTC"))


def message(
    *words: ChatSpan | str, minutes: int = 5, author: str = "Dana Whitfield", **more: object
) -> ChatMessage:
    spans = tuple(ChatSpan(one) if isinstance(one, str) else one for one in words)
    at = START + timedelta(minutes=minutes)
    told = ChatMessage("C1", f"{minutes}.0", at, author, spans, url=LINK)
    return replace(told, **more)  # type: ignore[arg-type]  # by name


def drafted(*messages: ChatMessage, policy: DraftPolicy = POLICY) -> Content:
    making = Making(4711, "Slow", START, service("Shop"))
    making.triggered()
    making.resolved("+30:00", "Ann Lee")
    return draft(replace(making.record(), follow_up=FollowUp(messages=messages)), policy).content


def row(*messages: ChatMessage) -> str:
    (found,) = [one for one in drafted(*messages).timeline if one.key.startswith("chat:")]
    assert found.cells[0] == "09:05"
    return found.cells[1]


def told(*words: ChatSpan | str, **more: object) -> str:
    whole = row(message(*words, **more))  # type: ignore[arg-type]  # passed on
    return whole.removeprefix("Dana Whitfield wrote: ").removesuffix(f" [message]({LINK})")


CODE = ChatSpan("kubectl undo", is_code=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["Pool ran dry"], '"Pool ran dry"'),
        (["ran ", CODE, " twice"], '"ran `kubectl undo` twice"'),
        ([CODE], '"`kubectl undo`"'),
        ([ChatSpan("a | b", is_code=True)], '"`a \\| b`"'),
        ([ChatSpan("a ` b", is_code=True)], '"a \\` b"'),
        ([ChatSpan("a\nb", is_code=True)], '"`a b`"'),
        (["now ", ChatSpan("all", is_strong=True), " down"], '"now **all** down"'),
        (["now", ChatSpan("all", is_strong=True), "down"], '"nowalldown"'),
        (["is ", ChatSpan("not", is_struck=True), "!"], '"is ~~not~~!"'),
        (["see ", ChatSpan("it", "https://x.example/a")], '"see [it](https://x.example/a)"'),
        (["see ", ChatSpan("it", "javascript:alert(1)")], '"see it (javascript:alert(1), not linked)"'),
        ([ChatSpan("https://x.example", "https://x.example")], '"<https://x.example>"'),
        (["look!", ChatSpan("it", "https://x.example")], '"look\\![it](https://x.example)"'),
        (["first\n\nSecond\nthird"], '"first / Second third"'),
        (["\u2022 one\n\u2022 two"], '"one; two"'),
        (["| a | b |\n|---|---|"], '"\\| a \\| b \\| / \\|---\\|---\\|"'),
        (["# no heading <b>x</b> [x] *y*"], '"# no heading \\<b>x\\</b> \\[x\\] \\*y\\*"'),
        ([], '"\u2026"'),
    ],
)  # fmt: skip
def test_words_stand_on_one_line(words: list[ChatSpan | str], expected: str) -> None:
    assert told(*words) == expected


def test_files_are_named_and_linked() -> None:
    files = (ChatFile("p99.png", "https://acme.slack.com/files/p99"), ChatFile("x](y).txt", "bad:"))
    alone = told(files=files)
    assert alone == '"[p99.png](https://acme.slack.com/files/p99), x\\](y).txt"'
    assert told("look", files=files[:1]) == (
        '"look" with [p99.png](https://acme.slack.com/files/p99)'
    )


def test_a_long_message_is_cut_and_says_so() -> None:
    whole = told("word " * 300)
    assert whole.endswith('…" (shortened; all 1,499 characters are at the source)')
    assert len(whole) < 480


def test_who_is_not_known_is_somebody() -> None:
    assert row(message("x", author="")).startswith('Somebody wrote: "x"')
    assert row(message("x", author="a | b\n# c")).startswith('a \\| b # c wrote: "x"')


def test_a_team_may_word_or_drop_messages() -> None:
    for handling, wording, expected in (
        (Handling.KEEP, "{who} in the channel: {text}", ['Dana Whitfield in the channel: "x"']),
        (Handling.DROP, "", []),
    ):
        policy = replace(POLICY, rules={OutsideLog.MESSAGE: Rule(handling, wording)})
        rows = drafted(message("x"), policy=policy).timeline
        said = [one.cells[1] for one in rows if one.key.startswith("chat:")]
        assert [one.removesuffix(f" [message]({LINK})") for one in said] == expected


def test_many_messages_may_be_one_row() -> None:
    policy = replace(POLICY, rules={OutsideLog.MESSAGE: Rule(Handling.FOLD)})
    rows = drafted(message("x"), message("y", minutes=7), policy=policy).timeline
    assert any("2 messages" in one.cells[1] for one in rows)


def test_a_message_that_begins_with_a_mark_is_an_action_item_too() -> None:
    said = message("ACTION: ", ChatSpan("@Kim Doe"), " add an alert by 2026-12-24")
    content = drafted(said, message("no ACTION: here", minutes=6))
    assert [one.cells for one in content.action_items] == [
        ("add an alert", "Kim Doe", "", "2026-12-24")
    ]
    assert sum(one.key.startswith("chat:") for one in content.timeline) == 2
