"""Connections: what the last look at them brought."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0090"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("state", column_types.AsciiString(16), nullable=False, server_default="unchecked"))
    op.add_column("connections", sa.Column("reason", column_types.AsciiString(32), nullable=True))
    op.add_column("connections", sa.Column("facts", column_types.Json, nullable=True))
    op.add_column("connections", sa.Column("asked_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("connections", sa.Column("checked_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("connections", sa.Column("well_at", column_types.UtcDateTime(), nullable=True))


def downgrade() -> None:
    for name in ("well_at", "checked_at", "asked_at", "facts", "reason", "state"):
        op.drop_column("connections", name)
