"""Questions how a visit was, with their answers."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0019"
down_revision = "0018"
TABLE = "satisfaction_questions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("notification_id", column_types.AsciiString(26), nullable=False),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("comment", column_types.EncryptedString(), nullable=True),
        sa.Column("source", column_types.AsciiString(8), nullable=True),
        sa.Column("answered_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_satisfaction_questions_score")),
        *(
            sa.ForeignKeyConstraint(
                ["company_id", column], [f"{table}.company_id", f"{table}.id"], name=op.f(f"fk_{TABLE}_company_id_{column}")
            )
            for column, table in (
                ("customer_id", "customers"), ("booking_id", "bookings"), ("branch_id", "branches"), ("notification_id", "notifications"),
            )
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f(f"fk_{TABLE}_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{TABLE}_token_hash")),
    )  # fmt: skip
    op.create_index("ix_satisfaction_questions_customer", TABLE, ["company_id", "customer_id"])
    op.create_index("ix_satisfaction_questions_booking", TABLE, ["company_id", "booking_id"])
    op.create_index("ix_satisfaction_questions_notification", TABLE, ["company_id", "notification_id"])
    op.create_index("ix_satisfaction_questions_answered", TABLE, ["company_id", "answered_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
