"""How a tree of HTML is built: what is a block, where links lead, what is in a table or a task."""

import re
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import unquote

from worker.publishing.html_tree import Element

Node = Element | str
STATE = "state"
"""What is no HTML: the state of a ticket."""
_STATE = re.compile(r" \(([^()\n]{1,60})\)(?=\s*$)")
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+")

BLOCKS = frozenset(
    {
        *("article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hgroup", "hr", "li", "nav", "ol", "p", "pre", "section", "summary", "table", "ul"),
    }
)


_TABLE = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"})
"""Parts of a table, which nothing may stand between and the table."""


def is_block(node: Node) -> bool:
    """Tell whether a node is a paragraph or the like, or holds one."""
    return isinstance(node, Element) and (node.tag in BLOCKS or any(map(is_block, node.children)))


def spread(children: Sequence[Node], mark: Element) -> list[Node]:
    """Put a mark or link that has blocks in it around the words of each of them instead."""
    own = {name: value for name, value in mark.attributes.items() if name not in {"id", "name"}}
    found: list[Node] = []
    for block, group in groupby(children, lambda one: is_block(one) or _is_of_table(one)):
        run = list(group)
        if not block:
            blank = all(isinstance(one, str) and not one.strip() for one in run)
            found += run if blank else [Element(mark.tag, own, run)]
            continue
        for one in run:
            if not isinstance(one, Element) or one.tag in {"hr", "pre", "colgroup"}:
                found.append(one)
            elif one.tag in BLOCKS or _is_of_table(one):
                found.append(Element(one.tag, one.attributes, spread(one.children, mark)))
            else:
                found += spread(spread(one.children, one), mark)
    return found


def _is_of_table(node: Node) -> bool:
    return isinstance(node, Element) and node.tag in _TABLE


def target(node: Element) -> str:
    """Give the place in the document that a link leads to, "" where it leads elsewhere."""
    address = node.attributes.get("href", "") if node.tag == "a" else ""
    return unquote(address[1:]) if address.startswith("#") else ""


def words(node: Element) -> str:
    """Give the words in an element, on one line."""
    return " ".join(node.words().split())


def box_of(node: Element) -> Element | None:
    """Give the box of a task: it comes first, in a paragraph where the list is a loose one."""
    return next((one for one in node.elements() if one.tag == "input"), None)


def without(node: Element, gone: Element | None) -> list[Node]:
    """Give what is in an element but for one thing, and the space behind that."""
    found: list[Node] = []
    for child in node.children:
        if child is gone:
            continue
        if isinstance(child, Element) and child.tag == "p":
            found.append(Element("p", child.attributes, without(child, gone)))
        else:
            found.append(child)
    return found


def with_state(children: Sequence[Node]) -> list[Node]:
    """Give what is in an entry of a list, with the state behind its ticket as an element."""
    found: list[Node] = []
    for child in children:
        ticket = found[-1] if found else None
        if isinstance(child, Element):
            inner = with_state(child.children) if child.tag == "p" else child.children
            found.append(Element(child.tag, child.attributes, inner))
        elif (state := _STATE.match(child)) and isinstance(ticket, Element) and _is_ticket(ticket):
            found += [" (", Element(STATE, {}, [state[1]]), f"){child[state.end() :]}"]
        else:
            found.append(child)
    return found


def _is_ticket(node: Element) -> bool:
    return node.tag == "a" and bool(_KEY.fullmatch(words(node)))


def parts_of(table: Element, tag: str) -> list[Element]:
    """Give the rows or the caption of a table, not those of a table in it."""
    found = []
    for child in table.children:
        if isinstance(child, Element):
            if child.tag == tag:
                found.append(child)
            elif child.tag in {"thead", "tbody", "tfoot"}:
                found += parts_of(child, tag)
    return found


def cells(row: Element) -> list[Element]:
    """Give the cells of a row."""
    return [one for one in row.children if isinstance(one, Element) and one.tag in {"td", "th"}]
