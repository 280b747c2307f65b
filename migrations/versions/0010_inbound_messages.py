"""Messages that people write to the business, what we have asked them, and which line and person of ours a message is from."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("notifications", sa.Column("sender_address", column_types.AsciiString(20), nullable=True))
    op.add_column("notifications", sa.Column("author_id", column_types.AsciiString(26), nullable=True))
    op.create_table(
        "inbound_messages",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=True),
        sa.Column("notification_id", column_types.AsciiString(26), nullable=True),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("provider_ref", column_types.CaseSensitiveString(64), nullable=False),
        sa.Column("sender", column_types.EncryptedString(), nullable=False),
        sa.Column("sender_index", column_types.AsciiString(64), nullable=False),
        sa.Column("line", column_types.AsciiString(20), nullable=True),
        sa.Column("body", column_types.EncryptedString(), nullable=False),
        sa.Column("media_count", sa.Integer(), nullable=False),
        sa.Column("received_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("intent", column_types.AsciiString(16), nullable=True),
        sa.Column("result", column_types.AsciiString(16), nullable=True),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("order_key", column_types.AsciiString(64), nullable=True),
        sa.Column("planned_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["company_id", f"{noun}_id"], [f"{table}.company_id", f"{table}.id"],
                name=op.f(f"fk_inbound_messages_company_id_{noun}_id"),
            )
            for noun, table in (
                ("branch", "branches"), ("customer", "customers"), ("booking", "bookings"), ("notification", "notifications"),
            )
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_inbound_messages_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_messages")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_inbound_messages_company_id_id")),
        sa.UniqueConstraint("company_id", "provider_ref", name=op.f("uq_inbound_messages_company_id_provider_ref")),
    )  # fmt: skip
    op.create_index("ix_inbound_messages_customer", "inbound_messages", ["company_id", "customer_id"], unique=False)
    op.create_index("ix_inbound_messages_due", "inbound_messages", ["status", "due_at"], unique=False)
    op.create_index("ix_inbound_messages_order", "inbound_messages", ["company_id", "order_key", "status"], unique=False)
    op.create_index("ix_inbound_messages_sender", "inbound_messages", ["company_id", "sender_index", "received_at"], unique=False)
    op.create_table(
        "reply_dialogues",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("sender_index", column_types.AsciiString(64), nullable=False),
        sa.Column("step", column_types.AsciiString(8), nullable=True),
        sa.Column("action", column_types.AsciiString(8), nullable=True),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=True),
        sa.Column("options", column_types.Json, nullable=False),
        sa.Column("unclear_count", sa.Integer(), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("task_id", column_types.AsciiString(26), nullable=True),
        sa.Column("handed_over_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "booking_id"], ["bookings.company_id", "bookings.id"], name=op.f("fk_reply_dialogues_company_id_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "task_id"], ["tasks.company_id", "tasks.id"], name=op.f("fk_reply_dialogues_company_id_task_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_reply_dialogues_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_dialogues")),
        sa.UniqueConstraint("company_id", "sender_index", name=op.f("uq_reply_dialogues_company_id_sender_index")),
    )


def downgrade() -> None:
    op.drop_table("reply_dialogues")
    op.drop_table("inbound_messages")
    op.drop_column("notifications", "author_id")
    op.drop_column("notifications", "sender_address")
