"""Consents to marketing messages as evidence, links to withdraw them, and the rules of such messages."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "marketing_consents",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("address", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("answer", column_types.AsciiString(16), nullable=False),
        sa.Column("source", column_types.AsciiString(16), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("wording_version", column_types.AsciiString(16), nullable=True),
        sa.Column("obtained", sa.String(length=250), nullable=True),
        sa.Column("author_id", column_types.AsciiString(26), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("answer IN ('given', 'withdrawn')", name=op.f("ck_marketing_consents_answer")),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"],
            name=op.f("fk_marketing_consents_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_marketing_consents_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_consents")),
    )  # fmt: skip
    op.create_index("ix_marketing_consents_customer", "marketing_consents", ["company_id", "customer_id", "channel", "address"])
    op.create_index("ix_marketing_consents_address", "marketing_consents", ["company_id", "channel", "address"])
    op.create_table(
        "withdrawal_links",
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("address", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_withdrawal_links_company_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_withdrawal_links")),
    )
    op.create_table(
        "marketing_rules",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("scope", column_types.AsciiString(32), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=True),
        sa.Column("delay", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("delay >= 0", name=op.f("ck_marketing_rules_delay")),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"], ["services.company_id", "services.id"],
            name=op.f("fk_marketing_rules_company_id_service_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_marketing_rules_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_rules")),
        sa.UniqueConstraint("company_id", "kind", "scope", name=op.f("uq_marketing_rules_company_id_kind_scope")),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("marketing_rules", "withdrawal_links", "marketing_consents"):
        op.drop_table(table)
