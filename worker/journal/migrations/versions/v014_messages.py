"""Tables of announcements and digests in a chat."""

import sqlalchemy as sa
from alembic import op

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "announcements",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kept", sa.String(64), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("intended_at", sa.String(40), nullable=True),
        sa.Column("services", sa.Text, nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
    )
    op.create_table(
        "digests",
        sa.Column("channel", sa.String(255), primary_key=True),
        sa.Column("named", sa.Text, nullable=False),
        sa.Column("posted_at", sa.String(40), nullable=True),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("intended_at", sa.String(40), nullable=True),
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("digests")
    op.drop_table("announcements")
