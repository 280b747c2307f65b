"""The daily summary of people of a company: when each wants it, and that it was made."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("notice_settings", sa.Column("digest_hour", sa.SmallInteger(), nullable=True))
    op.create_table(
        "staff_digests",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("timezone", column_types.AsciiString(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_staff_digests_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_digests_user_id")),
        sa.PrimaryKeyConstraint("user_id", "timezone", "day", name=op.f("pk_staff_digests")),
    )
    op.create_index("ix_staff_digests_created", "staff_digests", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("staff_digests")
    op.drop_column("notice_settings", "digest_hour")
