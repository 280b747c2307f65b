"""Companies: the trade is called industry, and a practice a medical one, since there are others."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0100"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("companies", "trade", new_column_name="industry", existing_type=column_types.AsciiString(32), existing_nullable=False)
    _rename("practice", "medical_practice")


def downgrade() -> None:
    _rename("medical_practice", "practice")
    op.alter_column("companies", "industry", new_column_name="trade", existing_type=column_types.AsciiString(32), existing_nullable=False)


def _rename(before: str, after: str) -> None:
    companies = sa.table("companies", sa.column("industry"))
    op.execute(sa.update(companies).where(companies.c.industry == before).values(industry=after))
