"""Browser reports: what the content policy kept out, counted by day."""

import sqlalchemy as sa
from alembic import op

from app.core import columns

revision = "0060"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "browser_reports",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("fingerprint", columns.Key(64), nullable=False),
        sa.Column("kind", columns.Exact(32), nullable=False),
        sa.Column("page", columns.Exact(190), nullable=False),
        sa.Column("rule", columns.Exact(64), nullable=False),
        sa.Column("blocked", columns.Exact(190), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.UtcDateTime(), nullable=False),
        sa.Column("last_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_reports")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_browser_reports_fingerprint")),
    )
    op.create_index("ix_browser_reports_last", "browser_reports", ["last_at"], unique=False)


def downgrade() -> None:
    op.drop_table("browser_reports")
