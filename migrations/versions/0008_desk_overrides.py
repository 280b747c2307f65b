"""What the desk ignored for a booking, seats beyond a full session, and whether programs' changes are told to customers."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("bookings", sa.Column("overridden", column_types.Json, nullable=True))
    op.add_column("group_sessions", sa.Column("extra_seats", sa.Integer(), server_default="0", nullable=False))
    op.add_column("policies", sa.Column("notify_program_changes", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("policies", "notify_program_changes")
    op.drop_column("group_sessions", "extra_seats")
    op.drop_column("bookings", "overridden")
