"""What routes read of a request: JSON, queries, and the one file of an upload."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from connectors.confluence.sandbox.site import PageRefusal, PageSite


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request, read. ``path`` has the parts of the address that a route names."""

    site: PageSite
    base: str
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    json: Any = None

    def listed(self, name: str) -> list[str]:
        """Give every value of a query's name, those behind commas too."""
        return [part for key, value in self.query if key == name for part in value.split(",")]

    def one(self, name: str, default: str = "") -> str:
        """Give the value of a query's name."""
        return next((value for key, value in self.query if key == name), default)

    def number(self, name: str, default: int) -> int:
        """Give a number of the query. Raises ``PageRefusal``."""
        text = self.one(name, str(default))
        if not text.isdigit():
            raise PageRefusal(400, f"Invalid value for {name}: {text}")
        return int(text)

    def required(self, *names: str) -> None:
        """Refuse a body that lacks a field."""
        told = self.json if isinstance(self.json, dict) else {}
        for name in names:
            if told.get(name) in (None, ""):
                raise PageRefusal(400, f"{name} must not be null")

    def upload(self) -> tuple[str, str, bytes]:
        """Give the name, type and content of the part ``file``. Raises ``PageRefusal``."""
        if self.headers.get("x-atlassian-token", "") not in {"nocheck", "no-check"}:
            raise PageRefusal(403, "XSRF check failed")
        kind = self.headers.get("content-type", "")
        whole = f"Content-Type: {kind}\r\n\r\n".encode() + self.body
        message = BytesParser(policy=HTTP).parsebytes(whole)
        for part in message.iter_parts() if message.is_multipart() else ():
            if part.get_param("name", header="content-disposition") == "file":
                data = part.get_payload(decode=True)
                name = part.get_filename() or ""
                return name, part.get_content_type(), data if isinstance(data, bytes) else b""
        raise PageRefusal(400, "At least one file must be uploaded")


PageHandler = Callable[[PageRequest], Any]
"""Gives what becomes JSON, or raises ``PageRefusal``."""
Endpoint = Callable[..., Awaitable[Any]]
