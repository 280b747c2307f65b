"""Push to the devices of people of a company: subscriptions, what is on its way to them, and our key."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("endpoint", column_types.EncryptedString(), nullable=False),
        sa.Column("endpoint_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("p256dh", column_types.AsciiString(100), nullable=False),
        sa.Column("auth", column_types.EncryptedString(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("last_sent_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_push_subscriptions_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_push_subscriptions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_push_subscriptions_company_id_id")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_subscriptions_endpoint_hash")),
    )
    op.create_index("ix_push_subscriptions_user", "push_subscriptions", ["company_id", "user_id"], unique=False)
    op.create_table(
        "push_deliveries",
        sa.Column("notice_id", column_types.AsciiString(26), nullable=True),
        sa.Column("subscription_id", column_types.AsciiString(26), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "notice_id"], ["staff_notices.company_id", "staff_notices.id"],
            name=op.f("fk_push_deliveries_company_id_notice_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "subscription_id"], ["push_subscriptions.company_id", "push_subscriptions.id"],
            name=op.f("fk_push_deliveries_company_id_subscription_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_push_deliveries_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_deliveries")),
        sa.UniqueConstraint(
            "company_id", "notice_id", "subscription_id", name=op.f("uq_push_deliveries_company_id_notice_id_subscription_id")
        ),
    )  # fmt: skip
    op.create_index("ix_push_deliveries_due", "push_deliveries", ["status", "due_at"], unique=False)
    op.create_index("ix_push_deliveries_created", "push_deliveries", ["created_at"], unique=False)
    op.create_table(
        "vapid_keys",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("private_key", column_types.EncryptedString(), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vapid_keys")),
    )


def downgrade() -> None:
    op.drop_table("vapid_keys")
    op.drop_table("push_deliveries")
    op.drop_table("push_subscriptions")
