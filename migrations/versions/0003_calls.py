"""The inbox, callers, calls and all that is written down of them."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "call_reconciliations",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("account_id", column_types.BigId, nullable=False),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("since", column_types.UtcDateTime(), nullable=False),
        sa.Column("until", column_types.UtcDateTime(), nullable=False),
        sa.Column("result", column_types.AsciiString(16), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("unassigned", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_reconciliations")),
    )
    op.create_index("ix_call_reconciliations_account", "call_reconciliations", ["account_id", "id"], unique=False)
    op.create_table(
        "live_event_sequences",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_live_event_sequences")),
    )
    op.create_table(
        "ai_notice_wordings",
        sa.Column("version", column_types.AsciiString(16), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_ai_notice_wordings")),
    )
    op.create_table(
        "provider_accounts",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("watermark", column_types.UtcDateTime(), nullable=True),
        sa.Column("compared_until", column_types.UtcDateTime(), nullable=True),
        sa.Column("compared_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("failing_since", column_types.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("locked_until", column_types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_accounts")),
        sa.UniqueConstraint("provider", "connection_id", name=op.f("uq_provider_accounts_provider_connection_id")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("dedupe_key", column_types.AsciiString(64), nullable=False),
        sa.Column("event_name", column_types.CaseSensitiveString(64), nullable=False),
        sa.Column("provider_call_id", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("to_number", column_types.CaseSensitiveString(64), nullable=True),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=True),
        sa.Column("body", column_types.RawEncryptedBytes(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("handled_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("pushed_at", column_types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("provider", "dedupe_key", name=op.f("uq_webhook_events_provider_dedupe_key")),
    )
    op.create_index("ix_webhook_events_call", "webhook_events", ["provider_call_id", "status"], unique=False)
    op.create_index("ix_webhook_events_company", "webhook_events", ["company_id", "received_at"], unique=False)
    op.create_index("ix_webhook_events_to_number", "webhook_events", ["status", "to_number"], unique=False)
    op.create_index("ix_webhook_events_status_due", "webhook_events", ["status", "due_at", "id"], unique=False)
    op.create_index("ix_webhook_events_status_received", "webhook_events", ["status", "received_at"], unique=False)
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
        "hourly_call_reconciliations",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("account_id", column_types.BigId, autoincrement=False, nullable=False),
        sa.Column("hour_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("remote_count", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("missing_since", column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_hourly_call_reconciliations_company_id")),
        sa.PrimaryKeyConstraint("company_id", "account_id", "hour_at", name=op.f("pk_hourly_call_reconciliations")),
    )
    op.create_table(
        "customers",
        sa.Column("name", sa.String(length=160), nullable=True),
        sa.Column("language", column_types.AsciiString(8), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("birth_date", column_types.EncryptedString(), nullable=True),
        sa.Column("birth_index", column_types.AsciiString(64), nullable=True),
        sa.Column("last_call_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customers_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_customers_company_id_id")),
    )
    op.create_index("ix_customers_birth", "customers", ["company_id", "birth_index"], unique=False)
    op.create_index("ix_customers_company_name", "customers", ["company_id", "name"], unique=False)
    op.create_index("ix_customers_last_call", "customers", ["company_id", "last_call_at", "id"], unique=False)
    op.create_table(
        "live_events",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("name", column_types.AsciiString(32), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=True),
        sa.Column("data", column_types.Json, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_live_events_company_id")),
        sa.PrimaryKeyConstraint("company_id", "seq", name=op.f("pk_live_events")),
    )
    op.create_index("ix_live_events_occurred", "live_events", ["occurred_at"], unique=False)
    op.create_table(
        "call_days",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", column_types.AsciiString(16), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_call_days_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_days_company_id")),
        sa.PrimaryKeyConstraint("company_id", "branch_id", "day", "outcome", name=op.f("pk_call_days")),
    )
    op.create_table(
        "call_hours",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", column_types.AsciiString(16), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_call_hours_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_hours_company_id")),
        sa.PrimaryKeyConstraint("company_id", "branch_id", "day", "hour", "outcome", name=op.f("pk_call_hours")),
    )
    op.create_table(
        "customer_identifiers",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("kind", column_types.AsciiString(16), nullable=False),
        sa.Column("value", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers.company_id", "customers.id"],
            name=op.f("fk_customer_identifiers_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_identifiers_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_identifiers")),
    )
    op.create_index("ix_customer_identifiers_customer", "customer_identifiers", ["company_id", "customer_id"], unique=False)
    op.create_index("uq_customer_identifiers_value", "customer_identifiers", ["company_id", "kind", "value", "customer_id"], unique=True)
    op.create_table(
        "calls",
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("provider_call_id", column_types.CaseSensitiveString(128), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=True),
        sa.Column("telephony_id", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("phone_number_id", column_types.AsciiString(26), nullable=True),
        sa.Column("agent_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("direction", column_types.AsciiString(16), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("outcome", column_types.AsciiString(16), nullable=True),
        sa.Column("end_category", column_types.AsciiString(16), nullable=True),
        sa.Column("disconnection_reason", sa.String(length=80), nullable=True),
        sa.Column("caller_kind", column_types.AsciiString(16), nullable=False),
        sa.Column("from_number", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("to_number", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("sentiment", column_types.AsciiString(16), nullable=True),
        sa.Column("successful", sa.Boolean(), nullable=True),
        sa.Column("in_voicemail", sa.Boolean(), nullable=True),
        sa.Column("analyzed_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("analysis", column_types.Json, nullable=True),
        sa.Column("language", column_types.AsciiString(8), nullable=True),
        sa.Column("emergency", column_types.Json, nullable=True),
        sa.Column("was_transferred", sa.Boolean(), nullable=False),
        sa.Column("transfer_destination", sa.String(length=128), nullable=True),
        sa.Column("cost_cents", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("recording_url", column_types.EncryptedString(), nullable=True),
        sa.Column("keeps_words", sa.Boolean(), server_default=sa.text("1"), nullable=False),
        sa.Column("keeps_audio", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("routing", column_types.Json, nullable=True),
        sa.Column("last_sequence", sa.Integer(), nullable=True),
        sa.Column("turn_count", sa.Integer(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id", "agent_id"], ["agents.company_id", "agents.id"], name=op.f("fk_calls_company_id_agent_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_calls_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_calls_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "phone_number_id"],
            ["phone_numbers.company_id", "phone_numbers.id"],
            name=op.f("fk_calls_company_id_phone_number_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_calls_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_calls_company_id_id")),
        sa.UniqueConstraint("company_id", "provider", "provider_call_id", name=op.f("uq_calls_company_id_provider_provider_call_id")),
    )
    op.create_index("ix_calls_company_branch_time", "calls", ["company_id", "branch_id", "started_at", "id"], unique=False)
    op.create_index("ix_calls_company_caller", "calls", ["company_id", "from_number", "started_at"], unique=False)
    op.create_index("ix_calls_company_customer", "calls", ["company_id", "customer_id", "started_at"], unique=False)
    op.create_index("ix_calls_company_outcome_time", "calls", ["company_id", "outcome", "started_at", "id"], unique=False)
    op.create_index("ix_calls_company_status_time", "calls", ["company_id", "status", "started_at", "id"], unique=False)
    op.create_index("ix_calls_company_time", "calls", ["company_id", "started_at", "id"], unique=False)
    op.create_index("ix_calls_provider_call_id", "calls", ["provider_call_id"], unique=False)
    op.create_table(
        "line_checks",
        sa.Column("phone_number_id", column_types.AsciiString(26), nullable=False),
        sa.Column("number", column_types.AsciiString(20), nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("requested_by", column_types.AsciiString(26), nullable=True),
        sa.Column("provider_call_id", column_types.CaseSensitiveString(128), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("step_started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("received_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("result", column_types.AsciiString(8), nullable=False),
        sa.Column("steps", column_types.Json, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "phone_number_id"],
            ["phone_numbers.company_id", "phone_numbers.id"],
            name=op.f("fk_line_checks_company_id_phone_number_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_line_checks_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_checks")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_line_checks_company_id_id")),
        sa.UniqueConstraint("company_id", "provider_call_id", name=op.f("uq_line_checks_company_id_provider_call_id")),
    )
    op.create_index("ix_line_checks_number", "line_checks", ["company_id", "phone_number_id", "started_at"], unique=False)
    op.create_index("ix_line_checks_result", "line_checks", ["result", "started_at"], unique=False)
    op.create_table(
        "call_consents",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("kind", column_types.AsciiString(16), nullable=False),
        sa.Column("answer", column_types.AsciiString(8), nullable=False),
        sa.Column("source", column_types.AsciiString(16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("wording", column_types.AsciiString(16), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_call_consents_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_consents_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_consents")),
    )
    op.create_index("ix_call_consents_call", "call_consents", ["company_id", "call_id", "id"], unique=False)
    op.create_table(
        "provider_deletions",
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("reason", column_types.AsciiString(16), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("deleted_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'pending', 'done', 'failed', 'no_key')", name=op.f("ck_provider_deletions_status")),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_provider_deletions_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_provider_deletions_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_deletions")),
        sa.UniqueConstraint("company_id", "call_id", name=op.f("uq_provider_deletions_company_id_call_id")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_provider_deletions_company_id_id")),
    )
    op.create_index("ix_provider_deletions_due", "provider_deletions", ["status", "due_at"], unique=False)
    op.create_table(
        "call_events",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", column_types.AsciiString(32), nullable=False),
        sa.Column("occurred_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("data", column_types.Json, nullable=True),
        sa.Column("webhook_event_id", column_types.BigId, nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_call_events_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_events_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_events")),
        sa.UniqueConstraint("company_id", "call_id", "seq", name=op.f("uq_call_events_company_id_call_id_seq")),
    )
    op.create_table(
        "call_ai_notices",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("at_ms", sa.Integer(), nullable=True),
        sa.Column("wording", column_types.AsciiString(16), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_call_ai_notices_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_ai_notices_company_id")),
        sa.PrimaryKeyConstraint("company_id", "call_id", name=op.f("pk_call_ai_notices")),
    )
    op.create_table(
        "call_search_texts",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("text", column_types.LongText, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_call_search_texts_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_search_texts_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_search_texts")),
    )
    op.create_index("uq_call_search_texts_call", "call_search_texts", ["company_id", "call_id"], unique=True)
    op.create_table(
        "verification_attempts",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(16), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_verification_attempts_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers.company_id", "customers.id"],
            name=op.f("fk_verification_attempts_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_verification_attempts_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_attempts")),
    )
    op.create_index("ix_verification_attempts_call", "verification_attempts", ["company_id", "call_id", "id"], unique=False)
    op.create_index(
        "ix_verification_attempts_customer", "verification_attempts", ["company_id", "customer_id", "occurred_at"], unique=False
    )
    op.create_table(
        "customer_links",
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("sent_to", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_customer_links_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_customer_links_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_links_company_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_customer_links")),
    )
    op.create_index("ix_customer_links_call", "customer_links", ["company_id", "call_id"], unique=False)
    op.create_index("ix_customer_links_customer", "customer_links", ["company_id", "customer_id"], unique=False)
    op.create_index("ix_customer_links_sent", "customer_links", ["company_id", "created_at"], unique=False)
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
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_one_time_codes_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_one_time_codes_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_one_time_codes_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    op.create_index("ix_one_time_codes_call", "one_time_codes", ["company_id", "call_id", "created_at"], unique=False)
    op.create_index("ix_one_time_codes_number", "one_time_codes", ["company_id", "sent_to", "created_at"], unique=False)
    op.create_index("ix_one_time_codes_sent", "one_time_codes", ["company_id", "created_at"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("done_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("source_ref", column_types.AsciiString(128), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_tasks_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_tasks_company_id_call_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_tasks_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_tasks_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_tasks_company_id_id")),
    )
    op.create_index("ix_tasks_call", "tasks", ["company_id", "call_id"], unique=False)
    op.create_index("ix_tasks_company_status", "tasks", ["company_id", "status", "due_at"], unique=False)
    op.create_index("uq_tasks_source", "tasks", ["company_id", "source_ref"], unique=True)
    op.create_table(
        "tool_calls",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("tool_call_id", column_types.CaseSensitiveString(128), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("arguments", column_types.Json, nullable=True),
        sa.Column("request_hash", column_types.AsciiString(64), nullable=True),
        sa.Column("result", column_types.Json, nullable=True),
        sa.Column("disclosed_days", column_types.Json, nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("after_turn", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("database_ms", sa.Integer(), nullable=True),
        sa.Column("provider_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_tool_calls_company_id_call_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_tool_calls_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_calls")),
        sa.UniqueConstraint("company_id", "call_id", "tool_call_id", name=op.f("uq_tool_calls_company_id_call_id_tool_call_id")),
    )
    op.create_table(
        "turns",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", column_types.AsciiString(16), nullable=False),
        sa.Column("text", column_types.LongText, nullable=False),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_turns_company_id_call_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_turns_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint("company_id", "call_id", "position", name=op.f("uq_turns_company_id_call_id_position")),
    )
    op.create_table(
        "truth_checks",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("verdict", column_types.AsciiString(16), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("findings", column_types.Json, nullable=False),
        sa.Column("lacks_notice", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("checked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("resolved_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("task_id", column_types.AsciiString(26), nullable=True),
        sa.Column("auto_closed", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_truth_checks_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_truth_checks_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "task_id"], ["tasks.company_id", "tasks.id"], name=op.f("fk_truth_checks_company_id_task_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_truth_checks_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_truth_checks")),
    )
    op.create_index("ix_truth_checks_company_time", "truth_checks", ["company_id", "started_at", "verdict"], unique=False)
    op.create_index("ix_truth_checks_company_verdict", "truth_checks", ["company_id", "verdict", "started_at"], unique=False)
    op.create_index("ix_truth_checks_due", "truth_checks", ["due_at"], unique=False)
    op.create_index("uq_truth_checks_call", "truth_checks", ["company_id", "call_id"], unique=True)
    create_call_search()
    ignore_case_of_names()


def downgrade() -> None:
    drop_call_search()
    op.drop_table("truth_checks")
    op.drop_table("turns")
    op.drop_table("tool_calls")
    op.drop_table("tasks")
    op.drop_table("one_time_codes")
    op.drop_table("customer_links")
    op.drop_table("verification_attempts")
    op.drop_table("call_search_texts")
    op.drop_table("call_ai_notices")
    op.drop_table("call_events")
    op.drop_table("provider_deletions")
    op.drop_table("call_consents")
    op.drop_table("line_checks")
    op.drop_table("calls")
    op.drop_table("customer_identifiers")
    op.drop_table("call_hours")
    op.drop_table("call_days")
    op.drop_table("live_events")
    op.drop_table("customers")
    op.drop_table("hourly_call_reconciliations")
    op.drop_table("blocked_callers")
    op.drop_table("webhook_events")
    op.drop_table("provider_accounts")
    op.drop_table("ai_notice_wordings")
    op.drop_table("live_event_sequences")
    op.drop_table("call_reconciliations")


FTS_TRIGGERS = {
    "call_search_texts_ai": "AFTER INSERT ON call_search_texts BEGIN {add} END",
    "call_search_texts_ad": "AFTER DELETE ON call_search_texts BEGIN {remove} END",
    "call_search_texts_au": "AFTER UPDATE OF text ON call_search_texts BEGIN {remove} {add} END",
}
FTS_ADD = "INSERT INTO call_search_texts_fts(rowid, text) VALUES (new.id, new.text);"
FTS_REMOVE = "INSERT INTO call_search_texts_fts(call_search_texts_fts, rowid, text) VALUES ('delete', old.id, old.text);"


def create_call_search() -> None:
    """FULLTEXT on MariaDB; on SQLite an FTS5 index beside the table, kept by triggers."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("CREATE FULLTEXT INDEX ft_call_search_texts_text ON call_search_texts (text)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE call_search_texts_fts USING fts5(text, content='call_search_texts', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    for name, trigger in FTS_TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} " + trigger.format(add=FTS_ADD, remove=FTS_REMOVE))


def drop_call_search() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in FTS_TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE call_search_texts_fts")


def ignore_case_of_names() -> None:
    """The collation of MariaDB's column does it there."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP INDEX ix_customers_company_name")
        op.execute("CREATE INDEX ix_customers_company_name ON customers (company_id, name COLLATE NOCASE)")
