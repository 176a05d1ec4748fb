"""Documents as HTML: what people wrote is seen, and nothing in it can act."""

import string
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.document.unread.unfinished_text import open_prompts
from worker.web.reading.markdown_to_html import is_picture, to_html, with_beside

GOLDEN = [
    path
    for path in sorted((Path(__file__).parents[1] / "golden").glob("*.md"))
    if path.stem != "hostile-text"  # holds a link whose text looks like a prompt to the list
]
PICTURES = "/postmortems/PABC"


class Found(HTMLParser):
    """Collects the tags and attributes of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(html: str) -> None:
    found = Found(html)
    acting = {"script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "svg"}
    assert not acting & set(found.tags)
    for tag, name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in {"style", "srcset", "action", "formaction"}
        if name == "href":
            scheme = urlsplit(value).scheme
            assert scheme in {"http", "https", "mailto"} or value.startswith("#document-")
        if name == "src":
            assert is_picture(unquote(value.removeprefix(f"{PICTURES}/")))
        if name == "id":
            assert value.startswith("document-")
        if tag == "input":
            assert name in {"type", "disabled", "checked", "class"}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate/></svg>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.example.com/pixel.png)",
    "![x](//evil.example.com/pixel.svg)",
    "![x](../other/secret.svg)",
    "<a href='vbscript:x' style='x' onclick=y id=z class=w>a</a>",
    "<form action=/postmortems/P/sync method=post><button>Win</button></form>",
    "<input type=password name=token>",
    "<style>@import 'https://evil.example.com'</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<base href=https://evil.example.com>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example.com'>",
]


@pytest.mark.parametrize("markdown", HOSTILE)
@pytest.mark.parametrize(
    "frame", ["{}", "# {}", "| a |\n|--|\n| {} |", "- {}", "> {}", "a[^1]\n\n[^1]: {}"]
)
def test_hostile_text_becomes_harmless_wherever_it_stands(markdown, frame):
    assert_harmless(to_html(frame.replace("{}", markdown), PICTURES))


_PIECES = st.one_of(
    st.sampled_from([*HOSTILE, "<", ">", '"', "'", "&lt;", "`", "[", "](", ")", "\n", "|", "<!--"]),
    st.text(string.printable, max_size=8),
)


@given(st.lists(_PIECES, max_size=30))
def test_any_text_becomes_harmless(pieces):
    assert_harmless(to_html("".join(pieces), PICTURES))


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("a **b** `c` ~~d~~", "<p>a <strong>b</strong> <code>c</code> <s>d</s></p>"),
        (
            "[run](https://example.com/r)",
            '<p><a href="https://example.com/r" rel="noopener noreferrer nofollow">run</a></p>',
        ),
        ("see https://example.com", ">https://example.com</a>"),
        ("| a | b |\n|--|--:|\n| 1 | 2 |", '<td class="right">2</td>'),
        ("- [x] done", '<li class="task-list-item"><input '),
        ("## 6. Action Items", '<h2 id="document-6-action-items">6. Action Items</h2>'),
        (
            "![Alerts](PABC-timeline.svg)",
            '<img src="/postmortems/PABC/PABC-timeline.svg" alt="Alerts">',
        ),
        ("![x](./a%20b.png)", '<img src="/postmortems/PABC/a%20b.png" alt="x">'),
        ("<details><summary>More</summary>text</details>", "<details><summary>More</summary>"),
        ("a<br>b", "a<br>b"),
        ("don't < or & and <3", "don't &lt; or &amp; and &lt;3"),
    ],
)
def test_markdown_is_shown_as_people_know_it(markdown, html):
    assert html in to_html(markdown, PICTURES)


@pytest.mark.parametrize("start", ["---\n", "\ufeff---\n", "---\r\n"])
def test_the_front_matter_is_not_shown(start):
    end = start.removeprefix("\ufeff")
    html = to_html(f"{start}incident: PABC\n{end}\n# Postmortem", PICTURES)
    assert "incident" not in html
    assert "<h1" in html


@pytest.mark.parametrize(
    ("markdown", "marked"),
    [
        ('**Impact:** [Brief summary, e.g., "90%"]', ['[Brief summary, e.g., "90%"]']),
        ("[Start] - [End] (Timezone)", ["[Start]", "[End]"]),
        ("\\[not a prompt\\]", []),
        ("[a link](https://example.com)", []),
        ("`[code]`", []),
        ("- [x] done", []),
    ],
)
def test_what_nobody_has_filled_in_is_marked(markdown, marked):
    html = to_html(markdown, PICTURES)
    assert [
        part.partition("</mark>")[0] for part in html.split('<mark class="prompt">')[1:]
    ] == marked


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_as_many_prompts_are_marked_as_the_list_counts(path):
    text = path.read_text("utf-8")
    html = to_html(text, PICTURES)
    assert Asking(html).units == open_prompts(text)
    assert_harmless(html)


class Asking(HTMLParser):
    """Counts the bullets and table rows that hold a marked prompt."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[int] = []
        self._seen = 0
        self._asking: set[int] = set()
        self.feed(html)

    @property
    def units(self) -> int:
        return len(self._asking)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"li", "tr"}:
            self._seen += 1
            self._open.append(self._seen)
        elif tag == "mark":
            self._asking.add(self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"li", "tr"}:
            self._open.pop()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("PABC-timeline.svg", True),
        ("Screenshot 1.PNG", True),
        ("notes.md", False),
        ("page.html", False),
        ("../x.svg", False),
        ("a/x.svg", False),
        (".svg", False),
        (".hidden.svg", False),
        ("", False),
        ("x.svg\\..\\y.md", False),
    ],
)
def test_only_pictures_beside_the_document_are_shown(name, shown):
    assert is_picture(name) is shown


