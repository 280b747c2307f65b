"""Rules of messages after calls, and what callers were told about when they are called back."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0011"
down_revision = "0010"
RULES = ("missed_call_texts", "callback_texts", "call_tasks")


def upgrade() -> None:
    for name in RULES:
        op.add_column("message_policies", sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column("tasks", sa.Column("due_kind", column_types.AsciiString(8), nullable=True))
    op.add_column("tasks", sa.Column("due_until", column_types.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("tasks", "due_until")
    op.drop_column("tasks", "due_kind")
    for name in reversed(RULES):
        op.drop_column("message_policies", name)
