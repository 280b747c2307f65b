"""Who is calling: contact details of one booking, days that functions told, links to one's own appointments."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0110"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("bookings", "waitlist_entries"):
        op.add_column(table, sa.Column("contact_phone", column_types.CaseSensitiveString(20), nullable=True))
        op.add_column(table, sa.Column("contact_email", column_types.CaseSensitiveString(190), nullable=True))
    for kind in ("phone", "email"):
        op.create_index(f"ix_bookings_company_contact_{kind}", "bookings", ["company_id", f"contact_{kind}"])
    op.add_column("tool_calls", sa.Column("told_days", column_types.Json, nullable=True))
    op.create_table(
        "identity_links",
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("sent_to", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_identity_links_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_identity_links_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_identity_links_company_id_customer_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_identity_links")),
    )
    op.create_index("ix_identity_links_call", "identity_links", ["company_id", "call_id"])
    op.create_index("ix_identity_links_customer", "identity_links", ["company_id", "customer_id"])
    op.create_index("ix_identity_links_sent", "identity_links", ["company_id", "created_at"])
    op.create_index("ix_one_time_codes_sent", "one_time_codes", ["company_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_one_time_codes_sent", table_name="one_time_codes")
    op.drop_table("identity_links")
    op.drop_column("tool_calls", "told_days")
    for kind in ("email", "phone"):
        op.drop_index(f"ix_bookings_company_contact_{kind}", table_name="bookings")
    for table in ("waitlist_entries", "bookings"):
        op.drop_column(table, "contact_email")
        op.drop_column(table, "contact_phone")
