"""Whose a session of the web page is. Those that began before have no proof, and are over."""

import sqlalchemy as sa
from alembic import op

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("web_sessions", sa.Column("name", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "web_sessions", sa.Column("proof", sa.String(64), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Remove the columns."""
    op.drop_column("web_sessions", "proof")
    op.drop_column("web_sessions", "name")
