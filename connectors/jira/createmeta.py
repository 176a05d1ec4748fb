"""What a create in a project takes, in the three shapes in which Jira has told it over the years.

Cloud: ``issueTypes[]`` and ``fields[]``. Data Center since 8.4: ``values[]`` for both. Before: one
answer that holds projects, types and fields (``projects[].issuetypes[].fields{}``), removed in 9.0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from connectors.errors import ConnectorError, NotFound, Rejected, StrayPage
from connectors.jira.connection import JiraConnection
from connectors.jira.payloads import JIRA, choice, named_choices
from connectors.jira.writing.request_bodies import PARENT
from connectors.json_fields import JsonValue
from connectors.ticket_fields import CreateFields, FieldChoice, TypeLevel, called

FILLED_BY_JIRA = frozenset({"reporter"})
"""Told as required, yet Jira fills it with whoever calls."""


CLOUD_VERSION = "3"
EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"
"""Kinds of custom fields: which epic a ticket belongs to, and an epic's short name."""


@dataclass(frozen=True, slots=True)
class IssueType:
    """A type of ticket that can be created in a project; a sub-task needs another as parent.

    ``above`` tells that others have it for a parent, as far as the type itself says: on Data Center
    an epic is known by the field of its name.
    """

    choice: FieldChoice
    subtask: bool = False
    above: bool = False


@dataclass(frozen=True, slots=True)
class FieldMeta:
    """A field that a create can set; ``allowed`` are the priorities or components it has.

    ``custom`` is the kind of a custom field, "" for any other.
    """

    id: str
    name: str
    required: bool
    allowed: tuple[FieldChoice, ...] = ()
    custom: str = ""


@dataclass(frozen=True, slots=True)
class MetaPage:
    """A page of either; ``next_start`` is where the next begins, None after the last."""

    types: tuple[IssueType, ...] = ()
    fields: tuple[FieldMeta, ...] = ()
    next_start: int | None = None


def type_page(answer: object) -> MetaPage:
    """Read a page of the issue types of a project."""
    top = JsonValue(answer, JIRA)
    parts = (top["issueTypes"] or top["values"]).each()
    return MetaPage(types=tuple(map(_type, parts)), next_start=_next_start(top, len(parts)))


def field_page(answer: object) -> MetaPage:
    """Read a page of the fields of an issue type."""
    top = JsonValue(answer, JIRA)
    parts = (top["fields"] or top["results"] or top["values"]).each()
    fields = tuple(_field(part["fieldId"].text(), part) for part in parts)
    return MetaPage(fields=fields, next_start=_next_start(top, len(parts)))


def legacy(answer: object, project: str, issue_type: str) -> CreateFields | None:
    """Read the old answer; None where it has no such project.

    Raises ``NotFound`` as :func:`choose_type` does.
    """
    for part in JsonValue(answer, JIRA)["projects"].each():
        if part["key"].text() == project:
            parts = part["issuetypes"].each()
            kinds = [_type(one) for one in parts]
            kind = choose_type(kinds, project, issue_type)
            fields = parts[kinds.index(kind)]["fields"]
            return create_fields(kind, (_field(own, fields[own]) for own in fields.members()))
    return None


def choose_type(types: Sequence[IssueType], project: str, wanted: str) -> IssueType:
    """Give the one type that is ``wanted``, by its id or a name of it.

    Of several with one name, sub-tasks count only among themselves: a ticket has no parent unless
    it is given one. Raises ``NotFound`` where there is none, or more than one.
    """
    choices = set(called((kind.choice for kind in types), wanted))
    found = [kind for kind in types if kind.choice in choices]
    found = [kind for kind in found if not kind.subtask] or found
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(kind.choice.id for kind in found)
        raise NotFound(
            f"Jira project {project} has {len(found)} issue types called '{wanted}': {ids}.",
            "Name the one that is meant by its id, as the issue type of [jira] or of the route.",
        )
    if not types:
        raise NotFound(
            f"Jira project {project} shows these credentials no issue types.",
            "Let the account create tickets in it (Create Issues).",
        )
    names = ", ".join(_shown(kind.choice) for kind in types)
    raise NotFound(
        f"Jira project {project} has no issue type '{wanted}'; it has {names}.",
        "Set JIRA_ISSUE_TYPE (or the route's issue_type) to one of these.",
    )


def _shown(choice: FieldChoice) -> str:
    """Name a choice as it is shown, and untranslated where that is another name."""
    other = choice.untranslated
    return f"{choice.name} ({other})" if other not in ("", choice.name) else choice.name


def create_fields(
    kind: IssueType, fields: Iterable[FieldMeta], *, cloud: bool = False
) -> CreateFields:
    """Sum up what a create of a type takes."""
    known = {each.id: each for each in fields}
    title = _custom(known.values(), EPIC_NAME)
    level = TypeLevel.ABOVE if kind.above or title else TypeLevel.USUAL
    return CreateFields(
        issue_type=kind.choice,
        required={
            each.id: each.name
            for each in known.values()
            if each.required and each.id not in FILLED_BY_JIRA
        },
        settable=frozenset(known),
        priorities=known["priority"].allowed if "priority" in known else (),
        components=known["components"].allowed if "components" in known else (),
        parent=PARENT if cloud or kind.subtask else _custom(known.values(), EPIC_LINK),
        title=title,
        level=TypeLevel.BELOW if kind.subtask else level,
    )


