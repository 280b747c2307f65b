"""SQLite finds the beginning of a name, whatever its capitals, by an index that takes no notice of them either."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index_again("name COLLATE NOCASE")


def downgrade() -> None:
    _index_again("name")


def _index_again(name: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP INDEX ix_customers_company_name")
        op.execute(f"CREATE INDEX ix_customers_company_name ON customers (company_id, {name})")
