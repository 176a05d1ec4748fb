"""Makes an incident's record step by step, with the entries that PagerDuty's log would hold."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.incidents import (
    Agent,
    AgentKind,
    Alert,
    ChangeEvent,
    Channel,
    CustomField,
    FieldChange,
    Incident,
    IncidentId,
    IncidentRecord,
    IncidentStatus,
    Link,
    LogEntry,
    Missing,
    Note,
    Reference,
    Responder,
)
from connectors.pagerduty.common_payloads import (
    answer,
    channel_kind,
    entry_kind,
    entry_word,
    is_generic,
    medium,
)

SITE = "https://oncall.example.com"


def channel(word: str, **more: Any) -> Channel:
    """A channel by PagerDuty's word for it."""
    return Channel(channel_kind(word), word, **more)


def person(name: str) -> Agent:
    return Agent(AgentKind.PERSON, f"PU{abs(sum(map(ord, name))):05}", name)


def service(name: str) -> Reference:
    return Reference(f"PS{sum(map(ord, name)):05}", name, f"{SITE}/services/{name[:3]}")


def monitor(name: str) -> Agent:
    id_ = f"PI{sum(map(ord, name)):05}"
    return Agent(AgentKind.INTEGRATION, id_, name, has_generic_name=is_generic(name))


