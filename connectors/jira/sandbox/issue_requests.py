"""A request to the sandbox Jira, the answers to it, and what Jira refuses in its own words.

Reading a create or an edit gives either the values to keep or, by field, what is wrong with them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.jira.sandbox.field_values import (
    NAME_LIMIT,
    RULES,
    WrongValue,
    read_label,
    read_text,
)
from connectors.jira.sandbox.projects import (
    EPIC_NAME,
    RESOLUTIONS,
    SUBTASK,
    SYSTEM_FIELDS,
    Move,
    Project,
)
from connectors.jira.sandbox.site import SandboxSite, SandboxTicket, TicketRecord
from connectors.jira.sandbox.views import Views

LOGIN_FAILED = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
NO_TICKET = "Issue does not exist or you do not have permission to see it."
PROPERTY_LIMIT = 32_768
NOT_ON_SCREEN = "Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
_TOP_LEVEL = frozenset({"fields", "update", "properties", "transition", "historyMetadata"})


class RefusedRequest(Exception):
    """The request cannot be done; ``errors`` say why by field, ``messages`` of the whole."""

    def __init__(
        self,
        errors: Mapping[str, str] | None = None,
        messages: Iterable[str] = (),
        status: int = 400,
    ) -> None:
        super().__init__()
        self.errors = dict(errors or {})
        self.messages = list(messages)
        self.status = status

    @property
    def body(self) -> dict[str, Any]:
        """The error body that goes with it."""
        return {"errorMessages": self.messages, "errors": self.errors}


@dataclass(frozen=True, slots=True)
class CheckedCreate:
    """A create that was looked at and can be done."""

    project: Project
    values: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)


def read_create(site: SandboxSite, body: Any) -> CheckedCreate:
    """Look at the body of a create. Raises :class:`RefusedRequest` with all that is wrong."""
    _shape(body)
    fields = dict(_mapping(body.get("fields")))
    project = _project(site, fields.pop("project", None))
    errors: dict[str, str] = {}
    values: dict[str, Any] = {
        "issue_type": _issue_type(project, fields.pop("issuetype", None), errors)
    }
    if "summary" not in fields:
        errors["summary"] = "You must specify a summary of the issue."
    for each in project.custom:
        if each.required and not each.default and not fields.get(each.id):
            errors[each.id] = f"{each.name} is required."
    for own in project.needed - fields.keys():
        errors[own] = f"{SYSTEM_FIELDS[own]} is required."
    if values["issue_type"] == SUBTASK and not fields.get("parent"):
        errors["parent"] = "Issue type is a sub-task but parent issue key or id not specified."
    epics = project.epic_fields(values["issue_type"], cloud=site.is_cloud)
    if EPIC_NAME in epics and not fields.get(EPIC_NAME):
        errors[EPIC_NAME] = "Epic Name is required."
    values |= _read_fields(site, project, fields, errors, on_screen=project.settable | epics)
    labels = _operations(project.settable, body.get("update"), (), errors)
    if labels is not None:
        values["labels"] = tuple(dict.fromkeys((*values.get("labels", ()), *labels)))
    if errors:
        raise RefusedRequest(errors)
    return CheckedCreate(project, values, _properties(site, body.get("properties")))


def read_edit(site: SandboxSite, project: Project, now: SandboxTicket, body: Any) -> dict[str, Any]:
    """Look at the body of an edit; one wrong field refuses all of it, as in Jira."""
    _shape(body)
    errors: dict[str, str] = {}
    fields = dict(_mapping(body.get("fields")))
    for own in ("project", "issuetype"):
        if fields.pop(own, None) is not None:
            errors[own] = NOT_ON_SCREEN.format(name=own)
    screen = project.editable
    values = _read_fields(site, project, fields, errors, now.custom, on_screen=screen)
    labels = _operations(screen, body.get("update"), values.get("labels", now.labels), errors)
    if labels is not None:
        values["labels"] = labels
    if errors:
        raise RefusedRequest(errors)
    return values


def read_transition(move: Move, body: Any) -> dict[str, Any]:
    """Look at the fields that go with a transition: those of its screen, and all it asks for."""
    _shape(body)
    fields = _mapping(body.get("fields"))
    errors = {own: NOT_ON_SCREEN.format(name=own) for own in fields if own not in move.screen}
    for own in move.required - fields.keys():
        errors[own] = f"{move.screen[own]} is required."
    values: dict[str, Any] = {}
    if "resolution" in fields and "resolution" not in errors:
        asked = _mapping(fields["resolution"])
        for name, number in RESOLUTIONS.items():
            if asked.get("name") == name or str(asked.get("id", "")) == number:
                values["resolution"] = name
        if not values:
            errors["resolution"] = "The resolution selected is invalid."
    if errors:
        raise RefusedRequest(errors)
    return values


def _shape(body: Any) -> None:
    if not isinstance(body, dict):
        raise RefusedRequest(
            messages=["Invalid request payload. Refer to the REST API documentation."]
        )
    unknown = body.keys() - _TOP_LEVEL
    if unknown:
        raise RefusedRequest(messages=[f"Unrecognized field: {min(unknown)}"])


def _mapping(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RefusedRequest(
            messages=["Invalid request payload. Refer to the REST API documentation."]
        )
    return value


def _project(site: SandboxSite, value: Any) -> Project:
    asked = value if isinstance(value, dict) else {}
    key = asked.get("key")
    project = site.project(str(key or asked.get("id") or ""))
    if not project or key not in {None, project.key} or "CREATE_ISSUES" in project.lacking:
        raise RefusedRequest({"project": "valid project is required"})
    if project.archived:
        raise RefusedRequest({"project": "The project is archived."})
    return project


def _issue_type(project: Project, value: Any, errors: dict[str, str]) -> str:
    asked = value if isinstance(value, dict) else {}
    for name in project.issue_types:
        if asked.get("name") == name or str(asked.get("id", "")) == project.type_id(name):
            return name
    errors["issuetype"] = (
        "The issue type selected is invalid." if asked else "Specify an issue type"
    )
    return ""


def _read_fields(
    site: SandboxSite,
    project: Project,
    fields: Mapping[str, Any],
    errors: dict[str, str],
    custom: Mapping[str, Any] | None = None,
    *,
    on_screen: frozenset[str],
) -> dict[str, Any]:
    """Read each field by its own rule; what is wrong goes to ``errors``, after the screens."""
    hidden = {name: NOT_ON_SCREEN.format(name=name) for name in fields if name not in on_screen}
    if hidden:  # Jira looks at no value before it has a screen for each
        raise RefusedRequest(hidden)
    values: dict[str, Any] = {}
    made_up = dict(custom or {})
    for name, value in fields.items():
        try:
            if name in RULES:
                kept, rule = RULES[name]
                values[kept] = rule(site, project, value)
            else:
                made_up[name] = read_text(value)
        except WrongValue as wrong:
            errors[name] = str(wrong)
    if made_up:
        values["custom"] = made_up
    return values


def _operations(
    on_screen: frozenset[str], update: Any, labels: Iterable[str], errors: dict[str, str]
) -> tuple[str, ...] | None:
    """Apply ``update``; of all fields, the sandbox lets only labels be changed that way."""
    kept = list(labels)
    for name, operations in _mapping(update).items():
        if name != "labels" or name not in on_screen:
            errors[name] = NOT_ON_SCREEN.format(name=name)
            continue
        try:
            for operation in operations:
                kept = _applied(kept, operation)
        except WrongValue as wrong:
            errors[name] = str(wrong)
    return tuple(dict.fromkeys(kept)) if update else None


def _applied(labels: list[str], operation: Any) -> list[str]:
    match operation:
        case {"add": value}:
            return [*labels, read_label(value)]
        case {"remove": value}:
            return [each for each in labels if each != value]
        case {"set": list(new)}:
            return [read_label(each) for each in new]
    raise WrongValue("Unknown operation.")


def _properties(site: SandboxSite, value: Any) -> dict[str, Any]:
    """Read issue properties; Data Center documents their values as texts that hold JSON."""
    kept: dict[str, Any] = {}
    for each in value or ():
        if not isinstance(each, dict) or each.keys() != {"key", "value"}:
            raise RefusedRequest(
                messages=["Invalid request payload. Refer to the REST API documentation."]
            )
        own = each["value"]
        if not site.is_cloud:
            if not isinstance(own, str):
                raise RefusedRequest(messages=["Can not deserialize instance of java.lang.String"])
            own = json.loads(own)
        if len(each["key"]) > NAME_LIMIT or len(json.dumps(own)) > PROPERTY_LIMIT:
            raise RefusedRequest(messages=["The property's key or value is too long."])
        kept[each["key"]] = own
    return kept


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request whose body was read. ``known`` is False where the credentials are not good."""

    site: SandboxSite
    views: Views
    path: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    known: bool

    @property
    def body(self) -> Any:
        """The body's JSON. Raises :class:`Refused` where it is none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            raise RefusedRequest(
                messages=["Invalid request payload. Refer to the REST API."]
            ) from None

    def number(self, name: str, default: int) -> int:
        """Give a number of the query string."""
        try:
            return int(self.query.get(name, default))
        except ValueError:
            raise RefusedRequest(messages=[f"'{name}' is not a number."]) from None

    def listed(self, name: str, default: str = "") -> list[str]:
        """Give a list of the query string, written with commas."""
        return [part.strip() for part in self.query.get(name, default).split(",") if part.strip()]

    def ticket(self) -> TicketRecord:
        """Give the ticket that the path names; 404 where it is gone, hidden or asked by nobody."""
        record = self.site.find(self.path["ticket"]) if self.known else None
        if record is None:
            raise RefusedRequest(messages=[NO_TICKET], status=404)
        return record


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer: a status and what becomes JSON, None for no body at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[ApiRequest], ApiAnswer]
