"""Companies, who signs in, their telephone numbers and agents."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("occurred_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=True),
        sa.Column("user_id", column_types.AsciiString(26), nullable=True),
        sa.Column("action", column_types.AsciiString(64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("data", column_types.Json, nullable=True),
        sa.Column("request_id", column_types.AsciiString(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_occurred", "audit_entries", ["occurred_at"], unique=False)
    op.create_index("ix_audit_entries_company", "audit_entries", ["company_id", "occurred_at"], unique=False)
    op.create_table(
        "browser_reports",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("fingerprint", column_types.AsciiString(64), nullable=False),
        sa.Column("kind", column_types.CaseSensitiveString(32), nullable=False),
        sa.Column("page", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("rule", column_types.CaseSensitiveString(64), nullable=False),
        sa.Column("blocked", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("first_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("last_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_reports")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_browser_reports_fingerprint")),
    )
    op.create_index("ix_browser_reports_last", "browser_reports", ["last_at"], unique=False)
    op.create_table(
        "companies",
        sa.Column("slug", column_types.AsciiString(64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("industry", column_types.AsciiString(32), nullable=False),
        sa.Column("country", column_types.AsciiString(2), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("timezone", column_types.AsciiString(64), nullable=False),
        sa.Column("state", column_types.AsciiString(8), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("caller_rights", column_types.Json, nullable=True),
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
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_flags")),
        sa.UniqueConstraint("name", "company_id", name=op.f("uq_feature_flags_name_company_id")),
    )
    op.create_table(
        "scheduled_tasks",
        sa.Column("name", column_types.AsciiString(64), nullable=False),
        sa.Column("next_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("locked_until", column_types.UtcDateTime(), nullable=True),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("result", column_types.AsciiString(16), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_tasks")),
    )
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
        sa.Column("timezone", column_types.AsciiString(64), nullable=False),
        sa.Column("forward_number", column_types.AsciiString(20), nullable=True),
        sa.Column("emergency_phrases", column_types.Json, nullable=True),
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
        sa.Column("state", column_types.AsciiString(16), server_default="unchecked", nullable=False),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("details", column_types.Json, nullable=True),
        sa.Column("check_requested_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("checked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("last_success_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_connections_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_connections_company_id_id")),
    )
    op.create_index("ix_connections_company_provider", "connections", ["company_id", "provider"], unique=False)
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
        "agent_deployments",
        sa.Column("agent_id", column_types.AsciiString(26), nullable=False),
        sa.Column("account", column_types.AsciiString(32), nullable=True),
        sa.Column("agent_ref", column_types.AsciiString(128), nullable=True),
        sa.Column("agent_version", sa.Integer(), nullable=True),
        sa.Column("llm_ref", column_types.AsciiString(128), nullable=True),
        sa.Column("llm_version", sa.Integer(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("checked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("findings", column_types.Json, nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.CheckConstraint("status IN ('pending', 'right', 'drift', 'failed', 'no_key')", name=op.f("ck_agent_deployments_status")),
        sa.ForeignKeyConstraint(
            ["company_id", "agent_id"], ["agents.company_id", "agents.id"], name=op.f("fk_agent_deployments_company_id_agent_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_agent_deployments_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_deployments")),
        sa.UniqueConstraint("company_id", "agent_id", name=op.f("uq_agent_deployments_company_id_agent_id")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_agent_deployments_company_id_id")),
    )
    op.create_index("ix_agent_deployments_due", "agent_deployments", ["status", "due_at"], unique=False)
    op.create_table(
        "agent_versions",
        sa.Column("agent_id", column_types.AsciiString(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=True),
        sa.Column("content", column_types.Json, nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("saved_by", column_types.AsciiString(26), nullable=True),
        sa.Column("published_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("published_by", column_types.AsciiString(26), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'published')", name=op.f("ck_agent_versions_status")),
        sa.ForeignKeyConstraint(
            ["company_id", "agent_id"], ["agents.company_id", "agents.id"], name=op.f("fk_agent_versions_company_id_agent_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_agent_versions_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_versions")),
        sa.UniqueConstraint("company_id", "agent_id", "number", name=op.f("uq_agent_versions_company_id_agent_id_number")),
        sa.UniqueConstraint("company_id", "agent_id", "status", name=op.f("uq_agent_versions_company_id_agent_id_status")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_agent_versions_company_id_id")),
    )
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
        "agent_deployment_steps",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("deployment_id", column_types.AsciiString(26), nullable=False),
        sa.Column("name", column_types.AsciiString(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("done_at", column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "deployment_id"],
            ["agent_deployments.company_id", "agent_deployments.id"],
            name=op.f("fk_agent_deployment_steps_company_id_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_agent_deployment_steps_company_id")),
        sa.PrimaryKeyConstraint("company_id", "deployment_id", "name", name=op.f("pk_agent_deployment_steps")),
    )


def downgrade() -> None:
    op.drop_table("agent_deployment_steps")
    op.drop_table("web_sessions")
    op.drop_table("user_branches")
    op.drop_table("phone_numbers")
    op.drop_table("agent_versions")
    op.drop_table("agent_deployments")
    op.drop_table("users")
    op.drop_table("connections")
    op.drop_table("branches")
    op.drop_table("api_keys")
    op.drop_table("agents")
    op.drop_table("scheduled_tasks")
    op.drop_table("feature_flags")
    op.drop_table("companies")
    op.drop_table("browser_reports")
    op.drop_table("audit_entries")
