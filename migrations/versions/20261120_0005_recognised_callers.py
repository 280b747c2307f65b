"""Callers are recognised step by step; some are not taken at all; and a person may be reached at a branch."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocked_callers",
        sa.Column("number", column_types.CaseSensitiveString(20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_blocked_callers_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_callers")),
    )
    op.create_index("uq_blocked_callers_number", "blocked_callers", ["company_id", "number"], unique=True)
    op.create_table(
        "caller_proofs",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(16), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_caller_proofs_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_caller_proofs_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_caller_proofs_company_id_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_proofs")),
    )
    op.create_index("ix_caller_proofs_call", "caller_proofs", ["company_id", "call_id", "id"], unique=False)
    op.create_index("ix_caller_proofs_customer", "caller_proofs", ["company_id", "customer_id", "at"], unique=False)
    op.create_table(
        "one_time_codes",
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("code_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("sent_to", column_types.CaseSensitiveString(20), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("used_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_one_time_codes_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_one_time_codes_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_one_time_codes_company_id_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    op.create_index("ix_one_time_codes_call", "one_time_codes", ["company_id", "call_id", "created_at"], unique=False)
    op.create_index("ix_one_time_codes_number", "one_time_codes", ["company_id", "sent_to", "created_at"], unique=False)
    op.add_column("branches", sa.Column("forward_to", column_types.AsciiString(20), nullable=True))
    op.add_column("companies", sa.Column("caller_rights", column_types.Json, nullable=True))
    op.add_column("customers", sa.Column("birth_date", column_types.EncryptedString(), nullable=True))
    op.add_column("customers", sa.Column("birth_index", column_types.AsciiString(64), nullable=True))
    op.create_index("ix_customers_birth", "customers", ["company_id", "birth_index"], unique=False)
    op.add_column("tool_calls", sa.Column("asked", column_types.AsciiString(64), nullable=True))


def downgrade() -> None:
    op.drop_column("tool_calls", "asked")
    op.drop_index("ix_customers_birth", table_name="customers")
    op.drop_column("customers", "birth_index")
    op.drop_column("customers", "birth_date")
    op.drop_column("companies", "caller_rights")
    op.drop_column("branches", "forward_to")
    op.drop_table("one_time_codes")
    op.drop_table("caller_proofs")
    op.drop_table("blocked_callers")
