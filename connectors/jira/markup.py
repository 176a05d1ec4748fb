"""Descriptions as Jira takes them: ADF on Cloud, wiki markup on Data Center.

What people wrote is text in both and never becomes markup. A description that is longer than Jira
takes is cut short, and says so.
"""

import json
from collections.abc import Callable
from typing import TypeVar

from connectors.jira.adf import tree
from connectors.jira.wiki import text
from connectors.tickets import Bullets, Json, Paragraph, Preformatted, RichText, Span

LIMIT = 32_767
"""The longest description that Jira takes, in UTF-16 units since it is written in Java."""
CUT_SHORT = (
    f"The description was longer than the {LIMIT:,} characters that Jira takes; it is cut short."
)
Rendered = TypeVar("Rendered")


def adf(description: RichText) -> Json:
    """Give the description as an Atlassian Document Format tree.

    Jira does not say whether its limit is on the tree or on the text in it, so the tree itself is
    kept under the limit.
    """
    return _within_limit(description, tree, lambda whole: _units(_compact(whole)))


def wiki(description: RichText) -> str:
    """Give the description as Jira's wiki markup."""
    return _within_limit(description, text, _units)


def _within_limit(
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


def _compact(whole: Json) -> str:
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _units(rendered: str) -> int:
    return len(rendered.encode("utf-16-le", "surrogatepass")) // 2
