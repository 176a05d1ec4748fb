"""The budgets of requests that all machines share."""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "budgets",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("next_at", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("budgets")
