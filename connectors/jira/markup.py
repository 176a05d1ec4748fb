"""Descriptions as Jira Cloud takes them, and what holds for Data Center's wiki markup as well.

What people wrote is text in both and never becomes markup. A description that is longer than Jira
takes is cut short, and says so.

The Atlassian Document Format is a tree of nodes. Source: the ADF structure at
developer.atlassian.com. Text nodes must not be empty, nor may lists.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from connectors.tickets import Bullets, Json, Paragraph, Preformatted, RichText, Span

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
