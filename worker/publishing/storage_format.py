"""A document's tree of HTML as a page's storage format: the words are the same, all of them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import unquote

from worker.publishing.code_languages import language
from worker.publishing.html_structure import (
    BLOCKS,
    STATE,
    Node,
    box_of,
    cells,
    is_block,
    parts_of,
    spread,
    target,
    with_state,
    without,
    words,
)
from worker.publishing.html_tree import Element
from worker.publishing.status_cells import lozenge, status_columns
from worker.publishing.storage_xml import (
    anchor,
    element,
    escaped,
    link_to,
    link_to_file,
    macro,
    parameter,
    plain_body,
    rich_body,
)

_SAME = frozenset(
    {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "sub", "sup", "small"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
"""They have anchors all, for addresses that lead to them from elsewhere."""
_MARKS = {
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i", "cite", "dfn", "var"), "em"),
    **dict.fromkeys(("u", "ins"), "u"),
    **dict.fromkeys(("del", "s", "strike"), "del"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
_ALERTS = {
    "markdown-alert-note": "info",
    "markdown-alert-tip": "tip",
    "markdown-alert-important": "note",
    "markdown-alert-warning": "note",
    "markdown-alert-caution": "warning",
}
_DONE_BOX, _OPEN_BOX = "\N{BALLOT BOX WITH CHECK} ", "\N{BALLOT BOX} "


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows beside words.

    ``files`` are the attachments it has, by the name by which the document shows them, each with
    the width in pixels at which to show it, 0 for its own. ``ticket`` and ``status`` are the
    headings of those columns of the action items.
    """

    files: Mapping[str, int] = field(default_factory=dict)
    ticket: str = "Ticket"
    status: str = "Status"


def storage(root: Element, shown: Shown) -> str:
    """Give the storage format of a document's tree; it is well-formed XML whatever is in it."""
    return _Writer(root, shown).flow(root.children)


