"""PagerDuty's fields of incidents: what they hold as text, how they changed, and what ids mean.

A change stands in the channel of a log entry or in the entry itself, as a list for each kind of
field, as old and new by a field's name, or as sentences. Its values may be ids of things that are
named elsewhere in the incident's record.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.incidents import CustomField, FieldChange, LogEntry
from connectors.json_fields import JsonValue, json_in
from connectors.pagerduty.common_payloads import as_words, in_one_line
from connectors.pagerduty.written_text import said

_PAIRS = (
    ("priority", "old_priority", "new_priority"),
    ("urgency", "old_urgency", "new_urgency"),
)
_NAMES = ("display_name", "name", "field_name", "field")
_OLD = ("old_value", "old", "from", "previous_value")
_NEW = ("value", "new_value", "new", "to")
_REFERRING = frozenset(
    {"service", "escalation_policy", "priority", "team", "teams", "user", "assignee", "assignees"}
)
_UNNAMED = "another"
"""What an id stands for that nothing in the record names: it was deleted since."""
_ID = re.compile(r"(?=[A-Z]*\d)[A-Z0-9]{6,22}")
_SET = re.compile(
    r"(?:updated|set|changed)\s+(?P<name>[^:]{1,80}?)(?:\s+from\s+(?P<old>.+?))?"
    r"\s+to\s+(?P<new>.+?)\.?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CLEARED = re.compile(r"(?:cleared|removed|unset)\s+(?P<name>[^:]{1,80}?)\.?\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>]+(?<!\|)", re.IGNORECASE)
_WORDS = {"true": "yes", "false": "no"}
_READ = frozenset(
    {"id", "type", "summary", "self", "html_url", "created_at", "note", "message", "contexts"}
    | {"agent", "service", "user", "assignees", "incident", "channel", "event_details"}
)
"""Fields of a log entry that name nothing, or what its record holds."""


def field_text(value: object, data_type: str = "") -> str:
    """Write the value of a field as people read it: "" for none, ``yes`` and ``no``, a list."""
    if isinstance(value, str):
        text = said(value).strip()
        return _WORDS.get(text.lower(), text) if data_type == "boolean" else _listed(text)
    if value is None or isinstance(value, bool):
        return "" if value is None else _WORDS[str(value).lower()]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, list):
        return ", ".join(filter(None, (field_text(one, data_type) for one in value)))
    if isinstance(value, dict):
        return _object_text(value, data_type)
    return str(value)


def _object_text(value: dict[str, object], data_type: str) -> str:
    for name in ("summary", "display_name", "name", "value"):
        if isinstance(value.get(name), str | int | float):
            return field_text(value[name], data_type)
    if isinstance(value.get("data"), dict):
        return field_text(value["data"], data_type)
    return in_one_line(value)


def _listed(text: str) -> str:
    """Give a list or an object that was written as JSON as any other, an address as one link."""
    if "|" in text and "://" not in text[8:] and _ADDRESS.fullmatch(text):
        return text.replace("|", "%7C")  # at a bar the address would be taken to end
    found = json_in(text) if text.startswith(("[", "{")) else None
    return text if found is None else field_text(found)


def changes(fields: JsonValue, channel: JsonValue) -> tuple[FieldChange, ...]:
    """Read what a log entry says that changed, each change once."""
    members = channel.members()
    sets = (members.get("changeset"), fields.members().get("changeset"))
    found = [change for one in sets if one for change in _changeset(one)]
    for name, before, after in _PAIRS:
        pair = members.get(before), members.get(after)
        if pair != (None, None):
            found.append(_change(name, *pair))
    return tuple(dict.fromkeys(found))


def _changeset(value: object) -> Iterator[FieldChange]:
    if isinstance(value, str):
        yield _sentence(value)
    elif isinstance(value, list):
        for one in value:
            yield from _changeset(one)
    elif isinstance(value, dict):
        yield from _object_changes(value)


def _object_changes(value: Mapping[str, object]) -> Iterator[FieldChange]:
    name = _first(value, _NAMES)
    if isinstance(name, str) and name:
        data_type = str(value.get("data_type") or "")
        yield _change(name, _first(value, _OLD), _first(value, _NEW), data_type)
        return
    for key, inner in value.items():
        if isinstance(inner, list):
            yield from _changeset(inner)
        elif isinstance(inner, dict) and {*_OLD, *_NEW} & inner.keys():
            yield _change(key, _first(inner, _OLD), _first(inner, _NEW))


def _first(value: Mapping[str, object], names: Sequence[str]) -> object:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _change(name: str, old: object, new: object, data_type: str = "") -> FieldChange:
    before, after = field_text(old, data_type), field_text(new, data_type)
    if name == "incident_type":
        before, after = as_words(before), as_words(after)
    return FieldChange(name, before or None, after or None)


def _sentence(text: str) -> FieldChange:
    if found := _SET.fullmatch(text.strip()):
        old, new = (_unquoted(found[part] or "") for part in ("old", "new"))
        return FieldChange(found["name"].strip("\"'"), old or None, new or None)
    if found := _CLEARED.fullmatch(text.strip()):
        return FieldChange(found["name"].strip("\"'"), None, None)
    return FieldChange("", None, None, text.strip())


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return field_text(text[1:-1] if quoted else text)


def add_names(values: Iterable[object], found: dict[str, str]) -> None:
    """Add each id that stands in these values with what the thing is called there, last."""
    for value in values:  # every object of thousands of log entries: no call for a reference
        if type(value) is dict:
            own = value.get("id")
            name = None if own is None else value.get("summary") or value.get("name")
            if type(own) is str and type(name) is str and name and name != own:
                found[own] = name
                kind = value.get("type")
                if type(kind) is str and kind.endswith("_reference"):
                    continue  # it names nothing else
            if value:
                add_names(value.values(), found)
        elif type(value) is list and value:
            add_names(value, found)


def add_entry_names(entry: LogEntry, fields: JsonValue, found: dict[str, str]) -> None:
    """Add what an entry calls things: wherever in one that tells a change, else what it is about.

    Nearly all of thousands tell none, and name what the record holds already.
    """
    if entry.changes:
        add_names([fields.value], found)
        return
    for one in (entry.agent, entry.service, entry.user, *entry.assignees):
        if one is not None and one.id and one.name and one.name != one.id:
            found[one.id] = one.name
    members = fields.members().items()
    add_names([value for name, value in members if value and name not in _READ], found)


def by_name(
    entries: Iterable[LogEntry], names: Mapping[str, str], fields: Iterable[CustomField]
) -> tuple[LogEntry, ...]:
    """Tell changes by what things and fields are called, where their record says so.

    An id that nothing names is left out where the other side of its change has a name.
    """
    labels = {field.name: field.label for field in fields}
    names = {**{name: name for name in names.values()}, **names}  # one may look like an id
    return tuple(
        replace(entry, changes=tuple(_named(one, names, labels) for one in entry.changes))
        if entry.changes
        else entry
        for entry in entries
    )


def _named(change: FieldChange, names: Mapping[str, str], labels: Mapping[str, str]) -> FieldChange:
    old, new = (_known(value, names) for value in (change.old, change.new))
    if change.name in _REFERRING and change.new in names and _is_unnamed(old, names):
        old = None
    if change.name in _REFERRING and _is_unnamed(new, names):
        new = _UNNAMED
    return replace(change, name=labels.get(change.name, change.name), old=old, new=new)


def _is_unnamed(value: str | None, names: Mapping[str, str]) -> bool:
    return value is not None and value not in names and _ID.fullmatch(value) is not None


def _known(value: str | None, names: Mapping[str, str]) -> str | None:
    if value is None:
        return None
    return ", ".join(names.get(part, part) for part in value.split(", "))
