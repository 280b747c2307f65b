"""Companies: the federal state in which their branches lie, unless one says otherwise."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0101"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("companies", sa.Column("state", column_types.AsciiString(8), nullable=True))


def downgrade() -> None:
    op.drop_column("companies", "state")
