"""A table of what events told of incidents that cannot be read again."""

import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reports",
        sa.Column("event", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("incident", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=True),
    )
    op.create_index("reports_incident", "reports", ["incident"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("reports")
