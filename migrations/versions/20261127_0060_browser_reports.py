"""Browser reports: what the content policy kept out, counted by day."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0060"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "browser_reports",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("fingerprint", column_types.AsciiString(64), nullable=False),
        sa.Column("kind", column_types.CaseSensitiveString(32), nullable=False),
        sa.Column("page", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("rule", column_types.CaseSensitiveString(64), nullable=False),
        sa.Column("blocked", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("first_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("last_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_reports")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_browser_reports_fingerprint")),
    )
    op.create_index("ix_browser_reports_last", "browser_reports", ["last_at"], unique=False)


def downgrade() -> None:
    op.drop_table("browser_reports")
