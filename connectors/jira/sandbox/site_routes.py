"""The sandbox's routes about the site itself, its projects and its people; and a ticket's page."""

from collections.abc import Mapping
from html import escape

from connectors.jira.sandbox.field_values import adf_text
from connectors.jira.sandbox.issue_requests import ApiAnswer, ApiRequest, Handler, RefusedRequest
from connectors.jira.sandbox.projects import RESOLUTIONS, Person, Project
from connectors.jira.sandbox.site import SandboxSite, TicketRecord
from connectors.jira.sandbox.views import Wire, page

PEOPLE_LIMIT = 1000
KEYS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
    "USER_PICKER",
)
GLOBAL_KEYS = ("USER_PICKER",)


def server_info(request: ApiRequest) -> ApiAnswer:
    """``GET serverInfo``."""
    return ApiAnswer(body=request.views.server())


def myself(request: ApiRequest) -> ApiAnswer:
    """``GET myself``."""
    return ApiAnswer(body=request.views.person(request.site.myself))


def my_permissions(request: ApiRequest) -> ApiAnswer:
    """``GET mypermissions``: Cloud must be told which, Data Center lists all."""
    wanted = request.listed("permissions") if request.site.is_cloud else list(KEYS)
    if not wanted or not set(wanted) <= set(KEYS):
        raise RefusedRequest(messages=["The 'permissions' query parameter is required."])
    project = request.site.project(request.query.get("projectKey", ""))
    if project is None:
        raise RefusedRequest(messages=["No project could be found."], status=404)
    shown = {
        key: {"id": str(number), "key": key, "name": key.replace("_", " ").title()}
        | {"type": "GLOBAL" if key in GLOBAL_KEYS else "PROJECT"}
        | {"havePermission": key not in project.lacking}
        for number, key in enumerate(wanted, 10)
    }
    return ApiAnswer(body={"permissions": shown})


def _project(request: ApiRequest) -> Project:
    project = request.site.project(request.path["project"]) if request.known else None
    if project is None:
        said = f"No project could be found with key '{request.path['project']}'."
        raise RefusedRequest(messages=[said], status=404)
    return project


def read_project(request: ApiRequest) -> ApiAnswer:
    """``GET project/{project}``."""
    return ApiAnswer(body=request.views.project(_project(request)))


def search_projects(request: ApiRequest) -> ApiAnswer:
    """``GET project/search``, of Cloud: the projects that the account may see, by pages."""
    size = min(request.number("maxResults", 50), request.site.page_limit)
    shown = page(_seen(request), "values", request.number("startAt", 0), size)
    return ApiAnswer(body=shown)


def list_projects(request: ApiRequest) -> ApiAnswer:
    """``GET project``, of Data Center: all that the account may see."""
    return ApiAnswer(body=_seen(request))


def search_resolutions(request: ApiRequest) -> ApiAnswer:
    """``GET resolution/search``, of Cloud: the site's resolutions, by pages."""
    size = min(request.number("maxResults", 50), request.site.page_limit)
    found = [
        {"id": number, "name": request.site.shown(name), "description": name, "isDefault": False}
        for name, number in RESOLUTIONS.items()
    ]
    return ApiAnswer(body=page(found, "values", request.number("startAt", 0), size))


def list_resolutions(request: ApiRequest) -> ApiAnswer:
    """``GET resolution``, of Data Center: all of them."""
    found = [
        {"id": number, "name": request.site.shown(name), "description": name}
        for name, number in RESOLUTIONS.items()
    ]
    return ApiAnswer(body=found)


def _seen(request: ApiRequest) -> list[Wire]:
    projects = request.site.projects if request.known else []
    return [request.views.project(each) for each in projects]


def scope(method: str, path: str) -> str:
    """Give the scope that a token needs for a request, "" where everybody may make it."""
    if path == "serverInfo":
        return ""
    if path == "myself" or path.startswith("user/"):
        return "read:jira-user"
    reads = method == "GET" or path in {"issue/bulkfetch", "search/jql"}
    return "read:jira-work" if reads else "write:jira-work"


def _creatable(request: ApiRequest) -> Project:
    """Give the project that the path names; both documents know no 404 here, only 400."""
    project = request.site.project(request.path["project"])
    if project is None or "CREATE_ISSUES" in project.lacking:
        raise RefusedRequest(
            messages=["The project does not exist, or you may not create issues in it."]
        )
    return project


def create_types(request: ApiRequest) -> ApiAnswer:
    """``GET issue/createmeta/{project}/issuetypes``."""
    project = _creatable(request)
    kinds = [request.views.created_type(project, name) for name in project.issue_types]
    return ApiAnswer(body=_meta_page(request, kinds, "issueTypes"))


