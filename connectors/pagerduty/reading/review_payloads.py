"""PagerDuty's incident reviews, earlier incidents and references as records.

Reviews are told by the developer documentation ("Incident Reviews API"), references by nobody: many
ask for them in public. So all of it is read as it comes, and what is not as expected is left out.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from connectors.follow_up import (
    IncidentReview,
    OutsideReference,
    PastIncident,
    ReviewItem,
    ReviewSection,
)
from connectors.json_fields import JsonValue, json_in
from connectors.pagerduty.common_payloads import OWN_ID
from connectors.pagerduty.written_text import readable, title

_DONE = frozenset({"complete", "completed", "done", "closed", "resolved"})
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]+-[1-9]\d*")
_DEEPEST = 40
_NOON = timedelta(hours=12)
_LONGEST_SECTION = 20_000


def review(fields: JsonValue, items: tuple[ReviewItem, ...]) -> IncidentReview:
    """Read a review; what a machine is still writing is not told."""
    is_being_written = _text(fields, "generation_status") == "generating"
    ordered = sorted(_objects(fields["sections"]), key=_priority)
    sections = () if is_being_written else tuple(map(_section, ordered))
    return IncidentReview(
        title=_text(fields, "title"),
        status=_text(fields, "status").replace("_", " "),
        sections=tuple(one for one in sections if one.text),
        items=items,
        by_machine=fields["ai_generated"].value is True,
    )


def has_items(fields: JsonValue) -> bool:
    """Tell whether it is worth asking for a review's action items."""
    return fields["action_item_count"].value != 0


def review_items(answer: JsonValue) -> tuple[ReviewItem, ...]:
    """Read the action items of a review; one without a name is none."""
    return tuple(
        _item(one, number)
        for number, one in enumerate(_objects(answer["action_items"]), 1)
        if _text(one, "name") or _text(one, "description")
    )


def past_incidents(answer: JsonValue, own_id: str, own_url: str) -> tuple[PastIncident, ...]:
    """Read the incidents that PagerDuty finds like this one, the likest first.

    They come without an address of their own on the web: it is like that of this incident.
    """
    found = [one for one in _objects(answer["past_incidents"]) if _score(one) > 0]
    found.sort(key=_score, reverse=True)
    read = (_past(one["incident"], own_id, own_url) for one in found)
    return tuple(one for one in read if one is not None)


def references(incident: JsonValue) -> tuple[OutsideReference, ...]:
    """Read what other systems keep of an incident: those with an address."""
    found = {
        url: OutsideReference(_text(one, "summary") or _text(one, "external_id"), url)
        for one in _objects(incident["external_references"])
        if (url := _text(one, "external_url"))
    }
    return tuple(found.values())


def _item(one: JsonValue, number: int) -> ReviewItem:
    name, description = _text(one, "name"), _text(one, "description")
    done_at = _time(one, "completed_at")
    return ReviewItem(
        id=_text(one, "id") or str(number),
        task=name or description,
        details=description if name else "",
        assignee=_text(one, "assignee") or _text(one["assignee"], "id"),
        priority=_text(one, "priority"),
        due=_time(one, "due_at"),
        is_done=_text(one, "status").lower() in _DONE or done_at is not None,
        done_at=done_at,
        tracked_as=_tracked_as(_text(one, "external_type"), _text(one, "external_url")),
        url=_text(one, "external_url") or None,
    )


def _tracked_as(tracker: str, url: str) -> str:
    """Call an item by its ticket's key, where its address ends with one or names one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return tracker or "another system"
    words = [*reversed(parts.path.split("/")), *re.split("[=&]", parts.query)]
    key = next((word for word in words if _KEY.fullmatch(word)), "")
    return key.upper() or tracker or parts.hostname or ("another system" if url else "")


def _past(incident: JsonValue, own_id: str, own_url: str) -> PastIncident | None:
    id_, at = _text(incident, "id"), _time(incident, "created_at")
    if at is None or not re.fullmatch(OWN_ID, id_) or id_ == own_id:
        return None
    number = incident["incident_number"].value
    url = own_url.removesuffix(own_id) + id_ if own_id and own_url.endswith(own_id) else ""
    return PastIncident(
        id=id_,
        title=title(_text(incident, "title") or _text(incident, "summary")),
        created_at=at,
        number=number if isinstance(number, int) and not isinstance(number, bool) else None,
        url=_text(incident, "html_url") or url or None,
    )


def _section(section: JsonValue) -> ReviewSection:
    content = section["content"].value
    if isinstance(content, str):  # the editor's JSON, or HTML, or plain words
        found = json_in(content)
        content = readable(content) if found is None else found
    text = "".join(_written(content)) if isinstance(content, dict | list) else str(content or "")
    lines = (line.rstrip() for line in text[:_LONGEST_SECTION].splitlines())
    return ReviewSection(_text(section, "title"), "\n".join(filter(None, lines)))


def _written(node: object, depth: int = _DEEPEST) -> Iterator[str]:
    """Write a node of the editor (Tiptap) as lines: lists by their marks, links by their text."""
    if isinstance(node, list):
        for one in node:
            yield from _written(one, depth)
    if not isinstance(node, dict) or not depth:
        return
    kind, attributes = node.get("type"), node.get("attrs")
    values = attributes if isinstance(attributes, dict) else {}
    if kind == "text" and isinstance(node.get("text"), str):
        yield node["text"]
        yield _target(node)
    elif kind == "hardBreak":
        yield "\n"
    elif kind in ("mention", "image", "emoji"):
        shown = values.get("label") or values.get("alt") or values.get("name") or values.get("id")
        yield f"@{shown}" if kind == "mention" and shown else str(shown or "")
    elif kind in ("listItem", "taskItem"):
        yield "- "
    yield from _written(node.get("content"), depth - 1)
    if kind in ("paragraph", "heading", "codeBlock", "tableRow", "blockquote"):
        yield "\n"
    elif kind in ("tableCell", "tableHeader"):
        yield " "


def _target(node: dict[str, object]) -> str:
    """Give where a text links to, unless it is that address itself."""
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        values = mark.get("attrs") if isinstance(mark, dict) else None
        href = values.get("href") if isinstance(values, dict) else None
        if isinstance(href, str) and href and href != node["text"]:
            return f" ({href})"
    return ""


def _objects(many: JsonValue) -> list[JsonValue]:
    each = many.each() if isinstance(many.value, list) else ()
    return [one for one in each if isinstance(one.value, dict)]


def _text(thing: JsonValue, name: str) -> str:
    value = thing.value.get(name) if isinstance(thing.value, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _time(thing: JsonValue, name: str) -> datetime | None:
    """Give a time; a day alone is told by its noon, and no offset means UTC."""
    try:
        at = datetime.fromisoformat(_text(thing, name))
    except ValueError:
        return None
    if len(_text(thing, name)) == len("2026-03-01"):
        at += _NOON
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _score(one: JsonValue) -> float:
    """Give how like an earlier incident is; a score of none at all is a likeness of none."""
    return _number(one["score"], 1.0)


def _priority(section: JsonValue) -> float:
    return _number(section["priority"], 0.0)


def _number(value: JsonValue, default: float) -> float:
    return float(value.value) if isinstance(value.value, int | float) else default
