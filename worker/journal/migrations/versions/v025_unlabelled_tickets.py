"""Which tickets no search by label shows: they are read with each look."""

import sqlalchemy as sa
from alembic import op

revision = "025"
down_revision = "024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    labelled = sa.Column("labelled", sa.Boolean, nullable=False, server_default=sa.true())
    op.add_column("tickets", labelled)


def downgrade() -> None:
    """Take it away."""
    op.drop_column("tickets", "labelled")
