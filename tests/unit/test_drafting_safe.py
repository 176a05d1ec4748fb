"""Ordinary prose stays as it was written; what would be markup is shown, not obeyed."""

import pytest

from tests.incidents.reading import in_bullet, in_cell
from worker.content.clean_text import clean, one_line, shorten
from worker.content.inline_markdown import at_start, escape, image, link, safe_url, say
from worker.content.wording_patterns import names_in, needed_in


@pytest.mark.parametrize(
    "text",
    [
        "don't restart web-01 at 2.5 % (see #123)",
        "snake_case and ALL_CAPS_NAMES stay",
        "a < b & c > d, <5 ms, R&D, 3 != 4!",
        "about ~5 min (~10 at night)",
        "C# on node-1: 100% of /var/log, $5, a+b=c^2",
        "1. first, 2) second - third",
        "Zoë & 語 with an emoji \N{WHITE HEAVY CHECK MARK} and \N{WOMAN}\u200d\N{ROCKET}",
    ],
)
def test_ordinary_prose_needs_no_escape(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a|b", "a\\|b"),
        ("a\\|b", "a\\\\\\|b"),
        ("ends with \\", "ends with \\\\"),
        ("`code` *bold* _it_ ~~no~~", "\\`code\\` \\*bold\\* \\_it\\_ \\~\\~no\\~\\~"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("<script> </b> <!-- <?", "\\<script> \\</b> \\<!-- \\<?"),
        ("&amp; &#124;", "\\&amp; \\&#124;"),
        ("release ##", "release \\##"),
        ("two\nlines\tand  gaps", "two lines and gaps"),
        ("www.example.com", "www\\.example.com"),
        ("https://user@example.net/", "https\\://user@example.net/"),
        ("ftp://example.net", "ftp\\://example.net"),
        (
            "see https://example.com/a_b?x=1&y=2. Then",
            "see <https://example.com/a_b?x=1&y=2>. Then",
        ),
        ("(https://example.com/a_(b))", "(<https://example.com/a_(b)>)"),
    ],
)
def test_what_would_be_markup_is_escaped(text: str, markdown: str) -> None:
    assert escape(text) == markdown
    assert in_cell(markdown).text == clean(text)


@pytest.mark.parametrize("text", ["# x", "1. x", "2) x", "- x", "+ x", "> x", "---", "- - -", "#"])
def test_the_marks_of_blocks_are_escaped_where_a_bullet_begins(text: str) -> None:
    assert at_start(escape(text)) != text
    assert in_bullet(at_start(escape(text))).text == text


@pytest.mark.parametrize("text", ["-1 is less", "+49 30", "#123 is closed", "2.5 GiB", "1.x"])
def test_other_beginnings_of_a_bullet_stay(text: str) -> None:
    assert at_start(escape(text)) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("a\u200db", "ab"),
        ("\x00\x1b[1;31mred\x1b[0m\x1b]0;shell\x07 \x1b=lamp\x1b", "red =lamp"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("a\u2028b\u00a0c", "a b c"),
        ("\u3164", ""),
    ],
)
def test_what_cannot_be_seen_is_removed(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("We rolled\nback.\nAll is well.", "We rolled back. All is well."),
        ("Database ok\nCache ok", "Database ok / Cache ok"),
        ("Found:\n- one\n- two\n", "Found: one; two"),
        ("1. stop\n2. start", "stop; start"),
        ("First paragraph.\n\nSecond one", "First paragraph. Second one"),
        ("  \n\n ", ""),
    ],
)
def test_several_lines_read_as_one(text: str, line: str) -> None:
    assert one_line(text) == line


def test_shortening_ends_between_words_where_it_can() -> None:
    assert shorten("the quick brown fox", 12) == "the quick…"
    assert shorten("x" * 20, 12) == "x" * 11 + "…"
    assert shorten("short", 12) == "short"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/(a)|b", "https://example.com/%28a%29%7Cb"),
        ("https://example.com/?q=50%", "https://example.com/?q=50%25"),
        ("https://example.com/%7Bx%7D", "https://example.com/%7Bx%7D"),
        ("https://example.com/?a=1&copy;=2", "https://example.com/?a=1%26copy;=2"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("HTTP://Example.com:8080/X", "http://example.com:8080/X"),
        ("https://example.com", "https://example.com"),
    ],
)
def test_web_urls_are_spelled_so_that_they_end_where_they_should(url: str, safe: str) -> None:
    assert safe_url(url) == safe


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.com/x",
        "/relative",
        "https://",
        "https://user:pw@example.com/",
        "https://oncall.example.com@example.net/",
        "https://example.com\\@example.net/",
        "https://example.com:port/",
        "https://example.com/\u202efdp",
        "https://[::1]/",
        "http://exa mple.com/",
        "https://example.com/" + "x" * 5000,
        "",
    ],
)
def test_anything_else_is_no_link(url: str) -> None:
    assert safe_url(url) is None
    shown = in_cell(link("Runbook", url))
    assert shown.links == ()
    assert shown.text.endswith("not linked)")


def test_a_link_text_cannot_end_the_link() -> None:
    shown = in_cell(link("a](b) | c", "https://example.com/"))
    assert shown.text == "a](b) | c"
    assert shown.links == ("https://example.com/",)


def test_a_link_without_a_text_shows_its_url() -> None:
    assert link(" ", "https://example.com/x") == "[https\\://example.com/x](https://example.com/x)"


def test_an_image_is_one_image_whatever_its_alternative_says() -> None:
    shown = in_cell(image("a ] | `b` <c>", "Q1-timeline.svg"))
    assert (shown.links, shown.marks) == (("Q1-timeline.svg",), ("image",))


def test_optional_parts_of_a_wording_go_where_a_value_is_missing() -> None:
    wording = "{who} snoozed it[ for {duration}][, until {until}]"
    assert say(wording, who="Ada", duration="1 h", until="") == "Ada snoozed it for 1 h"
    assert names_in(wording) == {"who", "duration", "until"}
    assert needed_in(wording) == {"who"}


def test_a_wording_of_a_teams_own_is_text_and_no_markup() -> None:
    assert say("**{who}** | <b>{who}</b>", who="a") == "\\*\\*a\\*\\* \\| \\<b>a\\</b>"


def test_an_exclamation_mark_makes_no_image_of_a_link() -> None:
    shown = in_cell(say("{text}{link}", text="Look!", link=link("x", "https://example.com/")))
    assert (shown.text, shown.marks) == ("Look!x", ())
