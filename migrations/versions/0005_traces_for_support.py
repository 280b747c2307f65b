"""Refused webhooks, suppressed addresses, the hash beside an idempotency key, and the indexes of support's filters."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "rejected_webhooks",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("fingerprint", column_types.AsciiString(64), nullable=False),
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=True),
        sa.Column("to_number", column_types.AsciiString(20), nullable=True),
        sa.Column("address", column_types.AsciiString(45), nullable=True),
        sa.Column("hour", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("reason", column_types.AsciiString(24), nullable=False),
        sa.Column("example", column_types.Json, nullable=True),
        sa.Column("rejection_count", sa.Integer(), nullable=False),
        sa.Column("first_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("last_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_webhooks")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_rejected_webhooks_fingerprint")),
    )
    op.create_index("ix_rejected_webhooks_company", "rejected_webhooks", ["company_id", "last_at"], unique=False)
    op.create_index("ix_rejected_webhooks_last", "rejected_webhooks", ["last_at"], unique=False)
    op.create_table(
        "suppressed_addresses",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("address", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("reason", column_types.AsciiString(16), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_suppressed_addresses_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressed_addresses")),
        sa.UniqueConstraint("company_id", "channel", "address", name=op.f("uq_suppressed_addresses_company_id_channel_address")),
    )
    op.add_column("bookings", sa.Column("request_hash", column_types.AsciiString(64), nullable=True))
    op.create_index("ix_calls_time", "calls", ["started_at", "id"], unique=False)
    op.create_index("ix_calls_to_number", "calls", ["to_number", "started_at"], unique=False)
    op.create_index("ix_webhook_events_number_received", "webhook_events", ["to_number", "received_at"], unique=False)
    op.create_index("ix_webhook_events_received", "webhook_events", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_webhook_events_received", table_name="webhook_events")
    op.drop_index("ix_webhook_events_number_received", table_name="webhook_events")
    op.drop_index("ix_calls_to_number", table_name="calls")
    op.drop_index("ix_calls_time", table_name="calls")
    op.drop_column("bookings", "request_hash")
    op.drop_table("suppressed_addresses")
    op.drop_index("ix_rejected_webhooks_last", table_name="rejected_webhooks")
    op.drop_index("ix_rejected_webhooks_company", table_name="rejected_webhooks")
    op.drop_table("rejected_webhooks")
