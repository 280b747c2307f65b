"""Busy stretches carry their buffers, so that a booking is one row and not three."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("busy_spans", sa.Column("before_minutes", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("busy_spans", sa.Column("after_minutes", sa.SmallInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("busy_spans", "after_minutes")
    op.drop_column("busy_spans", "before_minutes")
