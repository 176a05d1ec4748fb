"""Tables of what documents say, and of their action items."""

import sqlalchemy as sa
from alembic import op

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "document_index",
        sa.Column("name", sa.String(1024), primary_key=True),
        sa.Column("fingerprint", sa.String(200), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("ended", sa.String(40), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("services", sa.Text, nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("prompts", sa.Text, nullable=False),
        sa.Column("open_prompts", sa.Integer, nullable=False),
        sa.Column("problems", sa.Text, nullable=False),
        sa.Column("left_alone", sa.Boolean, nullable=False),
    )
    op.create_index("document_index_started", "document_index", ["started"])
    op.create_table(
        "indexed_items",
        sa.Column("name", sa.String(1024), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("deadline", sa.String(10), nullable=False),
        sa.Column("deadline_text", sa.Text, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
    )
    op.create_index("indexed_items_deadline", "indexed_items", ["deadline"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("indexed_items")
    op.drop_table("document_index")
