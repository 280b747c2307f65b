"""Invitations, whether staff see the appointments of all, and links of accounts to people that only the mail address told so far."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0026"
down_revision = "0025"
TABLE = "invitations"
users = sa.table("users", sa.column("id"), sa.column("company_id"), sa.column("email"))
staff = sa.table(
    "staff_members", sa.column("id"), sa.column("company_id"), sa.column("user_id"), sa.column("email"), sa.column("is_active")
)  # fmt: skip


def upgrade() -> None:
    op.add_column("companies", sa.Column("staff_see_all_bookings", sa.Boolean(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        TABLE,
        sa.Column("email", column_types.AsciiString(190), nullable=False),
        sa.Column("name", sa.String(120), nullable=True),
        sa.Column("role", column_types.AsciiString(16), nullable=False),
        sa.Column("branch_ids", column_types.Json, nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("invited_by", column_types.AsciiString(26), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"], ["staff_members.company_id", "staff_members.id"], name=op.f(f"fk_{TABLE}_company_id_staff_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f(f"fk_{TABLE}_company_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f(f"fk_{TABLE}_invited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("company_id", "email", name=op.f(f"uq_{TABLE}_company_id_email")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{TABLE}_token_hash")),
    )
    _link_by_address()


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("companies", "staff_see_all_bookings")


def _link_by_address() -> None:
    """Store what was told by the same mail address so far."""
    connection = op.get_bind()
    linked = set(connection.scalars(sa.select(staff.c.user_id).where(staff.c.user_id.is_not(None))))
    accounts = {
        (row.company_id, row.email): row.id
        for row in connection.execute(sa.select(users.c.id, users.c.company_id, users.c.email).where(users.c.company_id.is_not(None)))
        if row.id not in linked
    }
    people = sa.select(staff.c.id, staff.c.company_id, staff.c.email)
    people = people.where(staff.c.is_active, staff.c.user_id.is_(None), staff.c.email.is_not(None))
    for row in connection.execute(people.order_by(staff.c.id)).all():
        if user_id := accounts.pop((row.company_id, row.email.lower()), None):
            connection.execute(sa.update(staff).where(staff.c.id == row.id).values(user_id=user_id))
