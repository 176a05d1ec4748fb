"""A document's Markdown as HTML that is safe to show.

A document holds other people's text. Its HTML passes nh3's allow-list, so it can hold no script, no
form, no style and no address but of the web and of mail; pictures come from the document's own
attachments alone, so that looking at a page tells nobody else about it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.anchors.index import slugify
from mdit_py_plugins.gfm import gfm_plugin
from mdit_py_plugins.gfm_autolink.index import _protocol_rule

from worker.content.emoji_names import with_emoji
from worker.content.markdown_cost import cost
from worker.web.reading.marked_lines import ID_PREFIX, MARKS, Marks, fill_marks, set_marks

PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
"""The attachments that a page shows, by ending, and their media types."""

InlineRule = Callable[[StateInline, bool], bool]
_DEEPEST_ANCHOR = 3
_DEEPEST = 60
"""Lists and quotes inside each other; the words of deeper ones are lost."""
_WORDS = ("text", "code_inline")
_PROTOCOLS = ("http", "https", "mailto", "xmpp")
_LONGEST = 6
_PROMPT = re.compile(r"\[(?![xX]\])[^\[\]^\s][^\[\]]*\](?![(\[:])")
_ALIGNED = re.compile(r"text-align:(left|center|right)")
_TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"input", "section"}
_ATTRIBUTES = {
    "*": {"id"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "title"},
    "input": {"checked", "disabled"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_CLASSES = {
    "mark": {"prompt"},
    "td": {"left", "center", "right"},
    "th": {"left", "center", "right"},
    "ul": {"contains-task-list"},
    "li": {"task-list-item"},
    "div": {"markdown-alert"},
    "p": {"markdown-alert-title"},
}


_HEADING = re.compile(r'<h(?P<level>[12]) id="(?P<id>[^"]+)">(?P<words>.*?)</h[12]>', re.DOTALL)


def to_html(markdown: str, pictures: str) -> str:
    """Render a document. ``pictures`` is the address under which its attachments are served.

    What nobody has filled in yet, a ``[prompt]``, is marked; what may be wide scrolls by itself,
    also with the keyboard. A text that would take long is shown as it is written, below a sentence
    that says why.
    """
    return with_beside(markdown, pictures, {})[0]


def with_beside(
    markdown: str, pictures: str, beside: Mapping[int, str]
) -> tuple[str, frozenset[int]]:
    """Render a document as :func:`to_html`, with HTML of the page's own ``beside`` some lines.

    Lines are counted from 0. It stands behind the row, the heading or the words of the point that
    the line belongs to; gives the lines as well that belong to one.
    """
    if problem := cost(markdown).problem:
        told = f"This document is shown as it is written: {problem}."
        shown = f'<pre tabindex="0">{escape(markdown)}</pre>'
        return f"<p><strong>{escape(told)}</strong></p>\n{shown}", frozenset()
    key = sha256(markdown.encode(errors="replace")).hexdigest()[:32]
    env = {MARKS: Marks(key, tuple(beside))}
    rendered: str = _parser().render(markdown.removeprefix("\ufeff"), env)
    return fill_marks(_cleaner(pictures).clean(rendered), key, beside)


def headings_of(html: str) -> list[tuple[str, str]]:
    """Give the ids and words of the sections' headings in what :func:`to_html` gave."""
    found = [(one["id"], one["level"], one["words"]) for one in _HEADING.finditer(html)]
    if found and found[0][1] == "1":
        del found[0]
    return [(name, str(Markup(words).striptags())) for name, _, words in found]  # noqa: S704 - it is clean


def is_picture(name: str) -> bool:
    """Tell whether a page may show the attachment: a plain file name with a known ending."""
    path = PurePosixPath(name)
    return path.name == name and not name.startswith(".") and path.suffix.lower() in PICTURES


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    parser.use(gfm_plugin, front_matter=True)
    parser.core.ruler.push("anchors", _name_headings)
    parser.inline.ruler.at("gfm_autolink_protocol", _protocol(_protocol_rule))
    parser.core.ruler.before("text_join", "prompts", _mark_prompts)
    parser.core.ruler.push("alignment", _align_by_class)
    parser.core.ruler.push("marks", set_marks)
    return with_emoji(parser)


def _name_headings(state: StateCore) -> None:
    """Give headings ids by their words, a number behind those that come again.

    The plugin ``anchors`` does the same, and tries the numbers from 1 for each heading.
    """
    taken: set[str] = set()
    next_number: dict[str, int] = {}
    for at, token in enumerate(state.tokens):
        if token.type != "heading_open" or int(token.tag[1]) > _DEEPEST_ANCHOR:
            continue
        words = (one for one in state.tokens[at + 1].children or () if one.type in _WORDS)
        name = slugify("".join(one.content for one in words))
        unique, number = name, next_number.get(name, 1)
        while unique in taken:
            unique, number = f"{name}-{number}", number + 1
        next_number[name] = number
        taken.add(unique)
        token.attrSet("id", unique)


def _protocol(rule: InlineRule) -> InlineRule:
    """Ask a rule of addresses only where a protocol stands, for it searches all that is before."""

    def guarded(state: StateInline, silent: bool) -> bool:
        before = state.src[max(0, state.pos - _LONGEST) : state.pos]
        return before.endswith(_PROTOCOLS) and rule(state, silent)

    return guarded


def _mark_prompts(state: StateCore) -> None:
    """Mark placeholders; escaped brackets are tokens of their own until ``text_join``."""
    for token in state.tokens:
        if token.children:
            token.children = [part for child in token.children for part in _split(child)]


def _split(token: Token) -> Sequence[Token]:
    if token.type != "text" or not _PROMPT.search(token.content):
        return [token]
    parts: list[Token] = []
    at = 0
    for found in _PROMPT.finditer(token.content):
        parts.append(_text(token.content[at : found.start()]))
        parts.append(Token("prompt_open", "mark", 1, attrs={"class": "prompt"}))
        parts.append(_text(found[0]))
        parts.append(Token("prompt_close", "mark", -1))
        at = found.end()
    return [*parts, _text(token.content[at:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _align_by_class(state: StateCore) -> None:
    """Say in a class what the parser says in a style, which the page's policy forbids."""
    for token in state.tokens:
        aligned = _ALIGNED.search(str(token.attrs.pop("style", "")))
        if aligned:
            token.attrs["class"] = aligned[1]


def _cleaner(pictures: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_picture_filter(pictures),
        allowed_classes={tag: set(names) for tag, names in _CLASSES.items()},
        set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        id_prefix=ID_PREFIX,
    )


def _picture_filter(pictures: str) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            name = unquote(value.removeprefix("./"))
            return f"{pictures}/{quote(name)}" if is_picture(name) else None
        if tag == "a" and attribute == "href" and value.startswith("#"):
            return f"#{ID_PREFIX}{value[1:]}"
        if tag == "a" and attribute == "href" and not urlsplit(value).scheme:
            return None
        return value

    return keep
