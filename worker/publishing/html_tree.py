"""A document's Markdown as a tree of HTML elements that are safe to show.

Markdown may hold HTML of any kind, open tags and scripts too. nh3 leaves of it what its allow-list
knows, each element closed, so that the tree is always whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.gfm import gfm_plugin

from worker.content.emoji_names import with_emoji
from worker.content.markdown_cost import cost

_TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"input", "section"}
_ATTRIBUTES = {
    "*": {"id"},
    "a": {"href", "title", "name", "id"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "id"},
    "img": {"src", "alt"},
    "input": {"checked", "type"},
    "li": {"class", "id"},
    "ol": {"start", "id"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
}
_ALIGNED = re.compile(r"text-align:(left|center|right)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})
_DEEPEST = 60
"""Elements inside each other; below that text goes on without them, for no reader could tell."""


@dataclass(slots=True)
class Element:
    """An element: its attributes by name, and what is in it, text and elements."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    def has_class(self, name: str) -> bool:
        """Tell whether the element is of a class."""
        return name in self.attributes.get("class", "").split()

    def elements(self) -> "Iterator[Element]":
        """Go through the element and all in it, in the order in which they begin."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.elements()

    def words(self) -> str:
        """Give the text in the element, as it is."""
        return "".join(one if isinstance(one, str) else one.words() for one in self.children)


def tree(markdown: str) -> Element:
    """Give what a document shows, below one element that stands for all of it.

    A text that would take long is shown as it is written, below a sentence that says why.
    """
    text = _LONE_SURROGATE.sub("", markdown.removeprefix("\ufeff"))
    if problem := cost(text).problem:
        told = f"This document is shown as it is written: {problem}."
        return Element("body", {}, [Element("p", {}, [told]), Element("pre", {}, [text])])
    rendered: str = _parser().render(text)
    reader = _HtmlReader()
    reader.feed(_cleaner().clean(rendered))
    reader.close()
    return reader.root


class _HtmlReader(HTMLParser):
    """Makes a tree of HTML in which each element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self._open = [self.root]
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) > _DEEPEST and tag not in _VOID:
            self._skipped += 1
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._skipped:
            self._skipped -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    parser.use(gfm_plugin, front_matter=True)
    parser.use(anchors_plugin, max_level=6)
    parser.core.ruler.push("alignment", _align_by_attribute)
    parser.add_render_rule("footnote_caption", _footnote_number)
    return with_emoji(parser)


def _footnote_number(
    _: object, tokens: Sequence[Token], at: int, _options: object, _env: object
) -> str:
    """Give a footnote's number, the same each time that the text refers to it."""
    return f"[{tokens[at].meta['id'] + 1}]"


def _align_by_attribute(state: StateCore) -> None:
    for token in state.tokens:
        aligned = _ALIGNED.search(str(token.attrs.pop("style", "")))
        if aligned:
            token.attrs["align"] = aligned[1]


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
