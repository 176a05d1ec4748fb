"""The sandbox's routes of Confluence Cloud: version 2, and the upload of version 1."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from connectors.confluence.sandbox import page_views
from connectors.confluence.sandbox.requests_read import PageHandler, PageRequest
from connectors.confluence.sandbox.site import PageRecord, PageRefusal

_V2 = "/wiki/api/v2"


def spaces(request: PageRequest) -> Any:
    """``GET spaces``."""
    site, keys = request.site, request.listed("keys")
    found = [] if keys and site.key not in keys else [_space(request)]
    return {"results": found, "_links": {"base": request.base}}


def _space(request: PageRequest) -> Any:
    site = request.site
    return {
        "id": site.space_id,
        "key": site.key,
        "name": site.name,
        "type": "global",
        "status": "current",
        "homepageId": site.home,
    }


def operations(request: PageRequest) -> Any:
    """``GET spaces/{id}/operations``."""
    held = [("read", "space"), ("create", "page"), ("create", "attachment")]
    told = [
        {"operation": what, "targetType": kind}
        for what, kind in held
        if (what, kind) not in request.site.lacking
    ]
    return {"operations": told}


def pages(request: PageRequest) -> Any:
    """``GET pages``: by space and exact title; current and archived ones where nothing is said."""
    title = request.one("title")
    found = _of_status(request)
    return _listing(request, [one for one in found if not title or one.title == title])


def pages_of_space(request: PageRequest) -> Any:
    """``GET spaces/{id}/pages``."""
    if request.path["space"] != request.site.space_id:
        raise PageRefusal(404, "Cannot find the space")
    return _listing(request, list(_of_status(request)))


def _of_status(request: PageRequest) -> Iterable[PageRecord]:
    wanted = frozenset(request.listed("status")) or {"current", "archived"}
    if not wanted <= {"current", "archived", "deleted", "trashed"}:
        raise PageRefusal(400, "Invalid value for status")
    return request.site.listed(frozenset(wanted))


def _listing(request: PageRequest, found: list[PageRecord]) -> Any:
    limit, start = request.number("limit", 25), request.number("cursor", 0)
    if not 1 <= limit <= 250:  # noqa: PLR2004 - the documented range
        raise PageRefusal(400, "Invalid value for limit")
    shown = {"body"} if request.one("body-format") == "storage" else set()
    part = found[start : start + limit]
    links: dict[str, str] = {"base": request.base}
    if len(found) > start + limit:
        kept = "&".join(f"{key}={value}" for key, value in request.query if key != "cursor")
        links["next"] = f"{request.path['']}?{kept}&cursor={start + limit}".replace(" ", "%20")
    site = request.site
    results = [page_views.cloud_page(site, one, request.base, shown) for one in part]
    return {"results": results, "_links": links}


def create(request: PageRequest) -> Any:
    """``POST pages``; without a representation in its body the real one fails, too."""
    request.required("spaceId", "title", "body")
    if request.json["spaceId"] != request.site.space_id:
        raise PageRefusal(404, "Cannot find the space")
    if unknown := set(request.json) - {"spaceId", "status", "title", "parentId", "body"}:
        raise PageRefusal(400, f"Unknown field {sorted(unknown)}")
    parent = request.json.get("parentId") or request.site.home
    made = request.site.create(request.json["title"], _body(request), parent)
    return page_views.cloud_page(request.site, made, request.base, {"body"})


def _body(request: PageRequest) -> str:
    body = request.json["body"]
    if body.get("representation") != "storage" or not isinstance(body.get("value"), str):
        raise PageRefusal(500, "Internal Server Error")
    value: str = body["value"]
    return value


def read(request: PageRequest) -> Any:
    """``GET pages/{id}``, whatever its state."""
    shown = {"body"} if request.one("body-format") == "storage" else set()
    shown |= {"properties"} if request.one("include-properties") == "true" else set()
    record = request.site.seen(request.path["page"])
    answer = page_views.cloud_page(request.site, record, request.base, shown)
    number = request.number("version", 0)
    return page_views.of_version(answer, record, number) if number else answer


def update(request: PageRequest) -> Any:
    """``PUT pages/{id}``: all of its fields must be there."""
    request.required("id", "status", "title", "body", "version")
    given, page = request.json, request.path["page"]
    if given["id"] != page or given["status"] != "current":
        raise PageRefusal(400, "The id or status is not that of the page")
    if unknown := set(given) - {"id", "status", "title", "body", "version"}:
        raise PageRefusal(400, f"Unknown field {sorted(unknown)}")
    if unknown := set(given["version"]) - {"number", "message"}:
        raise PageRefusal(400, f"Unknown field {sorted(unknown)}")
    record = request.site.update(
        page,
        given["version"].get("number"),
        given["title"],
        _body(request),
        message=given["version"].get("message", ""),
    )
    return page_views.cloud_page(request.site, record, request.base, {"body"})


def properties(request: PageRequest) -> Any:
    """``GET pages/{id}/properties``."""
    record, keys = request.site.seen(request.path["page"]), request.listed("key")
    found = [
        page_views.cloud_property(one)
        for one in record.properties.values()
        if not keys or one.key in keys
    ]
    return {"results": found, "_links": {"base": request.base}}


def create_property(request: PageRequest) -> Any:
    """``POST pages/{id}/properties``."""
    request.required("key")
    record, key = request.site.changeable(request.path["page"], 404), request.json["key"]
    if key in record.properties:
        raise PageRefusal(409, "A content property with this key already exists")
    made = request.site.keep(record, key, request.json.get("value"))
    return page_views.cloud_property(made)


def update_property(request: PageRequest) -> Any:
    """``PUT pages/{id}/properties/{property-id}``."""
    request.required("key", "version")
    record = request.site.changeable(request.path["page"], 404)
    held = record.properties.get(request.json["key"])
    if held is None or held.id != request.path["property"]:
        raise PageRefusal(404, "Cannot find the property")
    if request.json["version"].get("number") != held.version + 1:
        raise PageRefusal(409, "Version must be incremented when updating a property")
    request.site.keep(record, held.key, request.json.get("value"))
    return page_views.cloud_property(held)


def people(request: PageRequest) -> Any:
    """``POST users-bulk``."""
    request.required("accountIds")
    known = request.site.people
    found = [
        {"accountId": one, "displayName": known[one], "publicName": known[one]}
        for one in request.json["accountIds"]
        if one in known
    ]
    return {"results": found, "_links": {"base": request.base}}


def comments(request: PageRequest) -> Any:
    """``GET pages/{id}/inline-comments``."""
    record = request.site.seen(request.path["page"])
    dangling = record.dangling()
    found = [
        {
            "id": str(number),
            "status": "current",
            "title": f"Re: {record.title}",
            "pageId": record.id,
            "version": {"number": 1, "createdAt": page_views.page_time(one.at)},
            "resolutionStatus": "dangling" if one.words in dangling else "open",
            "properties": {
                "inlineMarkerRef": one.ref,
                "inlineOriginalSelection": one.words,
            },
        }
        for number, one in enumerate(record.comments, start=1)
    ]
    return {"results": found, "_links": {"base": request.base}}


def upload(request: PageRequest) -> Any:
    """``PUT content/{id}/child/attachment`` of version 1: makes a file, or a version of it."""
    record = request.site.changeable(request.path["page"], 403)
    if ("create", "attachment") in request.site.lacking:
        raise PageRefusal(403, "You are not permitted to attach files")
    held = request.site.attach(record, *request.upload())
    return {
        "results": [page_views.attachment(held, request.site.clock())],
        "size": 1,
        "_links": {"base": request.base},
    }


def search(request: PageRequest) -> Any:
    """``GET content/search`` of version 1."""
    found = request.site.saying(request.one("cql"))
    limit, start = min(request.number("limit", 25), 100), request.number("cursor", 0)
    expand = request.listed("expand")
    shown = [
        page_views.data_center_page(request.site, one, request.base, expand)
        for one in found[start : start + limit]
    ]
    links = {"base": request.base}
    if len(found) > start + limit:
        told = [*((key, value) for key, value in request.query if key != "cursor")]
        told.append(("cursor", str(start + limit)))
        links["next"] = f"/rest/api/content/search?{urlencode(told)}"
    return {"results": shown, "start": start, "limit": limit, "size": len(shown), "_links": links}


ROUTES: dict[tuple[str, str], PageHandler] = {
    ("GET", f"{_V2}/spaces"): spaces,
    ("GET", f"{_V2}/spaces/{{space}}/operations"): operations,
    ("GET", f"{_V2}/spaces/{{space}}/pages"): pages_of_space,
    ("GET", f"{_V2}/pages"): pages,
    ("POST", f"{_V2}/pages"): create,
    ("GET", f"{_V2}/pages/{{page}}"): read,
    ("PUT", f"{_V2}/pages/{{page}}"): update,
    ("GET", f"{_V2}/pages/{{page}}/properties"): properties,
    ("POST", f"{_V2}/pages/{{page}}/properties"): create_property,
    ("PUT", f"{_V2}/pages/{{page}}/properties/{{property}}"): update_property,
    ("GET", f"{_V2}/pages/{{page}}/inline-comments"): comments,
    ("POST", f"{_V2}/users-bulk"): people,
    ("GET", "/wiki/rest/api/content/search"): search,
    ("PUT", "/wiki/rest/api/content/{page}/child/attachment"): upload,
}
