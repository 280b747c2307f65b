"""Own texts of messages, in versions, by company, branch and service."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "message_template_versions",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("name", column_types.AsciiString(32), nullable=False),
        sa.Column("language", column_types.AsciiString(8), nullable=False),
        sa.Column("scope", column_types.AsciiString(64), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("service_id", column_types.AsciiString(26), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("author_id", column_types.AsciiString(26), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["company_id", f"{noun}_id"], [f"{table}.company_id", f"{table}.id"],
                name=op.f(f"fk_message_template_versions_company_id_{noun}_id"), ondelete="CASCADE",
            )
            for noun, table in (("branch", "branches"), ("service", "services"))
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_message_template_versions_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template_versions")),
        sa.UniqueConstraint("company_id", "name", "language", "scope", "version", name=op.f("uq_message_template_versions_version")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("message_template_versions")
