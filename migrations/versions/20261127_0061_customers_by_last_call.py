"""Customers by their last call: the order of their list."""

from alembic import op

revision = "0061"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_customers_last_call", "customers", ["company_id", "last_call_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_customers_last_call", table_name="customers")
