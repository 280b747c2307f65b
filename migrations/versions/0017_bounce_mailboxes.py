"""How far the mailbox of undeliverable mails has been read."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "bounce_mailboxes",
        sa.Column("address_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_bounce_mailboxes")),
    )


def downgrade() -> None:
    op.drop_table("bounce_mailboxes")
