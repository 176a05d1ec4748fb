"""A table of what the facts say and a person has decided against."""

import sqlalchemy as sa
from alembic import op

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "settled_suggestions",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("settled_suggestions")
