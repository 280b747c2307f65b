"""Line checks: one row each, with its steps."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_checks",
        sa.Column("phone_number_id", column_types.AsciiString(26), nullable=False),
        sa.Column("number", column_types.AsciiString(20), nullable=False),
        sa.Column("via", column_types.AsciiString(8), nullable=False),
        sa.Column("asked_by", column_types.AsciiString(26), nullable=True),
        sa.Column("provider_call_id", column_types.CaseSensitiveString(128), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("waits_since", column_types.UtcDateTime(), nullable=False),
        sa.Column("heard_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("result", column_types.AsciiString(8), nullable=False),
        sa.Column("steps", column_types.Json, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_line_checks_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "phone_number_id"],
            ["phone_numbers.company_id", "phone_numbers.id"],
            name=op.f("fk_line_checks_company_id_phone_number_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_checks")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_line_checks_company_id_id")),
        sa.UniqueConstraint("company_id", "provider_call_id", name=op.f("uq_line_checks_company_id_provider_call_id")),
    )
    op.create_index("ix_line_checks_number", "line_checks", ["company_id", "phone_number_id", "started_at"], unique=False)
    op.create_index("ix_line_checks_result", "line_checks", ["result", "started_at"], unique=False)


def downgrade() -> None:
    op.drop_table("line_checks")
