"""Which spellings of inline Markdown are the same to a reader, and which are not."""

import time

import pytest

from worker.content.same_markdown import Spelling

DEFINITIONS = {"CHART": {"href": "a.svg", "title": ""}}

SAME = [
    ("[Owner 1]", r"\[Owner 1]"),
    ("[Owner 1]", r"\[Owner 1\]"),
    ("a  b\tc", " a b\nc "),
    ("*a* and **b**", "_a_ and __b__"),
    (r"1 \* 2", "1 * 2"),
    ("it's 5 < 6 & 7 > 2", r"it\'s 5 \< 6 \& 7 \> 2"),
    ("a & b", "a &amp; b"),
    (r"\&lt;b\&gt;", "&lt;b&gt;"),
    ("![a](<b.svg>)", "![a](b.svg)"),
    (r"![\[a\]](b.svg)", "![[a]](b.svg)"),
    ("![<a@example.com>](b.svg)", "![a@example.com](b.svg)"),
    ("[a](https://x.example/b)", "[a](<https://x.example/b>)"),
    ('[a](https://x.example "t")', "[a](https://x.example 't')"),
    ("<https://x.example/a_b>", "https://x.example/a_b"),
    ("<https://x.example/a_b>", r"https\://x.example/a\_b"),
    ("<https://x.example/é>", "[https://x.example/é](https://x.example/é)"),
    (r"\<a@example.com>", r"\<<a@example.com>>"),
    ("a<br>b", "a <br /> b"),
    ("~~a~~ b", "~~a~~  b"),
    ("`a  b`", "``a b``"),
    ("\"a\" 'b' -- c...", "\u201ca\u201d \u2018b\u2019 \u2013 c\u2026"),
    ("it's a--b", "it\u2019s a\u2014b"),
    ("Gr\u00f6\u00dfe", "Gro\u0308\u00dfe"),
]
DIFFERENT = [
    ("a", "b"),
    ("a", "A"),
    ("a b", "ab"),
    ("a", "*a*"),
    ("*a*", "**a**"),
    ("a", "~~a~~"),
    ("a", "`a`"),
    ("run --all", "run -all"),
    ('`"a"`', "`\u201ca\u201d`"),
    ("a", ""),
    ("a<br>b", "a b"),
    ("a <b>", "a"),
    ("[a](https://x.example)", "[a](https://y.example)"),
    ("[a](https://x.example)", "a"),
    ("[a](https://x.example)", "https://x.example"),
    ('[a](https://x.example "t")', "[a](https://x.example)"),
    ("![a](b.svg)", "![a](c.svg)"),
    ("![a](b.svg)", "![b](b.svg)"),
    ("![a](b.svg)", "[a](b.svg)"),
    ("[Owner 1]", "Owner 1"),
    ("*a* b", "*a b*"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_renders_the_same_is_the_same(one: str, other: str) -> None:
    assert Spelling().same(one, other)
    assert Spelling(DEFINITIONS).same(one, other)
    assert Spelling(in_cell=True).same(one, other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_renders_otherwise_is_not(one: str, other: str) -> None:
    assert not Spelling().same(one, other)
    assert not Spelling(DEFINITIONS, in_cell=True).same(one, other)


def test_an_escaped_pipe_is_a_pipe_in_a_cells_code_alone() -> None:
    assert Spelling(in_cell=True).same(r"`a\|b`", "`a|b`")
    assert not Spelling().same(r"`a\|b`", "`a|b`")
    assert Spelling().same(r"a \| b", "a | b")


def test_a_link_by_reference_is_the_link_that_the_document_defines() -> None:
    assert Spelling(DEFINITIONS).same("![x][chart]", "![x](a.svg)")
    assert not Spelling().same("![x][chart]", "![x](a.svg)")


def test_the_words_of_a_rendering_are_those_that_tell_likeness() -> None:
    assert Spelling().words(r"*Dana* said \[no\]: [log](https://x.example)") == (
        ["Dana", "said", "[no]:", "https://x.example", "log"]
    )


def test_a_text_that_would_take_long_to_parse_is_compared_as_it_is() -> None:
    begun = time.monotonic()
    assert Spelling().same("[" * 1_000_000 + " a", "[" * 1_000_000 + "  a")
    assert not Spelling().same("[" * 1_000_000, r"\[" * 1_000_000)
    assert time.monotonic() - begun < 5
