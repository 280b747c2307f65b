"""Indexes for planning marketing by the end of a visit, and for deleting old links."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index("ix_bookings_company_ends", "bookings", ["company_id", "ends_at"])
    op.create_index("ix_withdrawal_links_created", "withdrawal_links", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_withdrawal_links_created", "withdrawal_links")
    op.drop_index("ix_bookings_company_ends", "bookings")
