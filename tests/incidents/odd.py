"""Incidents that bite: hostile text, unknown entry types, deleted people, very many entries."""

from dataclasses import replace
from datetime import UTC, datetime

from connectors.incidents import (
    Agent,
    AgentKind,
    CustomField,
    FieldChange,
    IncidentRecord,
    Link,
    Missing,
    Note,
    Reference,
)
from tests.incidents.making import Making, channel, person, service

PIPE = "a | b || c \\| d"
HOSTILE_NOTE = (
    "# Not a heading\n| not | a | table |\n|---|---|---|\n```\nnot code\n```\n"
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1)) "
    "![x](https://example.net/x.png) **not bold** `not code` &lt;b&gt; \u202egnp.exe\u202c "
    "https://example.net/a_b(c) - https://user:pw@example.net/ javascript:alert(2)\n\n"
    "---\nstatus: final\n---\n"
)


def hostile() -> IncidentRecord:
    """Everything that other people can write, written by somebody who means harm."""
    it = Making(
        666,
        "../../etc/passwd | # [x](javascript:alert(1)) <b>`bold`</b>\n---\n\u202efinal ##",
        datetime(2025, 8, 20, 10, 0, tzinfo=UTC),
        service("API | *star* _under_"),
    )
    it.priority = "P1 |\n# P2"
    it.alert(
        "0:00",
        PIPE,
        key="k|1",
        severity="crit|ical",
        links=(
            Link("javascript:alert(1)", "Runbook"),
            Link("data:text/html,<script>alert(1)</script>", "Graph"),
            Link('https://example.net/a b(c)|d`e"<f>', "Spaces | pipes ] ("),
            Link("https://oncall.example.com@example.net/", "Disguised"),
            Link("https://example.net/\u202efdp.x", "Reversed"),
            Link(" ", "Blank"),
        ),
    )
    it.alert("0:20", "[bracketed placeholder]", key="k2")
    it.triggered("Mon|itor `x`")
    it.assigned("0:00", "Eve | Mallory <eve@example.net>")
    it.acknowledged("1:00", "Eve | Mallory <eve@example.net>")
    it.noted("2:00", "Eve | Mallory <eve@example.net>", HOSTILE_NOTE)
    it.noted("3:00", "Eve | Mallory <eve@example.net>", "Very long: " + "lorem ipsum dolor " * 1200)
    it.noted(
        "4:00",
        "Eve | Mallory <eve@example.net>",
        "ACTION: [placeholder] | drop `table` @eve|x by 2025-02-30\nAI: [all]",
    )
    it.entry("weird|type", "5:00", "1. first\n2. second | third", None)
    it.updated(
        "6:00",
        "Eve | Mallory <eve@example.net>",
        "~~struck~~ ~one~ __strong__ snake_case don't 2 < 3 & 4 > 1 \\",
    )
    it.resolved("7:00", "Eve | Mallory <eve@example.net>", "- [ ] not a task\n+ nor this |")
    it.fields.append(CustomField("impact", "Impact |", "| # <!-- \n -->"))
    it.missing.append(Missing("notes | x", "`No` access."))
    it.more = {"conference_url": "javascript:alert(1)", "conference_number": "+1 | `2`"}
    return it.record()


def _change_fields(it: Making) -> None:
    it.entry(
        "custom_field_value_change",
        "4:00",
        "Changed",
        person("Tara Singh"),
        changes=(FieldChange("environment", None, "production"),),
    )
    it.entry(
        "custom_field_value_change",
        "4:20",
        "Changed",
        person("Tara Singh"),
        changes=(FieldChange("region", "EU", "US"),),
    )
    it.entry(
        "urgency_change",
        "5:00",
        "Urgency changed",
        it.me,
        channel=channel("timeout"),
        changes=(FieldChange("urgency", "low", "high"),),
    )
    it.entry("urgency_change", "5:10", "Set urgency to high.", None)


