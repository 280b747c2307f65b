"""The AI notice of a call, what its caller agreed to or declined, and what is deleted at the provider because of it."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0130"
down_revision = "0100"
branch_labels = None
depends_on = None


def _call(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f(f"fk_{table}_company_id_call_id"))


def _company(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f(f"fk_{table}_company_id"))


def upgrade() -> None:
    op.add_column("calls", sa.Column("keeps_words", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("calls", sa.Column("keeps_audio", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "notice_wordings",
        sa.Column("version", column_types.AsciiString(16), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_notice_wordings")),
    )
    op.create_table(
        "call_notices",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.Integer(), nullable=True),
        sa.Column("wording", column_types.AsciiString(16), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        _call("call_notices"),
        _company("call_notices"),
        sa.PrimaryKeyConstraint("company_id", "call_id", name=op.f("pk_call_notices")),
    )
    op.create_table(
        "call_consents",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("what", column_types.AsciiString(16), nullable=False),
        sa.Column("answer", column_types.AsciiString(8), nullable=False),
        sa.Column("source", column_types.AsciiString(16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("wording", column_types.AsciiString(16), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        _call("call_consents"),
        _company("call_consents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_consents")),
    )
    op.create_index("ix_call_consents_call", "call_consents", ["company_id", "call_id", "id"], unique=False)
    op.create_table(
        "call_deletions",
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("reason", column_types.AsciiString(16), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("wish", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("deleted_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("status IN ('waiting', 'pending', 'done', 'failed', 'no_key')", name=op.f("ck_call_deletions_status")),
        _call("call_deletions"),
        _company("call_deletions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_deletions")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_call_deletions_company_id_id")),
        sa.UniqueConstraint("company_id", "call_id", name=op.f("uq_call_deletions_company_id_call_id")),
    )
    op.create_index("ix_call_deletions_due", "call_deletions", ["status", "due_at"], unique=False)


def downgrade() -> None:
    for table in ("call_deletions", "call_consents", "call_notices", "notice_wordings"):
        op.drop_table(table)
    for column in ("keeps_audio", "keeps_words"):
        op.drop_column("calls", column)
