"""Descriptions: what people wrote is text on both kinds of site, and never markup."""

import html
import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.jira.sandbox.field_values import adf_problem
from connectors.jira.writing.markup import CUT_SHORT, LIMIT, adf, wiki
from connectors.ticket_fields import Bullets, Paragraph, Preformatted, RichText, Span

MARKUP = "*_-+^~{}[]()|\\#@&!?:;%<>/.'\"=,hqb1 \nxyn"
texts = st.text(st.one_of(st.sampled_from(MARKUP), st.characters()), max_size=60)
urls = st.one_of(
    st.none(), st.just("https://example.com/a?b=[1|2]&c={d}#e"), st.just("javascript:x"), texts
)
spans = st.builds(Span, texts, urls, st.booleans())
runs = st.lists(spans, max_size=4).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, runs),
    st.builds(Bullets, st.lists(runs, max_size=3).map(tuple)),
    st.builds(Preformatted, texts),
)
descriptions = st.lists(blocks, max_size=5).map(tuple)

ACTIVE = {
    "a macro": re.compile(r"\{[^}]*\}"),
    "a link": re.compile(r"\[[^\]\n]*\]"),
    "a table": re.compile(r"\|"),
    "an image": re.compile(r"![^!\s][^!\n]*!"),
    "a heading": re.compile(r"^\s*(h[1-6]|bq)\.", re.IGNORECASE | re.MULTILINE),
    "a list": re.compile(r"^\s*[-*#]+\s", re.MULTILINE),
    "a rule": re.compile(r"-{2,}"),
    "bold, super- or subscript": re.compile(r"[*^~]"),
    "emphasis, deletion or insertion": re.compile(r"(?<![^\W_])[-_+](?=\S)|(?<=\S)[-_+](?![^\W_])"),
    "a citation": re.compile(r"\?\?"),
    "a line break": re.compile(r"\\"),
    "an address": re.compile(r"(https?|ftps?|file|mailto|news|irc|nntp):\S", re.IGNORECASE),
    "a mention": re.compile(r"@"),
    "a ticket key": re.compile(r"[A-Z]-[0-9]"),
    "a picture": re.compile(r"\((/|x|!|\+|-|\?|on|off|y|n|i|\*|flag|flagoff)\)"),
}
"""What Jira's renderer acts upon, by its documentation of the notation."""
FACE = re.compile(r":-?[)(DPp]|;-?[)(]")
"""Sought in the references too, each of which ends in a semicolon."""


def active(markup: str) -> list[str]:
    """Name what the renderer would act upon."""
    plain = re.sub(r"&#[0-9]+;", "&", markup)
    found = [name for name, pattern in ACTIVE.items() if pattern.search(plain)]
    return [*found, *(["a face"] if FACE.search(markup) else [])]


def shown(markup: str) -> str:
    """Give what the browser shows of markup in which nothing is active."""
    return html.unescape(markup)


@pytest.mark.parametrize(
    ("written", "markup"),
    [
        ("Retry the e-mail queue by 2026-03-31, 09:30", None),
        ("Use snake_case_names and C3PO", None),
        ("Is it 90% done? Yes. (All of it, really!) ", None),
        ("{code}rm -rf{code}", "&#123;code&#125;rm &#45;rf&#123;code&#125;"),
        ("[~admin] see [x|http://e.example]", None),
        ("*bold* _it_ -del- +ins+ ^up^ ~down~ ??cite??", None),
        ("!image.png! and !img|thumbnail!", None),
        ("h1. Heading", "&#104;1. Heading"),
        ("bq. Quote", "&#98;q. Quote"),
        ("* bullet\n# number\n- dash", "&#42; bullet\n&#35; number\n&#45; dash"),
        ("----", "&#45;&#45;&#45;&#45;"),
        ("|| head || cell |", None),
        ("a \\\\ b \\{c\\}", None),
        ("smile :) ;) :P (x) (/) (!) (on)", None),
        ("https://example.com mailto:a@b.example", None),
        ("&lt;b&gt; &#42; &amp;", "&#38;lt;b&#38;gt; &#38;&#35;42; &#38;amp;"),
        ("UTF-8 in OPS-12", "UTF&#45;8 in OPS&#45;12"),
    ],
)
def test_what_could_be_markup_is_written_as_references(written: str, markup: str | None) -> None:
    made = wiki((Paragraph((Span(written),)),))
    assert shown(made) == written.strip()
    if markup is not None:
        assert made == markup
    assert active(made) == []


@given(texts)
def test_no_text_becomes_wiki_markup(written: str) -> None:
    made = wiki((Paragraph((Span(written),)),))
    assert active(made) == []


@given(texts)
def test_wiki_shows_the_text_as_it_was_written(written: str) -> None:
    made = shown(wiki((Paragraph((Span(written),)),)))
    printable = re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", written)
    assert made.split() == printable.replace("\r", "\n").split() or "\r" in written


@given(st.lists(texts, min_size=2, max_size=4))
@example(["-", "("])
def test_text_stays_text_across_neighbouring_runs(written: list[str]) -> None:
    made = wiki((Paragraph(tuple(Span(text) for text in written)),))
    assert active(made) == []


