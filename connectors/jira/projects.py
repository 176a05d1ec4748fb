"""What a create in a project takes, from whichever createmeta the site has."""

from urllib.parse import quote

from connectors.errors import ConnectorError, NotFound, Rejected
from connectors.jira.connection import Connection
from connectors.jira.createmeta import (
    FieldMeta,
    IssueType,
    create_fields,
    field_page,
    legacy,
    type_page,
)
from connectors.tickets import CreateFields

PAGE = 200
"""How many types or fields a page is asked to have; Jira may give fewer."""


def fields_of(connection: Connection, project: str, issue_type: str) -> CreateFields:
    """Tell what a create of this type takes. Raises ``NotFound`` for a project or type unknown."""
    try:
        types = _types(connection, project)
    except NotFound as missing:
        return _legacy_fields(connection, project, issue_type, missing)
    except Rejected as error:
        raise _no_project(project, error) from error
    for kind in types:
        if kind.answers_to(issue_type):
            return create_fields(_fields(connection, project, kind))
    raise NotFound(
        f"Jira project {project} has no issue type '{issue_type}'.",
        f"It has {', '.join(kind.name for kind in types) or 'none to see'}.",
    )


def _types(connection: Connection, project: str) -> list[IssueType]:
    types: list[IssueType] = []
    start: int | None = 0
    while start is not None:
        page = type_page(_page(connection, project, "", start))
        types += page.types
        start = page.next_start
    return types


def _fields(connection: Connection, project: str, kind: IssueType) -> list[FieldMeta]:
    fields: list[FieldMeta] = []
    start: int | None = 0
    while start is not None:
        page = field_page(_page(connection, project, f"/{kind.id}", start))
        fields += page.fields
        start = page.next_start
    return fields


def _page(connection: Connection, project: str, rest: str, start: int) -> object:
    return connection.ask(
        f"read what a ticket in project {project} takes",
        "GET",
        f"issue/createmeta/{quote(project, safe='')}/issuetypes{rest}",
        params={"startAt": start, "maxResults": PAGE},
    )


def _legacy_fields(
    connection: Connection, project: str, issue_type: str, missing: NotFound
) -> CreateFields:
    """Ask as before Data Center 8.4; a newer site without such a project answers 404 again."""
    params = {"projectKeys": project, "expand": "projects.issuetypes.fields"}
    doing = f"read what a ticket in project {project} takes"
    try:
        answer = connection.ask(doing, "GET", "issue/createmeta", params=params)
    except (NotFound, Rejected):
        raise _no_project(project, missing) from missing
    fields = legacy(answer, project, issue_type)
    if fields is None:
        raise NotFound(f"Jira knows no project {project} with issue type '{issue_type}'.")
    return fields


def _no_project(project: str, error: ConnectorError) -> NotFound:
    return NotFound(
        f"Jira shows these credentials no project {project} to create tickets in.",
        f"Look at JIRA_PROJECT, and at the permission to create issues in it. {error.what}",
    )
