"""What PagerDuty's things look like in JSON, where other things refer to them.

Ids are made from names, so that the same name is the same person, and the same steps give the
same account each time.
"""

import base64
import hashlib
from typing import Any

Wire = dict[str, Any]
"""A JSON object as it goes over the wire, save that times are ``datetime``."""

API = "https://api.pagerduty.example.com"
WEB = "https://harbour-shop.pagerduty.example.com"
_SHORT = 6


def made_id(prefix: str, *seed: object, length: int = 13) -> str:
    """Give an id that looks like one of PagerDuty's, always the same for the same seed."""
    digest = hashlib.sha256("/".join(map(str, seed)).encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:length]


def page(path: str, id_: str) -> str:
    """Give the address of a page of the web application."""
    return f"{WEB}/{path}/{id_}"


def reference(kind: str, id_: str, name: str | None, path: str) -> Wire:
    """Refer to something that has a page of its own."""
    return {
        "id": id_,
        "type": f"{kind}_reference",
        "summary": name,
        "self": f"{API}/{path}/{id_}",
        "html_url": page(path, id_),
    }


def person(name: str) -> Wire:
    """Refer to somebody."""
    return reference("user", made_id("P", "user", name, length=_SHORT), name, "users")


def deleted_person(name: str) -> Wire:
    """Refer to somebody who has left: the name alone is remembered."""
    return {**person(name), "html_url": None}


def service(name: str) -> Wire:
    """Refer to a service."""
    id_ = made_id("P", "service", name, length=_SHORT)
    return {
        **reference("service", id_, name, "services"),
        "html_url": page("service-directory", id_),
    }


def team(name: str) -> Wire:
    """Refer to a team."""
    return reference("team", made_id("P", "team", name, length=_SHORT), name, "teams")


def policy(name: str) -> Wire:
    """Refer to an escalation policy."""
    id_ = made_id("P", "policy", name, length=_SHORT)
    return reference("escalation_policy", id_, name, "escalation_policies")


def integration(name: str, of: Wire) -> Wire:
    """Refer to an integration of a service: the agent of what a monitor sends."""
    id_ = made_id("P", "integration", of["id"], name, length=_SHORT)
    path = f"services/{of['id']}/integrations"
    return reference("events_api_v2_inbound_integration", id_, name, path)


def priority(name: str) -> Wire:
    """Give a priority as an incident carries it."""
    id_ = made_id("P", "priority", name, length=_SHORT)
    return {
        "id": id_,
        "type": "priority",
        "summary": name,
        "self": f"{API}/priorities/{id_}",
        "html_url": None,
        "name": name,
        "description": "",
        "color": "a8171c",
    }


def link(href: str, text: str) -> Wire:
    """Give a context that leads somewhere."""
    return {"type": "link", "href": href, "text": text}


def image(src: str, text: str, href: str | None = None) -> Wire:
    """Give a context that is a picture."""
    return {"type": "image", "src": src, "text": text, **({"href": href} if href else {})}
