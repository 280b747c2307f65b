"""Names as searches compare them, and whether callers must leave a contact."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types
from app.core.cologne_phonetics import index_sounds
from app.core.search_words import index_words

revision = "0007"
down_revision = "0006"
BATCH_SIZE = 1000


def upgrade() -> None:
    op.add_column("policies", sa.Column("contact_required", sa.Boolean(), nullable=True))
    op.add_column("customers", sa.Column("name_words", column_types.CaseSensitiveString(400), nullable=True))
    op.add_column("customers", sa.Column("name_sounds", column_types.AsciiString(400), nullable=True))
    _index_names()


def downgrade() -> None:
    op.drop_column("customers", "name_sounds")
    op.drop_column("customers", "name_words")
    op.drop_column("policies", "contact_required")


def _index_names() -> None:
    """Fill the new columns of the customers that are there already."""
    connection = op.get_bind()
    customers = sa.table("customers", *(sa.column(name, sa.String) for name in ("id", "name", "name_words", "name_sounds")))
    rows = sa.select(customers.c.id, customers.c.name).where(customers.c.name.is_not(None)).order_by(customers.c.id).limit(BATCH_SIZE)
    change = sa.update(customers).where(customers.c.id == sa.bindparam("row"))
    last = ""
    while batch := connection.execute(rows.where(customers.c.id > last)).all():
        last = batch[-1].id
        values = [{"row": row.id, "name_words": index_words(row.name), "name_sounds": index_sounds(row.name)} for row in batch]
        connection.execute(change, values)
