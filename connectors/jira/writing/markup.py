"""Descriptions as Jira takes them: a tree of nodes on Cloud, wiki markup on Data Center.

What people wrote is text in both and never becomes markup. A description that is longer than Jira
takes is cut short, and says so.

The Atlassian Document Format is a tree of nodes. Source: the ADF structure at
developer.atlassian.com. Text nodes must not be empty, nor may lists.

In wiki markup text and structure share one string, so each character of people's text that could
mean something is written as a numeric character reference (``&#42;``). Jira's renderer leaves those
alone and hands them to the browser.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from connectors.ticket_fields import Bullets, Paragraph, Preformatted, RichText, Span
from connectors.tickets import Json

LIMIT = 32_767
"""The longest description that Jira takes, in UTF-16 units since it is written in Java."""
CUT_SHORT = (
    f"The description was longer than the {LIMIT:,} characters that Jira takes; it is cut short."
)
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
Rendered = TypeVar("Rendered")


def adf(description: RichText) -> Json:
    """Give the description as an Atlassian Document Format tree.

    Jira does not say whether its limit is on the tree or on the text in it, so the tree itself is
    kept under the limit.
    """
    return within_limit(description, _tree, lambda whole: utf16_units(_compact(whole)))


def _tree(description: RichText) -> Json:
    """Give the description as a ``doc`` node; blocks without any text are left out."""
    nodes = [node for block in description if (node := _block(block)) is not None]
    return {"type": "doc", "version": 1, "content": nodes}


def _block(block: Paragraph | Bullets | Preformatted) -> Json | None:
    match block:
        case Paragraph():
            return _paragraph(block.spans)
        case Bullets():
            items = [node for item in block.items if (node := _paragraph(item)) is not None]
            listed = [{"type": "listItem", "content": [node]} for node in items]
            return {"type": "bulletList", "content": listed} if listed else None
        case Preformatted():
            text = xml_text(block.text)
            return {"type": "codeBlock", "content": [_text(text)]} if text else None


def _paragraph(spans: tuple[Span, ...]) -> Json | None:
    content = [node for span in spans for node in _inline(span)]
    return {"type": "paragraph", "content": content} if content else None


def _inline(span: Span) -> list[Json]:
    marks: list[Json] = [{"type": "strong"}] if span.strong else []
    if is_link(span.url):
        marks.append({"type": "link", "attrs": {"href": span.url}})
    nodes: list[Json] = []
    for number, line in enumerate(xml_text(span.text).split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append(_text(line, marks))
    return nodes


def _text(text: str, marks: list[Json] | None = None) -> Json:
    return {"type": "text", "text": text, **({"marks": marks} if marks else {})}


def _compact(whole: Json) -> str:
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def xml_text(text: str) -> str:
    """Leave out what is no text in XML 1.0 (control characters, halves of characters).

    Jira answers 500 to some of it, and its export cannot hold the rest. All else that a person
    wrote reaches the ticket as it is; a cell of a document takes less from a ticket, since there
    it must read as one line.
    """
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_link(url: str | None) -> bool:
    """Tell whether an address may become a link: on the web or to a mailbox, nothing that runs."""
    return url is not None and _LINK.fullmatch(url) is not None


def within_limit(
    description: RichText,
    render: Callable[[RichText], Rendered],
    size: Callable[[Rendered], int],
) -> Rendered:
    """Render as much from the start as the limit allows, and say so where something is left out."""
    whole = render(description)
    if size(whole) <= LIMIT:
        return whole
    notice = Paragraph((Span(CUT_SHORT),))
    fits, too_long = 0, LIMIT
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if size(render((*_first(description, middle), notice))) <= LIMIT:
            fits = middle
        else:
            too_long = middle
    return render((*_first(description, fits), notice))


def _first(description: RichText, characters: int) -> RichText:
    """Give the description's first characters, with the structure around them."""
    left = characters

    def spans(whole: tuple[Span, ...]) -> tuple[Span, ...]:
        nonlocal left
        kept = []
        for span in whole:
            kept.append(Span(span.text[:left], span.url, span.strong))
            left -= len(kept[-1].text)
        return tuple(kept)

    blocks: list[Paragraph | Bullets | Preformatted] = []
    for block in description:
        match block:
            case Paragraph():
                blocks.append(Paragraph(spans(block.spans)))
            case Bullets():
                blocks.append(Bullets(tuple(spans(item) for item in block.items)))
            case Preformatted():
                blocks.append(Preformatted(spans((Span(block.text),))[0].text))
    return tuple(blocks)


def utf16_units(rendered: str) -> int:
    """Count what Jira's limit counts."""
    return len(rendered.encode("utf-16-le", "surrogatepass")) // 2


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
    return within_limit(description, _wiki_text, utf16_units)


def _wiki_text(description: RichText) -> str:
    """Give the whole description; blocks without any text are left out."""
    blocks = (_wiki_block(block) for block in description)
    return "\n\n".join(block for block in blocks if block)


def _wiki_block(block: Paragraph | Bullets | Preformatted) -> str:
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
