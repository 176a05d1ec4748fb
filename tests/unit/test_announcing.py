"""What an announcement says, what is done about it, and how its words are shown."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.template_names import Names
from connectors.chat import ChannelId, ChannelRule, MessageId
from worker.announcing.announcement import Announced, announcement
from worker.announcing.chat_format import (
    LONGEST_IN_ALL,
    LONGEST_SECTION,
    LONGEST_TEXT,
    post_of,
    shown,
)
from worker.announcing.known_messages import (
    UNDER_WAY,
    AnnouncementStep,
    KnownAnnouncement,
    KnownDigest,
    announcement_step,
    channel_of,
    may_still_come,
)
from worker.announcing.message import Message, Phrase, line

GOLDEN = Path(__file__).parents[1] / "golden"
ABOUT = Announced("Q1", "A title", "7", "https://pm.example.com/postmortems/Q1")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEMPLATE = (Path(__file__).parents[2] / "config" / "postmortem.md").read_text("utf-8")


def told(text: str, about: Announced = ABOUT) -> list[str]:
    return announcement(text, Names(), about).words.splitlines()


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.md").read_text("utf-8")


def test_a_fresh_draft_says_what_it_is_about_and_what_it_lacks():
    assert told(golden("quick-fix")) == [
        "Postmortem draft: Search returns no results <https://pm.example.com/postmortems/Q1>",
        "Incident #301 <https://oncall.example.com/incidents/Q000301> \u00b7 P2 \u00b7 "
        "2025-02-11 10:30 - 2025-02-11 10:42 (Europe/Berlin) \u00b7 12 min \u00b7 Search",
        "Missing: Root Cause, Users Affected, Business Impact, Steps Taken, action items, "
        "20 prompts in all",
        "Review: Due by 2025-02-17",
    ]


def rows(*cells: str) -> str:
    return "\n".join(f"| {one} |" for one in cells)


def test_action_items_are_named_with_their_ticket_owner_and_deadline():
    table = "| Task | Owner | Priority | Deadline | Ticket | Status |\n|-|-|-|-|-|-|\n"
    text = f"# Postmortem: It broke\n\n## 6. Action Items\n{table}" + rows(
        "Alert | Ada | High | 2026-12-01 | [OPS-1](https://jira.example.com/browse/OPS-1) | To Do",
        "Count | | | soon | | ",
        "~~Drop~~ | | | | | ",
    )
    assert told(text)[-4:] == [
        "Missing: 1 action item without an owner, 1 action item without a deadline",
        "Action items:",
        "- OPS-1 <https://jira.example.com/browse/OPS-1> Alert (Ada, due 2026-12-01, To Do)",
        "- Count (due soon)",
    ]


def test_only_the_first_items_are_named_and_the_others_counted():
    table = "| Task | Owner | Priority | Deadline |\n|-|-|-|-|\n"
    many = rows(*(f"Task {n} | Ada | High | 2026-12-01" for n in range(14)))
    lines = told(f"# X\n\n## 6. Action Items\n{table}{many}")
    assert lines[-2:] == ["- Task 9 (Ada, due 2026-12-01)", "- and 4 more"]


def test_a_reviewed_document_says_so_with_its_owner():
    front = "---\nincident: Q1\nstatus: in review\nowner: Ada\n---\n\n"
    text = (
        f"{front}# Postmortem: It broke\n\n## 3. Root Cause Analysis\n- **Primary Cause:** Rust\n"
    )
    assert told(text) == [
        "Postmortem: It broke <https://pm.example.com/postmortems/Q1> (in review)",
        "Incident #7",
        "Missing: action items",
        "Owner: Ada",
    ]


def test_a_document_without_words_is_named_by_its_incident():
    assert told("", Announced("Q1"))[:2] == ["Postmortem draft: Incident Q1", "Incident Q1"]
    assert told("")[0] == f"Postmortem draft: A title <{ABOUT.address}>"


def test_the_template_itself_lacks_everything():
    missing = next(one for one in told(TEMPLATE) if one.startswith("Missing: "))
    assert "Impact, Root Cause, Users Affected" in missing


def test_a_merged_document_says_into_what():
    text = "---\nincident: Q1\nstatus: merged\nmerged_into: Q2\n---\n\n# Postmortem: It broke\n"
    assert told(text)[1] == "Incident #7 \u00b7 merged into Q2"


KNOWN = KnownAnnouncement("Q1")
POSTED = KnownAnnouncement("Q1", ChannelId("C1"), MessageId("1.2"), digest="d")
STEPS = [
    (None, AnnouncementStep.LEAVE_OLD),
    (KNOWN, AnnouncementStep.POST),
    (KnownAnnouncement("Q1", intended_at=NOW), AnnouncementStep.LOOK),
    (KnownAnnouncement("Q1", gone=True), AnnouncementStep.LEAVE_GONE),
    (POSTED, AnnouncementStep.EDIT),
    (
        KnownAnnouncement("Q1", ChannelId("C1"), MessageId("1.2"), digest="new"),
        AnnouncementStep.LEAVE_SAME,
    ),
    (
        KnownAnnouncement("Q1", ChannelId("C1"), MessageId("1.2"), kept="new"),
        AnnouncementStep.LEAVE_KEPT,
    ),
]


@pytest.mark.parametrize(("known", "step"), STEPS, ids=[one.name for _, one in STEPS])
def test_what_is_remembered_says_what_to_do(known, step):
    assert announcement_step(known, "new") is step
    assert step.is_to_do is (step.name in {"POST", "LOOK", "EDIT"})


def test_what_is_to_come_is_what_has_no_message_and_was_not_deleted():
    assert KNOWN.is_to_come
    assert not POSTED.is_to_come
    assert not KnownAnnouncement("Q1", gone=True).is_to_come
    assert (POSTED.place.channel, POSTED.place.message) == ("C1", "1.2")


def test_a_post_without_answer_may_come_for_a_while():
    assert may_still_come(NOW, NOW) == NOW + UNDER_WAY
    assert may_still_come(NOW, NOW + UNDER_WAY) is None


def test_a_digest_is_due_once_its_period_has_passed():
    week, row = timedelta(days=7), KnownDigest(ChannelId("C1"), posted_at=NOW)
    assert KnownDigest(ChannelId("C1")).is_due(week, NOW)
    assert not row.is_due(week, NOW + week - timedelta(seconds=1))
    assert row.is_due(week, NOW + week)
    assert row.next_at(week) == NOW + week
    tried = KnownDigest(ChannelId("C1"), intended_at=NOW)
    assert not tried.has_given_up(week, NOW + timedelta(days=6))
    assert tried.has_given_up(week, NOW + week)
    assert not row.has_given_up(week, NOW + week)


RULES = (
    ChannelRule("search", services=frozenset({"Search", "PS1"})),
    ChannelRule("payments", teams=frozenset({"Payments"})),
    ChannelRule("all"),
)
CHANNELS = [
    (("Search",), (), "search"),
    (("PS1",), ("Payments",), "search"),
    ((), ("Payments",), "payments"),
    (("Login",), ("Identity",), "all"),
]


@pytest.mark.parametrize(("services", "teams", "channel"), CHANNELS)
def test_the_first_rule_that_an_incident_meets_is_its_own(services, teams, channel):
    assert channel_of(RULES, services, teams) == channel


def test_an_incident_that_meets_no_rule_has_no_channel():
    assert channel_of(RULES[:2], ("Login",), ()) == ""


J = "\u2060"
SHOWN = [
    ("<!channel> & <@U123> <#C1|x>", "&lt;!channel&gt; &amp; &lt;@U123&gt; &lt;#C1|x&gt;"),
    ("ask @here, @Channel and @everyone", f"ask @{J}here, @{J}Channel and @{J}everyone"),
    ("dana@here.example", f"dana@{J}here.example"),
    ("see https://evil.example/x", f"see https{J}://evil.example/x"),
    ("www.evil.example", f"www{J}.evil.example"),
    ("*bold* and `code`", f"{J}*bold* and {J}`code{J}`"),
    ("checkout_api failed 2 * 3", "checkout_api failed 2 * 3"),
    ("> quoted", f"{J}&gt; quoted"),
    (f"@{J}here", f"@{J}here"),
    ("two\nlines\u202e", "two lines"),
    ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
]


@pytest.mark.parametrize(("words", "as_shown"), SHOWN, ids=[one for one, _ in SHOWN])
def test_others_words_are_read_as_words(words, as_shown):
    assert shown(words) == as_shown


def test_links_are_ours_alone_and_strong_words_stand_out():
    message = Message(
        (
            line(
                Phrase("Draft: "), Phrase("a|b <!here>", "https://x.example/?a=1&b=2", strong=True)
            ),
            line("one", listed=True),
            line(Phrase("no", "javascript:alert(1)")),
            line(""),
        )
    )
    post = post_of(message, "5eed", {"incident": "Q1"})
    assert post.text == (
        "Draft: *<https://x.example/?a=1&amp;b=2|a\u2758b &lt;!here&gt;>*\n\u2022 one\nno"
    )
    (block,) = post.blocks
    assert block["text"] == {"type": "mrkdwn", "text": post.text, "verbatim": True}
    assert (post.mark, post.facts) == ("5eed", {"incident": "Q1"})
    assert message.heading == "Draft: a|b <!here>"


def test_a_long_message_keeps_to_every_limit():
    message = Message(tuple(line("<" * 300) for _ in range(200)))
    post = post_of(message, "m", {})
    assert len(post.text) <= LONGEST_TEXT
    sizes = [len(one["text"]["text"]) for one in post.blocks]  # type: ignore[index]  # made by us
    assert max(sizes) <= LONGEST_SECTION
    assert sum(sizes) <= LONGEST_IN_ALL
    assert len(post.blocks) <= 50
    last = post.blocks[-1]["text"]["text"]  # type: ignore[index]  # as above
    there = sum(one["text"]["text"].count("\n") + 1 for one in post.blocks[:-1])  # type: ignore[index]  # as above
    assert last == f"\u2026 and {200 - there} more lines, too many for one message"


LONG = "https://x.example/" + "&" * 900
LONG_LINES = {
    "words": line(Phrase("Incident "), "&<" * 2_000, " \u00b7 end"),
    "an address": line(Phrase("Incident 1", LONG), " \u00b7 2026-11-23"),
    "a listed one": line("&" * 500, Phrase("t", LONG), "*_" * 900, listed=True),
    "many": line(*(Phrase("&<>" * 66, LONG[:90]) for _ in range(20))),
}


@pytest.mark.parametrize("case", LONG_LINES)
def test_a_long_line_is_cut_where_it_stays_what_it_is(case):
    post = post_of(Message((line("Draft"), LONG_LINES[case], line("after"))), "m", {})
    texts = [one["text"]["text"] for one in post.blocks]  # type: ignore[index]  # made by us
    assert max(map(len, [post.text, *texts])) <= LONGEST_TEXT
    assert max(map(len, texts)) <= LONGEST_SECTION
    whole = "\n".join(texts)
    assert whole.startswith("Draft\n")
    assert whole.endswith("\nafter")
    assert whole.count("\n") == 2
    for found in re.finditer("&", whole):
        assert re.match(r"&(amp|lt|gt);", whole[found.start() :])
    assert whole.count("<") == whole.count(">") == whole.count("|")


def test_a_line_that_is_too_long_loses_its_link_before_its_words():
    post = post_of(Message((LONG_LINES["an address"],)), "m", {})
    assert post.text == "Incident 1 \u00b7 2026-11-23"


def test_the_digest_of_a_message_tells_it_from_any_other():
    one = Message((line(Phrase("a", "https://x.example")),))
    assert one.digest == Message((line(Phrase("a", "https://x.example")),)).digest
    assert one.digest != Message((line(Phrase("a", "https://y.example")),)).digest
    assert one.digest != Message((line("a"),)).digest
    assert Message(()).heading == ""
