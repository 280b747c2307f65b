"""What time messages and notices spoke of, and how messages were answered."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0021"
down_revision = "0020"

# of messages that were written before their appointment was moved it is not known any more
FILL_STARTS = """
UPDATE notifications SET appointment_at = (
    SELECT starts_at FROM bookings
    WHERE bookings.company_id = notifications.company_id AND bookings.id = SUBSTR(notifications.subject, 9)
)
WHERE subject LIKE 'booking:%' AND NOT EXISTS (
    SELECT 1 FROM booking_changes
    WHERE booking_changes.company_id = notifications.company_id AND booking_changes.booking_id = SUBSTR(notifications.subject, 9)
    AND booking_changes.action = 'moved' AND booking_changes.occurred_at > notifications.created_at
)
"""


def upgrade() -> None:
    op.add_column("notifications", sa.Column("appointment_at", column_types.UtcDateTime(), nullable=True))
    op.add_column("notifications", sa.Column("answer", column_types.AsciiString(16), nullable=True))
    op.add_column("staff_notices", sa.Column("appointment_at", column_types.UtcDateTime(), nullable=True))
    op.execute(FILL_STARTS)


def downgrade() -> None:
    op.drop_column("staff_notices", "appointment_at")
    op.drop_column("notifications", "answer")
    op.drop_column("notifications", "appointment_at")
