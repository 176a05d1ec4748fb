"""Two columns of a document in the index: whether it is a draft, and the day of its review."""

import sqlalchemy as sa
from alembic import op

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; documents are read again for what they say."""
    draft = sa.Column("is_draft", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("document_index", draft)
    review = sa.Column("review", sa.String(10), nullable=False, server_default="")
    op.add_column("document_index", review)


def downgrade() -> None:
    """Remove them."""
    for name in ("review", "is_draft"):
        op.drop_column("document_index", name)