def create_fields(request: ApiRequest) -> ApiAnswer:
    """``GET issue/createmeta/{project}/issuetypes/{type}``."""
    project = _creatable(request)
    names = {project.type_id(name): name for name in project.issue_types}
    kind = names.get(request.path["type"])
    if kind is None:
        raise RefusedRequest(messages=["Issue type is not valid for the project."])
    epics = project.epic_fields(kind, cloud=request.site.is_cloud)
    fields = [request.views.field(project, own) for own in sorted(project.settable | epics)]
    return ApiAnswer(body=_meta_page(request, fields, "fields"))


def _meta_page(request: ApiRequest, items: list[Wire], name: str) -> Wire:
    """Show a page: Cloud names its members by what they are and does not say which is the last."""
    size = min(request.number("maxResults", 50), request.site.page_limit)
    cloud = request.site.is_cloud
    shown = page(items, name if cloud else "values", request.number("startAt", 0), size)
    return {key: value for key, value in shown.items() if not (cloud and key == "isLast")}


def assignable(request: ApiRequest) -> ApiAnswer:
    """``GET user/assignable/search``: by beginnings, and only then by who can be assigned."""
    if request.site.project(request.query.get("project", "")) is None:
        raise RefusedRequest(messages=["No project could be found."], status=404)
    exactly = request.query.get("accountId")
    if exactly is not None:
        found = [each for each in request.site.people if each.account_id == exactly]
    else:
        found = _beginning(request)
    start = request.number("startAt", 0)
    size = min(request.number("maxResults", 50), PEOPLE_LIMIT if request.site.is_cloud else 100)
    shown = [each for each in found[start : start + size] if each.assignable and each.active]
    return ApiAnswer(body=[request.views.person(each) for each in shown])


def users(request: ApiRequest) -> ApiAnswer:
    """``GET user/search``."""
    return ApiAnswer(body=[request.views.person(each) for each in _beginning(request)])


def _beginning(request: ApiRequest) -> list[Person]:
    wanted = request.query.get("query" if request.site.is_cloud else "username", "").lower()
    if not wanted:
        raise RefusedRequest(messages=["A search string is required."])

    def answers(person: Person) -> bool:
        words = [person.name, *person.name.split()]
        if request.site.is_cloud:
            words += [] if person.email_hidden else [person.email]
        else:
            words += [person.handle, person.email]
        return any(word.lower().startswith(wanted) for word in words)

    return [each for each in request.site.people if answers(each)]


CLOUD_PROJECTS: Mapping[tuple[str, str], Handler] = {
    ("GET", "project/search"): search_projects,
    ("GET", "resolution/search"): search_resolutions,
}
DATA_CENTER_PROJECTS: Mapping[tuple[str, str], Handler] = {
    ("GET", "project"): list_projects,
    ("GET", "resolution"): list_resolutions,
}
SITE_ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "serverInfo"): server_info,
    ("GET", "myself"): myself,
    ("GET", "mypermissions"): my_permissions,
    ("GET", "project/{project}"): read_project,
    ("GET", "issue/createmeta/{project}/issuetypes"): create_types,
    ("GET", "issue/createmeta/{project}/issuetypes/{type}"): create_fields,
    ("GET", "user/assignable/search"): assignable,
    ("GET", "user/search"): users,
}
"""Method and path under ``/rest/api/N/`` → what answers."""


_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
dt { font-weight: 600 } dd { margin: 0 0 .5rem } pre { white-space: pre-wrap }
"""


def ticket_page(site: SandboxSite, record: TicketRecord | None) -> str:
    """Show a ticket as HTML; for None, that there is none to see."""
    if record is None:
        return _whole("No such ticket", "<h1>There is no such ticket.</h1>")
    ticket = record.now
    resolved = f" ({ticket.resolution})" if ticket.resolution else ""
    facts = {
        "Status": ticket.status + resolved,
        "Type": ticket.issue_type,
        "Priority": ticket.priority or "none",
        "Owner": ticket.assignee.name if ticket.assignee else "nobody",
        "Due": ticket.due.isoformat() if ticket.due else "no date",
        "Labels": ", ".join(ticket.labels) or "none",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items())
    words = ticket.description or ""
    shown = adf_text(words) if site.is_cloud and words else str(words)
    links = "".join(
        f'<li><a href="{escape(link["object"]["url"], quote=True)}">'
        f"{escape(link['object']['title'])}</a></li>"
        for link in record.links
    )
    return _whole(
        f"{ticket.key} {ticket.summary}",
        f"<p>Sandbox Jira, {site.kind.value}</p><h1>{ticket.key}: {escape(ticket.summary)}</h1>"
        f"<dl>{listed}</dl><pre>{escape(shown)}</pre><ul>{links}</ul>",
    )


def _whole(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
