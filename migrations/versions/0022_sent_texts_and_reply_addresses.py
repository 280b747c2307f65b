"""The text of sent messages without its links, the link that a message carried, and where answers to mails go."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("notifications", sa.Column("sent_text", column_types.EncryptedString(), nullable=True))
    op.add_column("notifications", sa.Column("link_hash", column_types.AsciiString(64), nullable=True))
    op.add_column("companies", sa.Column("reply_email", sa.String(190), nullable=True))
    op.add_column("branches", sa.Column("reply_email", sa.String(190), nullable=True))


def downgrade() -> None:
    op.drop_column("branches", "reply_email")
    op.drop_column("companies", "reply_email")
    op.drop_column("notifications", "link_hash")
    op.drop_column("notifications", "sent_text")
