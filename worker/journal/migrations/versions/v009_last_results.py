"""Tables of each incident's last result, and of what results told that the ones before had not.

These are no rows of ``entries``: the release before knows no other words there than its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "results",
        sa.Column("incident", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("trigger", sa.String(20), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("warnings", "suggestions", "failures", "facts", "tickets")
        ),
        sa.Column("next_try", sa.String(40), nullable=True),
    )
    op.create_table(
        "tellings",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("incident", sa.String(64), nullable=False),
        sa.Column("trigger", sa.String(20), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("subject", "reason", "before", "after")
        ),
    )
    op.create_index("tellings_incident", "tellings", ["incident"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("tellings")
    op.drop_table("results")
