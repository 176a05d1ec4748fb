"""The sandbox's routes of Confluence Data Center."""

from typing import Any

from connectors.confluence.sandbox import page_views
from connectors.confluence.sandbox.requests_read import PageHandler, PageRequest
from connectors.confluence.sandbox.site import PageRecord, PageRefusal

_API = "/rest/api"
_ANY = frozenset({"current", "trashed"})
"""What "any" status stands for."""


def read_space(request: PageRequest) -> Any:
    """``GET space/{key}``."""
    site = request.site
    if request.path["space"] != site.key:
        raise PageRefusal(404, f"No space with key : {request.path['space']}")
    answer: dict[str, Any] = {"id": int(site.space_id), "key": site.key, "name": site.name}
    if "homepage" in request.listed("expand"):
        answer["homepage"] = {"id": site.home, "type": "page", "status": "current"}
    return answer | {"type": "global", "_links": {"base": request.base}}


def list_spaces(request: PageRequest) -> Any:
    """``GET space``: those that the account may see."""
    site = request.site
    one = {"id": int(site.space_id), "key": site.key, "name": site.name, "type": "global"}
    found = [one][request.number("start", 0) :]
    return {"results": found, "start": 0, "limit": 25, "size": len(found), "_links": {}}


def list_content(request: PageRequest) -> Any:
    """``GET content``: a page by its space and exact title; current ones where nothing is said."""
    if not request.one("title"):
        raise PageRefusal(400, "A title is required to find a page")
    if request.one("spaceKey") not in {"", request.site.key}:
        raise PageRefusal(404, "No space with that key")
    found = [one for one in _of_status(request) if one.title == request.one("title")]
    return _listing(request, found)


def list_space(request: PageRequest) -> Any:
    """``GET space/{key}/content/page``: current pages."""
    if request.path["space"] != request.site.key:
        raise PageRefusal(404, "No space with that key")
    return _listing(request, list(request.site.listed(frozenset({"current"}))))


def _of_status(request: PageRequest) -> list[PageRecord]:
    return list(request.site.listed(_statuses(request)))


def _statuses(request: PageRequest) -> frozenset[str]:
    wanted = frozenset(request.listed("status")) or frozenset({"current"})
    return _ANY if "any" in wanted else wanted


def scan(request: PageRequest) -> Any:
    """``GET content/scan``: pages of a space, by a cursor."""
    if request.one("spaceKey") != request.site.key:
        raise PageRefusal(404, "No space with that key")
    found, limit = _of_status(request), min(request.number("limit", 25), 100)
    start = request.number("cursor", 0)
    answer = {"results": [_page(request, one) for one in found[start : start + limit]]}
    after = {"nextCursor": str(start + limit)} if len(found) > start + limit else {}
    return answer | after | {"limit": limit, "size": len(answer["results"]), "_links": {}}


def _listing(request: PageRequest, found: list[PageRecord]) -> Any:
    start, limit = request.number("start", 0), min(request.number("limit", 25), 100)
    part = found[start : start + limit]
    shown = [_page(request, one) for one in part]
    return {"results": shown, "start": start, "limit": limit, "size": len(shown), "_links": {}}


def _page(request: PageRequest, record: PageRecord) -> Any:
    expand = request.listed("expand") or ["history", "space", "version"]
    return page_views.data_center_page(request.site, record, request.base, expand)


def create(request: PageRequest) -> Any:
    """``POST content``; properties may come with the page."""
    request.required("type", "title", "space")
    given = request.json
    if given["type"] != "page" or given["space"].get("key") != request.site.key:
        raise PageRefusal(404, "No space with that key, or not permitted")
    above = given.get("ancestors") or [{"id": ""}]
    told = given.get("metadata", {}).get("properties", {})
    properties = {key: value["value"] for key, value in told.items()}
    made = request.site.create(
        given["title"], _body(request), above[-1]["id"], properties=properties
    )
    return _page(request, made)


def _body(request: PageRequest) -> str:
    body = request.json.get("body", {}).get("storage", {})
    if body.get("representation") != "storage" or not isinstance(body.get("value"), str):
        raise PageRefusal(400, "The body has no representation, or no value")
    value: str = body["value"]
    return value


def read(request: PageRequest) -> Any:
    """``GET content/{id}``: a current page, unless other statuses are asked for."""
    record = request.site.seen(request.path["page"])
    wanted = _statuses(request)
    if wanted == {"historical"}:
        return page_views.of_version(_page(request, record), record, request.number("version", 0))
    if record.status not in wanted:
        raise PageRefusal(404, f"No content found with id: ContentId{{id={record.id}}}")
    return _page(request, record)


def update(request: PageRequest) -> Any:
    """``PUT content/{id}``."""
    request.required("type", "title", "version")
    version = request.json["version"]
    if not isinstance(version.get("number"), int):
        raise PageRefusal(400, "Must supply an incremented version when updating Content.")
    site, page = request.site, request.path["page"]
    record = site.update(
        page,
        version["number"],
        request.json["title"],
        _body(request),
        message=version.get("message", ""),
        minor=bool(version.get("minorEdit")),
    )
    above = request.json.get("ancestors")
    if above:
        record.parent = above[-1]["id"]
    expand = ["body.storage", "version", "space"]
    return page_views.data_center_page(site, record, request.base, expand)


