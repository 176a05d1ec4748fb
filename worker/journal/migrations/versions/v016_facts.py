"""Tables of the facts that figures are counted from."""

import sqlalchemy as sa
from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "incident_facts",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("updated", sa.String(40), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("acknowledged", sa.String(40), nullable=True),
        sa.Column("resolved", sa.String(40), nullable=True),
        sa.Column("open_seconds", sa.Double, nullable=True),
        sa.Column("urgency", sa.String(40), nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("services", sa.Text, nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("merged", sa.Boolean, nullable=False),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.Column("log_read", sa.Boolean, nullable=False),
    )
    op.create_index("incident_facts_resolved", "incident_facts", ["resolved"])
    op.create_index("incident_facts_service", "incident_facts", ["service", "started"])
    op.create_table(
        "alert_keys",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
    )
    op.create_index("alert_keys_key", "alert_keys", ["key"])
    op.create_table(
        "ticket_facts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("closed", sa.String(40), nullable=True),
    )
    op.create_index("ticket_facts_created", "ticket_facts", ["created"])
    op.create_table(
        "final_documents",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("is_final", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Remove the tables."""
    for name in ("final_documents", "ticket_facts", "alert_keys", "incident_facts"):
        op.drop_table(name)
