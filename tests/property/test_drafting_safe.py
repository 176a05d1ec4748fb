"""Whatever other people write, a draft shows just that, and nothing of it becomes structure."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.incidents.reading import Seen, behind_label, in_bullet, in_cell, in_heading
from worker.content.clean_text import clean, one_line, shorten
from worker.content.inline_markdown import at_start, escape, link, plain_cell, safe_url, say

_FRAGMENTS = st.sampled_from(
    [
        *"|\\`*_~#<>[](){}!&;:.-+=\"'@/ \t\n\r",
        *("**", "__", "~~", "```", "---", "===", "| a |", "|---|", "<!--", "-->", "</td>", "&amp;"),
        *("&#124;", "<b>", "<https://example.com>", "https://example.com/a_b", "http://a.example"),
        *(
            "[x](",
            "![",
            "](javascript:alert(1))",
            "[ref]: /x",
            "javascript:",
            "mailto:a@example.com",
        ),
        *(
            "1. ",
            "2) ",
            "- ",
            "> ",
            "# ",
            "    ",
            "\u202e",
            "\u200b",
            "\u2028",
            "\x00",
            "word",
            "é",
            "語",
        ),
    ]
)
_ANYTHING = st.text(st.characters(exclude_categories=()))
HOSTILE = st.one_of(_ANYTHING, st.lists(_FRAGMENTS, max_size=12).map("".join))


@given(HOSTILE)
@example("\\|")
@example("a\\")
@example("`|`")
@example("<https://example.com/|>")
@example("_a_b_")
@example("&amp")
def test_any_text_is_shown_as_it_is_wherever_it_stands(text: str) -> None:
    expected = clean(text)
    safe = escape(text)
    shown = [in_cell(safe), behind_label(f"x{safe}x"), in_heading(f"x {safe}")]
    assert [one.text for one in shown] == [expected, f"x{expected}x", f"x {expected}".rstrip()]
    for one in shown:
        assert one.marks == ()
        assert all(url.lower().startswith(("http://", "https://")) for url in one.links)


@given(HOSTILE)
@example("https://example.com/a%20b%2Fc")
@example("`a` `|` \\\\|")
def test_any_text_is_read_back_from_a_cell_as_it_was_written(text: str) -> None:
    assert plain_cell(escape(text)) == clean(text)


@given(HOSTILE)
@example("1. a")
@example("- - -")
@example("+")
@example("#")
@example("12)")
@example("=")
def test_any_text_can_begin_a_bullet(text: str) -> None:
    assert in_bullet(at_start(escape(f"{text}."))).text == clean(f"{text}.")
    if clean(text):
        assert in_bullet(at_start(escape(text))).text == clean(text)


@given(HOSTILE, HOSTILE)
@example("javascript:alert(1)", "x")
@example("https://example.com/ )|", "](")
@example("https://[::1]/", "x")
@example("http://example.com\\@example.net", "x")
def test_a_link_leads_to_a_web_page_or_is_none(url: str, text: str) -> None:
    shown = in_cell(say("{before} {link}!", before="see", link=link(text, url)))
    safe = safe_url(url)
    assert shown.links == ((safe,) if safe else ())
    assert shown.marks == ()
    if safe:
        assert shown.text == f"see {clean(text) or shorten(clean(url), 120)}!"
        assert " " not in safe
        assert safe.isascii()


@given(st.lists(HOSTILE, min_size=2, max_size=2))
@example(["&", "amp;"])
@example(["a!", "[b]"])
@example(["\\", "|"])
@example(["_", "x_"])
def test_values_put_together_make_no_new_markup(values: list[str]) -> None:
    one, other = values
    shown = in_cell(say("{one}{other}[ {one}]", one=one, other=other))
    expected = f"{clean(one)}{clean(other)}" + (f" {clean(one)}" if clean(one) else "")
    assert shown.text == clean(expected)
    assert shown.marks == ()


@given(HOSTILE, st.integers(2, 60))
def test_cleaning_and_shortening_are_stable(text: str, limit: int) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\n" not in one_line(text)
    assert len(shorten(cleaned, limit)) <= limit
    assert cleaned.encode().decode() == cleaned


@given(HOSTILE)
def test_a_wholly_bracketed_text_is_no_placeholder(text: str) -> None:
    shown = escape(f"[{text}]")
    assert shown.startswith("\\[")
    assert in_cell(shown) == Seen(clean(f"[{text}]"), in_cell(shown).links)
