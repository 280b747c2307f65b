"""The ground: companies, people, numbers, calls, the inbox, the live sequence."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("user_id", column_types.AsciiString(26), nullable=True),
        sa.Column("action", column_types.AsciiString(64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("data", column_types.Json, nullable=True),
        sa.Column("request_id", column_types.AsciiString(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"], unique=False)
    op.create_index("ix_audit_entries_company", "audit_entries", ["company_id", "at"], unique=False)
    op.create_table(
        "companies",
        sa.Column("slug", column_types.AsciiString(64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("trade", column_types.AsciiString(32), nullable=False),
        sa.Column("country", column_types.AsciiString(2), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("zone", column_types.AsciiString(64), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("slug", name=op.f("uq_companies_slug")),
    )
    op.create_table(
        "feature_flags",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("name", column_types.AsciiString(64), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_flags")),
        sa.UniqueConstraint("name", "company_id", name=op.f("uq_feature_flags_name_company_id")),
    )
    op.create_table(
        "live_cursors",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_live_cursors")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", column_types.AsciiString(64), nullable=False),
        sa.Column("next_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("locked_until", column_types.UtcDateTime(), nullable=True),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("result", column_types.AsciiString(16), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("dedupe_key", column_types.AsciiString(64), nullable=False),
        sa.Column("event", column_types.CaseSensitiveString(64), nullable=False),
        sa.Column("provider_call_id", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("dialled", column_types.CaseSensitiveString(64), nullable=True),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=True),
        sa.Column("body", column_types.EncryptedBytes(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
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
    op.create_index("ix_webhook_events_dialled", "webhook_events", ["status", "dialled"], unique=False)
    op.create_index("ix_webhook_events_status_due", "webhook_events", ["status", "due_at", "id"], unique=False)
    op.create_index("ix_webhook_events_status_received", "webhook_events", ["status", "received_at"], unique=False)
    op.create_table(
        "agents",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=True),
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("provider_agent_id", column_types.AsciiString(128), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_agents_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_agents_company_id_id")),
    )
    op.create_table(
        "api_keys",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prefix", column_types.AsciiString(16), nullable=False),
        sa.Column("key_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("scopes", column_types.Json, nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("last_used_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_api_keys_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index("ix_api_keys_company", "api_keys", ["company_id"], unique=False)
    op.create_table(
        "branches",
        sa.Column("slug", column_types.AsciiString(64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("street", sa.String(length=160), nullable=True),
        sa.Column("postcode", sa.String(length=16), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("state", column_types.AsciiString(8), nullable=True),
        sa.Column("zone", column_types.AsciiString(64), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_branches_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_branches_company_id_id")),
        sa.UniqueConstraint("company_id", "slug", name=op.f("uq_branches_company_id_slug")),
    )
    op.create_table(
        "connections",
        sa.Column("provider", column_types.AsciiString(32), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("api_key", column_types.EncryptedString(), nullable=True),
        sa.Column("webhook_secret", column_types.EncryptedString(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_connections_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_connections_company_id_id")),
    )
    op.create_index("ix_connections_company_provider", "connections", ["company_id", "provider"], unique=False)
    op.create_table(
        "customers",
        sa.Column("name", sa.String(length=160), nullable=True),
        sa.Column("language", column_types.AsciiString(8), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("last_call_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customers_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_customers_company_id_id")),
    )
    op.create_index("ix_customers_company_name", "customers", ["company_id", "name"], unique=False)
    op.create_table(
        "live_events",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", column_types.UtcDateTime(), nullable=False),
        sa.Column("name", column_types.AsciiString(32), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=True),
        sa.Column("data", column_types.Json, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_live_events_company_id")),
        sa.PrimaryKeyConstraint("company_id", "seq", name=op.f("pk_live_events")),
    )
    op.create_index("ix_live_events_at", "live_events", ["at"], unique=False)
    op.create_table(
        "users",
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("email", column_types.AsciiString(190), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", column_types.AsciiString(16), nullable=False),
        sa.Column("password_hash", column_types.AsciiString(255), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("theme", column_types.AsciiString(8), nullable=False),
        sa.Column("signed_in_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_users_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_index("ix_users_company", "users", ["company_id", "email"], unique=False)
    op.create_table(
        "customer_identities",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("kind", column_types.AsciiString(16), nullable=False),
        sa.Column("value", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers.company_id", "customers.id"],
            name=op.f("fk_customer_identities_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_customer_identities_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_identities")),
    )
    op.create_index("ix_customer_identities_customer", "customer_identities", ["company_id", "customer_id"], unique=False)
    op.create_index("uq_customer_identities_value", "customer_identities", ["company_id", "kind", "value", "customer_id"], unique=True)
    op.create_table(
        "phone_numbers",
        sa.Column("e164", column_types.AsciiString(20), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("agent_id", column_types.AsciiString(26), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("valid_from", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "agent_id"], ["agents.company_id", "agents.id"], name=op.f("fk_phone_numbers_company_id_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_phone_numbers_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_phone_numbers_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_numbers")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_phone_numbers_company_id_id")),
        sa.UniqueConstraint("e164", name=op.f("uq_phone_numbers_e164")),
    )
    op.create_index("ix_phone_numbers_company_branch", "phone_numbers", ["company_id", "branch_id"], unique=False)
    op.create_table(
        "user_branches",
        sa.Column("user_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_user_branches_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_branches_user_id")),
        sa.PrimaryKeyConstraint("user_id", "branch_id", name=op.f("pk_user_branches")),
    )
    op.create_table(
        "web_sessions",
        sa.Column("id_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("user_id", column_types.AsciiString(26), nullable=True),
        sa.Column("data", column_types.EncryptedString(), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("seen_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_web_sessions_user_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_web_sessions")),
    )
    op.create_index("ix_web_sessions_seen", "web_sessions", ["seen_at"], unique=False)
    op.create_index("ix_web_sessions_user", "web_sessions", ["user_id"], unique=False)
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
        sa.Column("disconnection", column_types.AsciiString(16), nullable=True),
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
        sa.Column("was_transferred", sa.Boolean(), nullable=False),
        sa.Column("transfer_destination", sa.String(length=128), nullable=True),
        sa.Column("cost_cents", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("recording_url", column_types.EncryptedString(), nullable=True),
        sa.Column("match", column_types.Json, nullable=True),
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
        "call_events",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", column_types.AsciiString(32), nullable=False),
        sa.Column("at", column_types.UtcDateTime(), nullable=False),
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
        "call_texts",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("text", column_types.LongText, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_call_texts_company_id_call_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_texts_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_texts")),
    )
    op.create_index("uq_call_texts_call", "call_texts", ["company_id", "call_id"], unique=True)
    op.create_table(
        "tasks",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
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
        sa.Column("result", column_types.Json, nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("after_position", sa.Integer(), nullable=False),
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
    make_call_search()


def downgrade() -> None:
    drop_call_search()
    op.drop_table("turns")
    op.drop_table("tool_calls")
    op.drop_table("tasks")
    op.drop_table("call_texts")
    op.drop_table("call_events")
    op.drop_table("calls")
    op.drop_table("web_sessions")
    op.drop_table("user_branches")
    op.drop_table("phone_numbers")
    op.drop_table("customer_identities")
    op.drop_table("users")
    op.drop_table("live_events")
    op.drop_table("customers")
    op.drop_table("connections")
    op.drop_table("branches")
    op.drop_table("api_keys")
    op.drop_table("agents")
    op.drop_table("webhook_events")
    op.drop_table("schedule")
    op.drop_table("live_cursors")
    op.drop_table("feature_flags")
    op.drop_table("companies")
    op.drop_table("audit_entries")


FTS_TRIGGERS = {
    "call_texts_ai": "AFTER INSERT ON call_texts BEGIN {add} END",
    "call_texts_ad": "AFTER DELETE ON call_texts BEGIN {remove} END",
    "call_texts_au": "AFTER UPDATE OF text ON call_texts BEGIN {remove} {add} END",
}
FTS_ADD = "INSERT INTO call_texts_fts(rowid, text) VALUES (new.id, new.text);"
FTS_REMOVE = "INSERT INTO call_texts_fts(call_texts_fts, rowid, text) VALUES ('delete', old.id, old.text);"


def make_call_search() -> None:
    """FULLTEXT on MariaDB; on SQLite an FTS5 index beside the table, kept by triggers."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("CREATE FULLTEXT INDEX ft_call_texts_text ON call_texts (text)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE call_texts_fts USING fts5(text, content='call_texts', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    for name, trigger in FTS_TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} " + trigger.format(add=FTS_ADD, remove=FTS_REMOVE))


def drop_call_search() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in FTS_TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE call_texts_fts")
