"""The tables of facts. Times are ISO 8601 in UTC, as everywhere: it sorts as it reads."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, Text

from worker.journal.tables import metadata

incident_facts = Table(
    "incident_facts",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("updated", String(40), nullable=False),
    Column("started", String(40), nullable=False),
    Column("acknowledged", String(40), nullable=True),
    Column("resolved", String(40), nullable=True),
    Column("open_seconds", Double, nullable=True),
    Column("urgency", String(40), nullable=False),
    Column("priority", Text, nullable=False),
    Column("service", String(64), nullable=False),
    Column("services", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("merged", Boolean, nullable=False),
    Column("left_out", Text, nullable=False),
    Column("log_read", Boolean, nullable=False),
)
Index("incident_facts_resolved", incident_facts.c.resolved)
Index("incident_facts_service", incident_facts.c.service, incident_facts.c.started)

alert_keys = Table(
    "alert_keys",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
)
Index("alert_keys_key", alert_keys.c.key)

ticket_facts = Table(
    "ticket_facts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("due", String(10), nullable=False),
    Column("closed", String(40), nullable=True),
)
Index("ticket_facts_created", ticket_facts.c.created)

final_documents = Table(
    "final_documents",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("since", String(40), nullable=False),
    Column("is_final", Boolean, nullable=False),
)
