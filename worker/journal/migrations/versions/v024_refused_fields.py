"""Why the tracker refused what a row says: told as long as row and ticket differ in it."""

import sqlalchemy as sa
from alembic import op

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("tickets", sa.Column("refused", sa.Text, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("tickets", "refused")
