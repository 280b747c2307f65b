"""Notifications: messages that must leave, written down with what caused them."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "20261127_0010"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("subject", column_types.AsciiString(64), nullable=False),
        sa.Column("cause", column_types.AsciiString(96), nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("recipient", column_types.EncryptedString(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=True),
        sa.Column("body", column_types.EncryptedString(), nullable=True),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("woken_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("asked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("provider_ref", column_types.CaseSensitiveString(120), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_notifications_attempts")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_notifications_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_notifications_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_notifications_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("company_id", "cause", name=op.f("uq_notifications_company_id_cause")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_notifications_company_id_id")),
    )
    op.create_index("ix_notifications_due", "notifications", ["status", "due_at"], unique=False)
    op.create_index("ix_notifications_company_subject", "notifications", ["company_id", "subject"], unique=False)
    op.create_index("ix_notifications_customer", "notifications", ["company_id", "customer_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notifications")
