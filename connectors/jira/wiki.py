r"""Jira's wiki markup, in which text and structure share one string.

Each character of people's text that could mean something is written as a numeric character
reference (``&#42;``). Jira's renderer leaves those alone and hands them to the browser; its own
backslash escapes become such references too. Backslashes themselves would not do: ``\{\{x\}\}``
still comes out as monospace, and two in a row are a line break. A character that cannot mean
anything where it stands, such as the hyphens of ``2026-03-01``, stays readable.
"""

import re

from connectors.jira.markup import is_link, utf16_units, within_limit, xml_text
from connectors.tickets import Bullets, Paragraph, Preformatted, RichText, Span

_EDGE = "\0"
"""Stands for a neighbour that is not known: the strictest case."""
_ALWAYS = frozenset("*^~{}[]|\\#@&")
_AT_LINE_START = re.compile(r"\s*(?:h[1-6]\.|bq\.)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")
_BREAKS_LINK = re.compile(r"[\[\]{}|\\^`\"<>]")
_NOFORMAT = re.compile(r"\{(?=noformat)", re.IGNORECASE)
_EMOTICON = re.compile(r"\([^()\s]{0,8}\)")


def wiki(description: RichText) -> str:
    """Give the description as Jira's wiki markup, cut short where Jira takes no more."""
    return within_limit(description, _text, utf16_units)


def _text(description: RichText) -> str:
    """Give the whole description; blocks without any text are left out."""
    blocks = (_block(block) for block in description)
    return "\n\n".join(block for block in blocks if block)


def _block(block: Paragraph | Bullets | Preformatted) -> str:
    match block:
        case Paragraph():
            return _BLANK_LINES.sub("\n", _spans(block.spans))
        case Bullets():
            items = (_spans(item).replace("\n", " ") for item in block.items)
            return "\n".join(f"* {item}" for item in items if item)
        case Preformatted():
            inside = _NOFORMAT.sub("{\u200b", xml_text(block.text))
            return f"{{noformat}}\n{inside}\n{{noformat}}" if inside.strip() else ""


def _spans(spans: tuple[Span, ...]) -> str:
    done = ""
    texts = [xml_text(span.text) for span in spans]
    for number, (span, own) in enumerate(zip(spans, texts, strict=True)):
        after = "".join(texts[number + 1 :])[:1]
        if is_link(span.url) and own.strip():
            done += _link(own, span.url or "")
        elif span.strong:
            done += _strong(own, done[-1:], after)
        else:
            done += escaped(own, before=done[-1:], after="" if not after else _EDGE)
    return done.strip()


def _link(own: str, url: str) -> str:
    address = _BREAKS_LINK.sub(lambda found: f"%{ord(found[0]):02X}", xml_text(url))
    return f"[{escaped(' '.join(own.split()), before=_EDGE, after=_EDGE)}|{address}]"


def _strong(own: str, before: str, after: str) -> str:
    """Write bold text where Jira would see it as such: not inside a word, not over two lines."""
    core = own.strip()
    inside = escaped(core, before=_EDGE, after=_EDGE)
    outer_before = own[: len(own) - len(own.lstrip())] or before
    outer_after = own[len(own.rstrip()) :] or after
    if not core or "\n" in core or _in_word(outer_before[-1:]) or _in_word(outer_after[:1]):
        return escaped(own, before=_EDGE, after=_EDGE)
    lead, rest = own.split(core, 1)
    return f"{lead}*{inside}*{rest}"


def escaped(own: str, *, before: str = "", after: str = "") -> str:
    """Write people's text so that none of it is markup.

    ``before`` and ``after`` are the characters around it, "" where a line begins or ends.
    """
    lines = own.split("\n")
    last = len(lines) - 1
    return "\n".join(
        _line(line, "" if number else before, after if number == last else "")
        for number, line in enumerate(lines)
    )


def _line(line: str, before: str, after: str) -> str:
    opening = _AT_LINE_START.match(line)
    first = len(line) - len(line.lstrip()) if opening else -1
    return "".join(
        f"&#{ord(char)};"
        if at == first or _could_mean(line, at, line[at - 1] if at else before, after)
        else char
        for at, char in enumerate(line)
    )


def _could_mean(line: str, at: int, left: str, after: str) -> bool:
    """Tell whether the character could be markup where it stands."""
    char = line[at]
    right = line[at + 1] if at + 1 < len(line) else after
    match char:
        case "-" | "_" | "+":  # deleted, emphasised, inserted; rules, dashes, lists; ticket keys
            key = left.isupper() and right.isdecimal()
            means = key or not (_in_word(left) and _in_word(right))
        case ":":  # addresses that become links, faces
            clock = left.isdecimal() and right.isdecimal()
            means = not (clock or right == "" or right.isspace())
        case "!":  # images
            means = not (right == "" or right.isspace())
        case "?":  # citations
            means = "?" in {left, right}
        case "(":  # pictures such as (x) and (on), faces
            alone = left == "" or left.isspace() or _in_word(left)
            means = not alone or right == _EDGE or _EMOTICON.match(line, at) is not None
        case ")":  # faces
            means = not _in_word(left)
        case _:
            means = char in _ALWAYS
    return means


def _in_word(char: str) -> bool:
    return char.isalpha() or char.isdecimal()
