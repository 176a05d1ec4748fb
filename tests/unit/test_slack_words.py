"""What people typed in Slack, as words: by their rich text, by mrkdwn, by what integrations send."""

import pytest

from connectors.follow_up import ChatSpan
from connectors.json_fields import JsonValue
from connectors.slack import emoji, mrkdwn, payloads
from connectors.slack.connection import SLACK

NAMES = {"U1": "Dana Whitfield", "C1": "deploys", "S1": "sre-oncall"}


def words(message: dict[str, object]) -> tuple[ChatSpan, ...]:
    return mrkdwn.spans(mrkdwn.pieces_of(JsonValue(message, SLACK)), NAMES)


def shown(text: str) -> str:
    return "".join(span.text for span in words({"text": text}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<@U1> and <@U9> and <@U9|kim>", "@Dana Whitfield and @somebody and @kim"),
        ("<@W1|dana>", "@dana"),
        ("see <#C1|> or <#C9|old> or <#C9|>", "see #deploys or #old or #another channel"),
        ("<!subteam^S1> <!subteam^S9|@dba> <!subteam^S9>", "@sre-oncall @dba @a group"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("since <!date^1392734382^{date} at {time}|Feb 18, 2014>", "since Feb 18, 2014"),
        ("<https://a.example/?a=1&amp;b=2|the board>", "the board"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        (":fire: :wave::skin-tone-3: :our-logo:", "\U0001f525 \U0001f44b\U0001f3fc :our-logo:"),
        ("20:02 to 20:51: quiet", "20:02 to 20:51: quiet"),
        ("*bold* _it_ ~gone~ 2 * 3 * 4 snake_case_name", "bold it gone 2 * 3 * 4 snake_case_name"),
        ("&gt; quoted\nnot", "quoted\nnot"),
        ("<!unknown^1|said>", "said"),
        ("a <b", "a <b"),
    ],
)
def test_mrkdwn_is_read_as_slack_shows_it(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_looks_of_letters_are_kept() -> None:
    told = words({"text": "*rolled* back with `kubectl undo a|b` see <https://x.example|it> ~no~"})
    assert told == (
        ChatSpan("rolled", is_strong=True),
        ChatSpan(" back with "),
        ChatSpan("kubectl undo a|b", is_code=True),
        ChatSpan(" see "),
        ChatSpan("it", "https://x.example"),
        ChatSpan(" "),
        ChatSpan("no", is_struck=True),
    )
    assert words({"text": "```\na &lt; b\nc\n```"}) == (ChatSpan("a < b\nc", is_code=True),)


def rich(*elements: dict[str, object], kind: str = "rich_text_section") -> dict[str, object]:
    part = {"type": kind, "elements": list(elements)}
    return {"type": "rich_text", "elements": [part]}


def test_rich_text_is_taken_where_all_of_it_is_known() -> None:
    parts = [
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " says 2 *3* "},
        {"type": "text", "text": "rm", "style": {"code": True}},
        {"type": "link", "url": "https://x.example/?a=1&b=2", "text": "here"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "broadcast", "range": "channel"},
        {"type": "emoji", "name": "fire", "unicode": "1f525"},
        {"type": "emoji", "name": "our-logo"},
    ]
    message = {"text": "another", "blocks": [rich(*parts)]}
    text = "".join(span.text for span in words(message))
    assert text == (
        "@Dana Whitfield says 2 *3* rmhere#deploys@sre-oncall@channel\U0001f525:our-logo:"
    )
    assert words({"text": "by text", "blocks": [rich({"type": "hologram"})]})[0].text == "by text"


def test_rich_text_that_was_not_taken_apart_is_left() -> None:
    message = {"text": "<@U1> ran", "blocks": [rich({"type": "text", "text": "<@U1> ran"})]}
    assert "".join(span.text for span in words(message)) == "@Dana Whitfield ran"


def test_lists_and_code_blocks_keep_their_lines() -> None:
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": one}]}
        for one in ("first", "second")
    ]
    listed = {"type": "rich_text_list", "style": "bullet", "elements": items}
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\nb"}]}
    message = {"text": "x", "blocks": [{"type": "rich_text", "elements": [listed, code]}]}
    assert "".join(span.text for span in words(message)) == "\u2022 first\n\u2022 second\na\nb"


SHARED = {"is_share": True, "author_name": "Bob & Co", "text": "it is the pool", "fallback": "no"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"attachments": [{"fallback": "Deployed"}]}, "Deployed"),
        ({"attachments": [{"title": "Deploy", "text": "to &lt;prod&gt;"}]}, "Deploy\nto <prod>"),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*up* again"}}]},
            "up again",
        ),
        (
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a < b"}}]},
            "a < b",
        ),
        ({"text": ""}, ""),
        ({}, ""),
        ({"text": "", "attachments": [SHARED]}, "Bob & Co:\nit is the pool"),
        ({"text": "look", "attachments": [SHARED]}, "look\nBob & Co:\nit is the pool"),
        (
            {
                "text": "look",
                "blocks": [
                    {
                        "type": "rich_text",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [{"type": "text", "text": "look"}],
                            }
                        ],
                    }
                ],
                "attachments": [{"title": "unfurled", "from_url": "https://x.example"}, SHARED],
            },
            "look\nBob & Co:\nit is the pool",
        ),
    ],
)
def test_integrations_are_read_by_what_they_send(message: dict[str, object], expected: str) -> None:
    assert "".join(span.text for span in words(message)) == expected


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("pushpin", "\U0001f4cc"),
        ("+1", "\U0001f44d"),
        ("shrug", "\U0001f937"),
        ("flag-de", "\U0001f1e9\U0001f1ea"),
        ("large_green_circle", "\U0001f7e2"),
        ("woman-shrugging", "\U0001f937\u200d\u2640\ufe0f"),
        ("+1::skin-tone-5", "\U0001f44d\U0001f3fe"),
        ("our-logo", ""),
    ],
)
def test_emoji_have_slacks_names(name: str, character: str) -> None:
    assert emoji.character(name) == character


CHANNELS = [
    "https://acme.slack.com/archives/C0ROOM00000",
    "https://acme.slack.com/archives/C0ROOM00000/p1791792800000000?thread_ts=1.2&cid=C0ROOM00000",
    "join <https://app.slack.com/client/T0ACME00001/C0ROOM00000> now",
    "https://slack.com/app_redirect?team=T0ACME00001&amp;channel=C0ROOM00000",
    "slack://channel?team=T0ACME00001&id=C0ROOM00000",
    "https://acme.enterprise.slack.com/archives/C0ROOM00000.",
    "HTTPS://Acme.Slack.com/Archives/C0ROOM00000",
]
NO_CHANNELS = [
    "https://acme.example/archives/C0ROOM00000",
    "https://evilslack.com/archives/C0ROOM00000",
    "https://acme.slack.com/archives/D0ROOM00000",
    "https://acme.slack.com/team/U0ROOM00000",
    "https://hooks.slack.com/services/T0/B0/x",
    "https://acme.slack.com/archives/checkout-incident",
    "https://acme.slack.com/messages/generalops",
]


@pytest.mark.parametrize("text", CHANNELS)
def test_links_name_a_channel(text: str) -> None:
    assert payloads.channels_in(text) == ("C0ROOM00000",)


@pytest.mark.parametrize("text", NO_CHANNELS)
def test_other_links_name_none(text: str) -> None:
    assert payloads.channels_in(text) == ()