BESIDE = """# Title

- **Duration:** an hour
  - below
    - deeper
- other

| Time | What |
|---|---|
| 02:10 | First |
| 02:20 | Second |

text
"""


def test_what_the_page_says_stands_beside_its_line() -> None:
    lines = {0: "<i>title</i>", 2: "<i>point</i>", 4: "<i>deep</i>", 7: "<i>head</i>"}
    lines |= {9: "<i>row</i>", 12: "<i>nowhere</i>", 99: "<i>behind</i>"}
    html, filled = with_beside(BESIDE, PICTURES, lines)
    assert filled == {0, 2, 4, 7, 9}
    flat = "".join(html.split("\n"))
    for part in (
        "Title</h1><i>title</i>",
        "an hour<i>point</i><ul><li>below<ul><li>deeper<i>deep</i></li>",
        '<th>What</th></tr><tr><td colspan="2"><i>head</i></td></tr></thead>',
        '<td>First</td></tr><tr><td colspan="2"><i>row</i></td></tr><tr><td>02:20</td>',
    ):
        assert part in flat
    assert "nowhere" not in html


def test_what_may_be_wide_is_reached_with_the_keyboard() -> None:
    html = to_html(
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nlong\n```\n\n- x\n\n      code\n", PICTURES
    )
    assert html.count('role="region" tabindex="0"') == 3
    for name in ("Table 1", "Code 2", "Code 3"):
        assert f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">' in html
    assert html.count("<div") == html.count("</div>")


@pytest.mark.parametrize(
    "around",
    [
        '<h1 id="\n\n',
        '<td title="\n\n',
        "<details>\n\n",
        "<div>\n\n",
        "<table><tr><td>\n\n",
        "<!-- \n\n",
    ],
)
def test_no_words_of_a_document_open_what_the_page_sets_into_it(around: str) -> None:
    own = '<form action="/x"><input value="y"></form>'
    html, _ = with_beside(
        f'{around}- a\n- b " onmouseover=alert(1) x="\n', PICTURES, {2: own, 3: own}
    )
    assert_harmless(html.replace(own, ""))
    twice, filled = with_beside(
        '<p id="document-0-at-0"></p>\n\n<p id="0-at-0"></p>\n', PICTURES, {0: own}
    )
    assert (own in twice, filled) == (False, frozenset())
