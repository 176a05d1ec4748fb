"""What must hold before tickets can be made: every problem at once, each with its remedy."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from connectors.errors import ConnectorError, Finding, NotFound, looked_at
from connectors.jira.connection import JiraConnection
from connectors.jira.createmeta import seen
from connectors.jira.payloads import JIRA, Site, SiteKind, choice, permissions
from connectors.jira.writing.request_bodies import ESSENTIAL
from connectors.json_fields import JsonValue
from connectors.ticket_fields import CreateFields, called

SUPPLIED = ESSENTIAL | {"description", "labels"}
"""The fields that every ticket carries of its own; any other required one a route must supply."""
FROM_ROW = {"duedate": "a deadline", "priority": "a priority", "assignee": "an owner"}
"""Fields that a ticket carries where its row has that, in words."""
PERMISSIONS = {
    "BROWSE_PROJECTS": "see its tickets",
    "CREATE_ISSUES": "create tickets",
    "EDIT_ISSUES": "change their fields",
    "ASSIGN_ISSUES": "give them an owner",
    "TRANSITION_ISSUES": "close them",
    "LINK_ISSUES": "show their incident and document on them",
    "USER_PICKER": "find owners",
}
"""Permission keys, and what each is needed for."""
GLOBAL = {"USER_PICKER": "Browse users and groups"}
"""Those that no project's scheme gives, and what Jira's administration calls them."""
UNTOLD = ("LINK_ISSUES", "USER_PICKER")
"""Those that old releases of Data Center do not list: what is not told is not amiss."""


def findings(
    connection: JiraConnection,
    site: Callable[[], Site],
    create_fields: Callable[[], CreateFields],
    project: str,
    issue_type: str,
    supplied: Iterable[str],
    resolution: str = "",
) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at is a problem itself."""
    try:
        known = site()
    except ConnectorError as error:
        yield Finding.of(f"Jira at {connection.access.host}", error)
        return
    yield known_site(connection, known)
    try:
        yield known_project(connection, project)
    except ConnectorError as error:
        yield Finding.of(f"Jira project {project}", error)
        return
    yield from looked_at(
        f"Issue type {issue_type} in {project}",
        lambda: _fields(create_fields(), project, issue_type, frozenset(supplied)),
    )
    yield from looked_at(
        f"Permissions in {project}", lambda: _permissions(connection, known, project)
    )
    if resolution:
        subject = f"Resolution '{resolution}' of a route to {project}"
        yield from looked_at(subject, lambda: _resolution(connection, known, resolution, subject))


def known_site(connection: JiraConnection, site: Site) -> Finding:
    """Say what answered, and as whom."""
    detail = f"{site.kind.value} {site.version}, as {site.account_name}"
    return Finding(f"Jira at {connection.access.host}", detail)


def known_project(connection: JiraConnection, project: str) -> Finding:
    """Say whether tickets can go into a project. Raises ``ConnectorError``."""
    subject = f"Jira project {project}"
    doing = f"read project {project}"
    try:
        path = f"project/{quote(project, safe='')}"
        answer = JsonValue(connection.ask(doing, "GET", path), JIRA)
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
    key = answer["key"].text()
    if key != project:
        remedy = f"Set JIRA_PROJECT (or the route's project) to {key}."
        if project.isdecimal():
            problem = f"This is the project's id, and new tickets go by its key, {key}."
            return Finding(subject, problem=problem, remedy=remedy)
        return Finding(subject, warning=f"The key of this project is {key} by now.", remedy=remedy)
    return Finding(subject, answer["name"].text_or_none() or project)


def _fields(
    fields: CreateFields, project: str, issue_type: str, supplied: frozenset[str]
) -> Iterator[Finding]:
    subject = f"Issue type {issue_type} in {project}"
    given = SUPPLIED | supplied | FROM_ROW.keys() | {fields.title}
    lacking = {own: name for own, name in fields.required.items() if own not in given}
    if lacking:
        names = ", ".join(f"'{name}' ({own})" for own, name in sorted(lacking.items()))
        how = "its components" if set(lacking) == {"components"} else "its fields"
        yield Finding(
            subject,
            problem=f"A ticket needs {names}, which nothing supplies.",
            remedy=f"Give a value in the route, among {how}, or make the field optional in Jira.",
        )
    else:
        called = fields.issue_type
        name = f"{called.name}, id {called.id}: " if called and called.id else ""
        yield Finding(subject, f"{name}its required fields are all supplied")
    for own in sorted(supplied & SUPPLIED):
        yield Finding(
            f"Field '{own}' of a route to {project}",
            warning="Each ticket gets its own, so that what the route's fields say is not used.",
            remedy="Write them as the route's labels." if own == "labels" else "Take it out.",
        )
    for own in sorted(fields.required.keys() & FROM_ROW.keys() - supplied):
        yield Finding(
            f"Field '{fields.required[own]}' in {project}",
            warning=f"A {issue_type} needs it, so an action item without {FROM_ROW[own]} gets no "
            "ticket.",
            remedy="Make the field optional in Jira, or give it a default.",
        )
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


def _permissions(connection: JiraConnection, site: Site, project: str) -> Iterator[Finding]:
    # Data Center lists all permissions and documents no choice among them.
    asked = ",".join(PERMISSIONS) if site.kind is SiteKind.CLOUD else None
    doing = f"read the permissions in project {project}"
    answer = connection.package(
        doing, lambda client: client.my_permissions(projectKey=project, permissions=asked)
    )
    held = {**dict.fromkeys(UNTOLD, True), **permissions(answer)}
    lacking = [key for key in PERMISSIONS if not held.get(key)]
    if not lacking:
        yield Finding(f"Permissions in {project}", "all that are needed")
    if own := [key for key in lacking if key not in GLOBAL]:
        told = (f"{PERMISSIONS[key]} ({key.replace('_', ' ').title()}, {key})" for key in own)
        yield Finding(
            f"Permissions in {project}",
            problem=f"{site.account_name} may not {', '.join(told)}.",
            remedy="Give the account these permissions in the project's permission scheme.",
        )
    for key in lacking:
        if key in GLOBAL:
            yield Finding(
                f"Permission to {PERMISSIONS[key]}",
                problem=f"{site.account_name} may not {PERMISSIONS[key]} ({GLOBAL[key]}, {key}).",
                remedy="Give the account this one among Jira's global permissions.",
            )


def _resolution(
    connection: JiraConnection, site: Site, wanted: str, subject: str
) -> Iterator[Finding]:
    """Say whether the site has a resolution of that name or id."""
    cloud = site.kind is SiteKind.CLOUD
    path, params = ("resolution/search", {"maxResults": 100}) if cloud else ("resolution", {})
    answer = JsonValue(connection.ask("list the resolutions", "GET", path, params=params), JIRA)
    known = [choice(one) for one in (answer["values"] if cloud else answer).objects()]
    if called(known, wanted):
        yield Finding(subject, "is one of Jira's")
        return
    yield Finding(
        subject,
        problem="Jira has no such resolution, so no ticket is closed with it.",
        remedy=f"Take one that is there: {', '.join(one.name for one in known) or 'none to see'}.",
    )
