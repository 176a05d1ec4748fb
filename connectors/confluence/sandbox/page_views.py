"""Pages, properties and files as Cloud's and Data Center's JSON."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from connectors.confluence.sandbox.site import (
    AttachmentRecord,
    PageRecord,
    PageRefusal,
    PageSite,
    PropertyRecord,
)


def page_time(at: datetime) -> str:
    """Give a time as Confluence writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def cloud_page(site: PageSite, one: PageRecord, base: str, shown: Collection[str]) -> Any:
    """Give a page as version 2 has it; ``shown`` are "body" and "properties", where asked for."""
    now = one.now
    webui = f"/spaces/{site.key}/pages/{one.id}/{quote_plus(one.title)}"
    answer: dict[str, Any] = {
        "id": one.id,
        "status": one.status,
        "title": one.title,
        "spaceId": site.space_id if not one.space else "99",
        "parentId": one.parent or None,
        "position": 0,
        "authorId": one.creator,
        "ownerId": one.creator,
        "lastOwnerId": None,
        "createdAt": page_time(one.versions[0].at),
        "version": {
            "createdAt": page_time(now.at),
            "message": now.message,
            "number": now.number,
            "minorEdit": now.minor,
            "authorId": now.author,
        },
        "body": {},
        "_links": {"webui": webui, "editui": f"/pages/resumedraft.action?draftId={one.id}"},
    }
    answer["_links"]["base"] = base
    if "body" in shown:
        answer["body"] = {"storage": {"representation": "storage", "value": one.body}}
    if "properties" in shown:
        found = [cloud_property(each) for each in one.properties.values()]
        answer["properties"] = {"results": found, "meta": {"hasMore": False}, "_links": {}}
    return answer


def cloud_property(one: PropertyRecord) -> Any:
    """Give a property as version 2 has it."""
    version = {"number": one.version, "message": "", "minorEdit": False}
    return {"id": one.id, "key": one.key, "value": one.value, "version": version}


def data_center_page(site: PageSite, one: PageRecord, base: str, expand: Collection[str]) -> Any:
    """Give a page as Data Center has it; what is not expanded is not there."""
    now = one.now
    answer: dict[str, Any] = {
        "id": one.id,
        "type": "page",
        "status": one.status,
        "title": one.title,
        "_links": {
            "webui": f"/display/{site.key}/{quote_plus(one.title)}",
            "base": base,
            "self": f"{base}/rest/api/content/{one.id}",
        },
        "_expandable": {},
    }
    if "version" in expand:
        name = site.people.get(now.author, now.author)
        answer["version"] = {
            "by": {"type": "known", "username": now.author, "userKey": now.author}
            | {"displayName": name},
            "when": page_time(now.at),
            "message": now.message,
            "number": now.number,
            "minorEdit": now.minor,
        }
    if "space" in expand:
        answer["space"] = {"key": site.space_of(one), "name": site.name, "type": "global"}
    if "body.storage" in expand:
        answer["body"] = {"storage": {"value": one.body, "representation": "storage"}}
    prefix = "metadata.properties."
    wanted = {each.removeprefix(prefix).split(".")[0] for each in expand if each.startswith(prefix)}
    if wanted:
        found = {
            key: data_center_property(one.properties[key])
            for key in wanted
            if key in one.properties
        }
        answer["metadata"] = {"properties": found}
    return answer


def of_version(answer: Any, one: PageRecord, number: int) -> Any:
    """Give a page's answer as of one of its versions. Raises ``PageRefusal``."""
    version = next((each for each in one.versions if each.number == number), None)
    if version is None:
        raise PageRefusal(404, f"Page {one.id} has no version {number}")
    is_now = version is one.now
    answer["body"]["storage"]["value"] = one.body if is_now else version.body
    answer["version"]["number"] = number
    return answer


def data_center_comments(one: PageRecord) -> Any:
    """Give the comments at words of a page."""
    return [
        {
            "id": f"{one.id}{number}",
            "type": "comment",
            "status": "current",
            "title": f"Re: {one.title}",
            "version": {"number": 1, "when": page_time(each.at), "minorEdit": False},
            "extensions": {
                "location": "inline",
                "inlineProperties": {
                    "originalSelection": each.words,
                    "markerRef": each.ref,
                },
            },
        }
        for number, each in enumerate(one.comments, start=1)
    ]


def data_center_property(one: PropertyRecord) -> Any:
    """Give a property as Data Center and version 1 have it."""
    version = {"number": one.version, "minorEdit": False, "message": "", "when": page_time(one.at)}
    return {"id": one.id, "key": one.key, "value": one.value, "version": version, "_links": {}}


def attachment(one: AttachmentRecord, at: datetime) -> Any:
    """Give a file as version 1 and Data Center have it."""
    return {
        "id": one.id,
        "type": "attachment",
        "status": "current",
        "title": one.name,
        "metadata": {"mediaType": one.media_type},
        "extensions": {"mediaType": one.media_type, "fileSize": len(one.versions[-1])},
        "version": {"number": len(one.versions), "minorEdit": True, "when": page_time(at)},
        "_links": {},
    }
