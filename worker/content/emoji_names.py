"""Emoji by their names, ``:fire:``, as the characters that readers see. Pure.

The names are those of Rich's table, which are GitHub's and Slack's too for all that is common. A
name counts where it stands by itself: ``a:x:b`` and ``10:30:00`` are no emoji, nor is code.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_NAMED = re.compile(r"(?<![\w:./-]):([a-z+-][a-z0-9_+-]*):(?![\w:/])")


def with_emoji(parser: MarkdownIt) -> MarkdownIt:
    """Let a parser of Markdown show emoji for their names, in everything but code.

    It is to be the last rule, for the addresses of headings are told by what is written.
    """
    parser.core.ruler.push("emoji", _show)
    return parser


def as_characters(text: str) -> str:
    """Give a text with the characters of the emoji that it names; other names stay."""
    return _NAMED.sub(_character, text) if ":" in text else text


def _show(state: StateCore) -> None:
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = as_characters(child.content)


def _character(found: re.Match[str]) -> str:
    return _table().get(found[1], found[0])


@cache
def _table() -> dict[str, str]:
    """Give Rich's table, which is loaded at the first emoji that is met."""
    from rich._emoji_codes import EMOJI  # noqa: PLC0415 - 3,600 names; there is no public way

    return EMOJI
