"""A table of the texts that editors were given."""

import sqlalchemy as sa
from alembic import op

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "opened_texts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("opened_texts_at", "opened_texts", ["at"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("opened_texts")
