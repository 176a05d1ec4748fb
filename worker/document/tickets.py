"""Ticket references in a document: how people write them, and how the program does."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from worker.document.inline import escape, is_bracketed

_KEY = r"[A-Za-z][A-Za-z0-9_]+-[1-9]\d*"
_URL = r"https?://[^\s<>()|\\\]]+"
_IN_URL = re.compile(rf"(?:/browse/|/issues/|[?&]selectedIssue=)({_KEY})(?![\w-])")
_REFERENCE = re.compile(
    rf"\[\\?`?(?P<text>{_KEY})`?\](?:\((?P<link><[^<>]*>|[^\s()]*)(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\]|)"
    rf"|\[[^\[\]]*\]\((?P<target>{_URL})\)"
    rf"|<(?P<auto>{_URL})>|(?P<url>{_URL})"
    rf"|(?<![\w/-])(?P<key>{_KEY})(?![\w-])"
)
_NOTHING = frozenset({"", "-", "--", "\u2013", "\u2014", "\u2026", "...", "?"})
_URL_SAFE = "/:?#@!$&'*+,;=%~-._"


@dataclass(frozen=True, slots=True)
class TicketCell:
    """A ticket as a row names it; ``url`` is None where only the key is there."""

    key: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A ticket found in text, and where in it the mention stands."""

    ticket: TicketCell
    start: int
    end: int


def mention(text: str) -> Mention | None:
    """Find the first ticket that text names: a key, a link, or the address of a ticket's page."""
    for found in _REFERENCE.finditer(text):
        groups = found.groupdict()
        key = groups["text"] or groups["key"]
        url = groups["link"] or groups["target"] or groups["auto"] or groups["url"]
        url = url.strip("<>").replace("\\|", "|") if url else None
        if not key and url:
            in_url = _IN_URL.search(url)
            key = in_url[1] if in_url else None
        if key:
            return Mention(TicketCell(key.upper(), url or None), found.start(), found.end())
    return None


def is_blank(text: str) -> bool:
    """Tell whether a ticket's cell says that there is none: blank, a dash, or a placeholder."""
    return text.strip() in _NOTHING or (is_bracketed(text) and mention(text) is None)


def link(ticket: TicketCell) -> str:
    """Give Markdown that links a ticket by its key."""
    key = escape(ticket.key)
    return f"[{key}]({quote(ticket.url, safe=_URL_SAFE)})" if ticket.url else key
