"""How many calls of which outcome on a day of a branch, from the hours that are counted."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0050"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_days",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", column_types.AsciiString(16), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_call_days_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_call_days_company_id")),
        sa.PrimaryKeyConstraint("company_id", "branch_id", "day", "outcome", name=op.f("pk_call_days")),
    )
    op.execute(
        "INSERT INTO call_days (company_id, branch_id, day, outcome, calls, seconds)"
        " SELECT company_id, branch_id, day, outcome, sum(calls), sum(seconds) FROM call_hours GROUP BY company_id, branch_id, day, outcome"
    )


def downgrade() -> None:
    op.drop_table("call_days")
