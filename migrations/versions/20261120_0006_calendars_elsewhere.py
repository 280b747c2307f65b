"""Calendars elsewhere: what is which event type there, how each booking stands there, comparisons; and feeds for calendar programs."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_comparisons",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("since", column_types.UtcDateTime(), nullable=True),
        sa.Column("result", column_types.AsciiString(16), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("drift", column_types.Json, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_calendar_comparisons_company_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_calendar_comparisons_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_comparisons")),
    )
    op.create_index("ix_calendar_comparisons_connection", "calendar_comparisons", ["company_id", "connection_id", "id"], unique=False)
    op.create_table(
        "calendar_feeds",
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_calendar_feeds_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_calendar_feeds_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_calendar_feeds_company_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_calendar_feeds")),
    )
    op.create_index("ix_calendar_feeds_branch", "calendar_feeds", ["company_id", "branch_id"], unique=False)
    op.create_index("ix_calendar_feeds_staff", "calendar_feeds", ["company_id", "staff_id"], unique=False)
    op.create_table(
        "calendar_mappings",
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("event_type", column_types.CaseSensitiveString(64), nullable=False),
        sa.Column("host", column_types.CaseSensitiveString(190), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("contact_email", column_types.CaseSensitiveString(190), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_calendar_mappings_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_calendar_mappings_company_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"],
            ["services.company_id", "services.id"],
            name=op.f("fk_calendar_mappings_company_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_calendar_mappings_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_calendar_mappings_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_mappings")),
        sa.UniqueConstraint(
            "company_id", "connection_id", "event_type", "host", name=op.f("uq_calendar_mappings_company_id_connection_id_event_type_host")
        ),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_calendar_mappings_company_id_id")),
    )
    op.create_index("ix_calendar_mappings_service", "calendar_mappings", ["company_id", "connection_id", "service_id"], unique=False)
    op.create_table(
        "booking_syncs",
        sa.Column("booking_id", column_types.AsciiString(26), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("state", column_types.AsciiString(16), nullable=False),
        sa.Column("action", column_types.AsciiString(8), nullable=False),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("event_type", column_types.CaseSensitiveString(64), nullable=True),
        sa.Column("uid", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("synced_version", sa.Integer(), nullable=True),
        sa.Column("synced_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("sent_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("status_before", column_types.AsciiString(16), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "booking_id"], ["bookings.company_id", "bookings.id"], name=op.f("fk_booking_syncs_company_id_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_booking_syncs_company_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_booking_syncs_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_syncs")),
        sa.UniqueConstraint("company_id", "booking_id", name=op.f("uq_booking_syncs_company_id_booking_id")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_booking_syncs_company_id_id")),
    )
    op.create_index("ix_booking_syncs_company_state", "booking_syncs", ["company_id", "connection_id", "state", "due_at"], unique=False)
    op.create_index("ix_booking_syncs_due", "booking_syncs", ["state", "due_at"], unique=False)
    op.create_table(
        "calendar_uids",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("uid", column_types.CaseSensitiveString(128), nullable=False),
        sa.Column("sync_id", column_types.AsciiString(26), nullable=True),
        sa.Column("state", column_types.AsciiString(16), nullable=False),
        sa.Column("successor", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("news_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_calendar_uids_company_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "sync_id"], ["booking_syncs.company_id", "booking_syncs.id"], name=op.f("fk_calendar_uids_company_id_sync_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_calendar_uids_company_id")),
        sa.PrimaryKeyConstraint("company_id", "connection_id", "uid", name=op.f("pk_calendar_uids")),
    )
    op.create_index("ix_calendar_uids_state", "calendar_uids", ["company_id", "connection_id", "state"], unique=False)
    op.create_index("ix_calendar_uids_sync", "calendar_uids", ["company_id", "sync_id"], unique=False)


def downgrade() -> None:
    for table in ("calendar_uids", "booking_syncs", "calendar_mappings", "calendar_feeds", "calendar_comparisons"):
        op.drop_table(table)
