"""How often the tracker failed at a create by itself, what it said, and what the row said then."""

import sqlalchemy as sa
from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("intents", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    for name in ("reason", "words"):
        op.add_column("intents", sa.Column(name, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove the columns."""
    for name in ("failures", "reason", "words"):
        op.drop_column("intents", name)
