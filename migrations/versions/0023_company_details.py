"""What a company says of itself in its imprint, and its logo."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0023"
down_revision = "0022"
LOGOS = "company_logos"


def upgrade() -> None:
    op.add_column("companies", sa.Column("legal_notice", column_types.Json, nullable=True))
    op.create_table(
        LOGOS,
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("digest", column_types.AsciiString(64), nullable=False),
        sa.Column("content_type", column_types.AsciiString(16), nullable=False),
        sa.Column("content", column_types.Blob, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_company_logos_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_logos")),
        sa.UniqueConstraint("company_id", name=op.f("uq_company_logos_company_id")),
    )


def downgrade() -> None:
    op.drop_table(LOGOS)
    op.drop_column("companies", "legal_notice")
