"""The page that shows a document: its title, its body, and what tells whether it has to be written.

The body opens with a panel that says where the document is edited, and as of when it is shown; the
keys of the front matter follow as page properties, then the contents and all of the document but
its title, which stands above the page already.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from connectors.incidents import IncidentId
from worker.content.clean_text import clean, shorten
from worker.document.front_matter import values
from worker.document.outline import title as document_title
from worker.publishing.html_structure import words
from worker.publishing.html_tree import Element, tree
from worker.publishing.status_cells import lozenge
from worker.publishing.storage_format import Shown, storage
from worker.publishing.storage_xml import anchor, element, escaped, macro, parameter, rich_body

LONGEST_TITLE = 255
MARK_PREFIX = "postmortem-worker-"
"""What the invisible anchor in a page's panel begins with; the incident and the mark follow."""
_PREFIX = re.compile(r"^postmortem\s*[:\u2013-]\s*", re.IGNORECASE)
_AS_READ = "%Y-%m-%d %H:%M %Z"
_LABELS = {"url": "URL"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
_HEADINGS = ("h2", "h3", "h4")
_FEWEST_HEADINGS = 3
"""A page with fewer needs no contents."""
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """Where a page comes from.

    ``address`` is where people open the document, "" where that is not known, ``document`` its
    name, ``page_key`` the key of its front matter that holds the page's own address and is not
    shown. ``mark`` is the random word by which a page whose create got no answer is known again.
    ``merged_into`` is the address of the page of the incident that this one was merged into.
    """

    incident: IncidentId
    document: str
    page_key: str = ""
    mark: str = ""
    address: str = ""
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as it should be; ``digest`` is the same as long as nothing else is to be shown."""

    title: str
    body: str
    digest: str


def page(text: str, origin: PageOrigin, at: datetime, shown: Shown) -> PageText:
    """Give the page of a document's text, as of a time with the zone to show it in.

    Raises ``DocumentError`` where the front matter cannot be read.
    """
    front = values(text) or {}
    title = page_title(text, front)
    root = tree(text)
    _take_title(root, title, front)
    told = {
        key: cells
        for key, cells in front.items()
        if key != "title" or not _is_said(title, " ".join(cells), front)
    }
    rest = _properties(told, origin.page_key, at.tzinfo) + _contents(root)
    rest += storage(root, shown)
    when = at.strftime(_AS_READ).strip()
    all_told = "\n".join([title, _panel(replace(origin, mark=""), ""), rest])
    digest = hashlib.sha256(all_told.encode("utf-8", "replace")).hexdigest()[:32]
    return PageText(title, _panel(origin, when) + rest, digest)


def page_title(text: str, front: Mapping[str, tuple[str, ...]]) -> str:
    """Give the title: ``Postmortem: TITLE (YYYY-MM-DD, #NUMBER)``, with what is known of it."""
    behind = _behind(front)
    told = clean(document_title(text)) or clean(" ".join(front.get("title", ())))
    name = _PREFIX.sub("", told) or "Incident"
    room = LONGEST_TITLE - len("Postmortem: ") - len(behind) - len(" (999)")
    return f"Postmortem: {_fitting(name, room)}{behind}"


def _fitting(name: str, room: int) -> str:
    """Shorten a name to the room for it, where an emoji takes that of two letters."""
    length = room
    while True:
        short = shorten(name, length)
        over = len(short.encode("utf-16-le", "replace")) // 2 - room
        if over <= 0:
            return short
        length = len(short) - (over + 1) // 2


def _behind(front: Mapping[str, tuple[str, ...]]) -> str:
    """Give what tells the page of an incident from those of others with its title."""
    day, number, incident = (
        clean(" ".join(front.get(one, ()))) for one in ("started", "number", "incident")
    )
    known = [day[:10], f"#{number}" if number else incident]
    return f" ({', '.join(filter(None, known))})" if any(known) else ""


def _is_said(title: str, told: str, front: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether a page's title says all of this, and nothing else."""
    return title == f"Postmortem: {_PREFIX.sub('', clean(told))}{_behind(front)}"


def _take_title(root: Element, title: str, front: Mapping[str, tuple[str, ...]]) -> None:
    """Take the first heading away where it is the page's title."""
    first = next((one for one in root.children if isinstance(one, Element)), None)
    if first is not None and first.tag == "h1" and _is_said(title, words(first), front):
        root.children = [one for one in root.children if one is not first]


def _contents(root: Element) -> str:
    headings = sum(one.tag in _HEADINGS for one in root.elements())
    return macro("toc", parameter("maxLevel", "3")) if headings >= _FEWEST_HEADINGS else ""


def numbered(title: str, number: int) -> str:
    """Give a title with a number behind it, for where somebody else's page has the title."""
    return f"{title} ({number})"


def mark_of(incident: IncidentId, mark: str) -> str:
    """Give the name of the anchor by which a page is known as ours."""
    return f"{MARK_PREFIX}{incident}-{mark}"


def carries_mark(body: str, incident: IncidentId, mark: str = "") -> bool:
    """Tell whether a page's body was written here for the incident, with that very mark if any."""
    name = escaped(mark_of(incident, mark))
    return f">{name}<" in body if mark else f">{name}" in body


def _panel(origin: PageOrigin, when: str) -> str:
    """Say where the document is edited, and as of when it is shown."""
    name = origin.document.rpartition("/")[2]
    where = element("a", escaped(name), href=origin.address) if origin.address else ""
    where = where or element("code", escaped(name))
    as_of = f", as of {escaped(when)}" if when else ""
    told = (
        f"This page shows the postmortem {where}{as_of}. Edit it there: the next change is taken "
        "over by itself, and comments here stay at their words."
    )
    lines = element("p", anchor(mark_of(origin.incident, origin.mark)) + told)
    if origin.merged_into:
        target = element("a", "the page of that incident", href=origin.merged_into)
        lines += element("p", f"This incident was merged into another one: see {target}.")
    return macro("info", rich_body(lines))


def _properties(front: Mapping[str, tuple[str, ...]], page_key: str, zone: tzinfo | None) -> str:
    """Give the front matter as a table of page properties, which reports can gather."""
    rows = [
        element("tr", element("th", escaped(_label(key))) + element("td", _value(key, cells, zone)))
        for key, cells in front.items()
        if key != page_key and any(cells)
    ]
    if not rows:
        return ""
    return macro("details", rich_body(element("table", element("tbody", "".join(rows)))))


def _as_read(told: str, zone: tzinfo | None) -> str:
    """Give an instant as people read it, in their zone; everything else as it is."""
    if not _INSTANT.fullmatch(told):
        return told
    try:
        return datetime.fromisoformat(told).astimezone(zone).strftime(_AS_READ).strip()
    except (ValueError, OverflowError):
        return told


def _label(key: str) -> str:
    return _LABELS.get(key, key.replace("_", " ").capitalize())


def _value(key: str, cells: tuple[str, ...], zone: tzinfo | None) -> str:
    told = ", ".join(_as_read(one, zone) for one in map(clean, cells) if one)
    if _ADDRESS.fullmatch(told):
        return element("a", escaped(told), href=told)
    return lozenge(told) if key == "status" and told else escaped(told)
