"""Agents in versions, and how each of them stands at its voice provider."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0020"
down_revision = "20261127_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_versions",
        sa.Column("agent_id", column_types.AsciiString(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("standing", column_types.AsciiString(16), nullable=True),
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
        sa.CheckConstraint("standing IN ('draft', 'published')", name=op.f("ck_agent_versions_standing")),
        sa.ForeignKeyConstraint(
            ["company_id", "agent_id"], ["agents.company_id", "agents.id"], name=op.f("fk_agent_versions_company_id_agent_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_agent_versions_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_versions")),
        sa.UniqueConstraint("company_id", "agent_id", "number", name=op.f("uq_agent_versions_company_id_agent_id_number")),
        sa.UniqueConstraint("company_id", "agent_id", "standing", name=op.f("uq_agent_versions_company_id_agent_id_standing")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_agent_versions_company_id_id")),
    )
    op.create_table(
        "registrations",
        sa.Column("agent_id", column_types.AsciiString(26), nullable=False),
        sa.Column("state", column_types.AsciiString(16), nullable=False),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("account", column_types.AsciiString(32), nullable=True),
        sa.Column("agent_ref", column_types.AsciiString(128), nullable=True),
        sa.Column("agent_version", sa.Integer(), nullable=True),
        sa.Column("brain_ref", column_types.AsciiString(128), nullable=True),
        sa.Column("brain_version", sa.Integer(), nullable=True),
        sa.Column("wish", sa.Integer(), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("checked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("findings", column_types.Json, nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'right', 'drift', 'failed', 'no_key')", name=op.f("ck_registrations_state")),
        sa.ForeignKeyConstraint(
            ["company_id", "agent_id"], ["agents.company_id", "agents.id"], name=op.f("fk_registrations_company_id_agent_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_registrations_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("company_id", "agent_id", name=op.f("uq_registrations_company_id_agent_id")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_registrations_company_id_id")),
    )
    op.create_index("ix_registrations_due", "registrations", ["state", "due_at"], unique=False)
    op.create_table(
        "registration_steps",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("registration_id", column_types.AsciiString(26), nullable=False),
        sa.Column("name", column_types.AsciiString(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", column_types.AsciiString(16), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("done_at", column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "registration_id"],
            ["registrations.company_id", "registrations.id"],
            name=op.f("fk_registration_steps_company_id_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_registration_steps_company_id")),
        sa.PrimaryKeyConstraint("company_id", "registration_id", "name", name=op.f("pk_registration_steps")),
    )


def downgrade() -> None:
    op.drop_table("registration_steps")
    op.drop_index("ix_registrations_due", table_name="registrations")
    op.drop_table("registrations")
    op.drop_table("agent_versions")
