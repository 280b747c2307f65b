"""A company's connections: at most one active per provider, with the result of its last test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core.clock import now
from app.core.errors import NotFound
from app.core.event_bus import publish
from app.core.extensions import db
from app.domain.audit.log import record
from app.domain.companies.connection_credentials_form import ConnectionKeys
from app.events import ConnectionProblemFound
from app.models import Connection

# providers for which a company may have its own keys, in display order
PROVIDERS = ("retell", "calcom", "twilio", "sms_gateway", "smtp")
# those of them that carry messages
CARRIERS = ("twilio", "sms_gateway", "smtp")
FAILED_STATES = ("refused", "unreachable")
# after this time a test without a result counts as lost
TEST_TIMEOUT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class ConnectionTestResult:
    """The result of a connection test; `facts` holds what the provider reported."""

    state: str
    reason: str | None = None
    facts: dict[str, Any] | None = None


def find_active(provider: str) -> Connection | None:
    """The oldest active one of the company at work: that which is in use."""
    statement = select(Connection).where(Connection.provider == provider, Connection.is_active)
    return db.session.scalars(statement.order_by(Connection.created_at, Connection.id).limit(1)).first()


def get_active(provider: str) -> Connection:
    """Get the active connection. Raises NotFound, also for an unknown provider."""
    connection = find_active(provider) if provider in PROVIDERS else None
    if connection is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return connection


def save_connection(provider: str, keys: ConnectionKeys, tested: ConnectionTestResult | None = None) -> Connection:
    """Store the keys of a connection; a removed connection is restored with its old webhook URL.

    `tested`: the result of a test of these very keys; without one they are tested next.
    """
    before = find_active(provider)
    connection = before or _find_removed(provider) or Connection(provider=provider)
    is_new_key = connection.api_key != keys.api_key
    connection.is_active = True
    connection.api_key, connection.label, connection.webhook_secret = keys.api_key, keys.label, keys.webhook_secret
    db.session.add(connection)
    db.session.flush()
    action = "connection_key_replaced" if before and is_new_key else "connection_changed" if before else "connection_made"
    record(action, subject=connection.id, data={"provider": provider})
    request_test(connection)
    if tested:
        _store_result(connection, tested)
    return connection


def remove_connection(provider: str) -> Connection:
    """The keys are gone for good; the row stays, for what refers to it. Raises NotFound."""
    connection = get_active(provider)
    connection.is_active, connection.api_key, connection.webhook_secret = False, None, None
    connection.state, connection.reason, connection.details, connection.check_requested_at = "unchecked", None, None, None
    record("connection_removed", subject=connection.id, data={"provider": provider})
    db.session.flush()
    return connection


def request_test(connection: Connection) -> None:
    connection.state, connection.check_requested_at = "checking", now()


def complete_test(connection_id: str, asked_at: datetime | None, result: ConnectionTestResult) -> bool:
    """Store the result; False when another test or another key was requested since."""
    statement = select(Connection).where(Connection.id == connection_id, Connection.is_active).with_for_update()
    connection = db.session.scalars(statement.execution_options(populate_existing=True)).first()
    if connection is None or connection.check_requested_at != asked_at:
        return False
    before = connection.state
    is_known = is_failing(connection) or (before == "checking" and connection.reason is not None)
    _store_result(connection, result)
    if result.state != "ok" and before != result.state:
        record("connection_look_failed", subject=connection.id, data={"provider": connection.provider, "reason": result.reason})
    if is_failing(connection) and not is_known:
        publish(ConnectionProblemFound(connection.company_id, connection.id, now()))
    return True


def is_failing(connection: Connection) -> bool:
    """Whether it is of no use until somebody acts: its keys are refused, or no message leaves since its account is not reached."""
    return connection.state == "refused" or (connection.state == "unreachable" and connection.provider in CARRIERS)


def list_due_tests(limit: int, *, every: timedelta) -> Sequence[tuple[str, str]]:
    """List (company, connection) with an old or lost test; those that failed are tested each time. Call inside unscoped."""
    old, lost = now() - every, now() - TEST_TIMEOUT
    due = or_(Connection.checked_at.is_(None), Connection.checked_at < old, Connection.state.in_(FAILED_STATES))
    statement = select(Connection.company_id, Connection.id).where(Connection.is_active, Connection.provider.in_(PROVIDERS), due)
    statement = statement.where(or_(Connection.check_requested_at.is_(None), Connection.check_requested_at < lost))
    return [(row.company_id, row.id) for row in db.session.execute(statement.order_by(Connection.checked_at).limit(limit))]


def list_failing() -> Sequence[Connection]:
    """List the connections that are failing; outages of what is not for messages pass by themselves and are left out."""
    statement = select(Connection).where(Connection.is_active, Connection.state.in_(FAILED_STATES), Connection.provider.in_(PROVIDERS))
    rows = db.session.scalars(statement.order_by(Connection.created_at, Connection.id))
    return [connection for connection in rows if is_failing(connection)]


def _store_result(connection: Connection, result: ConnectionTestResult) -> None:
    connection.state, connection.reason, connection.details = result.state, result.reason, result.facts or connection.details
    connection.checked_at = now()
    if result.state == "ok":
        connection.last_success_at = connection.checked_at


def _find_removed(provider: str) -> Connection | None:
    statement = select(Connection).where(Connection.provider == provider, Connection.is_active.is_(False))
    return db.session.scalars(statement.order_by(Connection.created_at.desc(), Connection.id.desc()).limit(1)).first()
