"""How the sandbox Jira reads the value of each field, and what it says of one that it refuses.

The words are those of public reports and of Atlassian's documents; no client may depend on them.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from connectors.jira.sandbox.projects import EPIC, EPIC_LINK, Person, Project
from connectors.jira.sandbox.site import SandboxSite

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


def adf_problem(document: Any) -> str:
    """Say what is wrong with a document, "" where all is well."""
    if not isinstance(document, dict) or document.get("type") != "doc":
        return NOT_ADF
    if document.get("version") != 1:
        return INVALID
    return "" if _is_right(document) else INVALID


def adf_text(node: Any) -> str:
    """Give the text of a document, a line for each block."""
    if node.get("type") == "text":
        return str(node["text"])
    if node.get("type") == "hardBreak":
        return "\n"
    inside = [adf_text(child) for child in node.get("content", ())]
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


DESCRIPTION_LIMIT = 32_767
NAME_LIMIT = 255
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WrongValue(Exception):
    """A field's value cannot be used; the text is Jira's."""


def read_text(value: Any) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise WrongValue("Operation value must be a string")
    return value


def _summary(_: SandboxSite, __: Project, value: Any) -> str:
    line = read_text(value)
    if not line.strip():
        raise WrongValue("You must specify a summary of the issue.")
    if "\n" in line or "\r" in line:
        raise WrongValue("The summary is invalid because it contains newline characters.")
    if _units(line) > NAME_LIMIT:
        raise WrongValue("Summary can't exceed 255 characters.")
    return line


def _description(site: SandboxSite, _: Project, value: Any) -> Any:
    if value is None:
        return None
    if site.is_cloud:
        problem = adf_problem(value)
        if problem:
            raise WrongValue(problem)
        size = _units(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    else:
        size = _units(read_text(value))
    if size > DESCRIPTION_LIMIT:
        raise WrongValue(
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
        )
    return value


def read_label(value: Any) -> str:
    """Read a label."""
    own = read_text(value)
    if any(char.isspace() for char in own) or not own:
        raise WrongValue(f"The label '{own}' contains spaces which is invalid.")
    if len(own) > NAME_LIMIT:
        raise WrongValue(f"The label '{own}' exceeds 255 characters which is not allowed.")
    return own


def _labels(_: SandboxSite, __: Project, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongValue("data was not an array")
    return tuple(dict.fromkeys(read_label(each) for each in value))


def _priority(_: SandboxSite, project: Project, value: Any) -> str:
    asked = value if isinstance(value, dict) else {}
    if asked.get("name") in project.priorities:
        return str(asked["name"])
    ids = {str(number): name for number, name in enumerate(project.priorities, 1)}
    if str(asked.get("id", "")) in ids:
        return ids[str(asked["id"])]
    raise WrongValue("The priority selected is invalid.")


def _due(_: SandboxSite, __: Project, value: Any) -> date | None:
    if value is None:
        return None
    if not _DAY.fullmatch(read_text(value)):
        raise WrongValue(f"Error parsing date string: {value}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongValue(f"Error parsing date string: {value}") from None


def read_assignee(site: SandboxSite, value: Any) -> Person | None:
    """Read who is to be the assignee, None for nobody."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise WrongValue("data was not an object")
    own = value.get("accountId") or value.get("id") if site.is_cloud else value.get("name")
    for person in site.people:
        if own == (person.account_id if site.is_cloud else person.handle):
            if person.assignable and person.active:
                return person
            raise WrongValue(f"User '{own}' cannot be assigned issues.")
    raise WrongValue(f"User '{own}' does not exist.")


def _components(_: SandboxSite, project: Project, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise WrongValue("data was not an array")
    by_id = {project.component_id(name): name for name in project.components}
    names = tuple(by_id.get(str(each.get("id", "")), str(each.get("name", ""))) for each in value)
    for name in names:
        if name not in project.components:
            raise WrongValue(f"Component name '{name}' is not valid")
    return names


def _parent(site: SandboxSite, _: Project, value: Any) -> str | None:
    """Read the parent of a ticket (Cloud): no type of ours but an epic stands above others."""
    if value is None:
        return None
    asked = value if isinstance(value, dict) else {}
    record = site.find(str(asked.get("id") or asked.get("key") or ""))
    if record is None:
        raise WrongValue("Could not find issue by id or key.")
    if record.now.issue_type != EPIC:
        raise WrongValue("Given parent issue does not belong to appropriate hierarchy.")
    return record.now.id


def _epic_link(site: SandboxSite, _: Project, value: Any) -> str | None:
    """Read the epic of a ticket (Data Center): its key, as a text."""
    if value is None:
        return None
    record = site.find(read_text(value))
    if record is None or record.now.issue_type != EPIC:
        raise WrongValue(f"Issue '{value}' must be of type 'Epic'.")
    return record.now.id


RULES: Mapping[str, tuple[str, Callable[[SandboxSite, Project, Any], Any]]] = {
    "summary": ("summary", _summary),
    "description": ("description", _description),
    "labels": ("labels", _labels),
    "priority": ("priority", _priority),
    "duedate": ("due", _due),
    "assignee": ("assignee", lambda site, _, value: read_assignee(site, value)),
    "components": ("components", _components),
    "parent": ("parent", _parent),
    EPIC_LINK: ("parent", _epic_link),
}
"""Field id → the name under which its value is kept, and how it is read."""


def _units(string: str) -> int:
    return len(string.encode("utf-16-le", "surrogatepass")) // 2
