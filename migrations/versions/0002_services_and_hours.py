"""Services, people, resources, hours, closures and rules."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "busy_spans",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("resource_id", column_types.AsciiString(26), nullable=False),
        sa.Column("first_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("kind", column_types.AsciiString(8), nullable=False),
        sa.Column("before_minutes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("after_minutes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("holder_id", column_types.AsciiString(26), nullable=False),
        sa.Column("expires_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("end_minute > first_minute", name=op.f("ck_busy_spans_stretch")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_busy_spans_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_spans")),
    )
    op.create_index("ix_busy_spans_holder", "busy_spans", ["company_id", "holder_id"], unique=False)
    op.create_index("ix_busy_spans_resource", "busy_spans", ["company_id", "resource_id", "first_minute"], unique=False)
    op.create_table(
        "services",
        sa.Column("slug", column_types.AsciiString(64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("processing_from", sa.Integer(), nullable=False),
        sa.Column("processing_minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("room_kinds", column_types.Json, nullable=False),
        sa.Column("parts", column_types.Json, nullable=True),
        sa.Column("max_gap_minutes", sa.Integer(), nullable=False),
        sa.Column("colour", column_types.AsciiString(7), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("before_minutes >= 0 AND after_minutes >= 0", name=op.f("ck_services_buffers")),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_services_capacity")),
        sa.CheckConstraint("minutes > 0 AND minutes <= 10080", name=op.f("ck_services_minutes")),
        sa.CheckConstraint(
            "processing_from >= 0"
            " AND processing_minutes >= 0 AND processing_from + processing_minutes <= minutes AND processing_minutes < minutes",
            name=op.f("ck_services_processing"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_services_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_services_company_id_id")),
        sa.UniqueConstraint("company_id", "slug", name=op.f("uq_services_company_id_slug")),
    )
    op.create_table(
        "slot_locks",
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("resource_id", column_types.AsciiString(26), nullable=False),
        sa.Column("slot_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seat", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("holder_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_slot_locks_company_id")),
        sa.PrimaryKeyConstraint("company_id", "resource_id", "slot_index", "seat", name=op.f("pk_slot_locks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_slot_locks_holder", "slot_locks", ["company_id", "holder_id"], unique=False)
    op.create_index("ix_slot_locks_slot_index", "slot_locks", ["slot_index"], unique=False)
    op.create_table(
        "branch_services",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("before_minutes", sa.Integer(), nullable=True),
        sa.Column("after_minutes", sa.Integer(), nullable=True),
        sa.Column("processing_from", sa.Integer(), nullable=True),
        sa.Column("processing_minutes", sa.Integer(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_branch_services_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"],
            ["services.company_id", "services.id"],
            name=op.f("fk_branch_services_company_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_branch_services_company_id")),
        sa.PrimaryKeyConstraint("branch_id", "service_id", name=op.f("pk_branch_services")),
    )
    op.create_index("ix_branch_services_service", "branch_services", ["company_id", "service_id"], unique=False)
    op.create_table(
        "calendar_reconciliations",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("connection_id", column_types.AsciiString(26), nullable=False),
        sa.Column("started_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", column_types.UtcDateTime(), nullable=True),
        sa.Column("since", column_types.UtcDateTime(), nullable=True),
        sa.Column("result", column_types.AsciiString(16), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("checked_count", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("drift", column_types.Json, nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_calendar_reconciliations_company_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_calendar_reconciliations_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_reconciliations")),
    )
    op.create_index(
        "ix_calendar_reconciliations_connection", "calendar_reconciliations", ["company_id", "connection_id", "id"], unique=False
    )
    op.create_table(
        "on_call_shifts",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", column_types.AsciiString(20), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("from_minute", sa.SmallInteger(), nullable=True),
        sa.Column("until_minute", sa.SmallInteger(), nullable=True),
        sa.Column("local_start", sa.DateTime(), nullable=True),
        sa.Column("local_end", sa.DateTime(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(weekday IS NULL) <> (local_start IS NULL)", name=op.f("ck_on_call_shifts_week_or_span")),
        sa.CheckConstraint("local_end > local_start", name=op.f("ck_on_call_shifts_span")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND from_minute BETWEEN 0 AND 1439 AND until_minute > from_minute AND until_minute <= 2880",
            name=op.f("ck_on_call_shifts_week"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_on_call_shifts_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_on_call_shifts_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_shifts")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_on_call_shifts_company_id_id")),
    )
    op.create_index("ix_on_call_shifts_branch", "on_call_shifts", ["company_id", "branch_id"], unique=False)
    op.create_table(
        "resources",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", column_types.CaseSensitiveString(40), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("places >= 1", name=op.f("ck_resources_places")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_resources_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_resources_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_resources_company_id_id")),
    )
    op.create_index("ix_resources_branch", "resources", ["company_id", "branch_id"], unique=False)
    op.create_table(
        "service_synonyms",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("key", column_types.CaseSensitiveString(120), nullable=False),
        sa.Column("certainty", sa.Integer(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("certainty BETWEEN 1 AND 100", name=op.f("ck_service_synonyms_certainty")),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"],
            ["services.company_id", "services.id"],
            name=op.f("fk_service_synonyms_company_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_service_synonyms_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_synonyms")),
        sa.UniqueConstraint("company_id", "key", "service_id", name=op.f("uq_service_synonyms_company_id_key_service_id")),
    )
    op.create_table(
        "staff_members",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", column_types.CaseSensitiveString(190), nullable=True),
        sa.Column("phone", column_types.AsciiString(20), nullable=True),
        sa.Column("user_id", column_types.AsciiString(26), nullable=True),
        sa.Column("colour", column_types.AsciiString(7), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_staff_members_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_members_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_members")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_staff_members_company_id_id")),
    )
    op.create_index("ix_staff_members_company", "staff_members", ["company_id", "is_active", "position"], unique=False)
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
        "closures",
        sa.Column("kind", column_types.AsciiString(16), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("local_end", sa.DateTime(), nullable=False),
        sa.Column("repeats", column_types.AsciiString(8), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("local_end > local_start", name=op.f("ck_closures_stretch")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_closures_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_closures_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_closures_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_closures_company_id_id")),
    )
    op.create_index("ix_closures_company_repeats", "closures", ["company_id", "repeats", "local_end"], unique=False)
    op.create_table(
        "group_sessions",
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=False),
        sa.Column("starts_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", column_types.UtcDateTime(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.Column("id", column_types.AsciiString(26), nullable=False),
        sa.Column("created_at", column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("seats >= 1 AND seats_taken >= 0 AND seats_taken <= seats", name=op.f("ck_group_sessions_seats")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_group_sessions_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"], ["services.company_id", "services.id"], name=op.f("fk_group_sessions_company_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"], ["staff_members.company_id", "staff_members.id"], name=op.f("fk_group_sessions_company_id_staff_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_group_sessions_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_sessions")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_group_sessions_company_id_id")),
    )
    op.create_index("ix_group_sessions_staff", "group_sessions", ["company_id", "staff_id", "starts_at"], unique=False)
    op.create_table(
        "policies",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("scope", column_types.AsciiString(32), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=True),
        sa.Column("service_id", column_types.AsciiString(26), nullable=True),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("grid_minutes", sa.Integer(), nullable=True),
        sa.Column("notice_minutes", sa.Integer(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=True),
        sa.Column("cancel_minutes", sa.Integer(), nullable=True),
        sa.Column("move_minutes", sa.Integer(), nullable=True),
        sa.Column("open_bookings_per_customer", sa.Integer(), nullable=True),
        sa.Column("anonymous_callers", sa.Boolean(), nullable=True),
        sa.Column("callers_may_book", sa.Boolean(), nullable=True),
        sa.Column("needs_confirmation", sa.Boolean(), nullable=True),
        sa.Column("observes_holidays", sa.Boolean(), nullable=True),
        sa.Column("hold_minutes", sa.Integer(), nullable=True),
        sa.Column("fee_cents", sa.Integer(), nullable=True),
        sa.Column("fee_within_minutes", sa.Integer(), nullable=True),
        sa.Column("notify_staff_changes", sa.Boolean(), nullable=True),
        sa.Column("notify_self_service_changes", sa.Boolean(), nullable=True),
        sa.Column("notify_calendar_changes", sa.Boolean(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("grid_minutes BETWEEN 5 AND 60", name=op.f("ck_policies_grid")),
        sa.CheckConstraint("notice_minutes >= 0 AND horizon_days >= 0", name=op.f("ck_policies_window")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_policies_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"],
            ["services.company_id", "services.id"],
            name=op.f("fk_policies_company_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_policies_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_policies_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("company_id", "scope", name=op.f("uq_policies_company_id_scope")),
    )
    op.create_table(
        "staff_branches",
        sa.Column("staff_id", column_types.AsciiString(26), nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_staff_branches_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_staff_branches_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_staff_branches_company_id")),
        sa.PrimaryKeyConstraint("staff_id", "branch_id", name=op.f("pk_staff_branches")),
    )
    op.create_index("ix_staff_branches_branch", "staff_branches", ["company_id", "branch_id"], unique=False)
    op.create_table(
        "staff_services",
        sa.Column("staff_id", column_types.AsciiString(26), nullable=False),
        sa.Column("service_id", column_types.AsciiString(26), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("before_minutes", sa.Integer(), nullable=True),
        sa.Column("after_minutes", sa.Integer(), nullable=True),
        sa.Column("processing_from", sa.Integer(), nullable=True),
        sa.Column("processing_minutes", sa.Integer(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "service_id"],
            ["services.company_id", "services.id"],
            name=op.f("fk_staff_services_company_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_staff_services_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_staff_services_company_id")),
        sa.PrimaryKeyConstraint("staff_id", "service_id", name=op.f("pk_staff_services")),
    )
    op.create_index("ix_staff_services_service", "staff_services", ["company_id", "service_id"], unique=False)
    op.create_table(
        "working_hours",
        sa.Column("id", column_types.BigId, nullable=False),
        sa.Column("branch_id", column_types.AsciiString(26), nullable=False),
        sa.Column("staff_id", column_types.AsciiString(26), nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("company_id", column_types.AsciiString(26), nullable=False),
        sa.CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name=op.f("ck_working_hours_weekday_or_day")),
        sa.CheckConstraint("opens >= 0 AND opens < 1440 AND closes >= opens AND closes <= 2880", name=op.f("ck_working_hours_stretch")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_working_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["company_id", "branch_id"], ["branches.company_id", "branches.id"], name=op.f("fk_working_hours_company_id_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "staff_id"],
            ["staff_members.company_id", "staff_members.id"],
            name=op.f("fk_working_hours_company_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_working_hours_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    op.create_index("ix_working_hours_branch", "working_hours", ["company_id", "branch_id", "day"], unique=False)
    op.create_index("ix_working_hours_staff", "working_hours", ["company_id", "staff_id"], unique=False)


def downgrade() -> None:
    op.drop_table("working_hours")
    op.drop_table("staff_services")
    op.drop_table("staff_branches")
    op.drop_table("policies")
    op.drop_table("group_sessions")
    op.drop_table("closures")
    op.drop_table("calendar_mappings")
    op.drop_table("calendar_feeds")
    op.drop_table("staff_members")
    op.drop_table("service_synonyms")
    op.drop_table("resources")
    op.drop_table("on_call_shifts")
    op.drop_table("calendar_reconciliations")
    op.drop_table("branch_services")
    op.drop_table("slot_locks")
    op.drop_table("services")
    op.drop_table("busy_spans")
