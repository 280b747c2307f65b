"""Emergencies: what kind a call is one of, what goes before other tasks, who is on call, and the business's own words for it."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0120"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("emergency", column_types.Json, nullable=True))
    op.add_column("tasks", sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("branches", sa.Column("emergency_phrases", column_types.Json, nullable=True))
    op.create_table(
        "on_call_shifts",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("number", column_types.AsciiString(20), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("from_minute", sa.SmallInteger(), nullable=True),
        sa.Column("until_minute", sa.SmallInteger(), nullable=True),
        sa.Column("starts", sa.DateTime(), nullable=True),
        sa.Column("ends", sa.DateTime(), nullable=True),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND from_minute BETWEEN 0 AND 1439 AND until_minute > from_minute AND until_minute <= 2880",
            name=op.f("ck_on_call_shifts_week"),
        ),
        sa.CheckConstraint("(weekday IS NULL) <> (starts IS NULL)", name=op.f("ck_on_call_shifts_week_or_span")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_on_call_shifts_span")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_on_call_shifts_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_on_call_shifts_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_shifts")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_on_call_shifts_company_id_id")),
    )
    op.create_index("ix_on_call_shifts_branch", "on_call_shifts", ["company_id", "branch_id"], unique=False)


def downgrade() -> None:
    op.drop_table("on_call_shifts")
    op.drop_column("branches", "emergency_phrases")
    op.drop_column("tasks", "priority")
    op.drop_column("calls", "emergency")
