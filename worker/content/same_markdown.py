r"""What inline Markdown renders to, so that two spellings of the same are known to be the same.

Formatters and editors respell what they save: ``*`` for ``_``, ``\[x]`` for ``[x]``, ``(a.svg)``
for ``(<a.svg>)``, ``<https://…>`` for ``https://…``, curved quotes and long dashes for typed ones.
A reader sees no difference that matters, and neither does what compares :data:`Rendering` values.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from worker.content.inline_markdown import Definitions

Rendering = tuple[tuple[str, str], ...]
"""Pieces of what is shown, each a kind and its words: text, marks around it, links, pictures."""

_LONGEST = 10_000
"""Characters that are parsed, since some texts take quadratic time; the program's are shorter."""
_TEXT = "text"
_BREAK = ("break", "")
_EMPHASIS = frozenset(("em_open", "em_close", "strong_open", "strong_close"))
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | dict.fromkeys("\u2018\u2019\u201a\u201b", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | {"\u2026": "..."}
)
_DASHES = re.compile(r"(?<=\s)-{2,3}(?=\s)|(?<=\w)-{2,3}(?=\w)")

_parser = MarkdownIt("commonmark").enable("strikethrough")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How Markdown is read in one place of a document.

    ``definitions`` are those of the document's links. In a table ``in_cell`` is True: there
    an escaped pipe is a pipe, in code too.
    """

    definitions: Definitions = field(default_factory=dict)
    in_cell: bool = False

    def same(self, one: str, other: str) -> bool:
        """Tell whether two texts render to the same; white space makes no difference."""
        return one.split() == other.split() or self.rendering(one) == self.rendering(other)

    def rendering(self, markdown: str) -> Rendering:
        """Give what a text renders to."""
        if len(markdown) > _LONGEST:
            return ((_TEXT, " ".join(markdown.split())),)
        text = markdown.replace("\\|", "|") if self.in_cell else markdown
        if self.definitions and "[" in text:
            return _rendering(text, self.definitions)
        return _known_rendering(text)

    def same_words(self, one: str, other: str) -> bool:
        """Tell whether two texts say the same, whatever of it is set in italics, bold or code."""
        return one.split() == other.split() or self._said(one) == self._said(other)

    def _said(self, markdown: str) -> list[str]:
        pieces = (said or kind for kind, said in self.rendering(markdown) if kind not in _EMPHASIS)
        return " ".join(pieces).split()

    def words(self, markdown: str) -> list[str]:
        """Give the words of what a text renders to, addresses of links among them."""
        return " ".join(said for _, said in self.rendering(markdown)).split()


@lru_cache(maxsize=8192)
def _known_rendering(markdown: str) -> Rendering:
    return _rendering(markdown, {})


def _rendering(markdown: str, definitions: Mapping[str, object]) -> Rendering:
    tokens: list[Token] = []
    _parser.inline.parse(markdown, _parser, {"references": definitions}, tokens)
    return tuple(_spaced(_links(list(_pieces(tokens)))))


def _typed(text: str) -> str:
    """Give text as a keyboard has it: what programs for writing make of its quotes and dashes."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)
    return _DASHES.sub("-", text) if "--" in text else text


def _pieces(tokens: Iterable[Token]) -> Iterator[tuple[str, str]]:
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                yield _TEXT, token.content
            case "softbreak":
                yield _TEXT, " "
            case "hardbreak":
                yield _BREAK
            case "html_inline":
                yield _BREAK if _LINE_BREAK.fullmatch(token.content) else ("html", token.content)
            case "link_open":
                yield "link", _target(token, "href")
            case "image":
                inner = _spaced(_links(list(_pieces(token.children or ()))))
                yield "image", _target(token, "src")
                yield "alternative", "".join(said for kind, said in inner if kind == _TEXT)
            case _:  # code by its words, emphasis by where it begins and ends
                yield token.type, token.content


def _target(token: Token, name: str) -> str:
    return f"{token.attrGet(name) or ''} {token.attrGet('title') or ''}".strip()


def _links(pieces: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Take an address that links to itself for the address: readers see a link in both."""
    at = 0
    while at < len(pieces):
        kind, target = pieces[at]
        if kind == "link":
            end = pieces.index(("link_close", ""), at)
            inner = pieces[at + 1 : end]
            shown = "".join(said for _, said in inner)
            if all(one == _TEXT for one, _ in inner) and _is_address(shown, target):
                yield _TEXT, shown
                at = end + 1
                continue
        yield pieces[at]
        at += 1


def _is_address(shown: str, target: str) -> bool:
    return target in (_parser.normalizeLink(shown), f"mailto:{shown}")


def _spaced(pieces: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Join text to text, and take each run of white space for one space, none at the ends."""
    joined: list[list[str]] = [[*_BREAK]]
    for kind, said in pieces:
        if kind == joined[-1][0] == _TEXT:
            joined[-1][1] += said
        else:
            joined.append([kind, said])
    joined.append([*_BREAK])
    for before, here, behind in zip(joined, joined[1:], joined[2:], strict=False):
        kind, words = here[0], _SPACES.sub(" ", here[1])
        if kind == _TEXT:
            words = _typed(unescape(words))  # as pandoc does: to it the text "&lt;" is "<"
            words = words.lstrip() if before == [*_BREAK] else words
            words = words.rstrip() if behind == [*_BREAK] else words
            if not words:
                continue
        yield kind, words