@dataclass
class Making:
    """An incident in the making; times are offsets from its start, ``4:30`` or ``1:04:30``."""

    number: int
    title: str
    start: datetime
    service: Reference
    urgency: str = "high"
    priority: str | None = None
    log: list[LogEntry] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    changes: list[ChangeEvent] = field(default_factory=list)
    fields: list[CustomField] = field(default_factory=list)
    responders: list[Responder] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    record_more: dict[str, Any] = field(default_factory=dict)
    status: IncidentStatus = IncidentStatus.TRIGGERED
    resolved_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"Q{self.number:06}"

    @property
    def url(self) -> str:
        return f"{SITE}/incidents/{self.id}"

    @property
    def me(self) -> Agent:
        """The service, as the agent of what it does by itself."""
        return Agent(AgentKind.SERVICE, self.service.id, self.service.name)

    def at(self, offset: str) -> datetime:
        sign = -1 if offset.startswith("-") else 1
        seconds = 0
        for part in offset.lstrip("-").split(":"):
            seconds = seconds * 60 + int(part)
        return self.start + sign * timedelta(seconds=seconds)

    def entry(
        self, kind: str, offset: str, summary: str, agent: Agent | None, **more: Any
    ) -> LogEntry:
        id_ = f"R{self.number}L{len(self.log):04}"
        more.setdefault("channel", channel("website" if _is_person(agent) else "auto"))
        more.setdefault("service", self.service)
        more.setdefault("url", f"{self.url}/log_entries/{id_}")
        type_ = f"{kind}_log_entry"
        more.setdefault("word", entry_word(type_))
        entry = LogEntry(id_, entry_kind(type_), summary, self.at(offset), agent, **more)
        self.log.append(entry)
        return entry

    def alert(
        self,
        offset: str,
        summary: str,
        *,
        key: str | None = None,
        severity: str | None = "critical",
        cleared: str | None = None,
        on: Reference | None = None,
        links: tuple[Link, ...] = (),
        suppressed: bool = False,
        words: str = "",
    ) -> Alert:
        id_ = f"Q{self.number}A{len(self.alerts):04}"
        alert = Alert(
            id_,
            summary,
            self.at(offset),
            "resolved" if cleared else "triggered",
            self.at(cleared) if cleared else None,
            severity,
            key or f"key-{len(self.alerts)}",
            on or self.service,
            f"{SITE}/alerts/{id_}",
            suppressed=suppressed,
            words=words,
            links=links,
        )
        self.alerts.append(alert)
        return alert

    def triggered(self, by: str = "Lookout", *, severity: str | None = "critical") -> None:
        way_in = channel("api", summary=self.title, client=by, severity=severity)
        self.entry("trigger", "0:00", "Triggered through the API.", monitor(by), channel=way_in)

    def opened(self, by: str) -> None:
        way_in = channel("web_trigger", summary=self.title)
        summary = "Triggered through the website"
        self.entry("trigger", "0:00", summary, person(by), channel=way_in)

    def assigned(self, offset: str, *names: str, by: str | None = None) -> None:
        agent = person(by) if by else self.me
        for name in names:
            text = f"Assigned to {name}"
            self.entry("assign", offset, text, agent, assignees=(person(name),))

    def paged(self, offset: str, name: str, *ways: str) -> None:
        for way in ways:
            way_in = channel("auto", notification=medium(way))
            text = f"Notified {name} by {way}"
            self.entry("notify", offset, text, self.me, channel=way_in, user=person(name))

    def page_failed(self, offset: str, name: str, way: str, why: str, *, sure: bool = True) -> None:
        way_in = channel("auto", notification=medium(way), failure=why)
        kind = "failed_notify" if sure else "unsure_notify"
        text = f"Failed to notify {name} by {way}"
        self.entry(kind, offset, text, self.me, channel=way_in, user=person(name))

    def acknowledged(self, offset: str, by: str | None, way: str = "website") -> None:
        agent = person(by) if by else None
        self.entry("acknowledge", offset, f"Acknowledged by {by}", agent, channel=channel(way))

    def lapsed(self, offset: str) -> None:
        text = "Unacknowledged due to timeout"
        self.entry("unacknowledge", offset, text, self.me, channel=channel("timeout"))

    def escalated(self, offset: str, *names: str, by: str | None = None) -> None:
        text = f"Escalated to {' and '.join(names)} " + (f"by {by}" if by else "through the API")
        self.entry(
            "escalate",
            offset,
            text,
            person(by) if by else self.me,
            channel=channel("website" if by else "timeout"),
            assignees=tuple(map(person, names)),
        )
        for name in names:
            agent = person(by) if by else self.me
            text = f"Assigned to {name}"
            self.entry("assign", offset, text, agent, assignees=(person(name),))

    def noted(self, offset: str, by: str, text: str, *, log: bool = True) -> None:
        note = Note(f"PN{len(self.notes):03}", text, self.at(offset), person(by))
        self.notes.append(note)
        if log:
            way_in = channel("note", summary=text)
            self.entry("annotate", offset, "Note added", person(by), channel=way_in)

    def updated(self, offset: str, by: str, message: str) -> None:
        text = f"{by} sent a status update"
        self.entry("status_update", offset, text, person(by), message=message)

    def prioritised(self, offset: str, by: str, old: str | None, new: str) -> None:
        self.priority = new
        change = FieldChange("priority", old, new)
        text = f'Priority changed from "{old}" to "{new}"'
        self.entry("priority_change", offset, text, person(by), changes=(change,))

    def asked(self, offset: str, by: str, message: str, **answers: str) -> None:
        names = {name.replace("_", " "): state for name, state in answers.items()}
        people = tuple(map(person, names))
        text = f"{by} requested responders"
        self.entry("responder_request", offset, text, person(by), message=message, assignees=people)
        for who, state in zip(people, names.values(), strict=True):
            self.responders.append(
                Responder(who, answer(state), person(by), self.at(offset), message)
            )

    def changed(
        self, offset: str, summary: str, *, source: str | None = "deploys.example.com"
    ) -> None:
        id_ = f"0{self.number}C{len(self.changes)}"
        link = Link(f"https://deploys.example.com/runs/{len(self.changes) + 81}", "What changed")
        self.changes.append(
            ChangeEvent(
                id_, summary, self.at(offset), source, (self.service,), (link,), reason="recent"
            )
        )

    def resolved(
        self, offset: str, by: str | None = None, note: str | None = None, way: str = "api"
    ) -> None:
        if by and note:
            text = f"Resolution Note: {note}"
            self.noted(offset, by, text)
        agent = person(by) if by else monitor("Lookout")
        way_in = channel("website" if by else way)
        self.entry("resolve", offset, f"Resolved by {by or 'API'}", agent, channel=way_in)
        self.status, self.resolved_at = IncidentStatus.RESOLVED, self.at(offset)
        self.alerts = [
            alert
            if alert.resolved_at
            else replace(alert, status="resolved", resolved_at=self.resolved_at)
            for alert in self.alerts
        ]

    def record(self) -> IncidentRecord:
        incident = Incident(
            IncidentId(self.id),
            self.number,
            self.title,
            self.status,
            self.url,
            self.start,
            resolved_at=self.resolved_at,
            service=self.service,
            priority=self.priority,
            urgency=self.urgency,
            alert_count=len(self.alerts),
            responders=tuple(self.responders),
        )
        return IncidentRecord(
            replace(incident, **self.more),
            tuple(self.log),
            tuple(self.alerts),
            tuple(self.notes),
            tuple(self.changes),
            tuple(self.fields),
            missing=tuple(self.missing),
            **self.record_more,
        )


def _is_person(agent: Agent | None) -> bool:
    return agent is not None and agent.kind is AgentKind.PERSON
