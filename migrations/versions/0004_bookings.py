"""Holds, bookings, their external calendars, the waiting list and messages."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("kind", column_types.AsciiString(32), nullable=False),
        sa.Column("subject", column_types.AsciiString(64), nullable=False),
        sa.Column("idempotency_key", column_types.AsciiString(96), nullable=False),
        sa.Column("channel", column_types.AsciiString(8), nullable=False),
        sa.Column("recipient", column_types.EncryptedString(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=True),
        sa.Column("body", column_types.EncryptedString(), nullable=True),
        sa.Column("first_sent_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("provider_ref", column_types.CaseSensitiveString(120), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("order_key", column_types.AsciiString(64), nullable=True),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_notifications_attempts")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_notifications_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_notifications_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_notifications_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_notifications_company_id_id")),
        sa.UniqueConstraint("company_id", "idempotency_key", name=op.f("uq_notifications_company_id_idempotency_key")),
    )
    op.create_index("ix_notifications_company_subject", "notifications", ["company_id", "subject"], unique=False)
    op.create_index("ix_notifications_customer", "notifications", ["company_id", "customer_id"], unique=False)
    op.create_index("ix_notifications_due", "notifications", ["status", "due_at"], unique=False)
    op.create_index("ix_notifications_order", "notifications", ["company_id", "order_key", "status"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=False),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("starts_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("timezone", column_types.AsciiString(64), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("session_id", column_types.AsciiString(26), nullable=True),
        sa.Column("visit_id", column_types.AsciiString(26), nullable=True),
        sa.Column("series_id", column_types.AsciiString(26), nullable=True),
        sa.Column("source", column_types.AsciiString(16), nullable=False),
        sa.Column("source_ref", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("idempotency_key", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("contact_phone", column_types.CaseSensitiveString(20), nullable=True),
        sa.Column("contact_email", column_types.CaseSensitiveString(190), nullable=True),
        sa.Column("cancelled_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_bookings_stretch")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_bookings_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_bookings_company_id_call_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_bookings_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"], ["services.company_id", "services.id"], name=op.f("fk_bookings_company_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "session_id"], ["group_sessions.company_id", "group_sessions.id"], name=op.f("fk_bookings_company_id_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"], ["staff_members.company_id", "staff_members.id"], name=op.f("fk_bookings_company_id_staff_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_bookings_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_bookings_company_id_id")),
        sa.UniqueConstraint("company_id", "idempotency_key", name=op.f("uq_bookings_company_id_idempotency_key")),
        sa.UniqueConstraint("company_id", "source_ref", name=op.f("uq_bookings_company_id_source_ref")),
    )
    op.create_index("ix_bookings_company_branch_time", "bookings", ["company_id", "branch_id", "starts_at"], unique=False)
    op.create_index("ix_bookings_company_call", "bookings", ["company_id", "call_id"], unique=False)
    op.create_index("ix_bookings_company_contact_email", "bookings", ["company_id", "contact_email"], unique=False)
    op.create_index("ix_bookings_company_contact_phone", "bookings", ["company_id", "contact_phone"], unique=False)
    op.create_index("ix_bookings_company_customer", "bookings", ["company_id", "customer_id", "starts_at"], unique=False)
    op.create_index("ix_bookings_company_series", "bookings", ["company_id", "series_id", "starts_at"], unique=False)
    op.create_index("ix_bookings_company_session", "bookings", ["company_id", "session_id"], unique=False)
    op.create_index("ix_bookings_company_staff_time", "bookings", ["company_id", "staff_id", "starts_at"], unique=False)
    op.create_index("ix_bookings_company_status_time", "bookings", ["company_id", "status", "starts_at"], unique=False)
    op.create_index("ix_bookings_company_time", "bookings", ["company_id", "starts_at", "id"], unique=False)
    op.create_index("ix_bookings_company_visit", "bookings", ["company_id", "visit_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=False),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("parts", column_types.Json, nullable=False),
        sa.Column("starts_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("timezone", column_types.AsciiString(64), nullable=False),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_holds_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_holds_company_id_call_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"], ["services.company_id", "services.id"], name=op.f("fk_holds_company_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"], ["staff_members.company_id", "staff_members.id"], name=op.f("fk_holds_company_id_staff_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_holds_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_holds_company_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_holds_token_hash")),
    )
    op.create_index("ix_holds_call", "holds", ["company_id", "call_id"], unique=False)
    op.create_index("ix_holds_company_status", "holds", ["company_id", "status", "expires_at"], unique=False)
    op.create_index("ix_holds_status_expiry", "holds", ["status", "expires_at"], unique=False)
    op.create_table(
        "unmet_demands",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("service_id", column_types.AsciiString(26), nullable=True),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("customer_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("requested_text", sa.String(length=200), nullable=True),
        sa.Column("requested_from", column_types.UtcDateTime(), nullable=True),
        sa.Column("requested_until", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(24), nullable=False),
        sa.Column("source_ref", column_types.AsciiString(128), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_unmet_demands_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_unmet_demands_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_unmet_demands_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"], ["services.company_id", "services.id"], name=op.f("fk_unmet_demands_company_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"], ["staff_members.company_id", "staff_members.id"], name=op.f("fk_unmet_demands_company_id_staff_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_unmet_demands_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_demands")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_unmet_demands_company_id_id")),
    )
    op.create_index("ix_unmet_demands_company_time", "unmet_demands", ["company_id", "created_at"], unique=False)
    op.create_index("uq_unmet_demands_source", "unmet_demands", ["company_id", "source_ref"], unique=True)
    op.create_table(
        "waitlist_entries",
        sa.Column("customer_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("call_id", column_types.AsciiString(26), nullable=True),
        sa.Column("window_from", column_types.UtcDateTime(), nullable=False),
        sa.Column("window_until", column_types.UtcDateTime(), nullable=False),
        sa.Column("day_from", sa.SmallInteger(), nullable=False),
        sa.Column("day_until", sa.SmallInteger(), nullable=False),
        sa.Column("contact_phone", column_types.CaseSensitiveString(20), nullable=True),
        sa.Column("contact_email", column_types.CaseSensitiveString(190), nullable=True),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("window_until > window_from", name=op.f("ck_waitlist_entries_window")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_waitlist_entries_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"], ["calls.company_id", "calls.id"], name=op.f("fk_waitlist_entries_company_id_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"], ["customers.company_id", "customers.id"], name=op.f("fk_waitlist_entries_company_id_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"], ["services.company_id", "services.id"], name=op.f("fk_waitlist_entries_company_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_waitlist_entries_company_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_waitlist_entries_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entries")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_waitlist_entries_company_id_id")),
    )
    op.create_index("ix_waitlist_entries_match", "waitlist_entries", ["company_id", "status", "service_id", "created_at"], unique=False)
    op.create_table(
        "booking_changes",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=False),
        sa.Column("occurred_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("action", column_types.AsciiString(16), nullable=False),
        sa.Column("actor_type", column_types.AsciiString(16), nullable=False),
        sa.Column("actor_id", column_types.CaseSensitiveString(64), nullable=True),
        sa.Column("channel", column_types.AsciiString(16), nullable=False),
        sa.Column("reason", sa.String(length=250), nullable=True),
        sa.Column("before", column_types.Json, nullable=True),
        sa.Column("after", column_types.Json, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "booking_id"], ["bookings.company_id", "bookings.id"], name=op.f("fk_booking_changes_company_id_booking_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_booking_changes_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_changes")),
    )
    op.create_index("ix_booking_changes_booking", "booking_changes", ["company_id", "booking_id", "id"], unique=False)
    op.create_table(
        "booking_links",
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "booking_id"], ["bookings.company_id", "bookings.id"], name=op.f("fk_booking_links_company_id_booking_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_booking_links_company_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_booking_links")),
    )
    op.create_index("ix_booking_links_booking", "booking_links", ["company_id", "booking_id"], unique=False)
    op.create_table(
        "booking_syncs",
        sa.Column("booking_id", column_types.AsciiString(26), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("action", column_types.AsciiString(8), nullable=False),
        sa.Column("event_type", column_types.CaseSensitiveString(64), nullable=True),
        sa.Column("uid", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("synced_version", sa.Integer(), nullable=True),
        sa.Column("synced_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("first_requested_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("previous_status", column_types.AsciiString(16), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("due_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("claim_token", column_types.AsciiString(26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("reason", column_types.AsciiString(32), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
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
    op.create_index("ix_booking_syncs_company_status", "booking_syncs", ["company_id", "connection_id", "status", "due_at"], unique=False)
    op.create_index("ix_booking_syncs_due", "booking_syncs", ["status", "due_at"], unique=False)
    op.create_table(
        "waitlist_offers",
        sa.Column("entry_id", column_types.AsciiString(26), nullable=False),
        sa.Column("hold_id", column_types.AsciiString(26), nullable=False),
        sa.Column("booking_id", column_types.AsciiString(26), nullable=True),
        sa.Column("token_hash", column_types.AsciiString(64), nullable=False),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "booking_id"], ["bookings.company_id", "bookings.id"], name=op.f("fk_waitlist_offers_company_id_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "entry_id"],
            ["waitlist_entries.company_id", "waitlist_entries.id"],
            name=op.f("fk_waitlist_offers_company_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "hold_id"], ["holds.company_id", "holds.id"], name=op.f("fk_waitlist_offers_company_id_hold_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_waitlist_offers_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_offers")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_waitlist_offers_company_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_waitlist_offers_token_hash")),
    )
    op.create_index("ix_waitlist_offers_entry", "waitlist_offers", ["company_id", "entry_id"], unique=False)
    op.create_index("ix_waitlist_offers_expiry", "waitlist_offers", ["status", "expires_at"], unique=False)
    op.create_table(
        "external_bookings",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("uid", column_types.CaseSensitiveString(128), nullable=False),
        sa.Column("sync_id", column_types.AsciiString(26), nullable=True),
        sa.Column("status", column_types.AsciiString(16), nullable=False),
        sa.Column("replaced_by_uid", column_types.CaseSensitiveString(128), nullable=True),
        sa.Column("last_event_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_external_bookings_company_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "sync_id"],
            ["booking_syncs.company_id", "booking_syncs.id"],
            name=op.f("fk_external_bookings_company_id_sync_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_external_bookings_company_id")),
        sa.PrimaryKeyConstraint("company_id", "connection_id", "uid", name=op.f("pk_external_bookings")),
    )
    op.create_index("ix_external_bookings_status", "external_bookings", ["company_id", "connection_id", "status"], unique=False)
    op.create_index("ix_external_bookings_sync", "external_bookings", ["company_id", "sync_id"], unique=False)


def downgrade() -> None:
    op.drop_table("external_bookings")
    op.drop_table("waitlist_offers")
    op.drop_table("booking_syncs")
    op.drop_table("booking_links")
    op.drop_table("booking_changes")
    op.drop_table("waitlist_entries")
    op.drop_table("unmet_demands")
    op.drop_table("holds")
    op.drop_table("bookings")
    op.drop_table("notifications")