def read_property(request: PageRequest) -> Any:
    """``GET content/{id}/property/{key}``."""
    held = request.site.seen(request.path["page"]).properties.get(request.path["key"])
    if held is None:
        raise PageRefusal(404, "Cannot find the property")
    return page_views.data_center_property(held)


def create_property(request: PageRequest) -> Any:
    """``POST content/{id}/property``."""
    request.required("key")
    record, key = request.site.changeable(request.path["page"], 403), request.json["key"]
    if key in record.properties:
        raise PageRefusal(400, f"A content property with key {key} exists already")
    made = request.site.keep(record, key, request.json.get("value"))
    return page_views.data_center_property(made)


def update_property(request: PageRequest) -> Any:
    """``PUT content/{id}/property/{key}``: with version 1 it is made."""
    request.required("key", "version")
    record, key = request.site.changeable(request.path["page"], 403), request.path["key"]
    held, number = record.properties.get(key), request.json["version"].get("number")
    if held is None and number == 1:
        return create_property(request)
    if held is None:
        raise PageRefusal(404, "Cannot find the property")
    if number != held.version + 1:
        raise PageRefusal(409, "Version must be incremented on update.")
    return page_views.data_center_property(
        request.site.keep(record, key, request.json.get("value"))
    )


def attachments(request: PageRequest) -> Any:
    """``GET content/{id}/child/attachment``."""
    record, name = request.site.seen(request.path["page"]), request.one("filename")
    found = [
        page_views.attachment(one, request.site.clock())
        for one in record.attachments.values()
        if not name or one.name == name
    ]
    return {"results": found, "start": 0, "limit": 50, "size": len(found), "_links": {}}


def upload(request: PageRequest) -> Any:
    """``POST content/{id}/child/attachment``: makes a file alone."""
    record = request.site.changeable(request.path["page"], 403)
    name, kind, data = request.upload()
    if name in record.attachments:
        raise PageRefusal(
            400, "Cannot add a new attachment with same file name as an existing attachment"
        )
    held = request.site.attach(record, name, kind, data)
    return {
        "results": [page_views.attachment(held, request.site.clock())],
        "size": 1,
        "_links": {"base": request.base},
    }


def upload_version(request: PageRequest) -> Any:
    """``POST content/{id}/child/attachment/{attachment}/data``: a new version of a file."""
    record = request.site.changeable(request.path["page"], 403)
    _, kind, data = request.upload()
    for one in record.attachments.values():
        if one.id == request.path["attachment"]:
            return page_views.attachment(
                request.site.attach(record, one.name, kind, data), request.site.clock()
            )
    raise PageRefusal(404, "Cannot find the attachment")


def search(request: PageRequest) -> Any:
    """``GET content/search``."""
    return _listing(request, request.site.saying(request.one("cql")))


def comments(request: PageRequest) -> Any:
    """``GET content/{id}/child/comment``: those at words of the page."""
    record = request.site.seen(request.path["page"])
    found = page_views.data_center_comments(record) if request.one("location") == "inline" else []
    return {"results": found, "start": 0, "limit": 100, "size": len(found), "_links": {}}


def person(request: PageRequest) -> Any:
    """``GET user``: somebody by the key of their account."""
    account = request.one("key")
    if account not in request.site.people:
        raise PageRefusal(404, f"No user found with key : {account}")
    name = request.site.people[account]
    return {"type": "known", "username": account, "userKey": account, "displayName": name}


ROUTES: dict[tuple[str, str], PageHandler] = {
    ("GET", f"{_API}/user"): person,
    ("GET", f"{_API}/space"): list_spaces,
    ("GET", f"{_API}/space/{{space}}"): read_space,
    ("GET", f"{_API}/space/{{space}}/content/page"): list_space,
    ("GET", f"{_API}/content"): list_content,
    ("GET", f"{_API}/content/scan"): scan,
    ("GET", f"{_API}/content/search"): search,
    ("POST", f"{_API}/content"): create,
    ("GET", f"{_API}/content/{{page}}"): read,
    ("PUT", f"{_API}/content/{{page}}"): update,
    ("GET", f"{_API}/content/{{page}}/child/comment"): comments,
    ("POST", f"{_API}/content/{{page}}/property"): create_property,
    ("GET", f"{_API}/content/{{page}}/property/{{key}}"): read_property,
    ("PUT", f"{_API}/content/{{page}}/property/{{key}}"): update_property,
    ("GET", f"{_API}/content/{{page}}/child/attachment"): attachments,
    ("POST", f"{_API}/content/{{page}}/child/attachment"): upload,
    ("POST", f"{_API}/content/{{page}}/child/attachment/{{attachment}}/data"): upload_version,
}
