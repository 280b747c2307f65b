"""Notices to the people of a company, and each person's choice of them."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "staff_notices",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("subject", column_types.AsciiString(64), nullable=False),
        sa.Column("subject_count", sa.SmallInteger(), nullable=False),
        sa.Column("cause", column_types.AsciiString(96), nullable=False),
        sa.Column("in_bell", sa.Boolean(), nullable=False),
        sa.Column("read_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("subject_count >= 1", name=op.f("ck_staff_notices_subject_count")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_staff_notices_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_staff_notices_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_notices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notices")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_staff_notices_company_id_id")),
        sa.UniqueConstraint("company_id", "user_id", "cause", name=op.f("uq_staff_notices_company_id_user_id_cause")),
    )
    op.create_index("ix_staff_notices_unread", "staff_notices", ["company_id", "user_id", "in_bell", "read_at"], unique=False)
    op.create_index("ix_staff_notices_created", "staff_notices", ["created_at"], unique=False)
    op.create_table(
        "notice_settings",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("channels", column_types.Json, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_notice_settings_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_settings_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_settings")),
    )


def downgrade() -> None:
    op.drop_table("notice_settings")
    op.drop_table("staff_notices")
