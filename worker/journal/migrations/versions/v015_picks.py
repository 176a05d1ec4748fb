"""A table of what was picked in incidents' channels."""

import sqlalchemy as sa
from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "picks",
        sa.Column("incident", sa.String(80), primary_key=True),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("read_at", sa.String(40), nullable=False),
        sa.Column("channels", sa.Text, nullable=False),
        sa.Column("messages", sa.Text, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("picks")
