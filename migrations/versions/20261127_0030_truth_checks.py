"""What came of laying the agent's words in a call beside what is so."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0030"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "truth_checks",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("verdict", column_types.AsciiString(16), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("findings", column_types.Json, nullable=False),
        sa.Column("checked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("resolved_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("task_id", column_types.AsciiString(26), nullable=True),
        sa.Column("ended_by_us", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_truth_checks_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_truth_checks_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "task_id"], ["tasks.company_id", "tasks.id"], name=op.f("fk_truth_checks_company_id_task_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_truth_checks_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_truth_checks")),
    )
    op.create_index("uq_truth_checks_call", "truth_checks", ["company_id", "call_id"], unique=True)
    op.create_index("ix_truth_checks_company_time", "truth_checks", ["company_id", "started_at", "verdict"], unique=False)
    op.create_index("ix_truth_checks_company_verdict", "truth_checks", ["company_id", "verdict", "started_at"], unique=False)
    op.create_index("ix_truth_checks_due", "truth_checks", ["due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("truth_checks")
