"""Text inside a line: plain text made safe for Markdown, Markdown read as plain text."""

import re
from collections.abc import Iterable, Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token

_parser = MarkdownIt("commonmark").enable("strikethrough")

_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\[)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")

Definitions = Mapping[str, object]
"""What a document's link reference definitions are, as the parser keeps them."""


def one_line(text: str) -> str:
    """Give text with each run of white space as one space, and without control characters.

    Invisible direction marks go too: they can show a line in another order than it is read.
    """
    return " ".join(_UNSEEN.sub("", text).split())


def escape(text: str) -> str:
    """Give inline Markdown that shows exactly this text, in a table cell as well."""
    return _SPECIAL.sub(lambda found: "\\" + found.group(), one_line(text))


def in_cell(markdown: str) -> str:
    """Give inline Markdown as it can stand in a table cell: on one line, with no bare pipe."""
    return _BARE_PIPE.sub(r"\\|", " ".join(markdown.split()))


def plain(markdown: str, definitions: Definitions | None = None) -> str:
    """Give what a reader sees: links by their text, code and emphasis by their letters."""
    return " ".join("".join(_words(parse(markdown, definitions))).split())


def plain_cell(markdown: str, definitions: Definitions | None = None) -> str:
    """Give what a reader sees of a table's cell; an escaped pipe in it is a pipe, in code too."""
    return plain(markdown.replace("\\|", "|"), definitions)


def parse(markdown: str, definitions: Definitions | None = None) -> list[Token]:
    """Parse inline Markdown into tokens."""
    tokens: list[Token] = []
    _parser.inline.parse(markdown, _parser, {"references": definitions or {}}, tokens)
    return tokens


def _words(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak") or _BREAK.fullmatch(token.content):
            yield " "
        elif token.type == "image":
            yield "".join(_words(token.children or ()))


def is_bracketed(markdown: str) -> bool:
    """Tell whether text is wholly one ``[bracketed placeholder]``."""
    return _BRACKETED.fullmatch(markdown.strip()) is not None


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts differ at most in white space."""
    return one == other or one.split() == other.split()
