"""The first tables: documents, incidents, tickets, intents, entries and cursors."""

import sqlalchemy as sa
from alembic import op

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, size: int | None = None, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(size) if size else sa.Text(), nullable=null)


def upgrade() -> None:
    """Make the tables."""
    op.create_table("born", sa.Column("one", sa.Integer(), primary_key=True), _text("at", 40))
    op.create_table(
        "documents",
        sa.Column("name", sa.String(1024), primary_key=True),
        _text("fingerprint", 200),
        _text("incident", 64),
        _text("seen_at", 40),
        sa.Column("settled", sa.Boolean(), nullable=False),
        _text("problem"),
    )
    op.create_table(
        "incidents",
        sa.Column("incident", sa.String(64), primary_key=True),
        _text("updated", 40),
        _text("merged_into", 64),
        _text("title"),
        _text("url"),
        sa.Column("number", sa.Integer(), nullable=True),
        _text("summary"),
        sa.Column("made", sa.Boolean(), nullable=False),
        _text("base", null=True),
        _text("proposed", null=True),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(64), primary_key=True),
        _text("incident", 64),
        _text("key", 255),
        _text("url"),
        _text("mark", 64, null=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _text("row"),
        _text("remote", null=True),
        _text("status_cell"),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("has_links", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "intents",
        sa.Column("mark", sa.String(64), primary_key=True),
        _text("incident", 64),
        _text("task"),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _text("opened_at", 40),
        _text("unknown_since", 40, null=True),
    )
    op.create_table(
        "entries",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        _text("at", 40),
        _text("incident", 64),
        _text("trigger", 20),
        _text("action", 40),
        _text("subject"),
        _text("reason"),
        _text("ticket", 255),
        _text("before"),
        _text("after"),
    )
    op.create_table(
        "cursors", sa.Column("name", sa.String(255), primary_key=True), _text("value", 255)
    )
    for table in ("documents", "tickets", "intents", "entries"):
        op.create_index(f"{table}_incident", table, ["incident"])
    op.create_index("incidents_merged_into", "incidents", ["merged_into"])


def downgrade() -> None:
    """Remove the tables."""
    for table in ("cursors", "entries", "intents", "tickets", "incidents", "documents", "born"):
        op.drop_table(table)
