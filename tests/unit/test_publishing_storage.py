"""Markdown as storage format: what each form becomes, and that nothing is lost on the way."""

import re

import pytest

from tests.unit.publishing_support import (
    letters_of_html,
    letters_of_page,
    storage_of,
    well_formed,
)
from worker.publishing.storage_format import Shown
from worker.publishing.storage_text import fingerprint, lines_shown
from worker.publishing.storage_xml import escaped, plain_body

MACRO = '<ac:structured-macro ac:name="{}">'
LINK = '<ac:link ac:anchor="{}"><ac:link-body>{}</ac:link-body></ac:link>'


def anchor(name: str) -> str:
    parameter = f'<ac:parameter ac:name="">{name}</ac:parameter>'
    return f"{MACRO.format('anchor')}{parameter}</ac:structured-macro>"


def code(text: str, language: str = "") -> str:
    told = f'<ac:parameter ac:name="language">{language}</ac:parameter>' if language else ""
    body = f"<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"
    return f"{MACRO.format('code')}{told}{body}</ac:structured-macro>"


def task(number: int, status: str, body: str) -> str:
    return (
        f"<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status>"
        f"<ac:task-body>{body}</ac:task-body></ac:task>"
    )


FORMS = {
    "heading": (
        "## 6. Action *Items*",
        f"<h2>{anchor('6-action-items')}6. Action <em>Items</em></h2>",
    ),
    "a heading that is linked": (
        "# One\n\n[up](#one) [none](#two)",
        f"<h1>{anchor('one')}One</h1><p>{LINK.format('one', 'up')} none</p>",
    ),
    "nested lists": (
        "- a\n  - b\n    1. c\n- d",
        "<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ul>",
    ),
    "a list that goes on": ("4. a\n5. b", '<ol start="4"><li>a</li><li>b</li></ol>'),
    "a loose list": ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    "tasks": (
        "- [ ] a\n- [x] **b**\n- c",
        "<ac:task-list>"
        + task(1, "incomplete", "a")
        + task(2, "complete", "<strong>b</strong>")
        + "</ac:task-list><ul><li>c</li></ul>",
    ),
    "numbered tasks": ("1. [x] a", "<ol><li>\N{BALLOT BOX WITH CHECK}  a</li></ol>"),
    "a table": (
        "| a | b |\n|---|:-:|\n| 1 \\| 2 | `x` |",
        '<table><tbody><tr><th>a</th><th><p style="text-align: center;">b</p></th></tr><tr><td>'
        '1 | 2</td><td><p style="text-align: center;"><code>x</code></p></td></tr></tbody></table>',
    ),
    "code": ("```python\na < b && c\n```", code("a < b && c", "py")),
    "code in a language that is not known": ("```brainfuck\n+\n```", code("+")),
    "code with an end of CDATA": ("```\na]]>b]]>\n```", code("a]]]]><![CDATA[>b]]]]><![CDATA[>")),
    "indented code": ("    a\n", code("a")),
    "a quotation": ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
    "an alert": (
        "> [!WARNING]\n> Hot",
        f"{MACRO.format('note')}<ac:rich-text-body><p>Warning</p><p>Hot</p></ac:rich-text-body>"
        "</ac:structured-macro>",
    ),
    "links": (
        "[a](https://x.example/?a=1&b=2) <m@x.example> [b](#c) [d](javascript:x)",
        '<p><a href="https://x.example/?a=1&amp;b=2">a</a> '
        '<a href="mailto:m@x.example">m@x.example</a> b [d](javascript:x)</p>',
    ),
    "marks": (
        "**a** *b* ~~c~~ `d` <u>e</u> <kbd>f</kbd> H<sub>2</sub>O",
        "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code> <u>e</u> <code>f</code> "
        "H<sub>2</sub>O</p>",
    ),
    "breaks and rules": ("a  \nb\n\n---", "<p>a<br/>\nb</p><hr/>"),
    "entities": ("&amp; &nbsp;&mdash; &lt;x&gt; &copy;", "<p>&amp; \xa0\u2014 &lt;x&gt; \xa9</p>"),
    "emoji": ("\U0001f525 :fire:", "<p>\U0001f525 \U0001f525</p>"),
    "scripts": ("a<script>x()</script><b onclick=y>c", "<p>a<strong>c</strong></p>"),
    "open tags": (
        "<div><b>a\n\n*c* <br>",
        "<p><strong>a\n</strong></p><p><strong><em>c</em> <br/></strong></p>",
    ),
    "details": (
        "<details><summary>More</summary>\n\nb\n\n</details>",
        f'{MACRO.format("expand")}<ac:parameter ac:name="title">More</ac:parameter>'
        "<ac:rich-text-body><p>b</p></ac:rich-text-body></ac:structured-macro>",
    ),
    "pictures": (
        "![a & b](chart.svg) ![c](https://x.example/y.png) ![gone](z.png)",
        '<p><ac:image ac:alt="a &amp; b" ac:width="700"><ri:attachment ri:filename="chart.svg"/>'
        '</ac:image> <ac:image ac:alt="c"><ri:url ri:value="https://x.example/y.png"/></ac:image>'
        " gone (<code>z.png</code>)</p>",
    ),
    "what no page can hold": ("a\x0bb\x1bc\ufffed\u202ee", "<p>abcde</p>"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_markdown_becomes_its_form_of_storage(form: str) -> None:
    markdown, expected = FORMS[form]
    body = storage_of(markdown, Shown({"chart.svg": 700}))
    assert body == expected
    assert letters_of_page(body).replace("(z.png)", "") == letters_of_html(markdown)


def test_a_link_to_a_file_tells_its_path_where_its_words_do_not() -> None:
    body = storage_of("[runbook](../run%20books/db.md#disk) [b.md](b.md) [](c.md) [d](/e)")
    assert body == (
        "<p>runbook (<code>../run books/db.md#disk</code>) b.md  d (<code>/e</code>)</p>"
    )


def test_a_link_to_an_attached_file_leads_to_it() -> None:
    body = storage_of("[the *chart*](./chart.svg)", Shown({"chart.svg": 700}))
    assert body == (
        '<p><ac:link><ri:attachment ri:filename="chart.svg"/><ac:link-body>the <em>chart</em>'
        "</ac:link-body></ac:link></p>"
    )


def test_a_footnote_has_one_number_wherever_it_is_referred_to() -> None:
    body = storage_of("a[^1] b[^2] c[^1]\n\n[^1]: one\n[^2]: two")
    assert [one.split("<")[0] for one in body.split("<ac:link-body>")[1:4]] == ["[1]", "[2]", "[1]"]


def test_a_footnote_and_its_place_lead_to_each_other() -> None:
    body = storage_of("a[^1]\n\n[^1]: b")
    assert f"<sup>{anchor('fnref1')}{LINK.format('fn1', '[1]')}</sup>" in body
    assert anchor("fn1") in body
    assert LINK.format("fnref1", "\u21a9\ufe0e") in body


def test_states_of_tickets_are_lozenges_and_tickets_are_links() -> None:
    rows = "| Add disk | [OPS-1](https://j.example/browse/OPS-1) | {} |\n"
    states = {"Done": "Green", "In Progress": "Blue", "To Do": "Grey", "Unavailable": "Red"}
    states |= {"Done (Won't Do)": "Green", "Waiting for <b>us": "Blue"}
    table = "| Task | Ticket | Status |\n|---|---|---|\n" + "".join(map(rows.format, states))
    body = storage_of(table)
    assert body.count('<a href="https://j.example/browse/OPS-1">OPS-1</a>') == len(states)
    for state, colour in states.items():
        if "<" not in state:
            told = f'"title">{state}</ac:parameter><ac:parameter ac:name="colour">{colour}<'
            assert told in body
    assert "lozenge" not in body
    other = storage_of("| Check | Status |\n|---|---|\n| Disk | Done |\n")
    assert "structured-macro" not in other


@pytest.mark.parametrize(
    "before",
    ['<a name="actions"/>', '<span id="x"/>', "<b>", "text <b>bold", '<a id="x">', "<del>"],
)
def test_an_open_mark_before_a_table_leaves_the_table_whole(before: str) -> None:
    markdown = f"{before}\n\n| Task | Owner |\n|---|---|\n| Alert on disk | Ann |\n"
    body = storage_of(markdown)
    assert letters_of_page(body) == letters_of_html(markdown)
    assert body.count("</tr>") == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "".join(map(chr, range(0x20))) + "end",
        "\ud800 and \udfff",
        "]]> <![CDATA[ &#0; &#x1F; &bogus; <!-- a -- b -->",
        "<a href='x\" onload=\"y'>&quot;</a> <ac:link/> <ri:user ri:userkey='x'/> </ac:rich-text-body>",
        "<div>" * 3000 + "deep" + "</p>" * 20,
        "> " * 300 + "deep",
        "</table></td></tr><table><td>lost<table><tr><td>in</table>",
        "<ul><ul><li><table><tr><td><ul><li>x</ul></table>",
        "<details><details><summary><b>a</summary>",
        "<h1><p>a</h1></p><pre>\n<code>b</pre></code>",
        "\u202e\u2066\u200f\u05d0 abc",
        "| Task | Ticket | Status |\n|---|---|---|\n| a | b | <b>c | d |\n",
        '![a](<chart.svg> "t\'") [x]: <y',
    ],
    ids=range(13),
)
def test_hostile_text_is_well_formed_and_all_there(hostile: str) -> None:
    body = storage_of(hostile)
    without_paths = re.sub(r" \(<code>[^<]*</code>\)", "", body)
    assert letters_of_page(without_paths) == letters_of_html(hostile)


