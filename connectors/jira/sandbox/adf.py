"""Looks at Atlassian Document Format as Jira Cloud does: a tree that is not right is refused."""

from collections.abc import Mapping
from typing import Any

NOT_ADF = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
INVALID = "INVALID_INPUT"

_BLOCKS = frozenset({"paragraph", "bulletList", "codeBlock"})
_INSIDE: Mapping[str, frozenset[str]] = {
    "doc": _BLOCKS,
    "paragraph": frozenset({"text", "hardBreak"}),
    "bulletList": frozenset({"listItem"}),
    "listItem": _BLOCKS,
    "codeBlock": frozenset({"text"}),
}
"""What may stand in what: the part of the format that the sandbox knows."""
_NOT_EMPTY = frozenset({"bulletList", "listItem"})
_MARKS = frozenset({"strong", "link"})


def problem_of(document: Any) -> str:
    """Say what is wrong with a document, "" where all is well."""
    if not isinstance(document, dict) or document.get("type") != "doc":
        return NOT_ADF
    if document.get("version") != 1:
        return INVALID
    return "" if _is_right(document) else INVALID


def text_of(node: Any) -> str:
    """Give the text of a document, a line for each block."""
    if node.get("type") == "text":
        return str(node["text"])
    if node.get("type") == "hardBreak":
        return "\n"
    inside = [text_of(child) for child in node.get("content", ())]
    return "\n".join(inside) if node["type"] in {"doc", "bulletList"} else "".join(inside)


def _is_right(node: Mapping[str, Any]) -> bool:
    kind = node.get("type")
    if kind == "text":
        return isinstance(node.get("text"), str) and node["text"] != "" and _marks_right(node)
    if kind == "hardBreak":
        return node.keys() <= {"type", "attrs"}
    content = node.get("content", [])
    if not isinstance(kind, str) or kind not in _INSIDE or not isinstance(content, list):
        return False
    if kind in _NOT_EMPTY and not content:
        return False
    return all(
        isinstance(child, dict) and child.get("type") in _INSIDE[kind] and _is_right(child)
        for child in content
    )


def _marks_right(node: Mapping[str, Any]) -> bool:
    for mark in node.get("marks", ()):
        if mark.get("type") not in _MARKS:
            return False
        if mark["type"] == "link" and not isinstance(mark.get("attrs", {}).get("href"), str):
            return False
    return True
