"""Decides which URLs may become links, and spells them so that they cannot end the link early."""

import re
from urllib.parse import SplitResult, urlsplit

from worker.content.clean_text import clean

WEB_URL = r"(?<![A-Za-z0-9])https?://[^\s<>\"'`|\\^{}\[\]*]+"
"""What looks like a URL in running text."""

LONGEST_URL = 4000
"""Characters; a longer one is shortened and shown as text."""

_HOST = re.compile(r"[A-Za-z0-9.-]+")
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?#@!$&+,;=%]")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def safe_url(url: str) -> str | None:
    """Give the URL as it may stand in a link, or None where it must not be one.

    Only ``http`` and ``https`` pass, with a host and without a user's name before it, which
    serves to disguise the host. What could end a link early or split a table cell (spaces,
    brackets, pipes, quotes) is percent-encoded, as is what is not ASCII.
    """
    url = url.strip(" ")
    if len(url) > LONGEST_URL or clean(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or host is None or "@" in parts.netloc:
        return None
    place = host if port is None else f"{host}:{port}"
    rest = url.split("://", 1)[1][len(parts.netloc) :]
    return f"{parts.scheme}://{place}{_encoded(rest)}"


def _ascii_host(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode()
    return host if _HOST.fullmatch(host) else None


def _encoded(text: str) -> str:
    encoded = _UNSAFE.sub(lambda found: _percent(found[0]), text)
    return _ENTITY.sub("%26", encoded)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def trimmed(found: str) -> str:
    """Leave out what ends the sentence behind a URL, or closes a bracket it stands in."""
    url = found
    while url and (url[-1] in ".,;:!?_~&…" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url
