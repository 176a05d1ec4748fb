"""A table of documents' pages."""

import sqlalchemy as sa
from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "pages",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("page", sa.String(64), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("proposed", sa.String(64), nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("noted", sa.Boolean, nullable=False),
        sa.Column("in_document", sa.Boolean, nullable=False),
        sa.Column("intended_at", sa.String(40), nullable=True),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("left", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("pages")
