"""The Atlassian Document Format: a tree of nodes, in which text is only ever text.

Source: the ADF structure at developer.atlassian.com. Text nodes must not be empty, nor may lists.
"""

from connectors.jira.plain import clean, is_link
from connectors.tickets import Bullets, Json, Paragraph, Preformatted, RichText, Span


def tree(description: RichText) -> Json:
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
            text = clean(block.text)
            return {"type": "codeBlock", "content": [_text(text)]} if text else None


def _paragraph(spans: tuple[Span, ...]) -> Json | None:
    content = [node for span in spans for node in _inline(span)]
    return {"type": "paragraph", "content": content} if content else None


def _inline(span: Span) -> list[Json]:
    marks: list[Json] = [{"type": "strong"}] if span.strong else []
    if is_link(span.url):
        marks.append({"type": "link", "attrs": {"href": span.url}})
    nodes: list[Json] = []
    for number, line in enumerate(clean(span.text).split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append(_text(line, marks))
    return nodes


def _text(text: str, marks: list[Json] | None = None) -> Json:
    return {"type": "text", "text": text, **({"marks": marks} if marks else {})}
