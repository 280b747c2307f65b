"""Policies say which changes of a booking its customer is told."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0090"
branch_labels = None
depends_on = None
RULES = ("tell_desk_changes", "tell_own_changes", "tell_calendar_changes")


def upgrade() -> None:
    for rule in RULES:
        op.add_column("policies", sa.Column(rule, sa.Boolean(), nullable=True))


def downgrade() -> None:
    for rule in RULES:
        op.drop_column("policies", rule)