def test_pieces_are_well_formed_whatever_is_in_them() -> None:
    for text in ("]]>", "a]]", "]]>]]>", "\x00<&>\"'", "\r\n"):
        well_formed(plain_body(text))
        well_formed(escaped(text))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (":fire: on (:+1:) `:fire:`", "<p>\U0001f525 on (\U0001f44d) <code>:fire:</code></p>"),
        ("10:30:00, a:x:b, :no_such:", "<p>10:30:00, a:x:b, :no_such:</p>"),
        ("```\n:fire:\n```", code(":fire:")),
    ],
)
def test_emoji_are_shown_for_their_names(written: str, shown: str) -> None:
    assert storage_of(written) == shown
    assert letters_of_page(shown) == letters_of_html(written)


def lozenge(word: str, colour: str) -> str:
    return (
        f'{MACRO.format("status")}<ac:parameter ac:name="title">{word}</ac:parameter>'
        f'<ac:parameter ac:name="colour">{colour}</ac:parameter></ac:structured-macro>'
    )


def test_the_state_behind_a_ticket_of_a_list_is_a_lozenge() -> None:
    link = "[{}](https://jira.example/browse/OPS-1) (Done)"
    done = lozenge("Done", "Green")
    assert f"</a> ({done})" in storage_of(f"- [x] Do it \u2014 {link.format('OPS-1')}\n\n- b")
    assert f"</a> ({done})" in storage_of(f"- {link.format('OPS-1')}")
    assert done not in storage_of(f"- {link.format('the book')}")
    assert done not in storage_of(f"- {link.format('OPS-1')} and more")
    assert done not in storage_of("- (Done)")


def test_words_are_there_however_deep_they_stand() -> None:
    deep = "> " * 30 + "deep\n\n" + "".join("  " * level + f"- l{level}\n" for level in range(25))
    assert letters_of_page(storage_of(deep)) == letters_of_html(deep)
    assert "deep" in storage_of(deep)
    assert "l24" in storage_of(deep)


def test_a_text_that_would_take_long_is_shown_as_it_is_written() -> None:
    body = storage_of("| a |\n|---|\n" + "|x|\n" * 160_000)
    assert "shown as it is written" in body
    assert "<table>" not in body


def test_an_emoji_is_the_same_as_a_character_and_as_an_element() -> None:
    ours = "<p>It was \U0001f525 hot</p>"
    element = '<ac:emoticon ac:emoji-fallback="\U0001f525" ac:name="blue-star" />'
    theirs = f'<p local-id="1">It was {element} hot</p>'
    assert fingerprint(theirs) == fingerprint(ours)
    assert lines_shown(theirs) == lines_shown(ours)
