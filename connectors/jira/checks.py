"""What must hold before tickets can be made: every problem at once, each with its remedy."""

from collections.abc import Callable, Iterable, Iterator

from connectors.errors import ConnectorError, Finding, NotFound, looked_at
from connectors.jira.connection import Connection
from connectors.jira.createmeta import seen
from connectors.jira.payloads import JIRA, Site, SiteKind, permissions
from connectors.jira.request_bodies import ESSENTIAL
from connectors.json_fields import JsonValue
from connectors.ticket_fields import CreateFields

SUPPLIED = ESSENTIAL | {
    "description",
    "labels",
    "duedate",
    "priority",
    "assignee",
    "components",
}
"""The fields that every ticket may carry; any other required one a route must supply."""
PERMISSIONS = {
    "BROWSE_PROJECTS": "see its tickets",
    "CREATE_ISSUES": "create tickets",
    "EDIT_ISSUES": "change their fields",
    "ASSIGN_ISSUES": "give them an owner",
    "TRANSITION_ISSUES": "close them",
    "LINK_ISSUES": "show their incident and document on them",
}
"""Permission keys, and what each is needed for."""


def findings(
    connection: Connection,
    site: Callable[[], Site],
    create_fields: Callable[[], CreateFields],
    project: str,
    issue_type: str,
    supplied: Iterable[str],
) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at is a problem itself."""
    try:
        known = site()
    except ConnectorError as error:
        yield Finding.of(f"Jira at {connection.access.host}", error)
        return
    detail = f"{known.kind.value} {known.version}, as {known.account_name}"
    yield Finding(f"Jira at {connection.access.host}", detail)
    try:
        yield _project(connection, project)
    except ConnectorError as error:
        yield Finding.of(f"Jira project {project}", error)
        return
    yield from looked_at(
        f"Issue type {issue_type} in {project}",
        lambda: _fields(create_fields(), project, issue_type, frozenset(supplied)),
    )
    yield from looked_at(
        f"Permissions in {project}", lambda: [_permissions(connection, known, project)]
    )


def _project(connection: Connection, project: str) -> Finding:
    subject = f"Jira project {project}"
    doing = f"read project {project}"
    try:
        answer = JsonValue(
            connection.package(doing, lambda client: client.project(project).raw), JIRA
        )
    except NotFound as error:
        remedy = "Set JIRA_PROJECT (or the route's project) to the key of one that can be seen, or "
        remedy += f"let the account see this one. {seen(connection)}".rstrip()
        raise NotFound(error.what, remedy) from error
    if answer["archived"].flag():
        return Finding(
            subject,
            problem="The project is archived, so nothing can be created in it.",
            remedy="Restore it, or set JIRA_PROJECT to another one.",
        )
    return Finding(subject, answer["name"].text_or_none() or project)


def _fields(
    fields: CreateFields, project: str, issue_type: str, supplied: frozenset[str]
) -> Iterator[Finding]:
    subject = f"Issue type {issue_type} in {project}"
    given = SUPPLIED | supplied | {fields.title}
    lacking = {own: name for own, name in fields.required.items() if own not in given}
    if lacking:
        names = ", ".join(f"'{name}' ({own})" for own, name in sorted(lacking.items()))
        yield Finding(
            subject,
            problem=f"A ticket needs {names}, which nothing supplies.",
            remedy="Give a value in the route's fields, or make the field optional in Jira.",
        )
    else:
        called = fields.issue_type
        name = f"{called.name}, id {called.id}: " if called and called.id else ""
        yield Finding(subject, f"{name}its required fields are all supplied")
    if "labels" not in fields.settable:
        yield Finding(
            f"Labels in {project}",
            problem="A new ticket takes no labels, so one whose create got lost is not found.",
            remedy="Put the field Labels on the project's create screen.",
        )
    if "priority" in fields.settable:
        yield Finding(f"Priorities in {project}", ", ".join(one.name for one in fields.priorities))
    else:
        yield Finding(f"Priorities in {project}", "new tickets take none; rows keep theirs")


def _permissions(connection: Connection, site: Site, project: str) -> Finding:
    # Data Center lists all permissions and documents no choice among them.
    asked = ",".join(PERMISSIONS) if site.kind is SiteKind.CLOUD else None
    doing = f"read the permissions in project {project}"
    answer = connection.package(
        doing, lambda client: client.my_permissions(projectKey=project, permissions=asked)
    )
    held = permissions(answer)
    # Old releases of Data Center do not list the permission to link: what is not told is not amiss.
    held = {"LINK_ISSUES": True, **held}
    lacking = [
        f"{what} ({key.replace('_', ' ').title()}, {key})"
        for key, what in PERMISSIONS.items()
        if not held.get(key)
    ]
    subject = f"Permissions in {project}"
    if not lacking:
        return Finding(subject, "all that are needed")
    return Finding(
        subject,
        problem=f"{site.account_name} may not {', '.join(lacking)}.",
        remedy="Give the account these permissions in the project's permission scheme.",
    )
