"""A table of who holds an incident's lock, where a lock can be lost."""

import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "claims",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("claim", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("claims")
