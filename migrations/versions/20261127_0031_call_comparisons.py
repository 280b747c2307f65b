"""What a voice provider holds of calls, laid beside ours: accounts, looks, counts by hour."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0031"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_accounts",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("watermark", column_types.UtcDateTime(), nullable=True),
        sa.Column("compared_until", column_types.UtcDateTime(), nullable=True),
        sa.Column("compared_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("failing_since", column_types.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("locked_until", column_types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_accounts")),
        sa.UniqueConstraint("provider", "connection_id", name=op.f("uq_call_accounts_provider_connection_id")),
    )
    op.create_table(
        "call_comparisons",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("account_id", column_types.BigId, nullable=False),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("since", column_types.UtcDateTime(), nullable=False),
        sa.Column("until", column_types.UtcDateTime(), nullable=False),
        sa.Column("result", column_types.AsciiString(16), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("unassigned", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_comparisons")),
    )
    op.create_index("ix_call_comparisons_account", "call_comparisons", ["account_id", "id"], unique=False)
    op.create_table(
        "call_tallies",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("account_id", column_types.BigId, autoincrement=False, nullable=False),
        sa.Column("hour_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("there", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("missing_since", column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_tallies_company_id")),
        sa.PrimaryKeyConstraint("company_id", "account_id", "hour_at", name=op.f("pk_call_tallies")),
    )


def downgrade() -> None:
    op.drop_table("call_tallies")
    op.drop_table("call_comparisons")
    op.drop_table("call_accounts")
