"""What users need for their own account: links that hold once, mails, the second factor, recovery codes and passkeys."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("users", sa.Column("totp_secret", column_types.EncryptedString(), nullable=True))
    op.add_column("users", sa.Column("totp_enabled_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("users", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "account_tokens",
        sa.Column("user_id", column_types.AsciiString(26), nullable=True),
        sa.Column("purpose", column_types.AsciiString(24), nullable=False),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("email", column_types.AsciiString(190), nullable=True),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_tokens_token_hash")),
    )
    op.create_index("ix_account_tokens_user", "account_tokens", ["user_id", "purpose"])
    op.create_index("ix_account_tokens_expires", "account_tokens", ["expires_at"])
    op.create_table(
        "account_mails",
        sa.Column("user_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("recipient", column_types.EncryptedString(), nullable=False),
        sa.Column("token_id", column_types.AsciiString(26), nullable=True),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_mails")),
    )
    op.create_index("ix_account_mails_due", "account_mails", ["status", "due_at"])
    op.create_index("ix_account_mails_created", "account_mails", ["created_at"])
    op.create_table(
        "passkeys",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("credential_id", column_types.Blob, nullable=False),
        sa.Column("credential_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("public_key", column_types.Blob, nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", column_types.Json, nullable=False),
        sa.Column("last_used_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_hash", name=op.f("uq_passkeys_credential_hash")),
    )
    op.create_index("ix_passkeys_user", "passkeys", ["user_id", "created_at"])
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("code_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("used_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_codes_user_id_code_hash")),
    )


def downgrade() -> None:
    for name in ("recovery_codes", "passkeys", "account_mails", "account_tokens"):
        op.drop_table(name)
    for name in ("totp_last_step", "totp_enabled_at", "totp_secret"):
        op.drop_column("users", name)
