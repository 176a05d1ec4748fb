"""Reads the entries of one log, each that says the same as an earlier one only once.

Of a storm's thousands, most differ in nothing but their own id, time and address: the same people
are paged again and again. Those that bring alerts along differ in the alert besides.
"""

import marshal
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connectors.incidents import Agent, LogEntry
from connectors.json_fields import JsonValue
from connectors.log_entry_kinds import EntryKind
from connectors.pagerduty import incident_fields, log_payloads
from connectors.pagerduty.common_payloads import agent_or_none, reference_or_none
from connectors.pagerduty.log_sentences import acted, read_sentence

MOST_KEPT = 4096
"""Of a log whose entries are all different no more than these are remembered."""
_OWN = ("id", "self", "html_url", "created_at")
"""What is each entry's own. The address under ``self`` is never read."""
_LINK = "link_log_entry"
_OF_A_LINK = ("summary", "linked_incident")
"""What is also its own of an entry that brings an alert along."""
_COMPARABLE = 2
"""The version of ``marshal`` whose bytes follow from the values alone, not from what they share."""


@dataclass(slots=True)
class EntriesAlike:
    """What things are called in the entries goes into ``names``, by ids.

    Not safe to share between threads.
    """

    names: dict[str, str]
    _known: dict[bytes, Callable[..., LogEntry]] = field(default_factory=dict, init=False)
    _agents: dict[bytes, Agent | None] = field(default_factory=dict, init=False)
    """Who brought alerts along, which the sentence of each may tell."""

    def read(self, fields: JsonValue) -> LogEntry:
        """Give the same as :func:`log_payloads.log_entry`, and raise the same."""
        said = dict(fields.members())
        is_link = said.get("type") == _LINK
        for name in (*_OWN, *_OF_A_LINK) if is_link else _OWN:
            said.pop(name, None)
        key = marshal.dumps(said, _COMPARABLE)
        known = self._known.get(key)
        if is_link:
            return self._link(fields, key, known)
        if known is not None:
            return known(
                id=fields["id"].text(),
                created_at=fields["created_at"].time(),
                url=fields.optional_text("html_url"),
            )
        entry = self._anew(fields)
        if self._is_for_others(entry, fields):
            self._known[key] = _shared(entry, "id", "created_at", "url")
        return entry

    def _link(
        self, fields: JsonValue, key: bytes, known: Callable[..., LogEntry] | None
    ) -> LogEntry:
        """Read an entry that brings an alert along: its sentence tells at most who did that."""
        if known is None:
            entry = self._anew(fields)
            if self._is_for_others(entry, fields):
                self._known[key] = _shared(entry, "id", "created_at", "url", "summary", "linked")
                self._agents[key] = entry.agent
            return entry
        summary = fields.optional_text("summary") or ""
        told = read_sentence(EntryKind.MOVE_IN, summary)
        if acted(agent_or_none(fields["agent"]), told) != self._agents[key]:
            return self._anew(fields)
        entry = known(
            summary=summary,
            id=fields["id"].text(),
            created_at=fields["created_at"].time(),
            url=fields.optional_text("html_url"),
            linked=reference_or_none(fields["linked_incident"]),
        )
        incident_fields.add_entry_names(entry, fields, self.names)
        return entry

    def _anew(self, fields: JsonValue) -> LogEntry:
        entry = log_payloads.log_entry(fields)
        incident_fields.add_entry_names(entry, fields, self.names)
        return entry

    def _is_for_others(self, entry: LogEntry, fields: JsonValue) -> bool:
        """Tell whether nothing more follows from what is an entry's own.

        When a snooze ends follows from its time; and what changed goes by what ids mean.
        """
        stands_alone = entry.kind is EntryKind.SNOOZE or entry.channel.until or entry.changes
        return len(self._known) < MOST_KEPT and not fields.forgiven and not stands_alone


def _shared(entry: LogEntry, *own: str) -> Callable[..., LogEntry]:
    """Give what makes an entry that differs in its own alone."""
    shared: dict[str, Any] = {
        name: getattr(entry, name) for name in LogEntry.__slots__ if name not in own
    }
    return partial(LogEntry, **shared)
