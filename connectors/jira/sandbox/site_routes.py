"""The sandbox's routes about the site itself: its projects and its people."""

from collections.abc import Mapping

from connectors.jira.sandbox.api_request import ApiAnswer, ApiRequest, Handler
from connectors.jira.sandbox.issue_requests import RefusedRequest
from connectors.jira.sandbox.projects import Person, Project
from connectors.jira.sandbox.views import Wire, page

PEOPLE_LIMIT = 1000
KEYS = ("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ASSIGN_ISSUES", "TRANSITION_ISSUES")


def server_info(asked: ApiRequest) -> ApiAnswer:
    """``GET serverInfo``."""
    return ApiAnswer(body=asked.views.server())


def myself(asked: ApiRequest) -> ApiAnswer:
    """``GET myself``."""
    return ApiAnswer(body=asked.views.person(asked.site.myself))


def my_permissions(asked: ApiRequest) -> ApiAnswer:
    """``GET mypermissions``: Cloud must be told which, Data Center lists all."""
    wanted = asked.listed("permissions") if asked.site.is_cloud else list(KEYS)
    if not wanted or not set(wanted) <= set(KEYS):
        raise RefusedRequest(messages=["The 'permissions' query parameter is required."])
    project = asked.site.project(asked.query.get("projectKey", ""))
    if project is None:
        raise RefusedRequest(messages=["No project could be found."], status=404)
    shown = {
        key: {"id": str(number), "key": key, "name": key.replace("_", " ").title()}
        | {"type": "PROJECT", "havePermission": key not in project.lacking}
        for number, key in enumerate(wanted, 10)
    }
    return ApiAnswer(body={"permissions": shown})


def _project(asked: ApiRequest) -> Project:
    project = asked.site.project(asked.path["project"]) if asked.known else None
    if project is None:
        said = f"No project could be found with key '{asked.path['project']}'."
        raise RefusedRequest(messages=[said], status=404)
    return project


def read_project(asked: ApiRequest) -> ApiAnswer:
    """``GET project/{project}``."""
    return ApiAnswer(body=asked.views.project(_project(asked)))


def _creatable(asked: ApiRequest) -> Project:
    """Give the project that the path names; both documents know no 404 here, only 400."""
    project = asked.site.project(asked.path["project"])
    if project is None or "CREATE_ISSUES" in project.lacking:
        raise RefusedRequest(
            messages=["The project does not exist, or you may not create issues in it."]
        )
    return project


def create_types(asked: ApiRequest) -> ApiAnswer:
    """``GET issue/createmeta/{project}/issuetypes``."""
    project = _creatable(asked)
    kinds = [asked.views.issue_type(project, name) for name in project.issue_types]
    return ApiAnswer(body=_meta_page(asked, kinds, "issueTypes"))


def create_fields(asked: ApiRequest) -> ApiAnswer:
    """``GET issue/createmeta/{project}/issuetypes/{type}``."""
    project = _creatable(asked)
    if asked.path["type"] not in {project.type_id(name) for name in project.issue_types}:
        raise RefusedRequest(messages=["Issue type is not valid for the project."])
    fields = [asked.views.field(project, own) for own in sorted(project.settable)]
    return ApiAnswer(body=_meta_page(asked, fields, "fields"))


def _meta_page(asked: ApiRequest, items: list[Wire], name: str) -> Wire:
    """Show a page: Cloud names its members by what they are and does not say which is the last."""
    size = min(asked.number("maxResults", 50), asked.site.page_limit)
    cloud = asked.site.is_cloud
    shown = page(items, name if cloud else "values", asked.number("startAt", 0), size)
    return {key: value for key, value in shown.items() if not (cloud and key == "isLast")}


def assignable(asked: ApiRequest) -> ApiAnswer:
    """``GET user/assignable/search``: by beginnings, and only then by who can be assigned."""
    if asked.site.project(asked.query.get("project", "")) is None:
        raise RefusedRequest(messages=["No project could be found."], status=404)
    exactly = asked.query.get("accountId")
    if exactly is not None:
        found = [each for each in asked.site.people if each.account_id == exactly]
    else:
        found = _beginning(asked)
    start = asked.number("startAt", 0)
    size = min(asked.number("maxResults", 50), PEOPLE_LIMIT if asked.site.is_cloud else 100)
    shown = [each for each in found[start : start + size] if each.assignable and each.active]
    return ApiAnswer(body=[asked.views.person(each) for each in shown])


def users(asked: ApiRequest) -> ApiAnswer:
    """``GET user/search``."""
    return ApiAnswer(body=[asked.views.person(each) for each in _beginning(asked)])


def _beginning(asked: ApiRequest) -> list[Person]:
    wanted = asked.query.get("query" if asked.site.is_cloud else "username", "").lower()
    if not wanted:
        raise RefusedRequest(messages=["A search string is required."])

    def answers(person: Person) -> bool:
        words = [person.name, *person.name.split()]
        if asked.site.is_cloud:
            words += [] if person.email_hidden else [person.email]
        else:
            words += [person.handle, person.email]
        return any(word.lower().startswith(wanted) for word in words)

    return [each for each in asked.site.people if answers(each)]


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
