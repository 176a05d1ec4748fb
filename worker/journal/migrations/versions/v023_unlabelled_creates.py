"""In which project a create went without its labels: no search by label finds its ticket."""

import sqlalchemy as sa
from alembic import op

revision = "023"
down_revision = "022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    name = "unlabelled_in"
    op.add_column("intents", sa.Column(name, sa.String(255), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("intents", "unlabelled_in")
