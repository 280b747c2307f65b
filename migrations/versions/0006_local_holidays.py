"""Holidays of the municipality at the branch."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("branches", sa.Column("local_holidays", column_types.Json, nullable=True))


def downgrade() -> None:
    op.drop_column("branches", "local_holidays")