class _Writer:
    """Writes one document. Tasks are numbered as they come, anchors set where links lead."""

    def __init__(self, root: Element, shown: Shown) -> None:
        self._shown = shown
        self._tasks = 0
        elements = list(root.elements())
        own = {one.attributes.get("id") or one.attributes.get("name") for one in elements}
        led = {target(one) for one in elements}
        named = {one.attributes.get("id") for one in elements if one.tag in _HEADINGS}
        self._anchors = {one for one in own & led | named if one}

    def flow(self, children: Sequence[Node], *, bare: bool = False) -> str:
        """Write what may hold paragraphs; words that are in none get one, unless ``bare``."""
        parts = []
        for block, run in groupby(children, is_block):
            if block:
                parts += [self._node(one) for one in run]
                continue
            inside = self._inline(list(run))
            if inside.strip():
                parts.append(inside.strip() if bare else element("p", inside.strip()))
        return "".join(parts)

    def _inline(self, children: Iterable[Node]) -> str:
        return "".join(map(self._node, children))

    def _node(self, node: Node) -> str:
        if isinstance(node, str):
            return escaped(node)
        own = self._element(node)
        names = {node.attributes.get("id"), node.attributes.get("name")}
        here = "".join(anchor(one) for one in sorted(filter(None, names)) if one in self._anchors)
        if not here:
            return own
        if node.tag in _HEADINGS | {"p", "li"} and not own.endswith("/>"):
            opening, behind, rest = own.partition(">")
            return f"{opening}{behind}{here}{rest}"
        return element("p", here) + own if is_block(node) else here + own

    def _element(self, node: Element) -> str:
        if node.tag not in BLOCKS and is_block(node):
            return self.flow(spread(node.children, node))
        write = _OWN.get(node.tag)
        if write is not None:
            return write(self, node)
        if node.tag in _MARKS:
            inside = self._inline(node.children)
            return element(_MARKS[node.tag], inside) if inside.strip() else inside
        if node.tag in _SAME:
            inner = self.flow if node.tag == "blockquote" else self._inline
            return element(node.tag, inner(node.children))
        return self.flow(node.children) if node.tag in BLOCKS else self._inline(node.children)

    def _break(self, node: Element) -> str:
        return f"<{node.tag}/>"

    def _definition(self, node: Element) -> str:
        return element("p", element("strong", self._inline(node.children)))

    def _link(self, node: Element) -> str:
        inside, address = self._inline(node.children), node.attributes.get("href", "")
        if (name := target(node)) in self._anchors:
            return link_to(name, inside) if inside else ""
        if inside and address.lower().startswith(("http://", "https://", "mailto:")):
            return element("a", inside, href=address)
        if inside and (name := unquote(address.removeprefix("./"))) in self._shown.files:
            return link_to_file(name, inside)
        return inside + _path(address, words(node)) if words(node).strip() else inside

    def _picture(self, node: Element) -> str:
        source, alternative = node.attributes.get("src", ""), node.attributes.get("alt", "")
        name = unquote(source.removeprefix("./"))
        told = {"ac_alt": alternative}
        if name in self._shown.files:
            if width := self._shown.files[name]:
                told["ac_width"] = str(width)
            return element("ac:image", element("ri:attachment", "", ri_filename=name), **told)
        if source.lower().startswith(("http://", "https://")):
            return element("ac:image", element("ri:url", "", ri_value=source), **told)
        return escaped(alternative) + _path(source, alternative)

    def _code(self, node: Element) -> str:
        inner = [one for one in node.elements() if one.tag == "code"]
        known = language(inner[0].attributes.get("class", "")) if inner else ""
        told = parameter("language", known) if known else ""
        return macro("code", told, plain_body(node.words().removesuffix("\n")))

    def _division(self, node: Element) -> str:
        alert = next((name for kind, name in _ALERTS.items() if node.has_class(kind)), "")
        inside = self.flow(node.children)
        return macro(alert, rich_body(inside)) if alert else inside

    def _details(self, node: Element) -> str:
        summaries = [one for one in node.children if isinstance(one, Element)]
        summary = next((one for one in summaries if one.tag == "summary"), None)
        rest = [one for one in node.children if one is not summary]
        title = parameter("title", words(summary)) if summary else ""
        return macro("expand", title, rich_body(self.flow(rest)))

    def _list(self, node: Element) -> str:
        """Write a list; those items of it that are tasks become a list of tasks."""
        entries = [one for one in node.children if isinstance(one, Element)]
        if node.tag == "ol":
            start = node.attributes.get("start", "1")
            told = {} if start == "1" else {"start": start}
            return element("ol", "".join(map(self._entry, entries)), **told)
        parts = []
        for tasks, run in groupby(entries, lambda one: one.has_class("task-list-item")):
            if tasks:
                parts.append(element("ac:task-list", "".join(map(self._task, run))))
            else:
                parts.append(element("ul", "".join(map(self._node, run))))
        return "".join(parts)

    def _entry(self, node: Element) -> str:
        """Write an entry of a numbered list, where a box can be nothing but a character."""
        return self._node(node)

    def _item(self, node: Element) -> str:
        return element("li", self.flow(with_state(node.children), bare=True))

    def _task(self, node: Element) -> str:
        self._tasks += 1
        number, box = self._tasks, box_of(node)
        done = box is not None and "checked" in box.attributes
        names = [node.attributes.get("id", "")]
        here = "".join(anchor(one) for one in names if one in self._anchors)
        inside = self.flow(with_state(without(node, box)), bare=True)
        return element(
            "ac:task",
            element("ac:task-id", str(number))
            + element("ac:task-status", "complete" if done else "incomplete")
            + element("ac:task-body", here + inside),
        )

    def _state(self, node: Element) -> str:
        return lozenge(words(node))

    def _input(self, node: Element) -> str:
        if node.attributes.get("type", "").lower() != "checkbox":
            return ""
        return _DONE_BOX if "checked" in node.attributes else _OPEN_BOX

    def _table(self, node: Element) -> str:
        rows = [one for one in parts_of(node, "tr") if cells(one)]
        captions = "".join(self._definition(one) for one in parts_of(node, "caption"))
        lozenges = (
            status_columns([words(one) for one in cells(rows[0])], self._shown) if rows else ()
        )
        written = [
            element(
                "tr",
                "".join(
                    self._cell(one, at in lozenges and number > 0)
                    for at, one in enumerate(cells(row))
                ),
            )
            for number, row in enumerate(rows)
        ]
        return captions + (element("table", element("tbody", "".join(written))) if rows else "")

    def _cell(self, node: Element, is_status: bool) -> str:
        spans = {
            name: node.attributes[name]
            for name in ("colspan", "rowspan")
            if node.attributes.get(name, "1") != "1"
        }
        if (
            is_status
            and (word := words(node))
            and all(isinstance(one, str) for one in node.children)
        ):
            return element(node.tag, lozenge(word), **spans)
        inside = self.flow(node.children, bare=True)
        aligned = node.attributes.get("align", "left")
        if aligned in {"center", "right"} and inside and not any(map(is_block, node.children)):
            inside = element("p", inside, style=f"text-align: {aligned};")
        return element(node.tag, inside, **spans)


def _path(address: str, told: str) -> str:
    """Tell where a link leads beside its words, where a page cannot lead there: it is a file's."""
    path = unquote(address).strip()
    if not path or path == told or re.match(r"#|[a-z][a-z0-9+.-]*:", path, re.IGNORECASE):
        return ""
    return f" ({element('code', escaped(path))})"


_OWN: Mapping[str, Callable[[_Writer, Element], str]] = {
    "a": _Writer._link,
    "br": _Writer._break,
    "details": _Writer._details,
    "div": _Writer._division,
    "dt": _Writer._definition,
    "hr": _Writer._break,
    "img": _Writer._picture,
    "input": _Writer._input,
    "li": _Writer._item,
    "ol": _Writer._list,
    "pre": _Writer._code,
    STATE: _Writer._state,
    "table": _Writer._table,
    "ul": _Writer._list,
}
