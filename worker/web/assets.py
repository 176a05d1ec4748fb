"""The files that pages need besides themselves, each at an address that tells its content.

A browser may keep such a file for good: another content has another address.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

ASSETS: Mapping[str, str] = {
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
    "live.js": "text/javascript",
    "page.js": "text/javascript",
    "write.js": "text/javascript",
    "choose.js": "text/javascript",
    "editor.js": "text/javascript",
    "codemirror.js": "text/javascript",
}
"""Their names, and media types."""
_OF_OTHERS = frozenset({"codemirror.js"})
"""Those made by ``make vendor``."""
_DIGITS = 12
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_NOW = {"Cache-Control": "max-age=300"}


@cache
def content(name: str) -> bytes:
    """Give what a file holds."""
    folder = "static" if name in _OF_OTHERS else "templates"
    return files("worker.web").joinpath(folder, name).read_bytes()


@cache
def asset(name: str) -> str:
    """Give a file's address: ``/style-0123456789ab.css``."""
    stem, dot, ending = name.rpartition(".")
    return f"/{stem}-{hashlib.sha256(content(name)).hexdigest()[:_DIGITS]}{dot}{ending}"


def asset_routes() -> APIRouter:
    """Give the routes of the files, by their names alone as well."""
    router = APIRouter(include_in_schema=False)
    for name, kind in ASSETS.items():
        router.add_api_route(asset(name), _give(name, kind, _FOR_GOOD))
        router.add_api_route(f"/{name}", _give(name, kind, _FOR_NOW))
    return router


def _give(name: str, kind: str, headers: Mapping[str, str]) -> Callable[[], Response]:
    def give() -> Response:
        return Response(content(name), media_type=kind, headers=dict(headers))

    return give