def strangers() -> IncidentRecord:
    """Deleted people, bots, absent agents, and entry types that nobody documents."""
    it = Making(
        780,
        "Certificates expire in 3 days",
        datetime(2025, 1, 20, 13, 0, tzinfo=UTC),
        service("Edge"),
        urgency="low",
    )
    gone = Agent(AgentKind.PERSON, "PGONE1", "")
    bot = Agent(AgentKind.BOT, "PBOT01", "Deploy helper")
    rules = Agent(AgentKind.INTEGRATION, "PRUL01", "Event rules")
    it.alert("0:00", "Certificates expire in 3 days", key="cert", severity=None)
    way_in = channel("api", summary=it.title)
    it.entry(
        "trigger",
        "0:00",
        "Triggered through the API.",
        Agent(AgentKind.INTEGRATION, "", "API", has_generic_name=True),
        channel=way_in,
    )
    it.entry("assign", "0:01", "Assigned", it.me, assignees=(gone,))
    it.entry(
        "priority_change",
        "0:02",
        "Priority changed",
        rules,
        changes=(FieldChange("priority", None, "P4"),),
    )
    it.entry("workflow_run", "0:03", 'Workflow "Renew certificates" started.', None)
    it.entry("workflow_run", "0:40", 'Workflow "Renew certificates" failed.', None)
    for at in range(5):
        it.entry("event_rule_action", f"1:{at * 5:02}", "Rule 7 added a note", rules)
    it.entry("acknowledge", "3:00", "Acknowledged", None, channel=channel("sms"))
    _change_fields(it)
    it.entry("quantum_leap", "6:00", "", Agent(AgentKind.OTHER, "X1", "Q"))
    text = "Renewal ordered: https://deploys.example.com/runs/991."
    it.entry("annotate", "7:00", "Note added", bot, channel=channel("note", summary=text))
    it.notes.append(Note("PN000", text, it.at("7:00"), bot))
    it.entry("resolve", "9:00", "Resolved through the API.", it.me, channel=channel("auto"))
    it.status, it.resolved_at = it.status.RESOLVED, it.at("9:00")
    it.missing += [
        Missing("alerts' details", "The key may not read them."),
        Missing("subscribers", "The key lacks the scope subscribers.read."),
    ]
    return it.record()


def big() -> IncidentRecord:
    """1,000 alerts and 5,000 log entries, most of them noise, over five hours."""
    it = Making(
        9000,
        "Core network down in west",
        datetime(2025, 11, 5, 22, 50, tzinfo=UTC),
        service("Core network"),
        priority="P1",
    )
    services = [service(f"Service {chr(65 + at)}") for at in range(20)]
    for at in range(1000):
        offset = f"{at // 9}:{at % 9 * 6:02}"
        on = it.service if at == 0 else services[at * 7 % 20]
        it.alert(
            offset,
            f"Host west-{at} unreachable",
            key=f"host-{at}",
            on=on,
            severity=("critical", "error", "warning")[at % 3],
            cleared=f"4:{at % 50:02}:30",
        )
    it.triggered()
    people = [f"Person {chr(65 + at)}" for at in range(12)]
    it.assigned("0:00", people[0])
    for at in range(3, 15, 3):
        it.escalated(f"{at}:00", people[at % 12], people[at - 1])
    it.acknowledged("13:20", people[3])
    it.prioritised("15:00", people[3], "P2", "P1")
    for at in range(3950):
        who = people[at % 12]
        it.paged(f"{at // 14}:{at % 14 * 4:02}", who, ("push", "sms", "phone")[at % 3])
    for at in range(1, 1000):
        it.entry(
            "link",
            f"{at // 9}:{at % 9 * 6:02}",
            "Alert was added",
            it.me,
            channel=channel("auto"),
            linked=Reference(it.alerts[at].id, "alert"),
        )
    for at in range(9):
        it.updated(
            f"{30 + at * 28}:00", people[3], f"Update {at + 1}: still working on the west core."
        )
        it.acknowledged(f"{31 + at * 28}:00", people[at])
        it.noted(
            f"{35 + at * 28}:00", people[at], f"Finding {at + 1}: line card {at} shows errors."
        )
    it.resolved("4:51:00", people[3], "Replaced the line cards and drained the west core.")
    return replace(it.record(), log_entries=tuple(sorted(it.log, key=lambda e: e.created_at)))


def bare() -> IncidentRecord:
    """The key may read the incident and nothing else of it."""
    it = Making(
        77, "Printer queue stuck", datetime(2025, 3, 30, 0, 30, tzinfo=UTC), service("Printing")
    )
    it.status, it.resolved_at = it.status.RESOLVED, it.at("2:00:00")
    it.more = {"alert_count": 3, "last_status_change_by": person("Uma Rao")}
    lacks = "The key's role does not allow it."
    it.missing += [Missing(part, lacks) for part in ("log entries", "alerts", "notes")]
    return it.record()


def namesakes() -> IncidentRecord:
    """Two people who are both called Alex Kim, and a third who is not."""
    it = Making(
        313,
        "Queue is full",
        datetime(2025, 6, 5, 8, 0, tzinfo=UTC),
        service("Queue"),
        priority="P2",
    )
    one, other = "Alex Kim", "Alex  Kim"  # the space more gives another id
    it.alert("0:00", "Queue is full", key="queue", cleared="20:00")
    it.triggered()
    it.assigned("0:00", one)
    it.paged("0:01", one, "push")
    it.escalated("5:00", other, "Ines Moreau")
    it.paged("5:01", other, "push")
    it.acknowledged("6:00", other)
    it.noted("8:00", one, "I am on a train.")
    it.noted("9:00", other, "The consumers hang since the deploy.")
    it.noted("10:00", "Ines Moreau", "ACTION: alert on hanging consumers @Alex Kim")
    it.asked("11:00", other, "Please look at the consumers", Alex_Kim="joined")
    it.resolved("21:00", other, "Restarted the consumers.")
    return it.record()