def _custom(fields: Iterable[FieldMeta], kind: str) -> str:
    """Give the id of the custom field of a kind, "" where there is none."""
    return next((each.id for each in fields if each.custom == kind), "")


def _type(part: JsonValue) -> IssueType:
    level = part["hierarchyLevel"].number_or_none() or 0
    return IssueType(choice(part), part["subtask"].flag(), level > 0)


def _field(own: str, part: JsonValue) -> FieldMeta:
    allowed = part["allowedValues"].each() if own in {"priority", "components"} else ()
    return FieldMeta(
        own,
        part["name"].text_or_none() or own,
        part["required"].flag() and not part["hasDefaultValue"].flag(),
        named_choices(allowed),
        part["schema"]["custom"].text_or_none() or "",
    )


def _next_start(top: JsonValue, got: int) -> int | None:
    if not got or top["isLast"].flag():
        return None
    start = (top["startAt"].number_or_none() or 0) + got
    total = top["total"].number_or_none()
    more = start < total if total is not None else bool(top["isLast"])
    return start if more else None


MOST_NAMED = 20
"""How many projects a sentence names."""
PAGE = 200
"""How many types or fields a page is asked to have; Jira may give fewer."""


def fields_of(connection: JiraConnection, project: str, issue_type: str) -> CreateFields:
    """Tell what a create of this type takes. Raises ``NotFound`` for a project or type unknown."""
    try:
        known = issue_types(connection, project)
    except NotFound as missing:
        return _legacy_fields(connection, project, issue_type, missing)
    except Rejected as error:
        raise _no_project(connection, project, error) from error
    kind = choose_type(known, project, issue_type)
    fields = _fields(connection, project, kind.choice.id)
    return create_fields(kind, fields, cloud=connection.version == CLOUD_VERSION)


def _fields(connection: JiraConnection, project: str, kind: str) -> list[FieldMeta]:
    fields: list[FieldMeta] = []
    start: int | None = 0
    while start is not None:
        page = field_page(_page(connection, project, f"/{kind}", start))
        fields += page.fields
        start = page.next_start
    return fields


def _page(connection: JiraConnection, project: str, rest: str, start: int) -> object:
    return connection.ask(
        f"read what a ticket in project {project} takes",
        "GET",
        f"issue/createmeta/{quote(project, safe='')}/issuetypes{rest}",
        params={"startAt": start, "maxResults": PAGE},
    )


def _legacy_fields(
    connection: JiraConnection, project: str, issue_type: str, missing: NotFound
) -> CreateFields:
    """Ask as before Data Center 8.4; a newer site without such a project answers 404 again."""
    params = {"projectKeys": project, "expand": "projects.issuetypes.fields"}
    doing = f"read what a ticket in project {project} takes"
    try:
        answer = connection.ask(doing, "GET", "issue/createmeta", params=params)
    except StrayPage:
        raise
    except (NotFound, Rejected):
        fields = None
    else:
        fields = legacy(answer, project, issue_type)
    if fields is None and isinstance(missing, StrayPage):
        raise missing
    if fields is None:
        raise _no_project(connection, project, missing) from missing
    return fields


def _no_project(connection: JiraConnection, project: str, error: ConnectorError) -> NotFound:
    return NotFound(
        f"Jira shows these credentials no project {project} to create tickets in.",
        f"Look at JIRA_PROJECT, and at the permission to create issues in it. {seen(connection)} "
        f"{error.what}",
    )


def seen(connection: JiraConnection) -> str:
    """Say which projects there are to see, in a sentence; "" where Jira does not tell."""
    try:
        names = sorted(f"{one.id} ({one.name})" for one in projects(connection))
    except ConnectorError:
        return ""
    if not names:
        return "These credentials see no project at all: give the account 'Browse Projects'."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"Those to be seen are {', '.join(names[:MOST_NAMED])}{more}."


def projects(connection: JiraConnection) -> list[FieldChoice]:
    """List the projects that there are to see, a hundred at most on Cloud: keys and names.

    Raises ``ConnectorError``.
    """
    cloud = connection.version == CLOUD_VERSION  # which alone has the search, and drops the list
    answer = connection.ask(
        "list the projects",
        "GET",
        "project/search" if cloud else "project",
        params={"maxResults": 100} if cloud else {},
    )
    whole = JsonValue(answer, JIRA)
    found = (whole["values"] if cloud else whole).objects()
    return [
        FieldChoice(one["name"].text_or_none() or "no name", one["key"].text()) for one in found
    ]


def issue_types(connection: JiraConnection, project: str) -> list[IssueType]:
    """List the types of ticket that can be created in a project. Raises ``ConnectorError``."""
    found: list[IssueType] = []
    start: int | None = 0
    while start is not None:
        page = type_page(_page(connection, project, "", start))
        found += page.types
        start = page.next_start
    return found
