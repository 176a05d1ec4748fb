"""Drafts by the editor that they were written in, and who is writing just now."""

import sqlalchemy as sa
from alembic import op

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and take over the drafts that there are."""
    op.create_table(
        "editor_drafts",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("editor", sa.String(64), primary_key=True),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.execute(
        "INSERT INTO editor_drafts (owner, incident, editor, base, text, at) "
        "SELECT owner, incident, '', base, text, at FROM web_drafts"
    )
    op.create_table(
        "web_writers",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("writer", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("last", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("web_writers")
    op.drop_table("editor_drafts")
