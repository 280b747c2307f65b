"""Outboxes: the same columns under the same names in every table of work for a provider; messages know their order."""

import sqlalchemy as sa
from alembic import op

from app.core import column_types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATUS = column_types.AsciiString(16)
TIME = column_types.UtcDateTime()
# table, column before, column after, type, nullable
RENAMED = (
    ("notifications", "cause", "idempotency_key", column_types.AsciiString(96), False),
    ("notifications", "asked_at", "first_sent_at", TIME, True),
    ("notifications", "woken_at", "dispatched_at", TIME, True),
    ("booking_syncs", "state", "status", STATUS, False),
    ("booking_syncs", "asked_at", "first_requested_at", TIME, True),
    ("booking_syncs", "sent_at", "dispatched_at", TIME, True),
    ("booking_syncs", "status_before", "previous_status", STATUS, True),
    ("external_events", "state", "status", STATUS, False),
    ("agent_deployments", "state", "status", STATUS, False),
    ("agent_deployments", "wish", "generation", sa.Integer(), False),
    ("agent_deployments", "brain_ref", "llm_ref", column_types.AsciiString(128), True),
    ("agent_deployments", "brain_version", "llm_version", sa.Integer(), True),
    ("agent_deployment_steps", "state", "status", STATUS, False),
    ("call_deletions", "wish", "generation", sa.Integer(), False),
)
# table, index before, index after, columns after; the other indexes follow their columns
INDEXES = (
    ("booking_syncs", "ix_booking_syncs_company_state", "ix_booking_syncs_company_status",
     ["company_id", "connection_id", "status", "due_at"]),
    ("external_events", "ix_external_events_state", "ix_external_events_status", ["company_id", "connection_id", "status"]),
)  # fmt: skip
STATUSES = "IN ('pending', 'right', 'drift', 'failed', 'no_key')"


def upgrade() -> None:
    _drop_deployment_check("ck_agent_deployments_state")
    for table, before, after, type_, nullable in RENAMED:
        op.alter_column(table, before, new_column_name=after, existing_type=type_, existing_nullable=nullable)
    _create_deployment_check("ck_agent_deployments_status", "status")
    for table, before, after, columns in INDEXES:
        op.create_index(after, table, columns)
        op.drop_index(before, table_name=table)
    _rename_unique("cause", "idempotency_key", "idempotency_key")
    op.add_column("agent_deployments", sa.Column("dispatched_at", TIME))
    op.add_column("call_deletions", sa.Column("dispatched_at", TIME))
    op.add_column("notifications", sa.Column("order_key", column_types.AsciiString(64)))
    notifications = sa.table("notifications", sa.column("subject"), sa.column("order_key"))
    op.execute(sa.update(notifications).values(order_key=notifications.c.subject))
    op.create_index("ix_notifications_order", "notifications", ["company_id", "order_key", "status"])


def downgrade() -> None:
    op.drop_index("ix_notifications_order", table_name="notifications")
    op.drop_column("notifications", "order_key")
    op.drop_column("call_deletions", "dispatched_at")
    op.drop_column("agent_deployments", "dispatched_at")
    _rename_unique("idempotency_key", "cause", "idempotency_key")
    _drop_deployment_check("ck_agent_deployments_status")
    for table, after, before, type_, nullable in RENAMED:
        op.alter_column(table, before, new_column_name=after, existing_type=type_, existing_nullable=nullable)
    _create_deployment_check("ck_agent_deployments_state", "state")
    for table, before, _after, columns in INDEXES:
        op.create_index(before, table, [{"status": "state"}.get(column, column) for column in columns])
    for table, _before, after, _columns in INDEXES:
        op.drop_index(after, table_name=table)


def _drop_deployment_check(name: str) -> None:
    """MariaDB renames no column that a check names; SQLite rewrites the check itself."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(name), "agent_deployments", type_="check")


def _create_deployment_check(name: str, column: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.create_check_constraint(op.f(name), "agent_deployments", f"{column} {STATUSES}")


def _rename_unique(before: str, after: str, column: str) -> None:
    """The constraint bears the column's name. SQLite copies the table for it, with the check that it does not reflect."""
    checks = (sa.CheckConstraint("attempts >= 0", name=op.f("ck_notifications_attempts")),)
    with op.batch_alter_table("notifications", table_args=checks if op.get_bind().dialect.name == "sqlite" else ()) as batch:
        batch.create_unique_constraint(op.f(f"uq_notifications_company_id_{after}"), ["company_id", column])
        batch.drop_constraint(op.f(f"uq_notifications_company_id_{before}"), type_="unique")