def test_structure_is_wiki_markup() -> None:
    description = (
        Paragraph((Span("See "), Span("incident #7", "https://example.com/i?a=1|2&b={c}"))),
        Paragraph((Span("Left out:", strong=True), Span(" the owner"))),
        Bullets(((Span("first\nline"),), (Span(""),), (Span("second"),))),
        Preformatted("| *Row* | {x} |"),
        Paragraph((Span(" "),)),
    )
    assert wiki(description) == (
        "See [incident &#35;7|https://example.com/i?a=1%7C2&b=%7Bc%7D]\n\n"
        "*Left out&#58;* the owner\n\n"
        "* first line\n* second\n\n"
        "{noformat}\n| *Row* | {x} |\n{noformat}"
    )


def test_bold_inside_a_word_is_left_plain() -> None:
    spans = (Span("un"), Span("believ", strong=True), Span("able"))
    assert wiki((Paragraph(spans),)) == "unbelievable"


@given(texts)
def test_preformatted_text_cannot_end_itself(written: str) -> None:
    made = wiki((Preformatted(written + "{NoFormat}x{noformat}"),))
    inside = made.removeprefix("{noformat}\n").removesuffix("\n{noformat}")
    assert "{noformat}" not in inside.lower()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//e.example", "", "a b"]
)
def test_an_address_that_is_not_on_the_web_is_no_link(url: str) -> None:
    assert wiki((Paragraph((Span("here", url),)),)) == "here"
    assert adf((Paragraph((Span("here", url),)),))["content"] == [
        {"type": "paragraph", "content": [{"type": "text", "text": "here"}]}
    ]


def test_structure_is_an_adf_tree() -> None:
    description = (
        Paragraph((Span("See\nthis ", strong=True), Span("page", "https://example.com"))),
        Bullets(((Span("one"),), (Span(""),))),
        Bullets(((Span(""),),)),
        Preformatted("a\nb"),
        Paragraph(()),
    )
    strong = [{"type": "strong"}]
    link = [{"type": "link", "attrs": {"href": "https://example.com"}}]
    one = {"type": "paragraph", "content": [{"type": "text", "text": "one"}]}
    assert adf(description) == {
        "type": "doc",
        "version": 1,
        "content": [
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": "See", "marks": strong},
                    {"type": "hardBreak"},
                    {"type": "text", "text": "this ", "marks": strong},
                    {"type": "text", "text": "page", "marks": link},
                ],
            },
            {"type": "bulletList", "content": [{"type": "listItem", "content": [one]}]},
            {"type": "codeBlock", "content": [{"type": "text", "text": "a\nb"}]},
        ],
    }


@given(descriptions)
def test_every_description_is_a_tree_that_jira_takes(description: RichText) -> None:
    tree = adf(description)
    assert adf_problem(tree) == ""
    assert units(json.dumps(tree, ensure_ascii=False, separators=(",", ":"))) <= LIMIT
    json.dumps(tree).encode()


@given(descriptions)
def test_adf_holds_every_letter(description: RichText) -> None:
    kept = "".join(letters(adf(description)))
    written = "".join(text for block in description for text in written_in(block))
    for letter in set(written) - set("\n\r"):
        if letter.isprintable():
            assert kept.count(letter) == written.count(letter)


@pytest.mark.parametrize("letter", ["a", "é", "*", "😀", '"'])
def test_a_description_over_the_limit_is_cut_short_and_says_so(letter: str) -> None:
    description = (Paragraph((Span("Before. "), Span(letter * LIMIT))), Preformatted("after"))
    tree, markup = adf(description), wiki(description)
    assert units(markup) <= LIMIT
    assert units(json.dumps(tree, ensure_ascii=False, separators=(",", ":"))) <= LIMIT
    assert adf_problem(tree) == ""
    for said in (shown(markup), "".join(letters(tree))):
        assert said.startswith(f"Before. {letter}")
        assert said.endswith(CUT_SHORT)


def test_as_much_as_the_limit_allows_is_kept() -> None:
    markup = wiki((Paragraph((Span("a" * 2 * LIMIT),)),))
    assert units(markup) == LIMIT


def test_a_description_within_the_limit_is_whole() -> None:
    notice = "a" * LIMIT
    assert wiki((Paragraph((Span(notice),)),)) == notice


@pytest.mark.parametrize("description", [(), (Paragraph(()),), (Preformatted(""),), (Bullets(()),)])
def test_nothing_to_say_is_an_empty_description(description: RichText) -> None:
    assert wiki(description) == ""
    assert adf(description) == {"type": "doc", "version": 1, "content": []}


def test_control_characters_and_half_characters_are_left_out() -> None:
    description = (Paragraph((Span("a\x00b\x1bc\ud800d\r\ne\ufffff"),)),)
    assert wiki(description) == "abcd\nef"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def letters(node: Any) -> list[str]:
    if node.get("type") == "text":
        return [node["text"]]
    return [text for child in node.get("content", ()) for text in letters(child)]


def written_in(block: Paragraph | Bullets | Preformatted) -> list[str]:
    match block:
        case Paragraph():
            return [span.text for span in block.spans]
        case Bullets():
            return [span.text for item in block.items for span in item]
        case Preformatted():
            return [block.text]
