"""Truth checks: whether the call's transcript lacks the AI notice."""

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("truth_checks", sa.Column("lacks_notice", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("truth_checks", "lacks_notice")
