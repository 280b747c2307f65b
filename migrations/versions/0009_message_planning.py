"""When a message is planned, whom it went to and what became of it; rules of messages, and what customers prefer and confirm."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("notifications", sa.Column("planned_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("notifications", sa.Column("immediate_until", column_types.UtcDateTime(), nullable=True))
    op.add_column("notifications", sa.Column("preferred_channel", column_types.AsciiString(8), nullable=True))
    op.add_column("notifications", sa.Column("recipient_index", column_types.AsciiString(64), nullable=True))
    op.add_column("notifications", sa.Column("segments", sa.Integer(), nullable=True))
    op.add_column("notifications", sa.Column("cost_tenth_cents", sa.Integer(), nullable=True))
    op.add_column("notifications", sa.Column("delivered_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("notifications", sa.Column("answered_at", column_types.UtcDateTime(), nullable=True))
    op.create_index("ix_notifications_company_status", "notifications", ["company_id", "status", "due_at"], unique=False)
    op.create_index("ix_notifications_finished", "notifications", ["company_id", "finished_at"], unique=False)
    op.create_index("ix_notifications_provider_ref", "notifications", ["provider_ref"], unique=False)
    op.create_index("ix_notifications_recipient", "notifications", ["company_id", "recipient_index", "finished_at"], unique=False)
    op.add_column("bookings", sa.Column("customer_confirmed_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("customers", sa.Column("preferred_channel", column_types.AsciiString(8), nullable=True))
    op.create_table(
        "message_policies",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("scope", column_types.AsciiString(32), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=True),
        sa.Column("reminders", column_types.Json, nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("quiet_reminders", column_types.AsciiString(8), nullable=True),
        sa.Column("max_per_day", sa.Integer(), nullable=True),
        sa.Column("segment_tenth_cents", sa.Integer(), nullable=True),
        sa.Column("monthly_cap_cents", sa.Integer(), nullable=True),
        sa.Column("cap_action", column_types.AsciiString(16), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name=op.f("ck_message_policies_quiet")),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"],
            ["services.company_id", "services.id"],
            name=op.f("fk_message_policies_company_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_message_policies_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_policies")),
        sa.UniqueConstraint("company_id", "scope", name=op.f("uq_message_policies_company_id_scope")),
    )


def downgrade() -> None:
    op.drop_table("message_policies")
    op.drop_column("customers", "preferred_channel")
    op.drop_column("bookings", "customer_confirmed_at")
    for name in ("recipient", "provider_ref", "finished", "company_status"):
        op.drop_index(f"ix_notifications_{name}", table_name="notifications")
    for name in (
        "answered_at", "delivered_at", "cost_tenth_cents", "segments", "recipient_index", "preferred_channel", "immediate_until",
        "planned_at",
    ):  # fmt: skip
        op.drop_column("notifications", name)
