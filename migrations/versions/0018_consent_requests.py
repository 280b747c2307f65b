"""Boxes ticked on public pages, which are no consent until they are confirmed."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "consent_requests",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("address", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", column_types.AsciiString(16), nullable=False),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("consent_id", column_types.BigId, nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"],
            name=op.f("fk_consent_requests_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_consent_requests_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_requests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_consent_requests_token_hash")),
    )  # fmt: skip
    op.create_index("ix_consent_requests_address", "consent_requests", ["company_id", "channel", "address", "created_at"])
    op.create_index("ix_consent_requests_created", "consent_requests", ["created_at"])


def downgrade() -> None:
    op.drop_table("consent_requests")
