"""The journal's tables. Times are ISO 8601 text in UTC, which sorts and reads alike everywhere."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

born = Table(
    "born",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("name", String(1024), primary_key=True),
    Column("fingerprint", String(200), nullable=False),
    Column("incident", String(64), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("problem", Text, nullable=False, default=""),
)
Index("documents_incident", documents.c.incident)

incidents = Table(
    "incidents",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("updated", String(40), nullable=False, default=""),
    Column("merged_into", String(64), nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("url", Text, nullable=False, default=""),
    Column("number", Integer, nullable=True),
    Column("summary", Text, nullable=False, default=""),
    Column("made", Boolean, nullable=False, default=False),
    Column("base", Text, nullable=True),
    Column("proposed", Text, nullable=True),
)
Index("incidents_merged_into", incidents.c.merged_into)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("incident", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("url", Text, nullable=False),
    Column("mark", String(64), nullable=True),
    Column("ordinal", Integer, nullable=False),
    Column("row", Text, nullable=False),
    Column("remote", Text, nullable=True),
    Column("status_cell", Text, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("has_links", Boolean, nullable=False),
    Column("done", Boolean, nullable=False),
)
Index("tickets_incident", tickets.c.incident)

intents = Table(
    "intents",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("incident", String(64), nullable=False),
    Column("task", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("unknown_since", String(40), nullable=True),
)
Index("intents_incident", intents.c.incident)

entries = Table(
    "entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("incident", String(64), nullable=False),
    Column("trigger", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ticket", String(255), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
Index("entries_incident", entries.c.incident)

skipped = Table(
    "skipped",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("updated", String(40), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("at", String(40), nullable=False),
)
Index("skipped_at", skipped.c.at)

claims = Table(
    "claims",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("claim", String(64), nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("value", String(255), nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("next_at", Double, nullable=False),
)
