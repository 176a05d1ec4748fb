"""What many of PagerDuty's objects share: ids, who acted, what is named, links, plain text."""

import re
from collections.abc import Iterable, Iterator

from connectors.incidents import INCIDENT_ID, Agent, AgentKind, IncidentId, Link, Reference
from connectors.json_fields import JsonValue, Sender
from connectors.pagerduty.vocabulary import is_generic

PAGERDUTY = Sender("PagerDuty", quoted=True)
_URL = re.compile(r"""https?://[a-z0-9\[][^\s<>"'`|\\^{}]*""", re.IGNORECASE)
_KINDS = {
    "user": AgentKind.PERSON,
    "bot_user": AgentKind.BOT,
    "service": AgentKind.SERVICE,
    "escalation_policy": AgentKind.POLICY,
}


def read_incident_id(field: JsonValue) -> IncidentId:
    """Read an id that may stand in a path."""
    own = field.text()
    if not re.fullmatch(INCIDENT_ID, own):
        raise field.wrong("an id of capital letters and digits")
    return IncidentId(own)


def agent_or_none(fields: JsonValue) -> Agent | None:
    """Read who acted. A deleted person is still named, by the reference's ``summary``."""
    if not fields:
        return None
    kind = (fields["type"].text_or_none() or "").removesuffix("_reference")
    name = _name(fields)
    return Agent(
        kind=AgentKind.INTEGRATION
        if kind.endswith("integration")
        else _KINDS.get(kind, AgentKind.OTHER),
        id=fields["id"].text_or_none() or "",
        name=name,
        url=fields["html_url"].text_or_none(),
        has_generic_name=is_generic(name),
    )


def reference_or_none(fields: JsonValue) -> Reference | None:
    """Read a reference to something; its id stands in where it has no name."""
    if not fields:
        return None
    return Reference(
        fields["id"].text_or_none() or "", _name(fields), fields["html_url"].text_or_none()
    )


def references(each: Iterable[JsonValue]) -> tuple[Reference, ...]:
    """Read a list of references."""
    return tuple(one for one in map(reference_or_none, each) if one is not None)


def agents(each: Iterable[JsonValue]) -> tuple[Agent, ...]:
    """Read a list of people, or of what else can be assigned."""
    return tuple(one for one in map(agent_or_none, each) if one is not None)


def _name(fields: JsonValue) -> str:
    for field in ("summary", "name", "id"):
        if name := fields[field].text_or_none():
            return name
    return ""


def context_links(contexts: Iterable[JsonValue]) -> Iterator[Link]:
    """Read ``contexts``: an image's source is a link to an image, what it leads to another link."""
    for context in contexts:
        text = context["text"].text_or_none() or context["alt"].text_or_none() or ""
        if source := context["src"].text_or_none():
            yield Link(source, text, is_image=True)
        if target := context["href"].text_or_none():
            yield Link(target, text)


def text_links(named: Iterable[tuple[str, str]]) -> Iterator[Link]:
    """Find the URLs in texts; each is called by the name of the field that it stands in."""
    for name, text in named:
        for found in _URL.findall(text):
            yield Link(_without_punctuation(found), name)


def _without_punctuation(url: str) -> str:
    """Drop what ends a sentence or closes a bracket that the URL did not open."""
    while url[-1] in ".,;:!?*_)]":
        if (url[-1] == ")" and url.count("(") >= url.count(")")) or (
            url[-1] == "]" and url.count("[") >= url.count("]")
        ):
            break
        url = url[:-1]
    return url


def distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """Keep the first link to each place, and of two to one place one that has a text."""
    kept: dict[str, Link] = {}
    for link in links:
        known = kept.get(link.url)
        if known is None or (link.text and not known.text):
            kept[link.url] = link
    return tuple(kept.values())


def plain(value: object) -> str:
    """Write a value of a field as text: "" for none, a list with commas, true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        named = value.get("summary") or value.get("name")
        return named if isinstance(named, str) else "; ".join(map(": ".join, flat(value)))
    if isinstance(value, list):
        return ", ".join(text for _, text in flat(dict(enumerate(value))))
    return str(value)


def flat(value: object, name: str = "", depth: int = 12) -> Iterator[tuple[str, str]]:
    """Flatten nested objects to pairs of a dotted name and a text; what is empty is left out.

    Lists of plain values stay together; a list that holds objects is numbered from 1. A monitor
    may send anything, so nothing here is an error, and what is nested deeper than ``depth`` is
    left out.
    """
    if isinstance(value, dict | list) and not depth:
        return
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        value = ", ".join(filter(None, map(plain, value)))
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key), depth - 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from flat(inner, f"{name}.{number}" if name else str(number), depth - 1)
    elif text := plain(value).strip():
        yield name, text


def lines(pairs: Iterable[tuple[str, str]]) -> str:
    """Write pairs as ``name: value`` lines; the further lines of a value are indented."""
    return "\n".join(
        (f"{name}: {text}" if name else text).replace("\n", "\n  ") for name, text in pairs
    )
