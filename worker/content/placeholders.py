"""What stands where words could: placeholders, struck-out text, and words for nothing.

What counts is what a reader sees, however it is spelled.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import category

from markdown_it.token import Token

from worker.content.clean_text import clean
from worker.content.inline_markdown import Definitions, inline_tokens, plain, words_of

_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_GROUP = r"\[(?!\[)(?:[^\[\]]|\[[^\[\]]*\])*\]"
_BRACKETS = re.compile(rf"{_GROUP}(?:(?:\s|[,;/&.+-])+{_GROUP})*[\s.,;:!?]*")
"""Words all in brackets: others inside, several beside each other, or a full stop behind them."""
_WIDE = str.maketrans({"\uff3b": "[", "\uff3d": "]"})
"""The brackets that East Asian keyboards give."""
_ONE_TILDE = re.compile(r"~(?![~\s])[^~]*[^~\s]~")
_STRIKE = re.compile(r"<(/?)(?:s|del|strike)(?:\s[^<>]*)?>", re.IGNORECASE)
_TICKS = "\u2610\u2611\u2612\u2705\u2713\u2714\u2715\u2716\u2717\u2718"
_STRUCK_FIRST = re.compile(r"[\s*_]*(?:~~?(?!~)|<(?:s|del|strike)\b)", re.IGNORECASE)
_ENDS = (
    r"(?=\s*$|\s*[^\w\s]|\s+(?:\d|[A-Z][A-Z0-9]+-\d|(?:in|by|to|into|with|on|as|via|for|until|see"
    r"|of|since|because|after|due|now|already)\b))"
)
_REMARK = re.compile(
    r"\W*(?:(?:replaced by|no longer|not needed|won['\u2019]?t|wontfix|covered by|tracked in"
    r"|out of scope|n/?a|already)(?!\w)|see (?=[\[#]|https?:|[A-Z][A-Z0-9]+-\d|above\b|below\b)"
    r"|(?:done|fixed|handled|moved|merged|resolved|closed|completed|duplicate|dupe|superseded"
    rf"|obsolete|cancell?ed|dropped|deferred|postponed|rejected|declined){_ENDS})",
    re.IGNORECASE,
)
"""What people write behind a task that they strike out; other words are what it became."""
_REASON = re.compile(r"\s+[-\u2010-\u2015]+\s+|\s*[(:;]|,\s|\.\s|\s+(?=see\b)")
_MOST_FOR_NONE = 200
"""Characters of a text among which the words for nothing end, where it has a reason behind."""
_BUT = re.compile(
    r"\W*(?:but|except|however|other than|apart from|besides|unless)\b", re.IGNORECASE
)
_TO_COME = re.compile(r"t\W*b\W*[a-z]\b|to\b|todo\b|unassigned\b", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")


def is_bracketed(markdown: str) -> bool:
    """Tell whether text is wholly one ``[bracketed placeholder]``, in whatever spelling.

    Escapes, emphasis and a link that leads nowhere make no difference to a reader.
    """
    text = clean(markdown).translate(_WIDE)
    if _BRACKETED.fullmatch(text):
        return True
    if "[" not in text and "&" not in text:
        return False
    return _BRACKETED.fullmatch("".join(_with_dead_links(inline_tokens(text))).strip()) is not None


def _with_dead_links(tokens: Iterable[Token]) -> Iterator[str]:
    """Give what a reader sees, and around a link that leads nowhere the brackets it came from."""
    is_dead = False
    for token in tokens:
        if token.type == "link_open" and token.attrGet("href") in ("", "#"):
            is_dead = True
            yield "["
        elif token.type == "link_close" and is_dead:
            is_dead = False
            yield "]"
        else:
            yield from words_of([token])


def _may_be_struck(markdown: str) -> bool:
    """Tell whether it is worth reading a text for what is struck out: few are."""
    return "~" in markdown or "<" in markdown


def is_struck_out(markdown: str) -> bool:
    """Tell whether a text is struck out: ``~~so~~``, ``~so~`` or ``<del>so</del>``.

    It is also with a remark behind it: of fewer words than were struck out, in brackets, or of what
    became of it ("duplicate of …").
    """
    if not _may_be_struck(markdown):
        return False
    if _ONE_TILDE.fullmatch(markdown.strip()):
        return True
    behind = unstruck(markdown)
    words, kept = len(plain(markdown).split()), len(behind.split())
    if kept == words or kept < words - kept or not _STRUCK_FIRST.match(markdown):
        return kept < words - kept
    is_aside = behind.startswith("(") and behind.find(")") == len(behind.rstrip(" .")) - 1
    return is_aside or _REMARK.match(behind) is not None


def unstruck(markdown: str, definitions: Definitions | None = None) -> str:
    """Give what a reader sees of a text but for what is struck out."""
    if not _may_be_struck(markdown):
        return plain(markdown, definitions)
    kept: list[Token] = []
    depth = 0
    for token in inline_tokens(markdown, definitions):
        tag = _STRIKE.fullmatch(token.content) if token.type == "html_inline" else None
        if token.type == "s_open" or (tag and not tag[1]):
            depth += 1
        elif token.type == "s_close" or tag:
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(token)
    return " ".join("".join(words_of(kept)).split())


def is_placeholder(markdown: str) -> bool:
    """Tell whether text holds no words: it is blank or wholly a bracketed placeholder."""
    return not markdown.strip() or is_bracketed(markdown)


def is_prompt(markdown: str) -> bool:
    """Tell whether the words of a cell are placeholders alone: blank, or bracketed each of them."""
    return is_placeholder(markdown) or _BRACKETS.fullmatch(clean(markdown)) is not None


def is_marks(words: str) -> bool:
    """Tell whether plain words are none: blank, or dashes, dots, ditto marks and the like alone."""
    return not any(one.isalnum() or _is_picture(one) for one in clean(words))


def _is_picture(character: str) -> bool:
    return category(character) == "So" and character not in _TICKS


def says_nothing(words: str, nothing: Iterable[str]) -> bool:
    """Tell whether plain words stand for none: marks alone, or one of the words for nothing."""
    if is_marks(words):
        return True
    said = _said(words)
    return bool(said) and said in map(_said, nothing)


def says_none_since(words: str, nothing: Iterable[str]) -> bool:
    """Tell whether plain words say that there is none, and why: ``N/A - covered by the runbook``.

    Not so what is still to be found: "TBD: who pays" is something to do, and so is what "None, but"
    goes on with.
    """
    head, *reason = _REASON.split(words[:_MOST_FOR_NONE], maxsplit=1)
    if not reason or _TO_COME.match(head) or _BUT.match(reason[0]):
        return False
    return not is_marks(head) and says_nothing(head, nothing)


@lru_cache(maxsize=1024)
def _said(words: str) -> str:
    return _NO_WORD.sub(" ", words.casefold()).strip()
